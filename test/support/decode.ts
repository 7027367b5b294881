import { PacketDecoder } from "../../modules/wire/packet-codec.js";
import type { Packet } from "../../modules/wire/packet.js";
import type { Version } from "../../modules/wire/packet-type.js";

/** All packets of the bytes, fed in pieces of the lengths which step() gives. */
export function decode(bytes: Uint8Array, version: Version, step = () => bytes.length): Packet[] {
	const decoder = new PacketDecoder(version);
	const packets: Packet[] = [];
	for (let at = 0; at < bytes.length;) {
		const end = Math.min(at + step(), bytes.length);
		for (const packet of decoder.feed(bytes.subarray(at, end))) packets.push(packet);
		at = end;
	}
	return packets;
}

/** The same object without what deepEqual would stumble over: prototypes, Buffers, undefined fields. */
export function plain(value: unknown): unknown {
	if (value instanceof Uint8Array) return { bytes: Array.from(value) };
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value !== "object" || value === null) return value;
	const entries = Object.keys(value).map(
		name => [name, plain((value as Record<string, unknown>)[name])] as const,
	);
	return Object.fromEntries(entries.filter(entry => entry[1] !== undefined));
}
