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
