// The fields of a packet one by one, each held against the packet's end, though more bytes follow it.

import test from "ava";
import { FrameReader } from "../../modules/wire/frame-reader.js";
import { PacketType, type Version } from "../../modules/wire/packet-type.js";
import { ProtocolError, Violation } from "../../modules/wire/protocol-error.js";
import { readProperties } from "../../modules/wire/properties.js";
import { viewPublish, type PublishView } from "../../modules/wire/read-publish.js";
import { portableText } from "../../modules/wire/text.js";
import { hex, toHex } from "../support/hex.js";

/** A reader at the beginning of that body. */
function at(body: string, version: Version = 5, head = "30"): FrameReader {
	const bytes = hex(body);
	const reader = new FrameReader(portableText, 64, version);
	reader.fill(hex(`${head} ${bytes.length.toString(16).padStart(2, "0")}`));
	reader.fill(bytes);
	reader.fill(hex("40 02 0001 40 02 0002 40 02 0003"));
	reader.next();
	return reader;
}

test("a new reader stands at nothing", t => {
	const { at, end, flags, skipped, skippedId, begun, left, room } = new FrameReader(portableText, 16, 4);
	t.deepEqual(
		{ at, end, flags, skipped, skippedId, begun, left, room },
		{ at: 0, end: 0, flags: 0, skipped: 0, skippedId: 0, begun: false, left: 0, room: 16 },
	);
});

test("a reader that was reset stands at nothing", t => {
	const reader = new FrameReader(portableText, 16, 4);
	reader.fill(hex("32 7f 0001 61 1234 00"));
	t.true(reader.next() && reader.begun);
	reader.reset();
	const { at, end, skipped, skippedId, begun, left, room } = reader;
	t.deepEqual(
		{ at, end, skipped, skippedId, begun, left, room },
		{ at: 0, end: 0, skipped: 0, skippedId: 0, begun: false, left: 0, room: 16 },
	);
});

const fields: { name: string; bytes: string; value: unknown; read(reader: FrameReader): unknown }[] = [
	{ name: "byte", bytes: "fe", value: 0xfe, read: reader => reader.byte() },
	{ name: "word", bytes: "fe dc", value: 0xfedc, read: reader => reader.word() },
	{ name: "long", bytes: "fe dc ba 98", value: 0xfedc_ba98, read: reader => reader.long() },
	{ name: "varint", bytes: "00", value: 0, read: reader => reader.varint() },
	{ name: "varint", bytes: "ff ff ff 7f", value: 0xfff_ffff, read: reader => reader.varint() },
	{ name: "string", bytes: "0003 61 c3a9", value: "a\u00e9", read: reader => reader.string() },
	{ name: "string", bytes: "0000", value: "", read: reader => reader.string() },
	{ name: "raw", bytes: "01 02", value: "0102", read: reader => toHex(reader.raw(2)) },
	{ name: "binary", bytes: "0002 00 ff", value: "00ff", read: reader => toHex(reader.binary()) },
];

for (const { name, bytes, value, read } of fields) {
	test(`${name} ${bytes} is taken whole, and never beyond its packet`, t => {
		const reader = at(`${bytes} 07`);
		t.is(read(reader), value);
		t.is(reader.byte(), 7);
		reader.finish();
		const all = toHex(hex(bytes));
		for (let length = 0; length < all.length; length += 2) {
			const error = t.throws(() => read(at(all.slice(0, length))), { instanceOf: ProtocolError });
			t.is(error?.violation, Violation.malformedPacket);
			t.is(error?.message, "packet ends within a field");
		}
	});
}

test("a variable byte integer has at most four bytes, and as few as it needs", t => {
	for (const [bytes, message] of [
		["80 80 80 80 01", "variable byte integer over four bytes"],
		["ff ff ff ff 7f", "variable byte integer over four bytes"],
		["80 00", "variable byte integer longer than it must be"],
		["ff ff ff 00", "variable byte integer longer than it must be"],
	] as const)
		t.throws(() => at(bytes).varint(), { instanceOf: ProtocolError, message });
});

test("what is left of a packet is counted", t => {
	t.throws(() => at("01 02 03").finish(), { instanceOf: ProtocolError, message: "3 bytes too many" });
});

test("a property that comes twice is named, and its packet", t => {
	const message = "topicAlias twice in publish";
	t.throws(() => readProperties(at("06 23 0001 23 0002"), PacketType.publish), { message });
});

test("user properties are given in the order of the packet as well", t => {
	const into = {} as PublishView;
	viewPublish(at("0001 61 11 03 0001 63 26 0001 62 0001 31 26 0001 61 0000 00 07"), into);
	t.deepEqual(into.pairs, [
		["b", "1"],
		["a", ""],
	]);
	viewPublish(at("0001 61 00 07"), into);
	t.is(into.pairs, undefined);
	t.is(into.properties, undefined);
	t.is(into.alias, 0);
});
