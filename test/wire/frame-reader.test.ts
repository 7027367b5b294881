import test from "ava";
import { FrameReader } from "../../modules/wire/frame-reader.js";
import { PacketType, type Version } from "../../modules/wire/packet-type.js";
import { ProtocolError, Violation } from "../../modules/wire/protocol-error.js";
import { readProperties } from "../../modules/wire/properties.js";
import { readPacket } from "../../modules/wire/read-packet.js";
import { portableText } from "../../modules/wire/text.js";
import { hex } from "../support/hex.js";

/** What the reader stops at: type and body length, or the length and id of what it passed over. */
function read(bytes: Uint8Array, step: number, capacity: number, version: Version = 4): string[] {
	const reader = new FrameReader(portableText, capacity, version);
	const found: string[] = [];
	for (let at = 0; at < bytes.length;) {
		const end = Math.min(at + step, at + reader.room, bytes.length);
		reader.fill(bytes.subarray(at, end));
		at = end;
		while (reader.next()) {
			if (reader.begun) continue;
			found.push(
				reader.skipped > 0
					? `skipped ${reader.skipped} id ${reader.skippedId}`
					: `${reader.type}.${reader.flags} ${reader.end - reader.at}`,
			);
		}
		if (reader.room === 0) throw new Error("no room, and nothing to take");
	}
	return found;
}

const fill = (count: number) => "00".repeat(count);
const ping = "d000";

const streams: { title: string; bytes: string; found: string[]; capacity?: number }[] = [
	{ title: "packets without a body", bytes: ping + ping, found: ["13.0 0", "13.0 0"] },
	{
		title: "a packet as long as the capacity",
		bytes: `30 0e 0001 61 ${fill(11)} ${ping}`,
		found: ["3.0 14", "13.0 0"],
	},
	{
		title: "a PUBLISH one byte longer, at QoS 0",
		bytes: `30 0f 0001 61 ${fill(12)} ${ping}`,
		found: ["skipped 15 id 0", "13.0 0"],
	},
	{
		title: "a PUBLISH over the capacity, at QoS 1",
		bytes: `${ping} 32 20 0001 61 1234 ${fill(27)} ${ping}`,
		found: ["13.0 0", "skipped 32 id 4660", "13.0 0"],
	},
	{
		title: "a PUBLISH whose topic is over the capacity",
		bytes: `3d 8001 0064 ${fill(100)} 0102 ${fill(24)} ${ping}`,
		found: ["skipped 128 id 258", "13.0 0"],
	},
	{
		title: "a PUBLISH that ends with its id",
		bytes: `34 16 0012 ${fill(18)} 0102 34 16 0012 ${fill(18)} ffff`,
		found: ["skipped 22 id 258", "skipped 22 id 65535"],
	},
	{
		title: "lengths of one to three bytes",
		bytes: `30 7f 0001 61 ${fill(124)} 30 8001 0001 61 ${fill(125)} 30 ff7f 0001 61 ${fill(16_380)}`,
		found: ["3.0 127", "3.0 128", "3.0 16383"],
		capacity: 20_000,
	},
	{
		title: "a length of three bytes and its neighbour",
		bytes: `30 808001 0001 61 ${fill(16_381)} ${ping}`,
		found: ["skipped 16384 id 0", "13.0 0"],
	},
];

for (const { title, bytes, found, capacity = 16 } of streams) {
	test(`the reader finds ${title}, however it is cut`, t => {
		const stream = hex(bytes);
		for (const step of [1, 2, 3, 4, 5, 7, 11, 16, 127, stream.length])
			t.deepEqual(read(stream, step, capacity), found, `in steps of ${step}`);
	});
}

