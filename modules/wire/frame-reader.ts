import { PacketType, type Version } from "./packet-type.js";
import { ProtocolError, Violation, malformed } from "./protocol-error.js";
import type { Text } from "./text.js";

/** The shortest buffer that holds what next() must see of a packet before it can skip it. */
const capacityMin = 16;
const publish = PacketType.publish;

/** Of a PUBREL, SUBSCRIBE or UNSUBSCRIBE of MQTT 3.1 that comes again: DUP, and QoS 1 [MQTT 3.1, 3.6]. */
export const repeatFlags = 10;

export interface AckTaker {
	acknowledge(id: number): void;
}

/**
 * Cuts the incoming bytes into packets, however the network has chopped them, and reads their fields in
 * place.
 *
 *     fill(chunk)           as much as room allows
 *     while (next()) …      each whole packet: type, flags, and the body in bytes[at, end)
 *
 * Memory is bounded by the capacity. Of a PUBLISH that is longer, next() gives the beginning, if that fits:
 * then its payload can be taken with piece(). What is not taken is passed over by next() as its bytes come,
 * so that one poisonous message cannot end every connection; any other packet of that size ends it.
 */
export class FrameReader {
	/** Our own buffer; or the chunk at hand, as long as that holds whole packets. */
	bytes: Uint8Array;
	readonly text: Text;
	version: Version;
	type: PacketType = PacketType.connack;
	flags = 0;
	/** The first byte of the body which no getter has taken yet. */
	at = 0;
	end = 0;
	/** The body length of a PUBLISH that is longer than the buffer, and 0 for a packet that is here. */
	skipped = 0;
	/** Its packet id; 0 at QoS 0. */
	skippedId = 0;
	/** It has just begun: bytes[at, end) is all that comes before its payload. Else it was passed over. */
	begun = false;
	/** The longest packet that a 5.0 broker may send, as CONNECT has it. */
	packetBytesMax: number;
	#own: Uint8Array;
	#filled = 0;
	#skipLeft = 0;
	/** The bytes to come before its packet id; Infinity when that has come, or there is none. */
	#skipToId = Infinity;
	/** A longer one has come: what ended that connection must not end the next one as well. */
	#isWarned = false;

