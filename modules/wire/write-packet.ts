import { checkInteger } from "./check.js";
import type { FrameWriter } from "./frame-writer.js";
import type { AckPacket, ConnackPacket, GrantPacket, PacketLike } from "./packet.js";
import { PacketType, commands, type Version } from "./packet-type.js";
import { grantMax, refusedGrant } from "./reason-code.js";
import {
	checkList,
	hasAny,
	openRequest,
	writeClientPacket,
	writeOptional,
	writeReason,
	writeWhole,
} from "./write-client-packet.js";

/**
 * Appends a packet to the frame, in the format of that version; a CONNECT which names its version goes by
 * that.
 *
 * A packet that the standard does not allow is a RangeError or a TypeError that names the field, one that
 * does not fit a FrameFullError; the frame is then as it was.
 */
export function writePacket(frame: FrameWriter, packet: PacketLike, version: Version): void {
	writeWhole(frame, packet, version, write);
}

function write(frame: FrameWriter, packet: PacketLike, version: Version): void {
	switch (packet.cmd) {
		case "connack":
			return writeConnack(frame, packet, version);
		case "puback":
		case "pubrec":
		case "pubrel":
		case "pubcomp":
			return writeAck(frame, packet, version);
		case "suback":
		case "unsuback":
			return writeGrant(frame, packet, version);
		case "pingreq":
			return frame.begin(PacketType.pingreq, 0, 0);
		case "pingresp":
			return frame.begin(PacketType.pingresp, 0, 0);
		default:
			return writeClientPacket(frame, packet, version);
	}
}

function writeConnack(frame: FrameWriter, packet: ConnackPacket, version: Version): void {
	const { sessionPresent, properties } = packet;
	const code = version === 5 ? packet.reasonCode : packet.returnCode;
	if (sessionPresent && (code !== 0 || version === 3))
		throw new RangeError("sessionPresent in a refusal, or in MQTT 3.1");
	frame.open(PacketType.connack, 0);
	frame.byte(sessionPresent ? 1 : 0);
	if (version === 5) writeReason(frame, PacketType.connack, code);
	else frame.byte(checkInteger("returnCode", code, 0, 5));
	writeOptional(frame, PacketType.connack, properties, version);
	frame.close();
}

type Ack = AckPacket<"puback" | "pubrec" | "pubrel" | "pubcomp">;

function writeAck(frame: FrameWriter, packet: Ack, version: Version): void {
	const type = commands.indexOf(packet.cmd) as PacketType;
	const { reasonCode = 0, properties } = packet;
	openRequest(frame, type, packet, version);
	if (version < 5 && reasonCode !== 0) throw new RangeError(`reasonCode in ${packet.cmd} before MQTT 5`);
	const full = reasonCode !== 0 || hasAny(properties);
	if (full) {
		if (version === 5) writeReason(frame, type, reasonCode);
		writeOptional(frame, type, properties, version);
	}
	frame.close();
}

type Grant = Extract<PacketLike, { cmd: "suback" }> | GrantPacket<"unsuback">;

/** SUBACK and UNSUBACK. */
function writeGrant(frame: FrameWriter, packet: Grant, version: Version): void {
	const { cmd, granted } = packet;
	const type = cmd === "suback" ? PacketType.suback : PacketType.unsuback;
	openRequest(frame, type, packet, version);
	writeOptional(frame, type, packet.properties, version);
	if (type === PacketType.suback || version === 5) {
		checkList("granted", granted);
		for (const code of granted) {
			if (version === 5) writeReason(frame, type, code);
			else frame.byte(code === refusedGrant ? code : checkInteger("granted", code, 0, grantMax));
		}
	} else if (granted !== undefined && granted.length > 0)
		throw new RangeError("granted in unsuback before MQTT 5");
	frame.close();
}
