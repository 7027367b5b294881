// Each breach that one packet can show by itself is a ProtocolError with its violation, in any cut.

import test from "ava";
import { PacketDecoder } from "../../modules/wire/packet-codec.js";
import { ProtocolError, Violation } from "../../modules/wire/protocol-error.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { decode } from "../support/decode.js";
import { hex } from "../support/hex.js";

type Row = [title: string, bytes: string, versions?: Version[], violation?: Violation];

const all: Version[] = [3, 4, 5];
const old: Version[] = [3, 4];
const five: Version[] = [5];
const { malformedPacket, protocolError, topicAliasInvalid, packetTooLarge } = Violation;

const malformed: Row[] = [
	["packet type 0", "00 00"],
	["AUTH before MQTT 5", "f0 00", old],
	["a remaining length of five bytes", "30 ff ff ff ff 01"],
	["a remaining length longer than it must be", "d0 80 00"],
	["PUBLISH at QoS 3", "36 07 0001 61 0001 00 00"],
	["CONNACK with flags", "21 02 00 00"],
	["PUBREL without its flag", "60 02 0001"],
	["PUBREL with DUP", "6a 02 0001", [4, 5]],
	["SUBSCRIBE without its flag", "80 06 0001 0001 61 00"],
	["UNSUBSCRIBE with RETAIN", "a3 05 0001 0001 61"],
	["PINGRESP with flags", "d2 00"],
	["PINGRESP with a body", "d0 01 00"],
	["PINGREQ with a body", "c0 01 00"],
	["DISCONNECT with a body", "e0 01 00", old],
	["CONNACK with reserved flags", "20 02 02 00", old],
	["CONNACK with reserved flags", "20 03 80 00 00", five],
	["CONNACK without return code", "20 01 00"],
	["CONNACK of three bytes", "20 03 00 00 00", old],
	["CONNACK without properties", "20 02 00 00", five],
	["PUBLISH shorter than its topic", "30 03 0002 61"],
	["PUBLISH without topic", "30 00"],
	["PUBLISH shorter than its id", "32 04 0001 61 00"],
	["PUBLISH without properties", "30 03 0001 61", five],
	["PUBACK of one byte", "40 01 01"],
	["PUBACK of three bytes", "40 03 0001 00", old],
	["PUBACK longer than its properties", "40 05 0001 00 00 00", five],
	["PUBCOMP of no bytes", "70 00"],
	["UNSUBACK with a payload", "b0 03 0001 00", old],
	["properties longer than their packet", "40 04 0001 00 05", five],
	["a property longer than its block", "30 06 0001 61 01 01 01", five],
	["a property longer than its packet", "20 05 00 00 02 11 00", five],
	["an unknown property", "20 05 00 00 02 04 00", five],
	["a property whose id is a rule's number", "20 05 00 00 02 ff 00", five],
	["an id of two bytes", "20 06 00 00 03 8b 00 01", five],
	["a property length longer than it must be", "20 04 00 00 80 00", five],
	["a property length of five bytes", "20 08 00 00 80 80 80 80 01 00", five],
	["a topic alias in CONNACK", "20 06 00 00 03 23 0001", five],
	["a will delay in PUBLISH", "30 09 0001 61 05 18 00000001", five],
	["a content type in PUBACK", "40 08 0001 00 04 03 0001 61", five],
	["a server keep alive in DISCONNECT", "e0 05 00 03 13 0001", five],
	["a reason string in PUBLISH", "30 08 0001 61 04 1f 0001 61", five],
	["a subscription identifier in UNSUBSCRIBE", "a2 08 0001 02 0b 01 0001 61", five],
	["a subscription identifier longer than it must be", "30 07 0001 61 03 0b 81 00", five],
	["U+0000 in a topic", "30 06 0002 61 00 00 00"],
	["a surrogate in a topic", "30 07 0003 eda080 00 00"],
	["an overlong form in a topic", "30 06 0002 c080 00 00"],
	["half a character in a topic", "30 05 0001 c3 00 00"],
	["a stray continuation in a topic", "30 05 0001 80 00 00"],
	["beyond Unicode in a topic", "30 08 0004 f4908080 00 00"],
	["U+0000 in a user property", "e0 09 00 07 26 0001 61 0001 00", five],
	["ill-formed UTF-8 in a reason string", "40 08 0001 00 04 1f 0001 ff", five],
	["CONNECT with its reserved flag", "10 0d 0004 4d515454 04 03 0000 0001 63"],
	["CONNECT with will flags, but no will", "10 0d 0004 4d515454 04 22 0000 0001 63"],
	["CONNECT with a will QoS, but no will", "10 0d 0004 4d515454 04 0a 0000 0001 63"],
	["CONNECT with a will at QoS 3", "10 12 0004 4d515454 04 1e 0000 0001 63 0001 74 0000"],
	["CONNECT without the password it promises", "10 10 0004 4d515454 04 c2 0000 0001 63 0001 75"],
	["CONNECT with more than it says", "10 0e 0004 4d515454 04 02 0000 0001 63 00"],
	["SUBSCRIBE at QoS 3", "82 06 0001 0001 61 03", old],
	["SUBSCRIBE with options before MQTT 5", "82 06 0001 0001 61 04", old],
	["SUBSCRIBE with a reserved option", "82 07 0001 00 0001 61 40", five],
	["SUBSCRIBE with retain handling 3", "82 07 0001 00 0001 61 30", five],
	["SUBSCRIBE without options", "82 05 0001 0001 61", old],
];

