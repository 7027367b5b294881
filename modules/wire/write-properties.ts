import { checkBytes, checkInteger, checkText } from "./check.js";
import type { FrameWriter } from "./frame-writer.js";
import { remainingLengthMax } from "./frame-writer.js";
import type { Properties, UserProperties } from "./packet.js";
import { commands } from "./packet-type.js";
import {
	Kind,
	carrierShift,
	kindMask,
	lacksMethod,
	nonzero,
	propertyNames,
	propertyRules,
	repeats,
	rowShift,
} from "./property.js";
import { topicNameFault } from "./topic.js";

/**
 * Appends the properties with their length, in the order of the object; none, or undefined ones, give
 * length 0. The type is that of the packet, or 0 for those of a will. On a mistake the frame is left half
 * written.
 * [MQTT-2.2.2-1]
 */
export function writeProperties(frame: FrameWriter, type: number, properties: Properties | undefined): void {
	frame.byte(0);
	const body = frame.end;
	let seen = 0;
	for (const name in properties) {
		const value: unknown = properties[name as keyof Properties];
		if (value === undefined) continue;
		const id = propertyNames.indexOf(name);
		const rule = propertyRules[id] ?? 0;
		if (!(rule & (1 << (type + carrierShift))))
			throw new RangeError(`property ${name} is not allowed in ${commands[type]}`);
		seen |= 1 << (rule >> rowShift);
		if (Array.isArray(value) && repeats(rule & kindMask, type))
			for (let i = 0; i < value.length; i++) writeProperty(frame, id, value[i]);
		else writeProperty(frame, id, value);
	}
	if (lacksMethod(seen)) throw new RangeError("authenticationData without authenticationMethod");
	frame.measure(body);
}

function writeProperty(frame: FrameWriter, id: number, value: unknown): void {
	const name = propertyNames[id]!;
	const rule = propertyRules[id]!;
	const min = rule & nonzero ? 1 : 0;
	const kind = rule & kindMask;
	if (kind === Kind.pair) {
		writePairs(frame, id, value);
		return;
	}
	frame.byte(id);
	switch (kind) {
		case Kind.flag:
			if (typeof value !== "boolean") throw new TypeError(`${name} is not a boolean`);
			return frame.byte(value ? 1 : 0);
		case Kind.bit:
			return frame.byte(checkInteger(name, value, 0, 1));
		case Kind.word:
			return frame.word(checkInteger(name, value, min, 0xffff));
		case Kind.long:
			return frame.long(checkInteger(name, value, min, 0xffff_ffff));
		case Kind.varint:
			return frame.varint(checkInteger(name, value, min, remainingLengthMax));
		case Kind.binary:
			return frame.binary(checkBytes(name, value));
		default:
			// [MQTT-3.3.2-13] [MQTT-3.3.2-14] [MQTT-3.3.2-19]
			if (name === "responseTopic") checkResponseTopic(value as string);
			return frame.string(checkText(name, value));
	}
}

function checkResponseTopic(value: string): void {
	const fault = topicNameFault(value);
	if (fault) throw new RangeError(`responseTopic: ${fault}`);
}

/** An object of names with one value or several, as mqtt-packet has it; or one pair of a list of them. */
function writePairs(frame: FrameWriter, id: number, value: unknown): void {
	if (Array.isArray(value)) {
		if (value.length !== 2) throw new TypeError("a user property is not a name and a value");
		frame.byte(id);
		frame.string(checkText("user property's name", value[0]));
		return frame.string(checkText(`user property ${value[0]}`, value[1]));
	}
	if (typeof value !== "object" || value === null) throw new TypeError("userProperties is not an object");
	const pairs = value as UserProperties;
	for (const name of Object.keys(pairs)) {
		const list = pairs[name]!;
		const count = Array.isArray(list) ? list.length : 1;
		for (let i = 0; i < count; i++) {
			frame.byte(id);
			frame.string(name);
			frame.string(checkText(`user property ${name}`, Array.isArray(list) ? list[i] : list));
		}
	}
}
