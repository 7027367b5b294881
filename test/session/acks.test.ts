import test from "ava";
import { Acks } from "../../modules/session/acks.js";
import { FrameWriter } from "../../modules/wire/frame-writer.js";
import { PacketType } from "../../modules/wire/packet-type.js";
import { portableText } from "../../modules/wire/text.js";
import { dense } from "../support/bench.js";
import { toHex } from "../support/hex.js";

test("acks: the ring is the power of two that holds so many", t => {
	for (const [max, size] of [
		[1, 1],
		[2, 2],
		[3, 4],
		[4, 4],
		[5, 8],
	] as const)
		t.is(new Acks(max).size, size);
});

test("acks: they go out first in, first out, with ids of two bytes and reasons of one", t => {
	const frame = new FrameWriter(portableText, new Uint8Array(16));
	for (const size of [1, 2, 4]) {
		const acks = new Acks(size);
		for (let round = 0; round < 3; round++) {
			for (let i = 0; i < size; i++) acks.push(PacketType.pubcomp, 0xff00 + i, 0x92);
			for (let i = 0; i < size; i++) {
				t.is(acks.type, PacketType.pubcomp);
				t.is(acks.id, 0xff00 + i);
				t.true(acks.transmit(frame, 5));
				t.is(toHex(frame.bytes.subarray(0, frame.end)), dense(`70 03 ff0${i} 92`));
				frame.reset();
			}
			t.is(acks.count, 0);
		}
	}
});
