import { checkBytes, checkInteger, checkText } from "./check.js";
import type { FrameWriter } from "./frame-writer.js";
import type { ConnectPacket, Will } from "./packet.js";
import { PacketType, type Version } from "./packet-type.js";
import { willType } from "./property.js";
import { topicNameFault } from "./topic.js";
import { writeOptional, writePayload } from "./write-fields.js";

const wordMax = 0xffff;

/** Appends a CONNECT. A clean session is the default, as in mqtt-packet. */
export function writeConnect(frame: FrameWriter, packet: ConnectPacket, version: Version): void {
	const { clientId = "", clean = true, keepalive = 0, username, password, will } = packet;
	checkInteger("protocolVersion", version, 3, 5);
	const protocolId = version === 3 ? "MQIsdp" : "MQTT";
	if ((packet.protocolId ?? protocolId) !== protocolId)
		throw new RangeError(`protocolId ${packet.protocolId} in version ${version}`);
	// [MQTT-3.1.3-7, 3.1.1]
	if (clientId === "" && (version === 3 || (version === 4 && !clean)))
		throw new RangeError("clientId is empty, which needs MQTT 3.1.1 and a clean session");
	// [MQTT-3.1.2-22, 3.1.1]
	if (version < 5 && password !== undefined && username === undefined)
		throw new RangeError("password without username before MQTT 5");
	frame.open(PacketType.connect, 0);
	// [MQTT-3.1.2-1] [MQTT-7.0.0-2, 3.1.1]
	frame.string(protocolId);
	frame.byte(version);
	// [MQTT-3.1.2-3] [MQTT-3.1.2-16] [MQTT-3.1.2-17] [MQTT-3.1.2-18] [MQTT-3.1.2-19] [MQTT-3.1.2-18, 3.1.1]
	// [MQTT-3.1.2-19, 3.1.1] [MQTT-3.1.2-20, 3.1.1] [MQTT-3.1.2-21, 3.1.1]
	frame.byte(
		(username === undefined ? 0 : 0x80) |
			(password === undefined ? 0 : 0x40) |
			willFlags(will) |
			(clean ? 2 : 0),
	);
	frame.word(checkInteger("keepalive", keepalive, 0, wordMax));
	writeOptional(frame, PacketType.connect, packet.properties, version);
	// [MQTT-3.1.3-1] [MQTT-3.1.3-3] [MQTT-3.1.3-1, 3.1.1] [MQTT-3.1.3-3, 3.1.1]
	frame.string(checkText("clientId", clientId));
	if (will) writeWill(frame, will, version);
	if (username !== undefined) frame.string(checkText("username", username));
	if (typeof password === "string") frame.string(password);
	else if (password !== undefined) frame.binary(checkBytes("password", password));
	frame.close();
}

function willFlags(will: Will | undefined): number {
	// [MQTT-3.1.2-11] [MQTT-3.1.2-12] [MQTT-3.1.2-13] [MQTT-3.1.2-11, 3.1.1] [MQTT-3.1.2-13, 3.1.1]
	// [MQTT-3.1.2-14, 3.1.1] [MQTT-3.1.2-15, 3.1.1]
	if (!will) return 0;
	return 4 | (checkInteger("will qos", will.qos ?? 0, 0, 2) << 3) | (will.retain ? 0x20 : 0);
}

function writeWill(frame: FrameWriter, will: Will, version: Version): void {
	const fault = topicNameFault(will.topic);
	if (fault) throw new RangeError(`will: ${fault}`);
	writeOptional(frame, willType, will.properties, version);
	// [MQTT-3.1.2-9] [MQTT-3.1.3-11] [MQTT-3.1.2-9, 3.1.1] [MQTT-3.1.3-10, 3.1.1]
	frame.string(will.topic);
	frame.word(0);
	const at = frame.end;
	writePayload(frame, will.payload);
	const length = frame.end - at;
	if (length > wordMax) throw new RangeError(`will payload of ${length} bytes is over 65,535`);
	frame.bytes[at - 2] = length >> 8;
	frame.bytes[at - 1] = length;
}
