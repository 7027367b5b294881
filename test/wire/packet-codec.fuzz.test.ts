// The decoder gives the same packets however the stream is cut, and answers any bytes at all with packets
// or a ProtocolError. Streams come from a seeded source, and a seed that fails is named.

import test from "ava";
import { encode } from "../../modules/wire/packet-codec.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { ProtocolError } from "../../modules/wire/protocol-error.js";
import { decode, plain } from "../support/decode.js";
import { randomPacket } from "../support/packets.js";
import { Random } from "../support/random.js";
import { toHex } from "../support/hex.js";

const seeds = 100;
const versions: Version[] = [3, 4, 5];

function randomStream(
	random: Random,
	version: Version,
	count: number,
): { packets: unknown[]; bytes: Uint8Array } {
	const packets: unknown[] = [];
	let bytes = new Uint8Array(0);
	while (packets.length < count) {
		const packet = randomPacket(random, version);
		if (packet.cmd === "publish" && packet.payload.length > 1000) continue;
		const part = encode(packet, version);
		const joined = new Uint8Array(bytes.length + part.length);
		joined.set(bytes);
		joined.set(part, bytes.length);
		bytes = joined;
		packets.push(plain(packet));
	}
	return { packets, bytes };
}

for (const version of versions) {
	test(`version ${version}: any cut of a stream gives the packets that were written`, t => {
		for (let seed = 1; seed <= seeds; seed++) {
			const random = new Random(seed);
			const { packets, bytes } = randomStream(random, version, 8);
			const longest = 1 + random.below(40);
			t.deepEqual(decode(bytes, version).map(plain), packets, `seed ${seed}`);
			t.deepEqual(
				decode(bytes, version, () => 1 + random.below(longest)).map(plain),
				packets,
				`seed ${seed}`,
			);
		}
	});

	test(`version ${version}: changed bytes give packets or a ProtocolError, the same in any cut`, t => {
		let refused = 0;
		for (let seed = 1; seed <= seeds * 5; seed++) {
			const random = new Random(seed);
			const { bytes } = randomStream(random, version, 2);
			for (let i = 1 + random.below(3); i > 0; i--) bytes[random.below(bytes.length)] = random.below(256);
			const whole = outcome(bytes, version);
			if (whole.startsWith("!")) refused++;
			const pieces = outcome(bytes, version, () => 1 + random.below(9));
			if (pieces !== whole) t.fail(`seed ${seed}: ${toHex(bytes)}: ${whole} but ${pieces}`);
		}
		t.true(refused > seeds && refused < 5 * seeds, `${refused} refused`);
	});

	test(`version ${version}: each single byte of a packet may be any other`, t => {
		let count = 0;
		for (let seed = 1; seed <= 8; seed++) {
			const { bytes } = randomStream(new Random(seed), version, 1);
			for (let at = 0; at < Math.min(bytes.length, 60); at++) {
				const before = bytes[at]!;
				for (let value = 0; value < 256; value++) {
					bytes[at] = value;
					outcome(bytes, version);
					count++;
				}
				bytes[at] = before;
			}
		}
		t.true(count > 5_000);
	});
}

test("what was decoded from changed bytes can be encoded, and decodes to the same", t => {
	for (const version of versions) {
		let mirrored = 0;
		for (let seed = 1; seed <= seeds * 5; seed++) {
			const random = new Random(seed);
			const { bytes } = randomStream(random, version, 1);
			bytes[random.below(bytes.length)] = random.below(256);
			for (const packet of packetsOf(bytes, version)) {
				if (packet.cmd === "connect" && packet.clientId === "") continue; // read, so that a server can refuse it
				const now = packet.cmd === "connect" ? packet.protocolVersion! : version;
				if (packet.cmd === "connack" && packet.sessionPresent && now === 3) continue; // 3.1 reserves the byte
				t.deepEqual(decode(encode(packet, now), now).map(plain), [plain(packet)], `seed ${seed}`);
				mirrored++;
			}
		}
		t.true(mirrored > seeds);
	}
});

function packetsOf(bytes: Uint8Array, version: Version) {
	try {
		return decode(bytes, version);
	} catch (error) {
		if (!(error instanceof ProtocolError)) throw error;
		return [];
	}
}

/** The packets, or the breach behind "!"; any other exception goes through. */
function outcome(bytes: Uint8Array, version: Version, step?: () => number): string {
	try {
		return JSON.stringify(decode(bytes, version, step).map(plain));
	} catch (error) {
		if (!(error instanceof ProtocolError)) throw error;
		return `! ${error.violation} ${error.message}`;
	}
}
