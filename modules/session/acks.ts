import type { FrameWriter } from "../wire/frame-writer.js";
import type { PacketType, Version } from "../wire/packet-type.js";

/** Type byte, length, packet id and reason code. */
const ackBytesMax = 5;

/** The PUBACK, PUBREC, PUBREL and PUBCOMP that are owed, in the order they must go out [MQTT-4.6.0-2]. */
export class Acks {
	count = 0;
	readonly size: number;
	#ring: Int32Array;
	#first = 0;

	/** Room for at least that many. */
	constructor(max: number) {
		this.size = 1;
		while (this.size < max) this.size <<= 1;
		this.#ring = new Int32Array(this.size);
	}
	/**
	 * The caller has seen that count is under size.
	 * [MQTT-4.6.0-2] [MQTT-4.6.0-3] [MQTT-4.6.0-4] [MQTT-4.6.0-2, 3.1.1] [MQTT-4.6.0-3, 3.1.1]
	 * [MQTT-4.6.0-4, 3.1.1]
	 */
	push(type: PacketType, id: number, reason: number): void {
		this.#ring[(this.#first + this.count++) & (this.size - 1)] = (type << 24) | (reason << 16) | id;
	}
	/** The type of the first, and its id; the first must exist. */
	get type(): PacketType {
		return (this.#ring[this.#first]! >> 24) as PacketType;
	}
	get id(): number {
		return this.#ring[this.#first]! & 0xffff;
	}
	/** Writes the first one and drops it; false when it does not fit. */
	transmit(frame: FrameWriter, version: Version): boolean {
		const bytes = frame.bytes;
		const at = frame.end;
		if (frame.limit - at < ackBytesMax) return false;
		const ack = this.#ring[this.#first]!;
		const type = ack >> 24;
		// [MQTT-2.2.1-5] [MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2] [MQTT-3.5.2-3] [MQTT-3.6.2-2]
		// [MQTT-3.6.2-3] [MQTT-3.7.2-2] [MQTT-3.7.2-3] [MQTT-2.3.1-6, 3.1.1]
		const reason = version === 5 ? (ack >> 16) & 0xff : 0;
		bytes[at] = type === 6 ? 0x62 : type << 4;
		bytes[at + 1] = reason === 0 ? 2 : 3;
		bytes[at + 2] = ack >> 8;
		bytes[at + 3] = ack;
		if (reason !== 0) bytes[at + 4] = reason;
		frame.end = at + (reason === 0 ? 4 : 5);
		this.#first = (this.#first + 1) & (this.size - 1);
		this.count--;
		return true;
	}
	clear(): void {
		this.count = 0;
	}
}
