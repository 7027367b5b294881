import type { Client } from "aedes";
import { Readable } from "node:stream";

interface Acknowledged {
	messageId: number;
}

/** What the broker's engine asks of us. Sessions, subscriptions and what is in flight are the stand-in's. */
export interface TableHooks {
	hasSession(clientId: string): boolean;
	onUnsubscribe(client: Client, filters: string[]): Promise<void>;
	/** PUBACK, or PUBCOMP. */
	onAcknowledge(client: Client, packetId: number): Promise<void>;
	/** A clean CONNECT, before its CONNACK. */
	onClean(clientId: string): void;
}

/** What stands for a session that is present, since aedes tells that by its subscriptions. */
export const sessionMark = Object.freeze({ topic: "$session", qos: 0 as const });

/**
 * The tables that aedes wants to keep, as far as it has to: it speaks MQTT with the clients, while the
 * stand-in routes. Only what is half received at QoS 2 is here, which is for clean sessions and so ends with
 * them.
 */
export class AedesTables {
	#hooks: TableHooks;
	#incoming = new Map<string, Set<number>>();

	constructor(hooks: TableHooks) {
		this.#hooks = hooks;
	}
	async setup(): Promise<void> {}
	async subscriptionsByClient({ id }: Client): Promise<object[]> {
		return this.#hooks.hasSession(id) ? [sessionMark] : [];
	}
	async cleanSubscriptions({ id }: Client): Promise<void> {
		this.#hooks.onClean(id);
	}
	async addSubscriptions(): Promise<void> {}
	async removeSubscriptions(client: Client, filters: string[]): Promise<void> {
		await this.#hooks.onUnsubscribe(client, filters);
	}
	async subscriptionsByTopic(): Promise<object[]> {
		return [];
	}
	async outgoingEnqueueCombi(): Promise<void> {}
	async outgoingUpdate(): Promise<void> {}
	async outgoingClearMessageId(client: Client, { messageId }: Acknowledged): Promise<void> {
		await this.#hooks.onAcknowledge(client, messageId);
	}
	outgoingStream(): Readable {
		return Readable.from([]);
	}
	createRetainedStreamCombi(): Readable {
		return Readable.from([]);
	}
	async incomingGetPacket({ id }: Client, { messageId }: Acknowledged): Promise<Acknowledged> {
		if (!this.#incoming.get(id)?.has(messageId)) throw new Error("no such packet");
		return { messageId };
	}
	async incomingStorePacket({ id }: Client, { messageId }: Acknowledged): Promise<void> {
		this.#incoming.set(id, (this.#incoming.get(id) ?? new Set()).add(messageId));
	}
	async incomingDelPacket({ id }: Client, { messageId }: Acknowledged): Promise<void> {
		if (!this.#incoming.get(id)?.delete(messageId)) throw new Error("no such packet");
	}
	async cleanIncoming({ id }: Client): Promise<void> {
		this.#incoming.delete(id);
	}
	async delWill(): Promise<void> {}
	streamWill(): Readable {
		return Readable.from([]);
	}
}

/** Takes the place of what would route for aedes: nothing. */
export class NoEmitter {
	on(_topic: string, _call: unknown, done?: () => void): void {
		done?.();
	}
	removeListener(_topic: string, _call: unknown, done?: () => void): void {
		done?.();
	}
	emit(_packet: unknown, done?: () => void): void {
		done?.();
	}
	close(done?: () => void): void {
		done?.();
	}
}
