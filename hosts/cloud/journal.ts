import { type Store, TimeKeys } from "./store.js";

/**
 * How much more than its bound a journal takes before it is trimmed, so that this is not done at each row.
 */
const slack = 1.1;

/** Rows in the order in which they were written, in memory and in the store; the oldest ones go. */
export class Journal<T> {
	#store: Store;
	#table: string;
	#max: number;
	#keys: TimeKeys;
	#rows: [string, T][];

	private constructor(store: Store, table: string, max: number, rows: [string, T][]) {
		this.#store = store;
		this.#table = table;
		this.#max = max;
		this.#rows = rows;
		this.#keys = new TimeKeys(rows.at(-1)?.[0]);
	}
	static async open<T>(store: Store, table: string, max: number): Promise<Journal<T>> {
		return new Journal<T>(store, table, max, await store.entries<T>(table));
	}
	append(now: number, row: T): void {
		const key = this.#keys.next(now);
		this.#rows.push([key, row]);
		this.#store.put(this.#table, key, row);
		if (this.#rows.length <= this.#max * slack) return;
		for (const [old] of this.#rows.splice(0, this.#rows.length - this.#max))
			this.#store.delete(this.#table, old);
	}
	/** The rows for which it holds, oldest first. */
	where(holds: (row: T) => boolean, max: number = this.#max): T[] {
		const found: T[] = [];
		for (let at = this.#rows.length - 1; at >= 0 && found.length < max; at--)
			if (holds(this.#rows[at]![1])) found.push(this.#rows[at]![1]);
		return found.reverse();
	}
}
