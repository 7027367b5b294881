import { PacketType, typeSet } from "./packet-type.js";

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

/** A property which may stand more than once in that packet. */
export function repeats(kind: number, type: number): boolean {
	return kind === Kind.pair || (kind === Kind.varint && type === PacketType.publish);
}

/** Of the properties seen, one bit a row: whether authentication data stands there without its method. */
export function lacksMethod(seen: number): boolean {
	return ((seen >> methodRow) & 3) === 2;
}
