import type { FrameReader } from "./frame-reader.js";
import type { Properties } from "./packet.js";
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
import { ProtocolError, Violation, breach, malformed } from "./protocol-error.js";
import { topicNameFault } from "./topic.js";

const aliasId = 0x23;

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