test("the reader finds the same at any one cut", t => {
	const stream = hex(`${ping} 32 20 0003 612f62 1234 ${fill(25)} 40 02 0001 30 05 0001 61 0000`);
	const expected = read(stream, stream.length, 20);
	t.deepEqual(expected, ["13.0 0", "skipped 32 id 4660", "4.0 2", "3.0 5"]);
	for (let cut = 1; cut < stream.length; cut++) {
		const reader = new FrameReader(portableText, 64, 4);
		let count = 0;
		for (const part of [stream.subarray(0, cut), stream.subarray(cut)]) {
			reader.fill(part);
			while (reader.next()) if (!reader.begun) count++;
		}
		t.is(count, 4);
	}
});

const refused: { title: string; bytes: string; version?: Version; violation: Violation }[] = [
	{ title: "a long packet that is no PUBLISH", bytes: "90 0f", violation: Violation.packetTooLarge },
	{ title: "a long PUBLISH in MQTT 5", bytes: "30 0f", version: 5, violation: Violation.packetTooLarge },
	{
		title: "a long PUBLISH shorter than its topic",
		bytes: "30 0f 000e",
		violation: Violation.malformedPacket,
	},
	{ title: "a long PUBLISH shorter than its id", bytes: "32 0f 000c", violation: Violation.malformedPacket },
	{ title: "a long PUBLISH at QoS 3", bytes: "36 0f", violation: Violation.malformedPacket },
];

for (const { title, bytes, version = 4, violation } of refused) {
	test(`the reader refuses ${title}`, t => {
		for (const step of [1, 100]) {
			const error = t.throws(() => read(hex(bytes), step, 16, version), { instanceOf: ProtocolError });
			t.is(error?.violation, violation);
		}
	});
}

test("the reader needs room for a header and an id", t => {
	t.throws(() => new FrameReader(portableText, 15, 4), { instanceOf: RangeError });
});

test("the reader forgets all at reset", t => {
	const reader = new FrameReader(portableText, 16, 4);
	reader.fill(hex(`32 7f 0001 61 00`));
	t.false(reader.next());
	reader.reset();
	t.is(reader.room, 16);
	reader.fill(hex(ping));
	t.true(reader.next());
	t.is(reader.type, PacketType.pingresp);
	t.is(reader.skipped, 0);
	t.false(reader.next());
});

test("whole packets are read in the chunk; once next() is false, the chunk may change", t => {
	const reader = new FrameReader(portableText, 16, 4);
	for (const rest of ["", "40", "40 02", "40 02 00", "30 05 0001 61"]) {
		const chunk = hex(`${ping} ${rest}`);
		reader.fill(chunk);
		t.true(reader.next());
		t.is(reader.bytes, chunk);
		t.is(reader.rest, hex(rest).length);
		t.false(reader.next());
		chunk.fill(0xaa);
		reader.fill(hex("40 02 0001  30 05 0001 61 6262".replace(/ /g, "").slice(hex(rest).length * 2, 8)));
		if (rest.startsWith("30")) reader.fill(hex("6262"));
		t.true(reader.next());
		t.is(reader.type, rest.startsWith("30") ? PacketType.publish : PacketType.puback);
		t.false(reader.next());
	}
});

test("what keep() has kept stays when the chunk changes", t => {
	const reader = new FrameReader(portableText, 16, 4);
	const chunk = hex(`${ping} 40 02 0001 ${ping}`);
	reader.fill(chunk);
	t.true(reader.next());
	reader.keep();
	chunk.fill(0xaa);
	t.true(reader.next());
	t.is(`${reader.type} ${reader.word()}`, "4 1");
	t.true(reader.next());
	t.false(reader.next());
});

