import { checkBytes, checkInteger, checkText } from "./check.js";
import { FrameFullError, type FrameWriter } from "./frame-writer.js";
import type {
	AuthPacket,
	ConnectPacket,
	DisconnectPacket,
	PacketLike,
	Properties,
	PublishPacket,
	Subscription,
	SubscribePacket,
	UnsubscribePacket,
	Will,
} from "./packet.js";
import { PacketType, commands, type Version } from "./packet-type.js";
import { willType, writeProperties } from "./properties.js";
import { allowsReason } from "./reason-code.js";
import { isShared, topicFilterFault, topicNameFault } from "./topic.js";

const wordMax = 0xffff;

/** What a session has written from an object; its other packets it lays out itself. */
export type ClientPacket = Extract<
	PacketLike,
	{ cmd: "connect" | "publish" | "subscribe" | "unsubscribe" | "disconnect" | "auth" }
>;

export interface Request {
	messageId?: number;
	dup?: boolean;
}

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

/** Appends a CONNECT. A clean session is the default, as in mqtt-packet. */
function writeConnect(frame: FrameWriter, packet: ConnectPacket, version: Version): void {
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

function writeSubscribe(frame: FrameWriter, packet: SubscribePacket, version: Version): void {
	const { subscriptions } = packet;
	openRequest(frame, PacketType.subscribe, packet, version);
	writeOptional(frame, PacketType.subscribe, packet.properties, version);
	checkList("subscriptions", subscriptions);
	for (let i = 0; i < subscriptions.length; i++) {
		const subscription = subscriptions[i]!;
		writeFilter(frame, subscription.topic, version);
		frame.byte(optionsOf(subscription, version));
	}
	frame.close();
}

function writeUnsubscribe(frame: FrameWriter, packet: UnsubscribePacket, version: Version): void {
	const { unsubscriptions } = packet;
	openRequest(frame, PacketType.unsubscribe, packet, version);
	writeOptional(frame, PacketType.unsubscribe, packet.properties, version);
	checkList("unsubscriptions", unsubscriptions);
	for (let i = 0; i < unsubscriptions.length; i++) writeFilter(frame, unsubscriptions[i]!, version);
	frame.close();
}

function writeFilter(frame: FrameWriter, filter: string, version: Version): void {
	const fault = topicFilterFault(filter, version);
	if (fault) throw new RangeError(fault);
	// [MQTT-3.8.3-1] [MQTT-3.10.3-1] [MQTT-3.8.3-1, 3.1.1] [MQTT-3.10.3-1, 3.1.1]
	frame.string(filter);
}

function optionsOf(subscription: Subscription, version: Version): number {
	const { topic, nl, rap, rh } = subscription;
	const qos = checkInteger("qos", subscription.qos, 0, 2);
	if (!nl && !rap && !rh) return qos;
	if (version < 5) throw new RangeError("nl, rap or rh before MQTT 5");
	// [MQTT-3.8.3-4]
	if (nl && isShared(topic)) throw new RangeError(`nl for the shared subscription ${topic}`);
	// [MQTT-3.8.3-5] [MQTT-3-8.3-4, 3.1.1]
	return qos | (nl ? 4 : 0) | (rap ? 8 : 0) | (checkInteger("rh", rh ?? 0, 0, 2) << 4);
}

// What several packets have in common, those of write-packet.ts too.

/** Appends a packet by that function; when it throws, the frame is as it was. */
export function writeWhole<P>(
	frame: FrameWriter,
	packet: P,
	version: Version,
	write: (frame: FrameWriter, packet: P, version: Version) => void,
): void {
	const from = frame.end;
	try {
		write(frame, packet, version);
	} catch (error) {
		frame.end = from;
		throw error;
	}
}

/** Opens a packet that begins with a packet id, and has no other flags than its type prescribes. */
export function openRequest(frame: FrameWriter, type: PacketType, packet: Request, version: Version): void {
	// [MQTT-3.8.1-1] [MQTT-3.10.1-1] [MQTT-3.8.1-1, 3.1.1] [MQTT-3.10.1-1, 3.1.1]
	const prescribed =
		type === PacketType.pubrel || type === PacketType.subscribe || type === PacketType.unsubscribe ? 2 : 0;
	if (packet.dup && (version > 3 || prescribed === 0)) throw new RangeError(`dup in ${commands[type]}`);
	frame.open(type, packet.dup ? prescribed | 8 : prescribed);
	writeId(frame, packet.messageId);
}

// [MQTT-2.2.1-3] [MQTT-2.3.1-1, 3.1.1]
function writeId(frame: FrameWriter, messageId: number | undefined): void {
	frame.word(checkInteger("messageId", messageId, 1, wordMax));
}

// [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1] [MQTT-3.14.2-1] [MQTT-3.15.2-1]
export function writeReason(frame: FrameWriter, type: PacketType, code: unknown): void {
	checkInteger("reasonCode", code, 0, 0xff);
	if (!allowsReason(type, code as number))
		throw new RangeError(`reasonCode ${code} is not allowed in ${commands[type]}`);
	frame.byte(code as number);
}

/** The properties where the version has them; elsewhere there must be none, since they would be lost. */
export function writeOptional(
	frame: FrameWriter,
	type: number,
	properties: Properties | undefined,
	version: Version,
): void {
	if (version === 5) writeProperties(frame, type, properties);
	else if (hasAny(properties)) throw new RangeError(`properties in ${commands[type]} before MQTT 5`);
}

export function hasAny(properties: Properties | undefined): boolean {
	for (const name in properties) if (properties[name as keyof Properties] !== undefined) return true;
	return false;
}

/** Bytes, or a text as UTF-8, without a length; a payload may be left out, and may hold U+0000. */
function writePayload(frame: FrameWriter, payload: string | Uint8Array | undefined): void {
	if (payload === undefined) return;
	if (typeof payload !== "string") return frame.raw(checkBytes("payload", payload));
	const parts = payload.split("\0");
	for (let i = 0; i < parts.length; i++) {
		if (i > 0) frame.byte(0);
		const end = frame.text.write(parts[i]!, frame.bytes, frame.end, frame.limit);
		if (end === -1) throw new FrameFullError();
		frame.end = end;
	}
}

export function checkList(name: string, list: unknown): void {
	if (!Array.isArray(list)) throw new TypeError(`${name} is not an array`);
	// [MQTT-3.8.3-2] [MQTT-3.10.3-2] [MQTT-3.8.3-3, 3.1.1] [MQTT-3.10.3-2, 3.1.1]
	if (list.length === 0) throw new RangeError(`${name} is empty`);
}
