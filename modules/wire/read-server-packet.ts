import { repeatFlags, type FrameReader } from "./frame-reader.js";
import type {
	AckPacket,
	AuthPacket,
	ConnackPacket,
	DisconnectPacket,
	GrantPacket,
	Packet,
	Properties,
} from "./packet.js";
import { PacketType, commands } from "./packet-type.js";
import { breach, malformed } from "./protocol-error.js";
import { readProperties } from "./properties.js";
import { allowsReason, grantMax, reasonOfReturnCode, refusedGrant } from "./reason-code.js";

/**
 * The packet at which reader.next() has stopped, as an object with copies of what it holds, where that is one
 * which a session reads as an object; undefined for any other. Any breach of the rules that one packet can
 * show by itself is a ProtocolError.
 */
export function readServerPacket(reader: FrameReader): Packet | undefined {
	switch (reader.type) {
		case PacketType.connack:
			return readConnack(reader);
		case PacketType.puback:
		case PacketType.pubrec:
		case PacketType.pubrel:
		case PacketType.pubcomp:
			return readAck(reader);
		case PacketType.suback:
		case PacketType.unsuback:
			return readGrant(reader);
		case PacketType.disconnect:
		case PacketType.auth:
			return readEnding(reader);
		default:
			return undefined;
	}
}

function readConnack(reader: FrameReader): ConnackPacket {
	const flags = reader.byte();
	if (flags > 1) throw malformed(`connack flags ${flags}`);
	const packet: ConnackPacket = { cmd: "connack", sessionPresent: flags === 1 };
	let code: number;
	if (reader.version === 5) code = packet.reasonCode = readReason(reader);
	else {
		code = packet.returnCode = reader.byte();
		if (reasonOfReturnCode(code) === undefined) throw breach(`connack return code ${code}`);
	}
	if (flags === 1 && code !== 0) throw breach("session present in a refusal");
	readOptional(reader, PacketType.connack, packet);
	reader.finish();
	return packet;
}

type Ack = AckPacket<"puback"> | AckPacket<"pubrec"> | AckPacket<"pubrel"> | AckPacket<"pubcomp">;

function readAck(reader: FrameReader): Ack {
	const packet = { cmd: commands[reader.type], messageId: readId(reader) } as Ack;
	if (reader.flags === repeatFlags) packet.dup = true;
	if (reader.version === 5) readOutcome(reader, packet);
	reader.finish();
	return packet;
}

/** What may be left out: the properties, or both when the reason is 0 [MQTT5 3.4.2.1] [MQTT5 3.14.2.1]. */
function readOutcome(reader: FrameReader, packet: Ack | DisconnectPacket | AuthPacket): void {
	packet.reasonCode = reader.at < reader.end ? readReason(reader) : 0;
	if (reader.at < reader.end) readOptional(reader, reader.type, packet);
}

function readGrant(reader: FrameReader): GrantPacket<"suback"> | GrantPacket<"unsuback"> {
	const { type, version } = reader;
	const cmd = type === PacketType.suback ? "suback" : "unsuback";
	const granted: number[] = [];
	const packet: GrantPacket<typeof cmd> = { cmd, messageId: readId(reader), granted };
	readOptional(reader, type, packet);
	if (type === PacketType.suback || version === 5) {
		if (reader.at === reader.end) throw breach(`${cmd} without a reason code`);
		while (reader.at < reader.end) granted.push(version === 5 ? readReason(reader) : readGranted(reader));
	}
	reader.finish();
	return packet as GrantPacket<"suback"> | GrantPacket<"unsuback">;
}

function readGranted(reader: FrameReader): number {
	const code = reader.byte();
	if (code > grantMax && code !== refusedGrant) throw breach(`suback return code ${code}`);
	return code;
}

function readEnding(reader: FrameReader): DisconnectPacket | AuthPacket {
	const packet = { cmd: commands[reader.type] } as DisconnectPacket | AuthPacket;
	if (reader.version === 5) readOutcome(reader, packet);
	reader.finish();
	if (packet.cmd === "auth" && packet.properties?.authenticationMethod === undefined)
		if (packet.reasonCode !== 0 || packet.properties) throw breach("auth without authenticationMethod");
	return packet;
}

// What several packets have in common, those of clients too.

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
