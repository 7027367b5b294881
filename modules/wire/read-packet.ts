import type { FrameReader } from "./frame-reader.js";
import type { Packet, PublishPacket } from "./packet.js";
import { PacketType } from "./packet-type.js";
import { readClientPacket } from "./read-client-packet.js";
import { viewPublish, type PublishView } from "./read-publish.js";
import { readServerPacket } from "./read-server-packet.js";

/**
 * The packet at which reader.next() has stopped, whoever sends it, as an object with copies of what it holds.
 * A CONNECT sets the version of the reader. A PUBLISH that was passed over has no fields to read.
 */
export function readPacket(reader: FrameReader): Packet {
	if (reader.skipped !== 0) throw new TypeError("a packet that was passed over cannot be read");
	switch (reader.type) {
		case PacketType.publish:
			return readPublish(reader);
		case PacketType.pingreq:
			reader.finish();
			return { cmd: "pingreq" };
		case PacketType.pingresp:
			reader.finish();
			return { cmd: "pingresp" };
		default:
			return readServerPacket(reader) ?? readClientPacket(reader);
	}
}

function readPublish(reader: FrameReader): PublishPacket {
	const view = { alias: 0 } as PublishView;
	viewPublish(reader, view);
	const { topic, qos, retain, dup, id, properties } = view;
	const payload = view.bytes.slice(view.from, view.to);
	const packet: PublishPacket = { cmd: "publish", qos, dup, retain, topic, payload };
	if (id !== 0) packet.messageId = id;
	if (properties !== undefined) packet.properties = properties;
	return packet;
}
