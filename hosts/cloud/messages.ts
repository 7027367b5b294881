import type { Message } from "./message.js";
import { type Store, TimeKeys, timeOf } from "./store.js";

const table = "message";

/**
 * The messages of the storage side, by their ids: for so long, so many; the oldest ones go. Payloads stay on
 * disk.
 */
export class Messages {
	#store: Store;
	#lifeMs: number;
	#max: number;
	#times: TimeKeys;
	/** Keys by message ids, oldest first. */
	#keys: Map<string, string>;

	private constructor(store: Store, lifeMs: number, max: number, keys: Map<string, string>) {
		this.#store = store;
		this.#lifeMs = lifeMs;
		this.#max = max;
		this.#keys = keys;
		this.#times = new TimeKeys([...keys.values()].at(-1)?.split("!")[0]);
	}
	static async open(store: Store, lifeMs: number, max: number): Promise<Messages> {
		const keys = (await store.keys(table)).map(key => [key.split("!")[1]!, key] as const);
		return new Messages(store, lifeMs, max, new Map(keys));
	}
	add(message: Message): void {
		const key = `${this.#times.next(message.at)}!${message.id}`;
		this.#keys.set(message.id, key);
		this.#store.put(table, key, message);
		for (const [id, old] of this.#keys) {
			if (this.#keys.size <= this.#max && timeOf(old) > message.at - this.#lifeMs) break;
			this.#keys.delete(id);
			this.#store.delete(table, old);
		}
	}
	async get(id: string): Promise<Message | undefined> {
		const key = this.#keys.get(id);
		return key === undefined ? undefined : this.#store.get<Message>(table, key);
	}
	/** The latest ones, oldest first. */
	async latest(holds: (message: Message) => boolean, max: number): Promise<Message[]> {
		const found: Message[] = [];
		for (const id of [...this.#keys.keys()].reverse()) {
			if (found.length === max) break;
			const message = await this.get(id);
			if (message && holds(message)) found.push(message);
		}
		return found.reverse();
	}
}
