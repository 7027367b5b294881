import type { PacketType } from "./packet-type.js";
import type { Text } from "./text.js";

const wordMax = 0xffff;
/** The largest remaining length, in bytes [MQTT5 1.5.5]. */
export const remainingLengthMax = 0xfff_ffff;

/**
 * The frame has no room for the packet. In an empty frame that is the caller's mistake, like any
 * RangeError.
 */
export class FrameFullError extends RangeError {
	constructor() {
		super("packet does not fit in the frame");
	}
}

/**
 * Outgoing packets, one behind the other, in one fixed part of a buffer: bytes[start, end) is what waits.
 *
 * open() leaves one byte for the remaining length, which is right for all but a few packets; close() moves
 * the body by one to three bytes when it grew longer. So no length is computed twice, whole batches lie
 * without gaps, and the socket gets them in one write. A packet whose length is known goes through begin().
 */
export class FrameWriter {
	readonly bytes: Uint8Array;
	readonly text: Text;
	readonly start: number;
	readonly limit: number;
	/** The first free byte. A caller that gives a packet up sets it back to where the packet began. */
	end: number;
	#body: number;

	/** Writes to bytes[start, limit) and nowhere else; the rest of the buffer belongs to others. */
	constructor(text: Text, bytes: Uint8Array, start = 0, limit = bytes.length) {
		this.text = text;
		this.bytes = bytes;
		this.start = this.end = this.#body = start;
		this.limit = limit;
	}
	get room(): number {
		return this.limit - this.end;
	}
	reset(): void {
		this.end = this.start;
	}
	/** Starts a packet of unknown length. */
	open(type: PacketType, flags: number): void {
		this.reserve(2);
		this.bytes[this.end] = (type << 4) | flags;
		this.end += 2;
		this.#body = this.end;
	}
	/** Ends the packet which open() started, and writes its length. */
	close(): void {
		this.measure(this.#body);
	}
	/** Writes the length of all that lies behind body in front of it, where one byte was left for it. */
	measure(body: number): void {
		const length = this.end - body;
		if (length < 0x80) {
			this.bytes[body - 1] = length;
			return;
		}
		if (length > remainingLengthMax) throw new RangeError(`${length} bytes are more than a packet can hold`);
		const more = varintBytes(length) - 1;
		this.reserve(more);
		this.bytes.copyWithin(body + more, body, this.end);
		this.end = body - 1;
		this.varint(length);
		this.end += length;
	}
	/** Starts a packet whose body will be just that many bytes; nothing needs to close it. */
	begin(type: PacketType, flags: number, length: number): void {
		this.reserve(2);
		this.bytes[this.end++] = (type << 4) | flags;
		this.varint(length);
	}
	byte(value: number): void {
		this.reserve(1);
		this.bytes[this.end++] = value;
	}
	word(value: number): void {
		this.reserve(2);
		this.bytes[this.end++] = value >> 8;
		this.bytes[this.end++] = value;
	}
	long(value: number): void {
		this.word(value >>> 16);
		this.word(value & wordMax);
	}
	// [MQTT-1.5.5-1]
	varint(value: number): void {
		while (value > 0x7f) {
			this.byte((value & 0x7f) | 0x80);
			value >>>= 7;
		}
		this.byte(value);
	}
	/** A length word and the text; over 65,535 bytes it is a RangeError. */
	string(value: string): void {
		this.reserve(2);
		const end = this.text.write(value, this.bytes, this.end + 2, this.limit);
		if (end === -1) throw new FrameFullError();
		this.fieldLength(end - this.end - 2);
		this.end = end;
	}
	/** A length word and the bytes; over 65,535 of them it is a RangeError. */
	binary(value: Uint8Array): void {
		this.fieldLength(value.length);
		this.end += 2;
		this.raw(value);
	}
	/** Appends source[from, to): without garbage when the source is the buffer that this writes to. */
	copy(source: Uint8Array, from: number, to: number): void {
		this.reserve(to - from);
		if (source === this.bytes) source.copyWithin(this.end, from, to);
		else this.bytes.set(source.subarray(from, to), this.end);
		this.end += to - from;
	}
	raw(value: Uint8Array): void {
		this.reserve(value.length);
		this.bytes.set(value, this.end);
		this.end += value.length;
	}
	private fieldLength(length: number): void {
		if (length > wordMax) throw new RangeError(`a text or binary field of ${length} bytes is over 65,535`);
		this.reserve(2);
		this.bytes[this.end] = length >> 8;
		this.bytes[this.end + 1] = length;
	}
	private reserve(count: number): void {
		if (this.limit - this.end < count) throw new FrameFullError();
	}
}

/** How many bytes a variable byte integer takes; the value is at most remainingLengthMax. */
export function varintBytes(value: number): number {
	if (value < 0x80) return 1;
	if (value < 0x4000) return 2;
	if (value < 0x20_0000) return 3;
	return 4;
}
