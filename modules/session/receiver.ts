import type { FrameWriter } from "../wire/frame-writer.js";
import { PacketType, type Version } from "../wire/packet-type.js";
import { ProtocolError, Violation } from "../wire/protocol-error.js";
import type { Acks } from "./acks.js";
import type { Incoming } from "./incoming.js";

const puback = PacketType.puback;
const pubackByte = puback << 4;
/** Type byte, length, and packet id: the reason code 0 is left out. */
const pubackBytes = 4;
const idMask = 0xffff;
const doneFlag = 0x10_0000;
/** The broker has sent the message on this connection. */
const seenFlag = 0x20_0000;
/** The broker may have lost the message, with its session. */
const doubtFlag = 0x40_0000;
const qosShift = 17;
/** PUBCOMP for an id that nobody knows [MQTT5 3.7.2.1]. */
const packetIdNotFound = 0x92;

/**
 * What the broker sent at QoS 1 and 2, from its arrival until its handler is done.
 *
 * Acknowledgements go out in the order of arrival, so each waits for those before it: the inbox is a ring of
 * what is not acknowledged yet. The ids of QoS 2 messages are kept until PUBREL, also when the connection is
 * lost, so that a repeat is acknowledged and not delivered [MQTT-4.3.3-10].
 */
export class Receiver {
	/** The most messages that the broker may leave unfinished: our Receive Maximum. */
	readonly max: number;
	/** Messages whose handlers are not done. */
	pending = 0;
	/**
	 * Before 5.0 a broker knows no Receive Maximum: it has sent more than there is room for. Until the
	 * connection is made anew nothing more is taken, and nothing of that acknowledged: so it comes again.
	 */
	overrun = false;
	/** As max, and 0 while nothing is taken. */
	#room: number;
	#acks: Acks;
	#inbox: Int32Array;
	#firstToken = 0;
	#nextToken = 0;
	#ids: Int32Array;
	#idCount = 0;
	/** The first token of the session at hand. */
	#sessionToken = 0;

