import type { Store } from "./store.js";

/** Rows by their keys, few enough to be held in memory; the store has them as well. */
export class Table<T> {
	#store: Store;
	#name: string;
	#max: number;
	#what: string;
	#rows: Map<string, T>;

	private constructor(store: Store, name: string, max: number, what: string, rows: Map<string, T>) {
		this.#store = store;
		this.#name = name;
		this.#max = max;
		this.#what = what;
		this.#rows = rows;
	}
	static async open<T>(store: Store, name: string, max: number, what: string): Promise<Table<T>> {
		return new Table<T>(store, name, max, what, new Map(await store.entries<T>(name)));
	}
	get(key: string): T | undefined {
		return this.#rows.get(key);
	}
	/** RangeError, with the name that the user gave, if there is none. */
	need(key: string, what: string, given = key): T {
		const row = this.#rows.get(key);
		if (row === undefined) throw new RangeError(`there is no ${what} "${given}"`);
		return row;
	}
	all(): T[] {
		return [...this.#rows.values()];
	}
	/** RangeError if the key is taken, or the table is full. */
	add(key: string, row: T): T {
		if (this.#rows.has(key)) throw new RangeError(`"${key.split("!").at(-1)}" exists already`);
		if (this.#rows.size >= this.#max) throw new RangeError(`there are ${this.#max} ${this.#what} at most`);
		return this.set(key, row);
	}
	set(key: string, row: T): T {
		this.#rows.set(key, row);
		this.#store.put(this.#name, key, row);
		return row;
	}
	delete(key: string): void {
		if (this.#rows.delete(key)) this.#store.delete(this.#name, key);
	}
}
