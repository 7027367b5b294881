import { repeatFlags, type FrameReader } from "./frame-reader.js";
import type {
	ConnectPacket,
	Packet,
	Subscription,
	SubscribePacket,
	UnsubscribePacket,
	Will,
} from "./packet.js";
import { PacketType, type QoS, type Version } from "./packet-type.js";
import { willType } from "./properties.js";
import { breach, malformed } from "./protocol-error.js";
import { readId, readOptional } from "./read-server-packet.js";
import { isShared, topicFilterFault, topicNameFault } from "./topic.js";

/** A CONNECT, SUBSCRIBE or UNSUBSCRIBE, which only clients send, so that firmware never reads it. */
export function readClientPacket(reader: FrameReader): Packet {
	if (reader.type === PacketType.connect) return readConnect(reader);
	return reader.type === PacketType.subscribe ? readSubscribe(reader) : readUnsubscribe(reader);
}

/** Sets the reader to the version of the client; an empty client id is left to the server to refuse. */
function readConnect(reader: FrameReader): ConnectPacket {
	const protocolId = reader.string();
	const version = reader.byte();
	if (version === 3 ? protocolId !== "MQIsdp" : protocolId !== "MQTT" || (version !== 4 && version !== 5))
		throw breach(`protocol ${protocolId} ${version}`);
	reader.version = version as Version;
	const flags = reader.byte();
	if (flags & 1) throw malformed("connect flags with bit 0");
	const packet: ConnectPacket = {
		cmd: "connect",
		protocolId: protocolId as "MQTT" | "MQIsdp",
		protocolVersion: version as Version,
		clean: (flags & 2) !== 0,
		keepalive: reader.word(),
		clientId: "",
	};
	readOptional(reader, PacketType.connect, packet);
	packet.clientId = reader.string();
	if (flags & 4) packet.will = readWill(reader, flags);
	else if (flags & 0x38) throw malformed("will flags without a will");
	if (flags & 0x80) packet.username = reader.string();
	else if (flags & 0x40 && version < 5) throw breach("password without username");
	if (flags & 0x40) packet.password = reader.binary();
	reader.finish();
	return packet;
}

function readWill(reader: FrameReader, flags: number): Will {
	const qos = (flags >> 3) & 3;
	if (qos === 3) throw malformed("will at QoS 3");
	const will: Will = { topic: "", payload: "", qos: qos as QoS, retain: (flags & 0x20) !== 0 };
	readOptional(reader, willType, will);
	will.topic = readTopicName(reader);
	will.payload = reader.binary();
	return will;
}

function readSubscribe(reader: FrameReader): SubscribePacket {
	const subscriptions: Subscription[] = [];
	const packet: SubscribePacket = { cmd: "subscribe", messageId: readId(reader), subscriptions };
	if (reader.flags === repeatFlags) packet.dup = true;
	readOptional(reader, PacketType.subscribe, packet);
	if (reader.at === reader.end) throw breach("subscribe without a topic filter");
	while (reader.at < reader.end) subscriptions.push(readSubscription(reader));
	return packet;
}

function readSubscription(reader: FrameReader): Subscription {
	const { version } = reader;
	const topic = readTopicFilter(reader, version);
	const options = reader.byte();
	const qos = options & 3;
	const rh = options >> 4;
	if (version < 5 ? options > 2 : qos > 2 || rh > 2) throw malformed(`subscription options ${options}`);
	if (version < 5) return { topic, qos: qos as QoS };
	const nl = (options & 4) !== 0;
	if (nl && isShared(topic)) throw breach("no local for a shared subscription");
	return { topic, qos: qos as QoS, nl, rap: (options & 8) !== 0, rh };
}

function readUnsubscribe(reader: FrameReader): UnsubscribePacket {
	const unsubscriptions: string[] = [];
	const packet: UnsubscribePacket = { cmd: "unsubscribe", messageId: readId(reader), unsubscriptions };
	if (reader.flags === repeatFlags) packet.dup = true;
	readOptional(reader, PacketType.unsubscribe, packet);
	if (reader.at === reader.end) throw breach("unsubscribe without a topic filter");
	while (reader.at < reader.end) unsubscriptions.push(readTopicFilter(reader, reader.version));
	return packet;
}

function readTopicName(reader: FrameReader): string {
	const topic = reader.string();
	const fault = topicNameFault(topic);
	if (fault) throw breach(fault);
	return topic;
}

function readTopicFilter(reader: FrameReader, version: Version): string {
	const filter = reader.string();
	const fault = topicFilterFault(filter, version);
	if (fault) throw breach(fault);
	return filter;
}