const breaches: Row[] = [
	["CONNACK with return code 6", "20 02 00 06", old],
	["CONNACK with an unknown reason", "20 03 00 05 00", five],
	["CONNACK with another packet's reason", "20 03 00 10 00", five],
	["CONNACK with session present in a refusal", "20 02 01 02", old],
	["CONNACK with session present in a refusal", "20 03 01 87 00", five],
	["PUBLISH to no topic", "30 02 0000", old],
	["PUBLISH to no topic and no alias", "30 03 0000 00", five],
	["PUBLISH to +", "30 05 0001 2b 00 00"],
	["PUBLISH to a/#", "30 07 0003 612f23 00 00"],
	["PUBLISH with packet id 0", "32 07 0001 61 0000 00 00"],
	["PUBLISH with DUP at QoS 0", "38 05 0001 61 00 00"],
	["PUBACK with packet id 0", "40 02 0000"],
	["PUBREC with packet id 0", "50 02 0000"],
	["PUBREL with packet id 0", "62 02 0000"],
	["PUBCOMP with packet id 0", "70 02 0000"],
	["SUBSCRIBE with packet id 0", "82 06 0000 0001 61 00"],
	["SUBACK with packet id 0", "90 03 0000 00"],
	["UNSUBACK with packet id 0", "b0 02 0000"],
	["PUBACK with another packet's reason", "40 04 0001 92 00", five],
	["PUBREL with another packet's reason", "62 04 0001 97 00", five],
	["SUBACK with a success of none of the three", "90 04 0001 00 03", five],
	["SUBACK with return code 3", "90 03 0001 03", old],
	["SUBACK with a reason before MQTT 5", "90 03 0001 87", old],
	["SUBACK of nothing", "90 02 0001", old],
	["SUBACK of nothing", "90 03 0001 00", five],
	["UNSUBACK of nothing", "b0 03 0001 00", five],
	["UNSUBACK with a QoS", "b0 04 0001 00 01", five],
	["DISCONNECT with another packet's reason", "e0 01 10", five],
	["AUTH with another packet's reason", "f0 06 87 04 15 0001 61", five],
	["AUTH without a method", "f0 02 18 00", five],
	["AUTH with properties but no method", "f0 06 00 04 1f 0001 61", five],
	["data without a method", "20 07 00 00 04 16 0001 61", five],
	["a property twice", "20 07 00 00 04 24 01 24 01", five],
	["a receive maximum twice", "20 09 00 00 06 21 0001 21 0001", five],
	["a subscription identifier twice in SUBSCRIBE", "82 0b 0001 04 0b01 0b02 0001 61 00", five],
	["a maximum QoS of 2", "20 05 00 00 02 24 02", five],
	["a flag of 2", "20 05 00 00 02 25 02", five],
	["a payload format of 2", "30 06 0001 61 02 01 02", five],
	["a receive maximum of 0", "20 06 00 00 03 21 0000", five],
	["a maximum packet size of 0", "20 08 00 00 05 27 00000000", five],
	["a subscription identifier of 0", "30 06 0001 61 02 0b 00", five],
	["a response topic with a wildcard", "30 08 0001 61 04 08 0001 23", five],
	["an empty response topic", "30 07 0001 61 03 08 0000", five],
	["CONNECT of an unknown protocol", "10 0d 0004 4d515458 04 02 0000 0001 63"],
	["CONNECT of version 6", "10 0d 0004 4d515454 06 02 0000 0001 63"],
	["CONNECT of version 3 by the name of 4", "10 0d 0004 4d515454 03 02 0000 0001 63"],
	["CONNECT of version 4 by the name of 3", "10 0f 0006 4d5149736470 04 02 0000 0001 63"],
	["CONNECT with a password alone before MQTT 5", "10 10 0004 4d515454 04 42 0000 0001 63 0001 70"],
	["CONNECT with a will to a wildcard", "10 12 0004 4d515454 04 06 0000 0001 63 0001 2b 0000"],
	["CONNECT with a will to nothing", "10 11 0004 4d515454 04 06 0000 0001 63 0000 0000"],
	["SUBSCRIBE to nothing", "82 02 0001", old],
	["SUBSCRIBE to nothing", "82 03 0001 00", five],
	["SUBSCRIBE to an empty filter", "82 05 0001 0000 00", old],
	["SUBSCRIBE to a#", "82 07 0001 0002 6123 00", old],
	["SUBSCRIBE to a shared filter with no local", "82 10 0001 00 000a 24736861 72652f67 2f61 04", five],
	["SUBSCRIBE to a share of nothing", "82 0f 0001 00 0009 24736861 72652f67 2f 00", five],
	["UNSUBSCRIBE from nothing", "a2 02 0001", old],
	["UNSUBSCRIBE from an empty filter", "a2 04 0001 0000", old],
];

