import type { Packet } from "../../modules/wire/packet.js";
import type { Version } from "../../modules/wire/packet-type.js";

// Where mqtt-packet 9.0.2 is known to differ from us, and so from the standards: each row names what it
// does. What it does otherwise in other ways, on purpose or not, is in no row, and fails the comparison.

/** A packet that it does not write, or does not read back, though the standards have it. */
export function explainWriting(packet: Packet): string | undefined {
	if (packet.cmd === "connect" && packet.clientId === "" && packet.clean === false)
		return "it writes no CONNECT for a session to keep under an assigned client id [MQTT5 3.1.3.1]";
	if (packet.cmd === "disconnect" && packet.reasonCode === 0x8c)
		return "it reads no DISCONNECT for a bad authentication method [MQTT5 2.4]";
	return undefined;
}

/** What we refuse and it takes: our message, and what it does not look at. */
const lenient: readonly (readonly [RegExp, string])[] = Object.freeze([
	[/bytes too many$/, "it takes bytes behind the last field"],
	[/^packet ends within a field$/, "it takes a packet that is cut within a field"],
	[/^text is not UTF-8, or holds U\+0000$/, "it takes ill-formed UTF-8, and U+0000"],
	[/^packet type (0|15)$/, "it takes packet type 0, and AUTH before MQTT 5"],
	[/^remaining length longer than it must be$/, "it takes a remaining length with more bytes than it needs"],
	[/^variable byte integer longer than it must be$/, "it takes a varint with more bytes than it needs"],
	[/^connack return code \d+$/, "it takes any return code in CONNACK"],
	[/^reason code \d+ in (connack|suback)$/, "it takes any reason in CONNACK"],
	[/^(suback|unsuback) without a reason code$/, "it takes an answer to nothing"],
	[/^(unsubscribe|subscribe) without a topic filter$/, "it takes a request for nothing"],
	[
		/^(packet of \d+ bytes is|publish of \d+ bytes and its header are) over \d+$/,
		"it has no limit to the length of a packet",
	],
	[/^session present in a refusal$/, "it takes session present in a refusal"],
	[/^packet id 0$/, "it takes packet id 0"],
	[
		/^protocol (MQTT|MQIsdp) \d+$/,
		"it takes the name of 3.1 with the number of 3.1.1, and the other way round",
	],
	[/^topic filter [^]* has \+ within a level$/u, "it takes + within a level"],
	[/^topic filter [^]* has # elsewhere than alone at its end$/u, "it takes # within a filter"],
	[/^topic filter is empty$/, "it takes an empty filter"],
	[/^(responseTopic: )?topic [^]* holds a wildcard$/u, "it takes a wildcard in a topic"],
	[/^(responseTopic: )?topic is empty$/, "it takes an empty topic"],
	[/^PUBLISH without a topic$/, "it takes an empty topic"],
	[/^PUBLISH with DUP at QoS 0$/, "it takes DUP at QoS 0"],
	[/^property \d+ in \w+$/, "it takes a property in any packet"],
	[/^property longer than its block$/, "it takes a property that is longer than the properties"],
	[/^\w+ twice in \w+$/, "it takes a property twice"],
	[/^[a-z]\w+ \d+$/, "it takes any value of a property: a flag of 2, a receive maximum of 0"],
	[/^authenticationData without authenticationMethod$/, "it takes authentication data without a method"],
	[/^auth without authenticationMethod$/, "it takes AUTH without a method"],
	[/^password without username$/, "it takes a password alone before MQTT 5"],
	[/^topic filter [^]* (has no share name|shares nothing)$/u, "it takes a share without a name or a filter"],
	[/^will at QoS 3$/, "it takes a will at QoS 3"],
	[/^no local for a shared subscription$/, "it takes no local for a shared subscription"],
]);

export function explainOurRefusal(error: string): string | undefined {
	return lenient.find(([pattern]) => pattern.test(error))?.[1];
}

const readsOn = "it takes the packet behind a short DISCONNECT or AUTH for its reason and properties";

function isShort(packet: Packet): boolean {
	return (packet.cmd === "disconnect" || packet.cmd === "auth") && packet.properties === undefined;
}

/** What we take and it reads otherwise. */
export function explainReading(ours: Packet, theirs: Packet): string | undefined {
	if (theirs.cmd === ours.cmd && isShort(ours)) return readsOn;
	if ("properties" in ours && ours.properties !== undefined && hasEmptyFirst(ours.properties))
		return "it forgets an empty value in front of another of the same name";
	return undefined;
}

function hasEmptyFirst(properties: object): boolean {
	const pairs = (properties as { userProperties?: Record<string, unknown> }).userProperties ?? {};
	return Object.values(pairs).some(value => Array.isArray(value) && value[0] === "");
}

/**
 * What we take, or wait for the rest of, and it refuses: its message, our packet at that place, and
 * whether more bytes would have us refuse it too.
 */
export function explainTheirRefusal(
	error: string,
	ours: Packet | undefined,
	version: Version,
	refusedWithMore: boolean,
): string | undefined {
	if (/^Invalid header flag bits|^Packet must not have both QoS bits/.test(error)) {
		if (ours === undefined && refusedWithMore) return "it refuses flags before the length has come";
		// Flags which we refuse are refused by now: what is left is the DUP of 3.1.
		if (version === 3 && /for (pubrel|subscribe|unsubscribe) packet$/.test(error))
			return "it reads no DUP of PUBREL, SUBSCRIBE and UNSUBSCRIBE in 3.1";
	}
	if (error === "Invalid auth reason code" && ours?.cmd === "auth" && ours.reasonCode === 0)
		return "it reads no AUTH without a reason [MQTT5 3.15.2.1]";
	if (ours?.cmd === "disconnect" && ours.reasonCode === 0x8c)
		return "it reads no DISCONNECT for a bad authentication method [MQTT5 2.4]";
	return ours !== undefined && isShort(ours) ? readsOn : undefined;
}
