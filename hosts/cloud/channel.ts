import type { Client } from "aedes";
import { randomBytes } from "node:crypto";
import { generate, type IPublishPacket } from "mqtt-packet";
import type { CloudClock } from "./clock.js";
import type { Grant } from "./credentials.js";
import { Bounds, Limits } from "./limits.js";
import { type Message, shownTopicOf } from "./message.js";
import type { Messages } from "./messages.js";
import type { Offline } from "./offline.js";
import type { Session } from "./session.js";
import type { MessageAction, Trace } from "./trace.js";

/** What a channel needs of the stand-in. */
export interface Keeping {
	clock: CloudClock;
	messages: Messages;
	offline: Offline;
	trace: Trace;
}

interface Flight {
	messageId: string;
	/** In the offline messages, if it is kept there. */
	key: string | undefined;
	packet: IPublishPacket;
	cancelRepeat: () => void;
}

const packetIdMax = 0xffff;
/** A farewell gets so long to reach its client. */
const farewellMs = 500;

/**
 * One connection of a device, and what is pushed through it. Messages which are kept for it go in batches;
 * what comes meanwhile queues behind them. What is not acknowledged is repeated while the connection lasts.
 */
export class Channel {
	readonly id = randomBytes(16).toString("hex").toUpperCase();
	readonly client: Client;
	readonly session: Session;
	readonly grant: Grant;
	readonly address: string;
	/** Why the stand-in ended it; undefined while it has not. */
	ended: string | undefined;
	/** A token was uploaded, and its PUBACK is not out yet. */
	isUploading = false;
	isOrdered = false;
	#keeping: Keeping;
	#isOpen = false;
	#flights = new Map<number, Flight>();
	#lastId = 0;
	#backlog: string[] = [];
	#isPushing = false;
	#cancelBatch: (() => void) | undefined;