	constructor(text: Text, capacity: number, version: Version, packetBytesMax = capacity) {
		if (capacity < capacityMin) throw new RangeError(`a reader of ${capacity} bytes is under ${capacityMin}`);
		this.text = text;
		this.bytes = this.#own = new Uint8Array(capacity);
		this.version = version;
		this.packetBytesMax = version === 5 ? packetBytesMax : Infinity;
	}
	/** How many bytes fill() can take; it is over 0 whenever next() has returned false. */
	get room(): number {
		return this.#own.length - this.#filled;
	}
	/** The bytes to come of the payload that was begun. */
	get left(): number {
		return this.#skipLeft;
	}
	/** Forgets everything: another stream begins. */
	reset(): void {
		this.at = this.end = this.skipped = this.skippedId = 0;
		this.begun = false;
		this.#filled = this.#skipLeft = 0;
	}
	/** The bytes here that lie behind the packet at hand. */
	get rest(): number {
		return this.#filled - this.end;
	}
	/** The chunk must stay as it is until next() has returned false, or keep() was called. */
	fill(chunk: Uint8Array): void {
		if (this.#filled === 0 && this.#skipLeft === 0) {
			this.bytes = chunk;
			this.#filled = chunk.length;
			return;
		}
		this.keep();
		this.bytes.set(chunk, this.#filled);
		this.#filled += chunk.length;
	}
	/** Copies what is left of the chunk, where the packets in it cannot all be taken now. */
	keep(): void {
		if (this.bytes === this.#own) return;
		this.#own.set(this.bytes);
		this.bytes = this.#own;
	}
	/**
	 * Gives the ids of the PUBACKs of two bytes which come next to the taker, one by one; false when there is
	 * none. Most packets are that to a device which publishes.
	 */
	takePubacks(taker: AckTaker): boolean {
		if (this.#skipLeft !== 0) return false;
		let bytes = this.bytes;
		const from = this.end;
		let at = from;
		while (this.#filled - at > 3 && bytes[at] === 0x40 && bytes[at + 1] === 2) {
			const id = (bytes[at + 2]! << 8) | bytes[at + 3]!;
			// That is a breach, which is found in the packet that next() gives.
			if (id === 0) break;
			this.end = at + 4;
			taker.acknowledge(id);
			// Whoever hears of it may have reset the reader.
			at = this.end;
			bytes = this.bytes;
		}
		if (at === from) return false;
		if (at === this.#filled) this.at = this.end = this.#filled = 0;
		return true;
	}
	/** True when a whole packet is here; its fields are good until the next call. */
	next(): boolean {
		if (this.#skipLeft !== 0) return this.skip();
		const from = this.end;
		const filled = this.#filled;
		if (from === filled) {
			this.at = this.end = this.#filled = 0;
			return false;
		}
		if (filled - from >= 2) {
			const bytes = this.bytes;
			const head = bytes[from]!;
			let length = bytes[from + 1]!;
			let body = from + 2;
			if (length > 0x7f) {
				length = this.longLength(from + 1);
				body = this.at;
			}
			if (length >= 0) {
				const type = head >> 4;
				if (type !== publish) this.checkHead(type, head & 15);
				// [MQTT-3.3.1-4] [MQTT-3.3.1-4, 3.1.1]
				else if ((head & 6) === 6) throw malformed("PUBLISH at QoS 3");
				this.type = type as PacketType;
				this.flags = head & 15;
				this.at = body;
				if (body + length <= filled) {
					this.end = body + length;
					this.skipped = 0;
					return true;
				}
				this.keep();
				if (body - from + length > this.bytes.length) return this.startLong(from, length);
			}
		}
		this.keep();
		this.makeRoom(from);
		return false;
	}
	/**
	 * The next bytes of the payload that was begun are bytes[at, end), until the next call; false when none are
	 * here, and left tells whether there will be.
	 */
	piece(): boolean {
		this.begun = false;
		const count = Math.min(this.#filled - this.end, this.#skipLeft);
		if (count === 0) {
			this.makeRoom(this.end);
			return false;
		}
		this.at = this.end;
		this.end += count;
		this.#skipLeft -= count;
		return true;
	}
	byte(): number {
		if (this.at === this.end) throw cutOff();
		return this.bytes[this.at++]!;
	}
	word(): number {
		const bytes = this.bytes;
		const at = this.at;
		if (this.end - at < 2) throw cutOff();
		this.at = at + 2;
		return (bytes[at]! << 8) | bytes[at + 1]!;
	}
	long(): number {
		const high = this.word();
		return high * 0x1_0000 + this.word();
	}
	/** A variable byte integer in the fewest bytes [MQTT-1.5.5-1]. */
	varint(): number {
		let value = 0;
		for (let shift = 0; shift < 28; shift += 7) {
			const byte = this.byte();
			value |= (byte & 0x7f) << shift;
			if (byte < 0x80) {
				if (byte === 0 && shift !== 0) throw malformed("variable byte integer longer than it must be");
				return value;
			}
		}
		throw malformed("variable byte integer over four bytes");
	}
	string(): string {
		const to = this.word() + this.at;
		if (to > this.end) throw cutOff();
		const text = this.text.read(this.bytes, this.at, to);
		if (text === undefined) throw malformed("text is not UTF-8, or holds U+0000");
		this.at = to;
		return text;
	}
	/** A copy of the next length bytes. */
	raw(length: number): Uint8Array {
		if (this.end - this.at < length) throw cutOff();
		return this.bytes.slice(this.at, (this.at += length));
	}
	binary(): Uint8Array {
		return this.raw(this.word());
	}
	/** Every byte of the body must have been taken. */
	finish(): void {
		if (this.at !== this.end) throw malformed(`${this.end - this.at} bytes too many`);
	}
	/** A remaining length over 127, with at left behind it; or -1 while it is not whole. */
	private longLength(at: number): number {
		let length = 0;
		for (let shift = 0; shift < 28; shift += 7) {
			if (at >= this.#filled) return -1;
			const byte = this.bytes[at++]!;
			length |= (byte & 0x7f) << shift;
			if (byte > 0x7f) continue;
			if (byte === 0) throw malformed("remaining length longer than it must be");
			this.at = at;
			return length;
		}
		throw malformed("remaining length over four bytes");
	}
	// [MQTT-2.1.3-1] [MQTT-3.6.1-1] [MQTT-3.14.1-1] [MQTT-3.15.1-1] [MQTT-2.2.2-1, 3.1.1]
	// [MQTT-2.2.2-2, 3.1.1] [MQTT-3.6.1-1, 3.1.1] [MQTT-3.14.1-1, 3.1.1]
	private checkHead(type: number, flags: number): void {
		if (type === 0 || (type === PacketType.auth && this.version < 5)) throw malformed(`packet type ${type}`);
		const known =
			type === PacketType.pubrel || type === PacketType.subscribe || type === PacketType.unsubscribe ? 2 : 0;
		if (flags !== known && !(this.version === 3 && known === 2 && flags === repeatFlags))
			throw malformed(`packet type ${type} with flags ${flags}`);
	}
	/** A packet longer than the buffer, whose body begins at this.at. */
	private startLong(from: number, length: number): boolean {
		const headerBytes = this.at - from;
		const isTooLong = headerBytes + length > this.packetBytesMax && !this.#isWarned;
		if (this.type !== publish || isTooLong) {
			if (this.type === publish) this.#isWarned = true;
			const max = isTooLong ? this.packetBytesMax : this.bytes.length;
			throw new ProtocolError(Violation.packetTooLarge, `packet of ${length} bytes is over ${max}`);
		}
		const body = this.at;
		const head = this.headBytes(length);
		if (body + head > this.#filled && headerBytes + head <= this.bytes.length) {
			this.makeRoom(from);
			return false;
		}
		// What is before the payload may itself be longer than the buffer; then its topic is passed over as well.
		const isHere = body + head <= this.#filled;
		const topicBytes = (this.bytes[body]! << 8) | this.bytes[body + 1]!;
		const hasId = (this.flags & 6) !== 0;
		const idAt = 2 + topicBytes;
		this.skipped = length;
		this.skippedId = 0;
		this.begun = isHere;
		this.#skipLeft = isHere ? length - head : length;
		this.#skipToId = hasId && !isHere ? idAt : Infinity;
		this.end = isHere ? body + head : body;
		if (!isHere) return this.skip();
		if (hasId) this.skippedId = (this.bytes[body + idAt]! << 8) | this.bytes[body + idAt + 1]!;
		return true;
	}
	/**
	 * How many bytes of the PUBLISH at this.at come before its payload: at least so many, and just so many when
	 * they are all here.
	 */
	private headBytes(length: number): number {
		const bytes = this.bytes;
		const here = this.#filled - this.at;
		let count = 2;
		if (here < count) return count;
		count += ((bytes[this.at]! << 8) | bytes[this.at + 1]!) + (this.flags & 6 ? 2 : 0);
		let propertyBytes = 0;
		for (let shift = 0; this.version === 5; shift += 7) {
			if (++count > length) throw cutOff();
			if (count > here) return count;
			const byte = bytes[this.at + count - 1]!;
			propertyBytes |= (byte & 0x7f) << shift;
			if (byte < 0x80) break;
			if (shift === 21) throw malformed("variable byte integer over four bytes");
		}
		count += propertyBytes;
		if (count > length) throw cutOff();
		return count;
	}
	private skip(): boolean {
		this.begun = false;
		while (this.#skipLeft !== 0) {
			let count = Math.min(this.#filled - this.end, this.#skipLeft, this.#skipToId);
			if (this.#skipToId === 0) {
				if (this.#filled - this.end < 2) break;
				this.skippedId = (this.bytes[this.end]! << 8) | this.bytes[this.end + 1]!;
				this.#skipToId = Infinity;
				count = 2;
			}
			if (count === 0) break;
			this.#skipToId -= count;
			this.#skipLeft -= count;
			this.end += count;
		}
		this.at = this.end;
		if (this.#skipLeft === 0) return true;
		this.makeRoom(this.end);
		return false;
	}
	/** Moves what is left, from that offset on, to the front. */
	private makeRoom(from: number): void {
		if (from === 0) return;
		this.bytes.copyWithin(0, from, this.#filled);
		this.#filled -= from;
		this.at = this.end = 0;
	}
}

function cutOff(): ProtocolError {
	return malformed("packet ends within a field");
}
