import { checkBytes, checkInteger } from "./check.js";
import { FrameFullError, type FrameWriter } from "./frame-writer.js";
import { commands, type Properties } from "./packet.js";
import { PacketType, type Version } from "./packet-type.js";
import { allowsReason } from "./reason-code.js";
import { writeProperties } from "./write-properties.js";

// What several packets have in common.

const idMax = 0xffff;

export interface Request {
	messageId?: number;
	dup?: boolean;
}

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
export function writeId(frame: FrameWriter, messageId: number | undefined): void {
	frame.word(checkInteger("messageId", messageId, 1, idMax));
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
export function writePayload(frame: FrameWriter, payload: string | Uint8Array | undefined): void {
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
