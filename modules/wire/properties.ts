import { checkBytes, checkInteger, checkText } from "./check.js";
import type { FrameReader } from "./frame-reader.js";
import { remainingLengthMax, type FrameWriter } from "./frame-writer.js";
import type { Properties, UserProperties } from "./packet.js";
import { PacketType, commands, typeSet } from "./packet-type.js";
import { ProtocolError, Violation, breach, malformed } from "./protocol-error.js";
import { topicNameFault } from "./topic.js";

// The properties of MQTT 5: one table, which both the reading and the writing go by.

/** The will of a CONNECT counts as a packet type of its own here. */
export const willType = 0;

/** How the value of a property lies on the wire. A flag is a byte of 0 or 1, and a boolean in mqtt-packet. */
export const Kind = Object.freeze({
	flag: 0,
	bit: 1,
	word: 2,
	long: 3,
	varint: 4,
	text: 5,
	binary: 6,
	pair: 7,
});
export type Kind = (typeof Kind)[keyof typeof Kind];

/** The bits of a rule: the kind, whether zero is out of range, one bit a packet type, and the row. */
export const kindMask = 7;
export const nonzero = 8;
export const carrierShift = 4;
export const rowShift = 20;

const aliasId = 0x23;
/** The row of authenticationMethod; that of authenticationData follows. */
const methodRow = 9;

/**
 * The properties of MQTT 5 [MQTT5 2.2.2.2]: id, kind (with ! where zero is out of range), the packet types
 * that may carry it, name. Rows of text take half the bytecode of an array of numbers and texts.
 */
const propertyRows = `01 flag 03 payloadFormatIndicator
02 long 03 messageExpiryInterval
03 text 03 contentType
08 text 03 responseTopic
09 binary 03 correlationData
0b varint! 38 subscriptionIdentifier
11 long 12e sessionExpiryInterval
12 text 2 assignedClientIdentifier
13 word 2 serverKeepAlive
15 text 12f authenticationMethod
16 binary 12f authenticationData
17 flag 1 requestProblemInformation
18 long 0 willDelayInterval
19 flag 1 requestResponseInformation
1a text 2 responseInformation
1c text 2e serverReference
1f text 245679bef reasonString
21 word! 12 receiveMaximum
22 word 12 topicAliasMaximum
23 word! 3 topicAlias
24 bit 2 maximumQoS
25 flag 2 retainAvailable
26 pair 0123456789abef userProperties
27 long! 12 maximumPacketSize
28 flag 2 wildcardSubscriptionAvailable
29 flag 2 subscriptionIdentifiersAvailable
2a flag 2 sharedSubscriptionAvailable`;

/** By id. */
export const propertyNames: string[] = [];
export const propertyRules: number[] = [];
const rows = propertyRows.split("\n");
for (let i = 0; i < rows.length; i++) {
	const row = rows[i]!.split(" ");
	const id = parseInt(row[0]!, 16);
	const kind = row[1]!.split("!");
	propertyNames[id] = row[3]!;
	propertyRules[id] =
		Kind[kind[0] as keyof typeof Kind] |
		(kind.length > 1 ? nonzero : 0) |
		(typeSet(row[2]!) << carrierShift) |
		(i << rowShift);
}
Object.freeze(propertyNames);
Object.freeze(propertyRules);

/**
 * Takes the properties at reader.at, with their length, and puts them into that object. The type is that
 * of the packet, or 0 for those of a will. Without an object they are only held against the rules.
 *
 * User properties are added to the pairs as well, where there is a list for them: in the order of the packet.
 *
 * Returns the topic alias, or 0 when there is none: a session that wants the others can come back for
 * them, since it knows where they began.
 */
export function readProperties(
	reader: FrameReader,
	type: number,
	into?: Properties,
	pairs?: [string, string][],
): number {
	const length = reader.varint();
	const end = reader.at + length; // if that is behind the packet, the reader will say so
	let seen = 0;
	let alias = 0;
	while (reader.at < end) {
		const id = reader.byte();
		const rule = propertyRules[id] ?? 0;
		if (!(rule & (1 << (type + carrierShift)))) throw malformed(`property ${id} in ${commands[type]}`);
		const row = 1 << (rule >> rowShift);
		if (seen & row && !repeats(rule & kindMask, type))
			throw breach(`${propertyNames[id]} twice in ${commands[type]}`);
		seen |= row;
		const value = readProperty(reader, id, into, pairs);
		if (id === aliasId) alias = value as number;
	}
	if (reader.at !== end) throw malformed("property longer than its block");
	if (lacksMethod(seen)) throw breach("authenticationData without authenticationMethod");
	return alias;
}

type Value = boolean | number | string | Uint8Array;

function readProperty(
	reader: FrameReader,
	id: number,
	into: Properties | undefined,
	pairs: [string, string][] | undefined,
): Value {
	const name = propertyNames[id]!;
	const rule = propertyRules[id]!;
	const kind = rule & kindMask;
	const value = readValue(reader, kind);
	if (kind <= Kind.bit && (value as number) > 1) throw breach(`${name} ${value}`);
	if (value === 0 && rule & nonzero)
		throw new ProtocolError(
			id === aliasId ? Violation.topicAliasInvalid : Violation.protocolError,
			`${name} 0`,
		);
	if (name === "responseTopic") {
		const fault = topicNameFault(value as string);
		if (fault) throw breach(`responseTopic: ${fault}`);
	}
	const second = kind === Kind.pair ? reader.string() : "";
	if (pairs && kind === Kind.pair) pairs.push([value as string, second]);
	if (into) store(into as Record<string, unknown>, name, kind === Kind.flag ? value === 1 : value, second);
	return value;
}

function readValue(reader: FrameReader, kind: number): number | string | Uint8Array {
	switch (kind) {
		case Kind.flag:
		case Kind.bit:
			return reader.byte();
		case Kind.word:
			return reader.word();
		case Kind.long:
			return reader.long();
		case Kind.varint:
			return reader.varint();
		case Kind.binary:
			return reader.binary();
		default:
			return reader.string();
	}
}

/** A second value of a name makes a list of them, as in mqtt-packet. */
function store(into: Record<string, unknown>, name: string, value: Value, second: string): void {
	let target = into;
	let key = name;
	let one = value;
	if (name === "userProperties") {
		// Without a prototype, because any name may come, "__proto__" too.
		target = (into[name] ??= Object.create(null)) as Record<string, unknown>;
		key = value as string;
		one = second;
	}
	const before = target[key];
	if (before === undefined) target[key] = one;
	else if (Array.isArray(before)) before.push(one);
	else target[key] = [before, one];
}

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

/** A property which may stand more than once in that packet. */
function repeats(kind: number, type: number): boolean {
	return kind === Kind.pair || (kind === Kind.varint && type === PacketType.publish);
}

/** Of the properties seen, one bit a row: whether authentication data stands there without its method. */
function lacksMethod(seen: number): boolean {
	return ((seen >> methodRow) & 3) === 2;
}
