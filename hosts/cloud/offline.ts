import { type Store, TimeKeys, timeOf } from "./store.js";

const table = "offline";

/** A message that waits for its receiver's acknowledgement. */
export interface Waiting {
	clientId: string;
	instanceId: string;
	messageId: string;
	isP2p: boolean;
}

/**
 * What is kept for persistent sessions and P2P receivers, in order; too many or too old, and the oldest ones
 * go.
 */
export class Offline {
	/** Called for each one that goes without having been delivered. */
	onDrop: (waiting: Waiting, why: string) => void = () => {};
	#store: Store;
	#lifeMs: number;
	#max: number;
	#times: TimeKeys;
	/** By key, oldest first. */
	#all: Map<string, Waiting>;
	#byClient = new Map<string, Set<string>>();
	#byInstance = new Map<string, number>();

	private constructor(store: Store, lifeMs: number, max: number, rows: [string, Waiting][]) {
		this.#store = store;
		this.#lifeMs = lifeMs;
		this.#max = max;
		this.#times = new TimeKeys(rows.at(-1)?.[0]);
		this.#all = new Map();
		for (const [key, waiting] of rows) this.#enter(key, waiting);
	}
	static async open(store: Store, lifeMs: number, max: number): Promise<Offline> {
		return new Offline(store, lifeMs, max, await store.entries<Waiting>(table));
	}
	/** Gives the key by which it is removed. */
	add(waiting: Waiting, now: number): string {
		const key = this.#times.next(now);
		this.#enter(key, waiting);
		this.#store.put(table, key, waiting);
		this.expire(now);
		if (this.#byInstance.get(waiting.instanceId)! > this.#max) this.#dropOldest(waiting.instanceId);
		return key;
	}
	get(key: string): Waiting | undefined {
		return this.#all.get(key);
	}
	/** Those of a client, oldest first. */
	keys(clientId: string, now: number): string[] {
		this.expire(now);
		return [...(this.#byClient.get(clientId) ?? [])];
	}
	count(clientId: string): number {
		return this.#byClient.get(clientId)?.size ?? 0;
	}
	remove(key: string): void {
		const waiting = this.#all.get(key);
		if (!waiting) return;
		this.#all.delete(key);
		this.#store.delete(table, key);
		const keys = this.#byClient.get(waiting.clientId)!;
		keys.delete(key);
		if (keys.size === 0) this.#byClient.delete(waiting.clientId);
		this.#byInstance.set(waiting.instanceId, this.#byInstance.get(waiting.instanceId)! - 1);
	}
	/** A session ended: what its subscriptions gathered goes. P2P messages stay, since their senders decide. */
	clear(clientId: string): void {
		for (const key of [...(this.#byClient.get(clientId) ?? [])])
			if (!this.#all.get(key)!.isP2p) this.remove(key);
	}
	expire(now: number): void {
		for (const [key, waiting] of this.#all) {
			if (timeOf(key) > now - this.#lifeMs) return;
			this.remove(key);
			this.onDrop(waiting, "kept for three days in vain");
		}
	}

	#dropOldest(instanceId: string): void {
		for (const [key, waiting] of this.#all) {
			if (waiting.instanceId !== instanceId) continue;
			this.remove(key);
			this.onDrop(waiting, "too many messages were kept: the oldest goes");
			return;
		}
	}
	#enter(key: string, waiting: Waiting): void {
		this.#all.set(key, waiting);
		const keys = this.#byClient.get(waiting.clientId) ?? new Set();
		this.#byClient.set(waiting.clientId, keys.add(key));
		this.#byInstance.set(waiting.instanceId, (this.#byInstance.get(waiting.instanceId) ?? 0) + 1);
	}
}
