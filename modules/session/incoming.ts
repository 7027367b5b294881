import type { FrameReader } from "../wire/frame-reader.js";
import { ProtocolError, Violation, malformed } from "../wire/protocol-error.js";
import { readProperties } from "../wire/read-properties.js";
import { PacketType, type QoS } from "../wire/packet-type.js";
import type { Properties } from "../wire/packet.js";

const nothing = new Uint8Array(0);

/**
 * The message at hand, its payload in place: bytes[from, to) of the reader, good until the handler returns.
 * One object serves for all messages.
 */
export class Incoming {
	topic = "";
	bytes: Uint8Array = nothing;
	from = 0;
	to = 0;
	qos: QoS = 0;
	retain = false;
	dup = false;
	id = 0;
	/** For Session.receiver.acknowledge(), at QoS 1 and 2. */
	token = -1;
	properties: Properties | undefined;
	/** The body length of a message that was passed over, because it is longer than the reader. */
	skippedBytes = 0;

	/** Reads the PUBLISH at which the reader stands. */
	read(packet: FrameReader): void {
		const flags = packet.flags;
		const qos = ((flags >> 1) & 3) as QoS;
		this.qos = qos;
		this.retain = (flags & 1) !== 0;
		this.dup = flags > 7;
		if (qos === 0 && flags > 7) throw malformed("PUBLISH with DUP at QoS 0");
		const topic = packet.string();
		if (topic.indexOf("+") >= 0 || topic.indexOf("#") >= 0) throw malformed("topic name with a wildcard");
		this.topic = topic;
		const id = qos === 0 ? 0 : packet.word();
		if (id === 0 && qos > 0) throw malformed("packet id 0");
		this.id = id;
		this.properties = packet.version === 5 ? this.#properties(packet) : undefined;
		if (topic === "") throw malformed("PUBLISH without a topic");
		this.bytes = packet.bytes;
		this.from = packet.at;
		this.to = packet.at = packet.end;
		this.token = -1;
	}
	/** The PUBLISH that the reader has passed over. */
	skip(packet: FrameReader): void {
		this.qos = ((packet.flags >> 1) & 3) as QoS;
		this.dup = (packet.flags & 8) !== 0;
		this.id = packet.skippedId;
		this.skippedBytes = packet.skipped;
		if (packet.type !== PacketType.publish || (this.qos > 0 && this.id === 0)) throw malformed("packet id 0");
	}
	#properties(packet: FrameReader): Properties | undefined {
		const properties: Properties = {};
		const from = packet.at;
		const alias = readProperties(packet, PacketType.publish, properties);
		// We announce a Topic Alias Maximum of 0 by saying nothing [MQTT-3.3.2-10].
		if (alias !== 0)
			throw new ProtocolError(Violation.topicAliasInvalid, `topic alias ${alias} is over our maximum of 0`);
		return packet.at === from + 1 ? undefined : properties;
	}
}