	constructor(client: Client, session: Session, grant: Grant, address: string, keeping: Keeping) {
		this.client = client;
		this.session = session;
		this.grant = grant;
		this.address = address;
		this.#keeping = keeping;
	}
	get clientId(): string {
		return this.session.clientId;
	}
	get isOpen(): boolean {
		return this.#isOpen;
	}
	/** CONNACK is out, and the client has its rights: what was kept for it is pushed. */
	open(): void {
		if (this.#isOpen) return;
		this.#isOpen = true;
		const { offline, clock } = this.#keeping;
		const { packetIds } = this.session;
		for (const key of packetIds.keys()) if (!offline.get(key)) packetIds.delete(key);
		this.#backlog.push(...offline.keys(this.clientId, clock.now()));
		void this.#pushBatch();
	}
	/** The connection is gone. */
	lose(): void {
		this.#isOpen = false;
		this.#cancelBatch?.();
		for (const flight of this.#flights.values()) flight.cancelRepeat();
		this.#flights.clear();
	}
	/** Ends the connection from our side, after one last packet to a topic of the service, if there is one. */
	end(why: string, notice?: { topic: string; json: object }): void {
		if (this.ended !== undefined) return;
		this.ended = why;
		if (!notice) return this.client.close();
		this.notify(notice.topic, notice.json);
		this.lose();
		this.client.conn.end();
		setTimeout(() => this.client.close(), farewellMs).unref();
	}
	/** A word of the service, at QoS 0. */
	notify(topic: string, json: object): void {
		this.#write({ ...emptyPublish, topic, payload: JSON.stringify(json) });
	}
	/** Pushes what nothing keeps. */
	push(message: Message, qos: number): void {
		const isFull = this.#flights.size >= Bounds.inFlight || this.#isSlow;
		if (!this.#isOpen) this.#step("dropped", message.id, { note: "not online, and not kept" });
		else if (isFull) this.#step("dropped", message.id, { note: "the client is too slow" });
		else this.#send(message, qos, undefined);
	}
	/** Pushes what is kept under a key, behind all that is kept already. */
	pushKept(message: Message, key: string): void {
		if (!this.#isOpen) return;
		const isFree = this.#backlog.length === 0 && !this.#isPushing;
		if (isFree && this.#flights.size < Bounds.inFlight && !this.#isSlow) return this.#send(message, 1, key);
		this.#backlog.push(key);
		void this.#pushBatch();
	}
	/** Pushes so many of those that are kept, at once. */
	async pull(count: number, order: "ASC" | "DESC"): Promise<void> {
		const taken = order === "ASC" ? this.#backlog.splice(0, count) : this.#backlog.splice(-count).reverse();
		for (const key of taken) await this.#pushKey(key);
	}
	/** PUBACK or PUBCOMP has come. */
	acknowledge(packetId: number): void {
		const flight = this.#flights.get(packetId);
		if (!flight) return;
		flight.cancelRepeat();
		this.#flights.delete(packetId);
		this.#step("sub", flight.messageId, {});
		if (flight.key === undefined) return;
		this.session.packetIds.delete(flight.key);
		this.#keeping.offline.remove(flight.key);
	}

	get #isSlow(): boolean {
		return this.client.conn.writableLength > Bounds.unsentBytes;
	}
	async #pushBatch(): Promise<void> {
		if (this.#isPushing || this.#cancelBatch) return;
		this.#isPushing = true;
		let count = 0;
		while (this.#isOpen && this.#backlog.length > 0 && count < Limits.offlineBatch) {
			if (this.#flights.size >= Bounds.inFlight || this.#isSlow) break;
			if (await this.#pushKey(this.#backlog.shift()!)) count++;
		}
		this.#isPushing = false;
		if (!this.#isOpen || this.#backlog.length === 0) return;
		this.#cancelBatch = this.#keeping.clock.after(Limits.offlineBatchMs, () => {
			this.#cancelBatch = undefined;
			void this.#pushBatch();
		});
	}
	async #pushKey(key: string): Promise<boolean> {
		const waiting = this.#keeping.offline.get(key);
		const message = waiting && (await this.#keeping.messages.get(waiting.messageId));
		if (!message || !this.#isOpen) return false;
		this.#send(message, 1, key);
		return true;
	}
	#send(message: Message, qos: number, key: string | undefined): void {
		const topic = shownTopicOf(message);
		const payload = Buffer.from(message.payload, "base64");
		const packet: IPublishPacket = { ...emptyPublish, topic, payload, qos: qos as 0 | 1 | 2 };
		if (qos > 0) {
			const before = key === undefined ? undefined : this.session.packetIds.get(key);
			packet.dup = before !== undefined;
			packet.messageId = before ?? this.#nextId();
			if (key !== undefined) this.session.packetIds.set(key, packet.messageId);
			const flight: Flight = { messageId: message.id, key, packet, cancelRepeat: () => {} };
			this.#flights.set(packet.messageId, flight);
			// QoS 2 is not repeated: after its PUBREL a repeat would be taken for another message.
			if (qos === 1) this.#planRepeat(flight, 1);
		}
		this.#write(packet);
		this.#step("ServerSend", message.id, { topic, qos, ...(packet.dup && { note: "again" }) });
	}
	#planRepeat(flight: Flight, count: number): void {
		flight.cancelRepeat = this.#keeping.clock.after(Limits.repeatMs, () => {
			if (count > Limits.repeats) return;
			flight.packet.dup = true;
			this.#write(flight.packet);
			const { topic, qos } = flight.packet;
			this.#step("ServerSend", flight.messageId, { topic, qos, note: "again: no acknowledgement" });
			this.#planRepeat(flight, count + 1);
		});
	}
	#nextId(): number {
		const isTaken = (id: number) => this.#flights.has(id) || kept.has(id);
		const kept = new Set(this.session.packetIds.values());
		do this.#lastId = (this.#lastId % packetIdMax) + 1;
		while (isTaken(this.#lastId));
		return this.#lastId;
	}
	#write(packet: IPublishPacket): void {
		const { conn } = this.client;
		if (!conn.destroyed && conn.writable) conn.write(generate(packet));
	}
	#step(
		action: MessageAction,
		messageId: string,
		more: { topic?: string; qos?: number; note?: string },
	): void {
		const at = this.#keeping.clock.now();
		this.#keeping.trace.message({ messageId, at, action, clientId: this.clientId, ...more });
	}
}

const emptyPublish = Object.freeze({
	cmd: "publish",
	topic: "",
	payload: "",
	qos: 0,
	dup: false,
	retain: false,
} as const);
