import type { FrameReader } from "./frame-reader.js";
import { commands, type Properties } from "./packet.js";
import type { PacketType } from "./packet-type.js";
import { breach } from "./protocol-error.js";
import { readProperties } from "./read-properties.js";
import { allowsReason } from "./reason-code.js";

// What several packets have in common.

/** A packet id, which is never 0 [MQTT5 2.2.1]. */
export function readId(reader: FrameReader): number {
	const id = reader.word();
	if (id === 0) throw breach("packet id 0");
	return id;
}

export function readReason(reader: FrameReader): number {
	const code = reader.byte();
	if (!allowsReason(reader.type, code)) throw breach(`reason code ${code} in ${commands[reader.type]}`);
	return code;
}

/** Puts the properties into the packet, where the version has them and there are some. */
export function readOptional(
	reader: FrameReader,
	type: PacketType | 0,
	packet: { properties?: Properties },
): void {
	if (reader.version < 5) return;
	const properties: Properties = {};
	const from = reader.at;
	readProperties(reader, type, properties);
	if (reader.bytes[from] !== 0) packet.properties = properties;
}
