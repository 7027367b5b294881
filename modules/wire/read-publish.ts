import type { FrameReader } from "./frame-reader.js";
import type { Properties } from "./packet.js";
import { PacketType, type QoS } from "./packet-type.js";
import { breach } from "./protocol-error.js";
import { readProperties } from "./properties.js";

/** A PUBLISH as it lies in the reader, its payload in bytes[from, to): good until the next packet. */
export interface PublishView {
	/** Empty where an alias stands for it. */
	topic: string;
	qos: QoS;
	retain: boolean;
	dup: boolean;
	/** 0 at QoS 0. */
	id: number;
	/** 0 for none. */
	alias: number;
	properties: Properties | undefined;
	/** The user properties in their order; undefined without properties. */
	pairs: [string, string][] | undefined;
	bytes: Uint8Array;
	from: number;
	to: number;
}

/**
 * Reads the PUBLISH at which the reader stands into that object. What one packet alone can show to be wrong
 * is a ProtocolError.
 */
export function viewPublish(reader: FrameReader, into: PublishView): void {
	const flags = reader.flags;
	const qos = ((flags >> 1) & 3) as QoS;
	// [MQTT-3.3.1-2] [MQTT-3.3.1-2, 3.1.1]
	if ((flags & 14) === 8) throw breach("PUBLISH with DUP at QoS 0");
	// [MQTT-3.3.2-1] [MQTT-3.3.2-1, 3.1.1]
	const topic = reader.string();
	if (topic.indexOf("+") >= 0 || topic.indexOf("#") >= 0) throw breach(`topic ${topic} holds a wildcard`);
	const id = qos === 0 ? 0 : reader.word();
	if (id === 0 && qos > 0) throw breach("packet id 0");
	into.qos = qos;
	into.retain = (flags & 1) !== 0;
	into.dup = (flags & 8) !== 0;
	into.topic = topic;
	into.id = id;
	if (reader.version === 5) readPublishProperties(reader, into);
	if (topic === "" && into.alias === 0) throw breach("PUBLISH without a topic");
	into.bytes = reader.bytes;
	into.from = reader.at;
	into.to = reader.at = reader.end;
}

function readPublishProperties(reader: FrameReader, into: PublishView): void {
	into.alias = 0;
	into.properties = into.pairs = undefined;
	// Most have none.
	if (reader.at < reader.end && reader.bytes[reader.at] === 0) reader.at++;
	else into.alias = readProperties(reader, PacketType.publish, (into.properties = {}), (into.pairs = []));
}
