import test from "ava";
import {
	FrameFullError,
	FrameWriter,
	remainingLengthMax,
	varintBytes,
} from "../../modules/wire/frame-writer.js";
import { PacketType } from "../../modules/wire/packet-type.js";
import { portableText } from "../../modules/wire/text.js";
import { hex, toHex } from "../support/hex.js";

const written = (frame: FrameWriter) => toHex(frame.bytes.subarray(frame.start, frame.end));

function same(bytes: Uint8Array, others: Uint8Array): boolean {
	return bytes.length === others.length && bytes.every((byte, i) => byte === others[i]);
}

const lengths = [
	[0, "00"],
	[1, "01"],
	[127, "7f"],
	[128, "8001"],
	[16_383, "ff7f"],
	[16_384, "808001"],
	[2_097_151, "ffff7f"],
	[2_097_152, "80808001"],
] as const;

for (const [length, bytes] of lengths) {
	test(`a body of ${length} bytes lies right behind its length`, t => {
		const body = new Uint8Array(length);
		for (let i = 0; i < length; i++) body[i] = i % 251;
		const room = 1 + varintBytes(length) + length;
		const closed = new FrameWriter(portableText, new Uint8Array(room + 6), 3, 3 + room);
		closed.open(PacketType.publish, 1);
		closed.raw(body);
		closed.close();
		t.is(closed.end, 3 + room);
		t.is(closed.room, 0);
		t.is(toHex(closed.bytes.subarray(3, 4 + bytes.length / 2)), `31${bytes}`);
		t.true(same(closed.bytes.subarray(closed.end - length, closed.end), body));
		t.is(toHex(closed.bytes.subarray(closed.end)), "000000");
		const begun = new FrameWriter(portableText, new Uint8Array(room));
		begun.begin(PacketType.publish, 1, length);
		begun.raw(body);
		t.true(same(begun.bytes, closed.bytes.subarray(3, 3 + room)));
	});
}

test("close refuses when the length needs more room than there is", t => {
	for (const [length, needs] of [
		[128, 1],
		[16_384, 2],
	] as const) {
		const frame = new FrameWriter(portableText, new Uint8Array(2 + length + needs - 1));
		frame.open(PacketType.publish, 0);
		frame.raw(new Uint8Array(length));
		t.throws(() => frame.close(), { instanceOf: FrameFullError });
	}
});

test("packets lie one behind the other, each with blocks of its own", t => {
	const frame = new FrameWriter(portableText, new Uint8Array(400));
	frame.begin(PacketType.pingreq, 0, 0);
	frame.open(PacketType.puback, 0);
	frame.word(0x1234);
	frame.byte(0);
	const block = frame.end;
	frame.raw(new Uint8Array(200));
	frame.measure(block);
	frame.close();
	frame.begin(PacketType.pingreq, 0, 0);
	t.is(written(frame), `c000 40cc01 1234 c801 ${"00".repeat(200)} c000`.replace(/ /g, ""));
	frame.reset();
	t.is(written(frame), "");
});

test("fields are written big end first", t => {
	const frame = new FrameWriter(portableText, new Uint8Array(40));
	frame.byte(0x12);
	frame.word(0x3456);
	frame.long(0xfedc_ba98);
	frame.varint(0xfff_ffff);
	frame.string("é");
	frame.string("");
	frame.binary(hex("00 ff"));
	t.is(written(frame), "12 3456 fedcba98 ffffff7f 0002c3a9 0000 000200ff".replace(/ /g, ""));
});

const fields: { title: string; bytes: number; write(frame: FrameWriter): void }[] = [
	{ title: "byte", bytes: 1, write: frame => frame.byte(1) },
	{ title: "word", bytes: 2, write: frame => frame.word(1) },
	{ title: "long", bytes: 4, write: frame => frame.long(1) },
	{ title: "varint", bytes: 2, write: frame => frame.varint(200) },
	{ title: "string", bytes: 6, write: frame => frame.string("\u{1f600}") },
	{ title: "empty string", bytes: 2, write: frame => frame.string("") },
	{ title: "binary", bytes: 4, write: frame => frame.binary(hex("00 00")) },
	{ title: "raw", bytes: 3, write: frame => frame.raw(hex("00 00 00")) },
	{ title: "begin of no body", bytes: 2, write: frame => frame.begin(PacketType.pingreq, 0, 0) },
	{ title: "begin", bytes: 3, write: frame => frame.begin(PacketType.publish, 0, 200) },
	{ title: "copy", bytes: 2, write: frame => frame.copy(hex("00 01 02 03"), 1, 3) },
	{ title: "copy within", bytes: 2, write: frame => frame.copy(frame.bytes, 0, 2) },
	{ title: "open", bytes: 2, write: frame => frame.open(PacketType.publish, 0) },
];

for (const { title, bytes, write } of fields) {
	test(`${title} takes ${bytes} bytes, and never one behind the limit`, t => {
		for (let room = 0; room < bytes; room++) {
			const frame = new FrameWriter(portableText, new Uint8Array(12).fill(0xaa), 2, 2 + room);
			t.throws(() => write(frame), { instanceOf: FrameFullError });
			t.true(frame.end <= frame.limit);
			t.true(frame.bytes.subarray(2 + room).every(byte => byte === 0xaa));
		}
		const frame = new FrameWriter(portableText, new Uint8Array(12), 2, 2 + bytes);
		write(frame);
		t.is(frame.end, 2 + bytes);
	});
}

test("a field of 65,535 bytes is the longest", t => {
	const frame = new FrameWriter(portableText, new Uint8Array(70_000));
	frame.string("x".repeat(65_535));
	t.is(frame.end, 65_537);
	frame.reset();
	frame.binary(new Uint8Array(65_535));
	t.is(frame.end, 65_537);
	frame.reset();
	for (const write of [() => frame.string("x".repeat(65_536)), () => frame.binary(new Uint8Array(65_536))]) {
		const error = t.throws(write, { instanceOf: RangeError });
		t.false(error instanceof FrameFullError);
		t.is(frame.end, 0);
	}
});

test("a field has its length in front, big end first", t => {
	const frame = new FrameWriter(portableText, new Uint8Array(1200));
	frame.string("x".repeat(0x102));
	t.is(toHex(frame.bytes.subarray(0, 3)), "010278");
	frame.reset();
	frame.binary(new Uint8Array(0x304));
	t.is(toHex(frame.bytes.subarray(0, 3)), "030400");
});

test("bytes are copied from the same buffer, also over themselves, and from another", t => {
	const frame = new FrameWriter(portableText, hex("01 02 03 04 05 00 00 00 00 00"), 2);
	frame.copy(frame.bytes, 0, 4);
	t.is(toHex(frame.bytes), "01020102030400000000");
	frame.copy(hex("0a 0b 0c"), 1, 3);
	t.is(written(frame), "010203040b0c");
});

test("a packet of 268,435,455 bytes behind its length is the longest", t => {
	// Only the count matters: what lies beyond the buffer is not written.
	for (const [length, fits] of [
		[remainingLengthMax, true],
		[remainingLengthMax + 1, false],
	] as const) {
		const frame = new FrameWriter(portableText, new Uint8Array(8), 0, 2 * remainingLengthMax);
		frame.open(PacketType.publish, 0);
		frame.end += length;
		if (fits) frame.close();
		else t.throws(() => frame.close(), { instanceOf: RangeError, message: /268435456 bytes are more/ });
		t.is(toHex(frame.bytes.subarray(0, 5)), fits ? "30ffffff7f" : "3000000000");
	}
});
