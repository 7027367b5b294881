import type { ConnackPacket, Packet, PublishPacket } from "../../modules/wire/packet.js";
import type { SessionOptions } from "../../modules/session/session-options.js";
import type { Counts } from "./counts.js";
import { Inbound } from "./inbound.js";
import { PacketStream, uidOf } from "./packets.js";
import type { Tap } from "./stream.js";
import { BrokenLaw, type Timeline } from "./timeline.js";

/** A packet id that the client uses, as its socket shows it. */
interface Use {
	id: number;
	/** The message, or -1 for a SUBSCRIBE or UNSUBSCRIBE. */
	uid: number;
	qos: number;
	/** Of the first sending in this session. */
	order: number;
	/** The connection of the last sending, and that of the last PUBREL. */
	connection: number;
	releasedOn: number;
	acked: boolean;
	received: boolean;
}

export interface WitnessOptions extends SessionOptions {
	/** Each whole PUBLISH that was written. */
	onPublish: (uid: number, packet: PublishPacket) => void;
}

/**
 * Sits at the client's socket and sees what was written and read, when. So it knows what the client must
 * know, and checks laws 3 to 7 where they are about packets.
 */
export class Witness implements Tap {
	/** The connection at hand, counted from 1, and what it may be. */
	connection = 0;
	online = false;
	greeted = false;
	over = true;
	/** When bytes were last written, read, and owed something. */
	writtenAt = 0;
	readAt = 0;
	progressAt = 0;
	onlineAt = 0;
	pingedAt = Infinity;
	/** When bytes were last written or read of a packet that goes on: the broker can say nothing else yet. */
	tornAt = -Infinity;
	keepAliveMs = 0;
	offer = { receiveMax: 0xffff, packetBytes: Infinity, qosMax: 2, retain: true };
	/** QoS 0 messages that were written whole. */
	readonly whole = new Set<number>();
	readonly inbound: Inbound;
	#options: WitnessOptions;
	#time: Timeline;
	#counts: Counts;
	#up!: PacketStream;
	#down!: PacketStream;
	#uses = new Map<number, Use>();
	#sent = new Map<number, Use>();
	#ever = new Set<number>();
	#inFlight = new Set<number>();
	#lifeFrom = 1;
	#orders = 0;
	#lastResent = 0;
	#firstSeen = false;