const others: Row[] = [
	["a topic alias of 0", "30 07 0001 61 03 23 0000", five, topicAliasInvalid],
	["a topic alias of 0 for no topic", "30 06 0000 03 23 0000", five, topicAliasInvalid],
	["a PUBLISH over the capacity", "30 ff ff 7f 0001 61" + "00".repeat(80_000), five, packetTooLarge],
	["a SUBACK over the capacity", "90 ff ff 7f", all, packetTooLarge],
];

function run(rows: Row[], violation: Violation): void {
	for (const [title, bytes, versions = all, otherViolation = violation] of rows) {
		test(`${title} is 0x${otherViolation.toString(16)} (${versions.join(", ")}: ${bytes.slice(0, 60)})`, t => {
			for (const version of versions) {
				for (const step of [bytes.length, 1, 3]) {
					const error = t.throws(() => decode(hex(bytes), version, () => step), {
						instanceOf: ProtocolError,
					});
					t.is(error?.violation, otherViolation, error?.message);
				}
			}
		});
	}
}

run(malformed, malformedPacket);
run(breaches, protocolError);
run(others, protocolError);

test("a breach comes behind the packets before it, and again from then on", t => {
	const decoder = new PacketDecoder();
	const decoded: unknown[] = [];
	const read = () => {
		for (const packet of decoder.feed(hex("d0 00  d0 00  d0 01 00  d0 00"))) decoded.push(packet);
	};
	const first = t.throws(read, { instanceOf: ProtocolError, name: "ProtocolError" });
	t.deepEqual(decoded, [{ cmd: "pingresp" }, { cmd: "pingresp" }]);
	t.is(t.throws(read), first);
	t.is(decoded.length, 2);
});