	constructor(max: number, acks: Acks) {
		this.max = this.#room = max;
		this.#acks = acks;
		let size = 1;
		while (size < max) size <<= 1;
		this.#inbox = new Int32Array(size);
		this.#ids = new Int32Array(max);
	}
	/** Takes a message in: the token for acknowledge(), or -1 when it was delivered before. */
	publish(message: Incoming, version: Version): number {
		if (this.pending >= this.#room) return this.passOver(version);
		if (message.qos === 2) return this.publishOnce(message, version);
		// At QoS 1 alone, what is unfinished is what is pending.
		if (this.#idCount > 0 && version === 5 && this.unfinished() >= this.max) throw tooMany(this.max);
		return this.push(message.id | (1 << qosShift));
	}
	/** Whether publish() would give a token for the message: it is new, and there is room for it. */
	wants({ id, dup, qos }: Incoming): boolean {
		if (this.pending >= this.#room) return false;
		if (qos === 1) return true;
		const at = this.find(id);
		if (at >= 0) return !dup && (this.#ids[at]! & doubtFlag) !== 0;
		return this.#idCount < this.max || this.stale() >= 0;
	}
	/** The same at QoS 2. */
	private publishOnce({ id, dup }: Incoming, version: Version): number {
		let at = this.find(id);
		// What is sent again has DUP [MQTT-3.3.1-1]: without it, this is the first message of another session.
		if (at >= 0 && this.#ids[at]! & doubtFlag && !dup) {
			this.#ids.copyWithin(at, at + 1, this.#idCount--);
			at = -1;
		}
		if (at < 0) {
			if (version === 5 && this.unfinished() >= this.max) throw tooMany(this.max);
			if (this.#idCount === this.max && !this.evict()) return this.passOver(version);
			this.#ids[this.#idCount++] = id | seenFlag;
			// [MQTT-4.3.3-8] [MQTT-4.3.3-9] [MQTT-4.3.3-2, 3.1.1]
			return this.push(id | (2 << qosShift));
		}
		this.#ids[at] = (this.#ids[at]! & ~doubtFlag) | seenFlag;
		this.push(id | (2 << qosShift) | (this.#ids[at]! & doneFlag));
		// [MQTT-4.3.3-10]
		if (this.#ids[at]! & doneFlag) this.drain();
		return -1;
	}
	/** There is no room: a breach in 5.0, and before that an overrun. Returns no token. */
	private passOver(version: Version): number {
		if (version === 5) throw tooMany(this.max);
		this.overrun = true;
		this.#room = 0;
		return -1;
	}
	/** The token of the first message that is not acknowledged, or of the next one. */
	get oldest(): number {
		return this.#firstToken;
	}
	/** Nothing waits for a handler, or for the broker's release. */
	get settled(): boolean {
		return this.pending === 0 && this.#idCount === 0;
	}
	private push(entry: number): number {
		const token = this.#nextToken++;
		this.#inbox[token & (this.#inbox.length - 1)] = entry;
		this.pending++;
		return token;
	}
	/**
	 * The handler is done with the message at hand: its PUBACK is written at once, if it was the only one to be
	 * acknowledged, and fits; else nothing is done, and false returned.
	 */
	acknowledgeNow(message: Incoming, frame: FrameWriter): boolean {
		if (message.qos !== 1 || this.pending !== 1 || this.#acks.count > 0) return false;
		const at = frame.end;
		if (frame.limit - at < pubackBytes) return false;
		this.#firstToken++;
		this.pending = 0;
		const { bytes } = frame;
		const { id } = message;
		bytes[at] = pubackByte;
		bytes[at + 1] = 2;
		bytes[at + 2] = id >> 8;
		bytes[at + 3] = id;
		frame.end = at + pubackBytes;
		return true;
	}
	/** The handler is done with the message; its acknowledgement goes out when those before it have. */
	acknowledge(token: number, id: number, qos: number): void {
		if (qos === 1 && token === this.#firstToken) {
			// The usual one: it waits for none, and is of this connection.
			this.#firstToken++;
			this.pending--;
			// [MQTT-3.3.4-1] [MQTT-4.3.2-4] [MQTT-4.3.2-5] [MQTT-3.3.4-1, 3.1.1] [MQTT-4.3.2-2, 3.1.1]
			this.#acks.push(puback, id, 0);
			if (this.pending > 0) this.drain();
			return;
		}
		if (token < this.#sessionToken) return;
		if (qos === 2) {
			const at = this.find(id);
			if (at >= 0) this.#ids[at]! |= doneFlag;
		}
		const mask = this.#inbox.length - 1;
		if (token >= this.#firstToken) this.#inbox[token & mask]! |= doneFlag;
		else if (qos === 2) {
			// Delivered on an earlier connection, and perhaps sent again on this one.
			for (let again = this.#firstToken; again < this.#nextToken; again++)
				if ((this.#inbox[again & mask]! & ~doneFlag) === (id | (qos << qosShift)))
					this.#inbox[again & mask]! |= doneFlag;
		}
		this.drain();
	}
	/** PUBREL: the id is free again [MQTT-4.3.3-11]. */
	release(id: number): void {
		const at = this.find(id);
		if (at >= 0) this.#ids.copyWithin(at, at + 1, this.#idCount--);
		// [MQTT-4.3.3-11] [MQTT-4.3.3-12] [MQTT-4.3.3-13]
		this.#acks.push(PacketType.pubcomp, id, at >= 0 ? 0 : packetIdNotFound);
	}
	/** The connection is gone: what is unacknowledged will come again. */
	lose(): void {
		this.#firstToken = this.#nextToken;
		this.pending = 0;
		this.overrun = false;
		this.#room = this.max;
		for (let i = 0; i < this.#idCount; i++) this.#ids[i]! &= ~seenFlag;
	}
	/** The session may be gone. */
	doubt(): void {
		for (let i = 0; i < this.#idCount; i++) this.#ids[i]! |= doubtFlag;
	}
	/** The session is gone. */
	forget(): void {
		this.#idCount = 0;
		this.#sessionToken = this.#nextToken;
	}
	/** Forgets such an id; false without any. */
	private evict(): boolean {
		const at = this.stale();
		if (at < 0) return false;
		this.#ids.copyWithin(at, at + 1, this.#idCount--);
		return true;
	}
	/**
	 * Where the oldest id is that the broker has not named on this connection; -1 without any. It sends what it
	 * knows of first, so it has lost that one, with a session whose end was told in a CONNACK which never came.
	 */
	private stale(): number {
		for (let at = 0; at < this.#idCount; at++) if (!(this.#ids[at]! & seenFlag)) return at;
		return -1;
	}
	/** Receive Maximum counts anew with each connection [MQTT5 4.9]. */
	private unfinished(): number {
		let count = 0;
		for (let i = 0; i < this.#idCount; i++) if (this.#ids[i]! & seenFlag) count++;
		for (let token = this.#firstToken; token < this.#nextToken; token++)
			if (this.#inbox[token & (this.#inbox.length - 1)]! >> qosShift === 1) count++;
		return count;
	}
	private find(id: number): number {
		for (let i = 0; i < this.#idCount; i++) if ((this.#ids[i]! & idMask) === id) return i;
		return -1;
	}
	private drain(): void {
		const mask = this.#inbox.length - 1;
		while (this.#firstToken < this.#nextToken) {
			const entry = this.#inbox[this.#firstToken & mask]!;
			if (!(entry & doneFlag)) return;
			this.#firstToken++;
			this.pending--;
			const type = (entry & ~doneFlag) >> qosShift === 2 ? PacketType.pubrec : PacketType.puback;
			this.#acks.push(type, entry & idMask, 0);
		}
	}
}

function tooMany(max: number): ProtocolError {
	return new ProtocolError(Violation.receiveMaximumExceeded, `more than ${max} messages unacknowledged`);
}