	constructor(time: Timeline, counts: Counts, options: WitnessOptions) {
		this.#time = time;
		this.#counts = counts;
		this.#options = options;
		this.inbound = new Inbound(options.version);
	}
	/** Acknowledgements that the client waits for on this connection. */
	get owed(): number {
		return this.#inFlight.size;
	}
	/** Whether the client must take the message for one in flight. */
	holds(uid: number): boolean {
		const use = this.#sent.get(uid);
		return use !== undefined && !use.acked;
	}
	/** A stream is opened. */
	begin(): void {
		this.connection++;
		this.online = this.greeted = this.over = this.#firstSeen = false;
		this.pingedAt = Infinity;
		this.#lastResent = 0;
		this.#inFlight.clear();
		this.#up = new PacketStream(this.#options.version);
		this.#down = new PacketStream(this.#options.version);
		this.inbound.begin();
	}
	/** The client has given the connection up, or knows that it is gone. */
	end(): void {
		this.online = false;
		this.over = true;
		for (const [id, use] of this.#uses) if (use.uid < 0) this.#uses.delete(id);
	}
	read(bytes: Uint8Array): void {
		this.readAt = this.#time.now;
		this.#down.feed(bytes, packet => this.#onRead(packet));
		if (this.#down.torn) this.tornAt = this.#time.now;
	}
	wrote(bytes: Uint8Array): void {
		this.writtenAt = this.#time.now;
		this.#up.feed(bytes, (packet, size) => this.#onWritten(packet, size));
		if (this.#up.torn) this.tornAt = this.#time.now;
	}
	#onWritten(packet: Packet, size: number): void {
		if (this.over) throw new BrokenLaw(`${packet.cmd} after the end`);
		if (!this.greeted) {
			if (packet.cmd !== "connect") throw new BrokenLaw(`${packet.cmd} before CONNECT`);
			this.greeted = true;
			return;
		}
		if (!this.online && packet.cmd !== "disconnect") throw new BrokenLaw(`${packet.cmd} before CONNACK`);
		if (size > this.offer.packetBytes)
			throw new BrokenLaw(
				`law 5: ${packet.cmd} of ${size} bytes, the broker takes ${this.offer.packetBytes}`,
			);
		switch (packet.cmd) {
			case "publish":
				return this.#onPublish(packet);
			case "pubrel":
				return this.#onRelease(packet.messageId!, packet.reasonCode ?? 0);
			case "subscribe":
			case "unsubscribe":
				this.#take(packet.messageId!, -1, 0);
				this.#owe();
				this.#inFlight.add(packet.messageId!);
				return;
			case "pingreq":
				this.#counts.pings++;
				if (this.pingedAt === Infinity) this.pingedAt = this.#time.now;
				return;
			case "puback":
			case "pubrec":
			case "pubcomp":
				return this.inbound.acknowledged(packet.cmd, packet.messageId!, packet.reasonCode ?? 0);
			case "disconnect":
				this.over = true;
				return;
			default:
				throw new BrokenLaw(`${packet.cmd} from a client`);
		}
	}
	#onPublish(packet: PublishPacket): void {
		const { qos, dup, retain, messageId = 0 } = packet;
		const uid = uidOf(packet);
		this.#options.onPublish(uid, packet);
		if (qos > this.offer.qosMax) throw new BrokenLaw(`law 5: QoS ${qos}`);
		if (retain && !this.offer.retain) throw new BrokenLaw("law 5: retain");
		if (qos === 0) {
			if (dup) throw new BrokenLaw("DUP at QoS 0");
			if (this.whole.has(uid)) throw new BrokenLaw(`message ${uid} of QoS 0 is sent twice`);
			this.whole.add(uid);
			return;
		}
		const former = this.#sent.get(uid);
		if (former !== undefined) this.#onResend(former, messageId, dup);
		else this.#onFirst(uid, messageId, qos, dup);
		this.#owe();
		this.#inFlight.add(messageId);
		let inFlight = 0;
		for (const id of this.#inFlight) if (this.#uses.get(id)!.uid >= 0) inFlight++;
		const window = Math.min(this.#options.window, this.offer.receiveMax);
		if (inFlight > window) throw new BrokenLaw(`law 5: ${inFlight} in flight, the window is ${window}`);
	}
	#onFirst(uid: number, id: number, qos: number, dup: boolean): void {
		// An attempt that was cut before its last byte is not seen here, and may be what DUP is about.
		if (dup && this.connection === this.#lifeFrom)
			throw new BrokenLaw(`law 3: message ${uid} has DUP, and was not sent in this session`);
		const use = this.#take(id, uid, qos);
		if (this.#ever.has(uid)) this.#counts.renewals++;
		this.#ever.add(uid);
		this.#sent.set(uid, use);
		if (!dup) this.#firstSeen = true;
	}
	#onResend(use: Use, id: number, dup: boolean): void {
		const what = `law 3: message ${use.uid}`;
		if (use.connection === this.connection) throw new BrokenLaw(`${what} is sent twice on one connection`);
		if (!dup) throw new BrokenLaw(`${what} is sent again without DUP`);
		if (use.id !== id) throw new BrokenLaw(`${what} is sent again with id ${id} instead of ${use.id}`);
		if (use.releasedOn > 0) throw new BrokenLaw(`${what} is sent again after its PUBREL`);
		if (use.order < this.#lastResent) throw new BrokenLaw(`${what} is sent again out of order`);
		if (this.#firstSeen) throw new BrokenLaw(`${what} is sent again behind a first sending`);
		this.#lastResent = use.order;
		use.connection = this.connection;
		this.#counts.repeats++;
	}
	#onRelease(id: number, reason: number): void {
		const use = this.#uses.get(id);
		if (reason === 0x92) return;
		if (use === undefined || use.qos !== 2 || !use.received)
			throw new BrokenLaw(`PUBREL ${id} without PUBREC`);
		if (use.releasedOn === this.connection) throw new BrokenLaw(`PUBREL ${id} twice on one connection`);
		if (use.releasedOn > 0) this.#counts.repeats++;
		use.releasedOn = this.connection;
		this.#owe();
		this.#inFlight.add(id);
	}
	#take(id: number, uid: number, qos: number): Use {
		if (id < 1 || id > 0xffff) throw new BrokenLaw(`law 4: packet id ${id}`);
		const former = this.#uses.get(id);
		if (former !== undefined && !former.acked)
			throw new BrokenLaw(`law 4: packet id ${id} is in use by message ${former.uid}, and given to ${uid}`);
		const use: Use = {
			id,
			uid,
			qos,
			order: ++this.#orders,
			connection: this.connection,
			releasedOn: 0,
			acked: false,
			received: false,
		};
		this.#uses.set(id, use);
		return use;
	}
	#owe(): void {
		if (this.#inFlight.size === 0) this.progressAt = this.#time.now;
	}
	#onRead(packet: Packet): void {
		switch (packet.cmd) {
			case "connack":
				return this.#onConnack(packet);
			case "puback":
			case "pubcomp":
			case "suback":
			case "unsuback":
				return this.#onAck(packet.messageId!);
			case "pubrec": {
				const use = this.#uses.get(packet.messageId!);
				if ((packet.reasonCode ?? 0) >= 0x80) return this.#onAck(packet.messageId!);
				if (use !== undefined) use.received = true;
				this.progressAt = this.#time.now;
				return;
			}
			case "pingresp":
				this.pingedAt = Infinity;
				return;
			case "publish":
			case "pubrel":
				return this.inbound.arrived(packet);
			default:
				return;
		}
	}
	#onAck(id: number): void {
		this.progressAt = this.#time.now;
		this.#inFlight.delete(id);
		const use = this.#uses.get(id);
		if (use !== undefined) use.acked = true;
	}
	#onConnack(packet: ConnackPacket): void {
		if ((packet.reasonCode ?? packet.returnCode) !== 0) return;
		const { properties } = packet;
		this.online = true;
		this.progressAt = this.writtenAt = this.onlineAt = this.#time.now;
		this.keepAliveMs = (properties?.serverKeepAlive ?? Infinity) * 1000;
		if (this.keepAliveMs === Infinity) this.keepAliveMs = this.#options.keepAliveMs;
		this.offer.receiveMax = properties?.receiveMaximum ?? 0xffff;
		this.#up.aliasMax = properties?.topicAliasMaximum ?? 0;
		this.offer.packetBytes = properties?.maximumPacketSize ?? Infinity;
		this.offer.qosMax = properties?.maximumQoS ?? 2;
		this.offer.retain = properties?.retainAvailable ?? true;
		if (packet.sessionPresent) return;
		this.#lifeFrom = this.connection;
		this.#uses.clear();
		this.#sent.clear();
		this.inbound.forget();
	}
}
