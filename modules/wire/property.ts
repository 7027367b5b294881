import { PacketType } from "./packet-type.js";

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

/**
 * The bits of a rule: the kind, whether zero is out of range, and above carrierShift one bit a packet
 * type.
 */
export const kindMask = 7;
export const nonzero = 8;
export const carrierShift = 8;

const will = 1 << carrierShift;
const connect = will << 1;
const connack = will << 2;
const publish = will << 3;
const acks = (will << 4) | (will << 5) | (will << 6) | (will << 7);
const subscribe = will << 8;
const suback = will << 9;
const unsubscribe = will << 10;
const unsuback = will << 11;
const disconnect = will << 14;
const auth = will << 15;
const message = publish | will;
const answers = connack | acks | suback | unsuback | disconnect | auth;
const all = answers | message | connect | subscribe | unsubscribe;

/** The row of authenticationMethod; that of authenticationData follows. */
const methodRow = 9;

/**
 * The properties of MQTT 5 [MQTT5 2.2.2.2]: id, name, rule. One flat table, which indexOf() searches for
 * an id or a name: ids are bytes, and no rule is, since each has a carrier.
 */
// prettier-ignore
export const propertyTable: readonly (number | string)[] = Object.freeze([
	0x01, "payloadFormatIndicator", Kind.flag | message,
	0x02, "messageExpiryInterval", Kind.long | message,
	0x03, "contentType", Kind.text | message,
	0x08, "responseTopic", Kind.text | message,
	0x09, "correlationData", Kind.binary | message,
	0x0b, "subscriptionIdentifier", Kind.varint | nonzero | publish | subscribe,
	0x11, "sessionExpiryInterval", Kind.long | connect | connack | disconnect,
	0x12, "assignedClientIdentifier", Kind.text | connack,
	0x13, "serverKeepAlive", Kind.word | connack,
	0x15, "authenticationMethod", Kind.text | connect | connack | auth,
	0x16, "authenticationData", Kind.binary | connect | connack | auth,
	0x17, "requestProblemInformation", Kind.flag | connect,
	0x18, "willDelayInterval", Kind.long | will,
	0x19, "requestResponseInformation", Kind.flag | connect,
	0x1a, "responseInformation", Kind.text | connack,
	0x1c, "serverReference", Kind.text | connack | disconnect,
	0x1f, "reasonString", Kind.text | answers,
	0x21, "receiveMaximum", Kind.word | nonzero | connect | connack,
	0x22, "topicAliasMaximum", Kind.word | connect | connack,
	0x23, "topicAlias", Kind.word | nonzero | publish,
	0x24, "maximumQoS", Kind.bit | connack,
	0x25, "retainAvailable", Kind.flag | connack,
	0x26, "userProperties", Kind.pair | all,
	0x27, "maximumPacketSize", Kind.long | nonzero | connect | connack,
	0x28, "wildcardSubscriptionAvailable", Kind.flag | connack,
	0x29, "subscriptionIdentifiersAvailable", Kind.flag | connack,
	0x2a, "sharedSubscriptionAvailable", Kind.flag | connack,
]);

/** A property which may stand more than once in that packet. */
export function repeats(kind: number, type: number): boolean {
	return kind === Kind.pair || (kind === Kind.varint && type === PacketType.publish);
}

/** Of the properties seen, one bit a row: whether authentication data stands there without its method. */
export function lacksMethod(seen: number): boolean {
	return ((seen >> methodRow) & 3) === 2;
}
