import { PacketType, type Version } from "./packet-type.js";
import type { FrameWriter } from "./frame-writer.js";
import type { AuthPacket, DisconnectPacket, PacketLike, Properties, PublishPacket } from "./packet.js";
import { checkInteger } from "./check.js";
import { topicNameFault } from "./topic.js";
import { writeConnect } from "./write-connect.js";
import { hasAny, writeId, writeOptional, writePayload, writeReason, writeWhole } from "./write-fields.js";
import { writeSubscribe, writeUnsubscribe } from "./write-subscriptions.js";

/** What a session has written from an object; its other packets it lays out itself. */
export type ClientPacket = Extract<
	PacketLike,
	{ cmd: "connect" | "publish" | "subscribe" | "unsubscribe" | "disconnect" | "auth" }
>;

/** As writePacket() does, for the packets that a client seldom sends: so that a device has no others. */
export function writeClientPacket(frame: FrameWriter, packet: ClientPacket, version: Version): void {
	writeWhole(frame, packet, version, write);
}

function write(frame: FrameWriter, packet: ClientPacket, version: Version): void {
	switch (packet.cmd) {
		case "publish":
			return writePublish(frame, packet, version);
		case "connect":
			return writeConnect(frame, packet, packet.protocolVersion ?? version);
		case "subscribe":
			return writeSubscribe(frame, packet, version);
		case "unsubscribe":
			return writeUnsubscribe(frame, packet, version);
		case "disconnect":
		case "auth":
			return writeEnding(frame, packet, version);
		default:
			throw new TypeError(`cmd ${(packet as { cmd: unknown }).cmd} is not a packet`);
	}
}

function writePublish(frame: FrameWriter, packet: PublishPacket, version: Version): void {
	const { topic, properties } = packet;
	const qos = checkInteger("qos", packet.qos ?? 0, 0, 2);
	if (packet.dup && qos === 0) throw new RangeError("dup at QoS 0");
	const aliased = version === 5 && topic === "" && properties?.topicAlias !== undefined;
	// [MQTT-3.3.2-2] [MQTT-4.7.0-1] [MQTT-3.3.2-2, 3.1.1] [MQTT-4.7.1-1, 3.1.1]
	const fault = aliased ? undefined : topicNameFault(topic);
	if (fault) throw new RangeError(fault);
	frame.open(PacketType.publish, (packet.dup ? 8 : 0) | (qos << 1) | (packet.retain ? 1 : 0));
	frame.string(topic);
	if (qos > 0) writeId(frame, packet.messageId);
	writeOptional(frame, PacketType.publish, properties, version);
	writePayload(frame, packet.payload);
	frame.close();
}

/**
 * Always with reason and properties: mqtt-packet's parser reads on behind a DISCONNECT or AUTH without
 * them.
 */
function writeEnding(frame: FrameWriter, packet: DisconnectPacket | AuthPacket, version: Version): void {
	const type = packet.cmd === "auth" ? PacketType.auth : PacketType.disconnect;
	const { reasonCode = 0, properties } = packet as DisconnectPacket & AuthPacket;
	if (version < 5 && (type === PacketType.auth || reasonCode !== 0))
		throw new RangeError(`${packet.cmd} with reasonCode ${reasonCode} before MQTT 5`);
	frame.open(type, 0);
	if (version === 5) writeReason(frame, type, reasonCode);
	writeOptional(frame, type, properties, version);
	if (type === PacketType.auth) checkMethod(reasonCode, properties);
	frame.close();
}

function checkMethod(reasonCode: number, properties: Properties | undefined): void {
	if (properties?.authenticationMethod === undefined && (reasonCode !== 0 || hasAny(properties)))
		throw new RangeError("auth without authenticationMethod");
}
