// node only
// npm mqtt-packet as oracle.

import { generate, parser, type Packet as TheirPacket } from "mqtt-packet";
import type { PacketLike } from "../../modules/wire/packet.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { plain } from "../support/decode.js";
import { toHex } from "../support/hex.js";

/** What it makes of the bytes; "!" and its message when it refuses them. */
export function theirParse(bytes: Uint8Array, version: Version): unknown {
	const found: unknown[] = [];
	let error = "";
	const reader = parser({ protocolVersion: version });
	reader.on("packet", packet => found.push(ours(packet)));
	reader.on("error", (thrown: Error) => (error = `! ${thrown.message}`));
	try {
		reader.parse(Buffer.from(bytes));
	} catch (thrown) {
		error = `! ${thrown}`;
	}
	return error || found;
}

/** Its packet without the fields that it fills in for every type: length, and those of PUBLISH. */
function ours(packet: TheirPacket): unknown {
	const { length, ...rest } = packet;
	const fields = plain(rest) as Record<string, unknown>;
	if (packet.cmd !== "publish")
		for (const name of ["qos", "dup", "retain", "topic", "payload"]) delete fields[name];
	if (packet.cmd === "unsuback") fields["granted"] ??= [];
	return fields;
}

/** What it writes, in hex. */
export function theirBytes(packet: PacketLike, version: Version): string {
	return toHex(theirEncoding(packet, version));
}

export function theirEncoding(packet: PacketLike, version: Version): Uint8Array {
	return generate(withBuffers(packet) as TheirPacket, { protocolVersion: version });
}

function withBuffers(value: unknown): unknown {
	if (value instanceof Uint8Array) return Buffer.from(value);
	if (Array.isArray(value)) return value.map(withBuffers);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withBuffers(field)]));
}
