// Each breach that one packet can show by itself is a ProtocolError with its violation, in any cut.

import test from "ava";
import { PacketDecoder } from "../../modules/wire/packet-codec.js";
import { ProtocolError, Violation } from "../../modules/wire/protocol-error.js";
import { all, breaches, malformed, others, type Row } from "../support/breaches.js";
import { decode } from "../support/decode.js";
import { hex } from "../support/hex.js";

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

run(malformed, Violation.malformedPacket);
run(breaches, Violation.protocolError);
run(others, Violation.packetTooLarge);

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

test("what was not taken of a chunk stays, in front of the next", t => {
	const decoder = new PacketDecoder();
	decoder.feed(hex("d0 00  40 02"));
	t.deepEqual(decoder.take(), { cmd: "pingresp" });
	decoder.feed(hex("0001  c0")).feed(hex("00"));
	t.deepEqual([...decoder], [{ cmd: "puback", messageId: 1 }, { cmd: "pingreq" }]);
	t.deepEqual([...decoder.feed(hex("d0")).feed(hex("00"))], [{ cmd: "pingresp" }]);
	t.is(decoder.take(), undefined);
});

test("a CONNECT sets the version of what follows", t => {
	const decoder = new PacketDecoder();
	const found = [...decoder.feed(hex("10 0d 0004 4d515454 05 02 0000 00 0000  e0 01 04"))];
	t.is(decoder.version, 5);
	t.deepEqual(found[1], { cmd: "disconnect", reasonCode: 4 });
});

test("a decoder takes packets of 65,536 bytes, unless it was told otherwise", t => {
	for (const length of [65_532, 65_533]) {
		const bytes = new Uint8Array(length + 4);
		bytes.set(hex(length === 65_532 ? "30 fcff03 0001 61" : "30 fdff03 0001 61"));
		const decoder = new PacketDecoder().feed(bytes);
		if (length === 65_532) t.is(decoder.take()?.cmd, "publish");
		else {
			const message = "publish of 65533 bytes and its header are over 65536";
			t.throws(() => decoder.take(), { instanceOf: ProtocolError, message });
		}
	}
});

test("a PUBLISH over the capacity is a breach before MQTT 5 as well", t => {
	const decoder = new PacketDecoder(4, 16);
	decoder.feed(hex("30 10 0001 61 00000000000000000000000000"));
	const error = t.throws(() => decoder.take(), { instanceOf: ProtocolError });
	t.is(error?.violation, Violation.packetTooLarge);
});
