import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";

const timeDigits = 15;
const countDigits = 8;

type Operation = { type: "put"; key: string; value: unknown } | { type: "del"; key: string };

/**
 * The stand-in's tables in one LevelDB, JSON by text keys. Writes are gathered and go out as one batch, all
 * of it or nothing; whoever must not go on before they are kept awaits saved(). After a failed write nothing
 * is saved any more, so that nothing is acknowledged which would be forgotten.
 */
export class Store {
	#db: ClassicLevel<string, unknown>;
	#gathered: Operation[] = [];
	#saved = Promise.resolve();
	#onFailure: (error: unknown) => void;

	private constructor(db: ClassicLevel<string, unknown>, onFailure: (error: unknown) => void) {
		this.#db = db;
		this.#onFailure = onFailure;
	}
	/** Opens or makes the store in a folder, which only its owner can read; RangeError if it is in use. */
	static async open(folder: string, onFailure: (error: unknown) => void = () => {}): Promise<Store> {
		mkdirSync(folder, { recursive: true });
		chmodSync(folder, 0o700);
		const db = new ClassicLevel<string, unknown>(join(folder, "store"), { valueEncoding: "json" });
		try {
			await db.open();
		} catch (error) {
			const { code } = ((error as Error).cause ?? {}) as { code?: string };
			if (code !== "LEVEL_LOCKED") throw error;
			throw new RangeError(`the folder ${folder} is in use by another stand-in: end it, or give another one`);
		}
		return new Store(db, onFailure);
	}
	put(table: string, key: string, value: unknown): void {
		this.#gather({ type: "put", key: `${table}!${key}`, value });
	}
	delete(table: string, key: string): void {
		this.#gather({ type: "del", key: `${table}!${key}` });
	}
	/** Resolves when all that was put and deleted so far is kept. */
	saved(): Promise<void> {
		return this.#saved;
	}
	async get<T>(table: string, key: string): Promise<T | undefined> {
		await this.#saved;
		return (await this.#db.get(`${table}!${key}`)) as T | undefined;
	}
	/** Keys and values in the order of the keys. */
	async entries<T>(table: string): Promise<[string, T][]> {
		await this.#saved;
		const all = await this.#db.iterator(rangeOf(table)).all();
		return all.map(([key, value]) => [key.slice(table.length + 1), value as T]);
	}
	async keys(table: string): Promise<string[]> {
		await this.#saved;
		const all = await this.#db.keys(rangeOf(table)).all();
		return all.map(key => key.slice(table.length + 1));
	}
	async close(): Promise<void> {
		await this.#saved.catch(() => {});
		await this.#db.close();
	}

	#gather(operation: Operation): void {
		this.#gathered.push(operation);
		if (this.#gathered.length > 1) return;
		this.#saved = this.#saved.then(() => this.#db.batch(this.#gathered.splice(0)));
		this.#saved.catch(error => this.#onFailure(error));
	}
}

/** Keys which sort by time: ms, and a number for those of the same ms. No key comes before an earlier one. */
export class TimeKeys {
	#last: string;

	/** Goes on behind the last key that was kept. */
	constructor(last = "0".repeat(timeDigits)) {
		this.#last = last;
	}
	next(now: number): string {
		const before = timeOf(this.#last);
		const count = now > before ? 0 : Number(this.#last.slice(timeDigits)) + 1;
		const time = String(Math.max(now, before)).padStart(timeDigits, "0");
		this.#last = `${time}${String(count).padStart(countDigits, "0")}`;
		return this.#last;
	}
}

/** The time in a key of TimeKeys. */
export function timeOf(key: string): number {
	return Number(key.slice(0, timeDigits));
}

/** The character behind "!" ends the range. */
function rangeOf(table: string): { gt: string; lt: string } {
	return { gt: `${table}!`, lt: `${table}"` };
}
