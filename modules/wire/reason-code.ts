import { PacketType } from "./packet-type.js";

/** Above the bytes, so that no set of packet types can be taken for a code. */
const carrierShift = 8;

const connack = 1 << (PacketType.connack + carrierShift);
const suback = 1 << (PacketType.suback + carrierShift);
const unsuback = 1 << (PacketType.unsuback + carrierShift);
const disconnect = 1 << (PacketType.disconnect + carrierShift);
const auth = 1 << (PacketType.auth + carrierShift);
/** PUBACK and PUBREC. */
const publishes = 3 << (PacketType.puback + carrierShift);
/** PUBREL and PUBCOMP. */
const releases = 3 << (PacketType.pubrel + carrierShift);
const requests = publishes | suback | unsuback;
const ends = connack | disconnect;

/** The reason codes of MQTT 5 [MQTT5 2.4]: code, name, and the packet types that may carry it. */
// prettier-ignore
const reasonTable: readonly (number | string)[] = Object.freeze([
	0x00, "success", ends | publishes | releases | suback | unsuback | auth,
	0x01, "granted QoS 1", suback,
	0x02, "granted QoS 2", suback,
	0x04, "disconnect with will", disconnect,
	0x10, "no matching subscribers", publishes,
	0x11, "no subscription existed", unsuback,
	0x18, "continue authentication", auth,
	0x19, "re-authenticate", auth,
	0x80, "unspecified error", connack | requests | disconnect,
	0x81, "malformed packet", ends,
	0x82, "protocol error", ends,
	0x83, "implementation specific error", connack | requests | disconnect,
	0x84, "unsupported protocol version", connack,
	0x85, "client identifier not valid", connack,
	0x86, "bad user name or password", connack,
	0x87, "not authorized", connack | requests | disconnect,
	0x88, "server unavailable", connack,
	0x89, "server busy", ends,
	0x8a, "banned", connack,
	0x8b, "server shutting down", disconnect,
	0x8c, "bad authentication method", ends,
	0x8d, "keep alive timeout", disconnect,
	0x8e, "session taken over", disconnect,
	0x8f, "topic filter invalid", suback | unsuback | disconnect,
	0x90, "topic name invalid", ends | publishes,
	0x91, "packet identifier in use", requests,
	0x92, "packet identifier not found", releases,
	0x93, "receive maximum exceeded", disconnect,
	0x94, "topic alias invalid", disconnect,
	0x95, "packet too large", ends,
	0x96, "message rate too high", disconnect,
	0x97, "quota exceeded", ends | publishes | suback,
	0x98, "administrative action", disconnect,
	0x99, "payload format invalid", ends | publishes,
	0x9a, "retain not supported", ends,
	0x9b, "QoS not supported", ends,
	0x9c, "use another server", ends,
	0x9d, "server moved", ends,
	0x9e, "shared subscriptions not supported", suback | disconnect,
	0x9f, "connection rate exceeded", ends,
	0xa0, "maximum connect time", disconnect,
	0xa1, "subscription identifiers not supported", suback | disconnect,
	0xa2, "wildcard subscriptions not supported", suback | disconnect,
]);

/** The reason codes for the return codes of a CONNACK before MQTT 5 [MQTT 3.1.1, 3.2.2.3]. */
const returnReasons: readonly number[] = Object.freeze([0x00, 0x84, 0x85, 0x88, 0x86, 0x87]);

/** In a SUBACK before MQTT 5: the greatest QoS, and the code of a refusal. */
export const grantMax = 2;
export const refusedGrant = 0x80;

/** The name of a reason code, for people. */
export function reasonText(code: number): string {
	const at = reasonTable.indexOf(code);
	return at < 0 ? `reason 0x${code.toString(16)}` : (reasonTable[at + 1] as string);
}

/** The same, with what the broker said besides. */
export function explain(code: number, properties: { reasonString?: string } | undefined): string {
	const words = properties?.reasonString ?? "";
	return words === "" ? reasonText(code) : `${reasonText(code)} ("${words}")`;
}

/** Whether a packet of that type may carry the reason code, whoever sends it. */
export function allowsReason(type: PacketType, code: number): boolean {
	const at = reasonTable.indexOf(code);
	return at >= 0 && ((reasonTable[at + 2] as number) & (1 << (type + carrierShift))) !== 0;
}

/**
 * Whether it is a code that only clients send: in DISCONNECT or AUTH from a server it breaks the protocol.
 */
export function isClientReason(code: number): boolean {
	return code === 0x04 || code === 0x19;
}

/**
 * The reason code that says the same as a CONNACK return code of MQTT 3.1 or 3.1.1; undefined if there is
 * none.
 */
export function reasonOfReturnCode(returnCode: number): number | undefined {
	return returnReasons[returnCode];
}
