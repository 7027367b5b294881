import { typeSet, type PacketType } from "./packet-type.js";

/**
 * The reason codes of MQTT 5 [MQTT5 2.4]: code, the packet types that may carry it, name. Rows of text take
 * half the bytecode of an array of numbers and texts.
 */
const reasonRows = `00 245679bef success
01 9 granted QoS 1
02 9 granted QoS 2
04 e disconnect with will
10 45 no matching subscribers
11 b no subscription existed
18 f continue authentication
19 f re-authenticate
80 2459be unspecified error
81 2e malformed packet
82 2e protocol error
83 2459be implementation specific error
84 2 unsupported protocol version
85 2 client identifier not valid
86 2 bad user name or password
87 2459be not authorized
88 2 server unavailable
89 2e server busy
8a 2 banned
8b e server shutting down
8c 2e bad authentication method
8d e keep alive timeout
8e e session taken over
8f 9be topic filter invalid
90 245e topic name invalid
91 459b packet identifier in use
92 67 packet identifier not found
93 e receive maximum exceeded
94 e topic alias invalid
95 2e packet too large
96 e message rate too high
97 2459e quota exceeded
98 e administrative action
99 245e payload format invalid
9a 2e retain not supported
9b 2e QoS not supported
9c 2e use another server
9d 2e server moved
9e 9e shared subscriptions not supported
9f 2e connection rate exceeded
a0 e maximum connect time
a1 9e subscription identifiers not supported
a2 9e wildcard subscriptions not supported`;

const names: string[] = [];
/** The packet types that may carry a code, one bit each. */
const carriers: number[] = [];
const rows = reasonRows.split("\n");
for (let i = 0; i < rows.length; i++) {
	const row = rows[i]!;
	const code = parseInt(row, 16);
	const types = row.split(" ")[1]!;
	names[code] = row.slice(types.length + 4);
	carriers[code] = typeSet(types);
}
Object.freeze(names);
Object.freeze(carriers);

/** The reason codes for the return codes of a CONNACK before MQTT 5 [MQTT 3.1.1, 3.2.2.3]. */
const returnReasons: readonly number[] = Object.freeze([0x00, 0x84, 0x85, 0x88, 0x86, 0x87]);

/** In a SUBACK before MQTT 5: the greatest QoS, and the code of a refusal. */
export const grantMax = 2;
export const refusedGrant = 0x80;

/** The name of a reason code, for people. */
export function reasonText(code: number): string {
	return names[code] ?? `reason 0x${code.toString(16)}`;
}

/** The same, with what the broker said besides. */
export function explain(code: number, properties: { reasonString?: string } | undefined): string {
	const words = properties?.reasonString ?? "";
	return words === "" ? reasonText(code) : `${reasonText(code)} ("${words}")`;
}

/** Whether a packet of that type may carry the reason code, whoever sends it. */
export function allowsReason(type: PacketType, code: number): boolean {
	return ((carriers[code] ?? 0) & (1 << type)) !== 0;
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