test("PUBACKs are taken one by one, up to the first packet that is another one or not whole", t => {
	for (const { bytes, ids, rest } of [
		{ bytes: "40 02 0001  40 02 ffff", ids: [1, 0xffff], rest: "" },
		{ bytes: "40 02 0001  40 02 00", ids: [1], rest: "" },
		{ bytes: "40 02 0001  40 02 01", ids: [1], rest: "" },
		{ bytes: "40 02 0001  d0 00  40 02 0002", ids: [1], rest: "13.0 0, 4.0 2" },
		{ bytes: "40 02 0001  40 03 0002 00", ids: [1], rest: "4.0 3" },
		{ bytes: "40 02 0001  40 02 0000  40 02 0002", ids: [1], rest: "4.0 2, 4.0 2" },
		{ bytes: `${ping} 40 02 0001`, ids: [], rest: "13.0 0, 4.0 2" },
	]) {
		const reader = new FrameReader(portableText, 64, 4);
		const heard: number[] = [];
		reader.fill(hex(bytes));
		t.is(reader.takePubacks({ acknowledge: id => heard.push(id) }), ids.length > 0);
		t.deepEqual(heard, ids);
		if (bytes.endsWith("ffff")) t.is(reader.room, 64, "all is taken");
		const found: string[] = [];
		while (reader.next()) found.push(`${reader.type}.${reader.flags} ${reader.end - reader.at}`);
		t.is(found.join(", "), rest);
	}
});

test("PUBACKs within a packet that is passed over are payload", t => {
	const reader = new FrameReader(portableText, 16, 4);
	const heard: number[] = [];
	const taker = { acknowledge: (id: number) => heard.push(id) };
	reader.fill(hex(`32 18 0001 61 1234 ${fill(9)}`));
	t.true(reader.next() && reader.begun);
	t.false(reader.next());
	reader.fill(hex("40 02 0001  40 02 0002"));
	t.false(reader.takePubacks(taker));
	t.false(reader.next());
	reader.fill(hex("40 02  40 02 0003"));
	t.false(reader.takePubacks(taker));
	t.true(reader.next());
	t.is(`skipped ${reader.skipped} id ${reader.skippedId}`, "skipped 24 id 4660");
	t.deepEqual(heard, []);
	t.true(reader.takePubacks(taker), "and what comes behind it is a packet");
	t.deepEqual(heard, [3]);
});

test("PUBACKs are those of the stream at hand, also when another begins between two of them", t => {
	for (const [again, ids] of [
		["", [1]],
		["40 02 0004  40 02 0005", [1, 4, 5]],
	] as const) {
		const reader = new FrameReader(portableText, 16, 4);
		const heard: number[] = [];
		reader.fill(hex("40 02 0001  40 02 0002  40 02 0003"));
		const acknowledge = (id: number) => {
			heard.push(id);
			if (id !== 1) return;
			reader.reset();
			reader.fill(hex(again));
		};
		reader.takePubacks({ acknowledge });
		t.deepEqual(heard, [...ids]);
		t.false(reader.next());
		t.is(reader.room, 16);
	}
});

test("a packet that was passed over cannot be read", t => {
	const reader = new FrameReader(portableText, 16, 4);
	reader.fill(hex(`30 10 0001 61 ${fill(11)}`));
	t.true(reader.next());
	t.throws(() => readPacket(reader), { instanceOf: TypeError });
	t.false(reader.next());
	reader.fill(hex("0000"));
	t.true(reader.next());
	t.throws(() => readPacket(reader), { instanceOf: TypeError });
});

test("properties are held against the rules without an object, and the alias comes out", t => {
	const block = "0b 01 00 23 0102 26 0001 61 0000";
	const reader = new FrameReader(portableText, 64, 5);
	for (const { bytes, alias, count } of [
		{ bytes: `30 10 0001 61 ${block} 70`, alias: 0x102, count: 3 },
		{ bytes: "30 07 0001 61 02 01 00 70", alias: 0, count: 1 },
		{ bytes: "30 05 0001 61 00 70", alias: 0, count: 0 },
	]) {
		reader.fill(hex(bytes));
		t.true(reader.next());
		t.is(reader.string(), "a");
		const from = reader.at;
		t.is(readProperties(reader, PacketType.publish), alias);
		t.is(reader.byte(), 0x70);
		reader.finish();
		reader.at = from;
		const properties = {};
		t.is(readProperties(reader, PacketType.publish, properties), alias);
		t.is(Object.keys(properties).length, count);
	}
});
