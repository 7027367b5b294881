import type { Outbox } from "../outbox/outbox.js";
import { Mark } from "../outbox/record.js";
import { remainingLengthMax, varintBytes } from "../wire/frame-writer.js";

const messageExpiryInterval = 0x02;
/** Bytes of a Message Expiry Interval. */
export const expiryBytes = 5;

/** How many bytes the remaining length takes; a RangeError when no packet can be so long. */
export function checkedVarintBytes(length: number): number {
	if (length > remainingLengthMax)
		throw new RangeError(`a message of ${length} bytes is over the protocol's limit`);
	return varintBytes(length);
}

export function putVarint(memory: Uint8Array, at: number, value: number): number {
	while (value > 0x7f) {
		memory[at++] = (value & 0x7f) | 0x80;
		value >>>= 7;
	}
	memory[at++] = value;
	return at;
}

/** The property length, room for our own properties, and the message's; returns where they end. */
export function putProperties(
	memory: Uint8Array,
	at: number,
	bytes: number,
	properties: Uint8Array | undefined,
): number {
	const from = putVarint(memory, at, bytes);
	if (properties !== undefined) memory.set(properties, from + bytes - properties.length);
	const ownBytes = properties === undefined ? bytes : bytes - properties.length;
	if (ownBytes !== 0) memory[from] = messageExpiryInterval;
	return from + bytes;
}

/** The time that is left goes with a message of 5.0, rounded up to seconds [MQTT-3.3.2-6]. */
export function setExpiry(outbox: Outbox, record: number, now: number): void {
	const left = outbox.timeLeft(record, now);
	if (left === Infinity) return;
	const memory = outbox.memory;
	const marks = outbox.marks(record);
	let at = outbox.place(record) + ((marks >> Mark.keyShift) & Mark.keyMask);
	at += 2 + ((memory[at]! << 8) | memory[at + 1]!) + (marks & Mark.qos ? 2 : 0);
	while (memory[at++]! > 0x7f); // the property length
	const seconds = Math.max(1, Math.ceil(left / 1000));
	for (let shift = 24; shift >= 0; shift -= 8) memory[++at] = seconds >> shift;
}
