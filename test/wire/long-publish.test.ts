// A PUBLISH longer than the buffer: begun and taken in pieces when all before its payload fits, else passed
// over; in any version, at any cut, and whatever the buffer held before.

import test from "ava";
import { FrameReader } from "../../modules/wire/frame-reader.js";
import { FrameWriter } from "../../modules/wire/frame-writer.js";
import { PacketType, type Version } from "../../modules/wire/packet-type.js";
import { ProtocolError, Violation } from "../../modules/wire/protocol-error.js";
import { portableText } from "../../modules/wire/text.js";
import { hex, toHex } from "../support/hex.js";

interface Long {
	version: Version;
	flags: number;
	topicBytes: number;
	/** Of the property block, without its length. */
	propertyBytes: number;
	payloadBytes: number;
	capacity: number;
}

const id = 0x1234;
const pattern = (count: number, first: number) =>
	Uint8Array.from({ length: count }, (_, i) => first + (i % 90));

/** The packet, and how much of it lies in front of its body and in front of its payload. */
function write(long: Long): { bytes: Uint8Array; body: number; payload: number } {
	const frame = new FrameWriter(portableText, new Uint8Array(1000));
	frame.binary(pattern(long.topicBytes, 0x21));
	if (long.flags & 6) frame.word(id);
	if (long.version === 5) {
		frame.varint(long.propertyBytes);
		frame.raw(pattern(long.propertyBytes, 0x31));
	}
	const before = frame.end;
	frame.raw(pattern(long.payloadBytes, 0x41));
	const whole = new FrameWriter(portableText, new Uint8Array(1000));
	whole.begin(PacketType.publish, long.flags, frame.end);
	const body = whole.end;
	whole.raw(frame.bytes.subarray(0, frame.end));
	return { bytes: whole.bytes.slice(0, whole.end), body, payload: body + before };
}

const cases: Long[] = [];
const sizes = [
	[0, 20],
	[5, 17],
	[9, 5],
	[10, 5],
	[11, 5],
	[12, 3],
	[14, 0],
	[15, 1],
	[0x101, 30],
] as const;
for (const version of [4, 5] as const)
	for (const flags of [0, 1, 2, 8 + 4])
		for (const [topicBytes, payloadBytes] of sizes)
			for (const propertyBytes of version === 5 ? [0, 1, 3, 128] : [0])
				for (const capacity of [16, 150]) {
					const long = { version, flags, topicBytes, propertyBytes, payloadBytes, capacity };
					if (write(long).bytes.length > capacity) cases.push(long);
				}

/** What comes of the stream, with what was in the buffer before set to 0xff. */
function read(long: Long, stream: Uint8Array, step: number, inPieces: boolean): string {
	const reader = new FrameReader(portableText, long.capacity, long.version, Infinity);
	reader.fill(hex("40"));
	if (reader.next()) return "a byte is no packet";
	reader.fill(hex(`0e ${"ff".repeat(14)}`));
	if (!reader.next() || reader.next()) return "the buffer was not used";
	const found: string[] = [];
	let payload = "";
	let isBegun = false;
	let isTaken = false;
	for (let at = 0; at < stream.length;) {
		const end = Math.min(at + step, at + reader.room, stream.length);
		if (end === at) return "no room, and nothing to take";
		reader.fill(stream.subarray(at, end));
		at = end;
		for (;;) {
			if (isTaken) {
				while (reader.piece()) payload += toHex(reader.bytes.subarray(reader.at, reader.end));
				if (reader.left > 0 && reader.room !== long.capacity) return "a piece keeps its room";
				if (reader.begun) return "begun after a piece";
				if (reader.left > 0) break;
				isTaken = false;
				found.push(payload);
			}
			if (!reader.next()) {
				// Half an id has to stay.
				const kept = long.capacity - reader.room;
				if (reader.left > 0 && kept > (isBegun ? 0 : 1)) return "what is passed over keeps its room";
				break;
			}
			found.push(tell(reader, at));
			isBegun = reader.begun;
			isTaken = isBegun && inPieces;
		}
	}
	return found.join(", ");
}

function tell(reader: FrameReader, at: number): string {
	if (reader.skipped === 0) return `packet of type ${reader.type}`;
	const { skipped, skippedId, flags, left } = reader;
	if (!reader.begun) return `passed over ${skipped} id ${skippedId} flags ${flags} left ${left}`;
	const head = toHex(reader.bytes.subarray(reader.at, reader.end));
	return `begun ${skipped} id ${skippedId} flags ${flags} left ${left} head ${head} at ${at}`;
}

function expected(long: Long, step: number, inPieces: boolean): string {
	const { bytes, body, payload } = write(long);
	const length = bytes.length - body;
	const about = `${length} id ${long.flags & 6 ? id : 0} flags ${long.flags}`;
	const lines: string[] = [];
	const isBegun = payload <= long.capacity;
	if (isBegun) {
		// Told with the byte that completes what is before the payload.
		const at = Math.min(Math.ceil(payload / step) * step, long.capacity);
		const head = toHex(bytes.subarray(body, payload));
		lines.push(`begun ${about} left ${bytes.length - payload} head ${head} at ${at}`);
	}
	if (isBegun && inPieces) lines.push(toHex(bytes.subarray(payload)));
	else lines.push(`passed over ${about} left 0`);
	lines.push("packet of type 13");
	return lines.join(", ");
}

test("a PUBLISH longer than the buffer is begun or passed over, however it is cut", t => {
	t.true(cases.length > 200);
	for (const long of cases) {
		const { bytes } = write(long);
		const stream = new Uint8Array(bytes.length + 2);
		stream.set(bytes);
		stream[bytes.length] = 0xd0;
		for (const step of [1, 3, 16, 1000])
			for (const inPieces of [false, true]) {
				const found = read(long, stream, step, inPieces);
				if (found !== expected(long, step, inPieces))
					t.is(found, expected(long, step, inPieces), `${JSON.stringify(long)} in steps of ${step}`);
			}
	}
});

test("a payload that begins without its bytes has no piece yet", t => {
	const reader = new FrameReader(portableText, 16, 4);
	reader.fill(hex("30 20 0001 61"));
	t.true(reader.next() && reader.begun);
	t.false(reader.piece());
	t.false(reader.begun);
	t.is(reader.left, 29);
	t.is(reader.room, 16);
	reader.fill(hex("07"));
	t.true(reader.piece());
	t.is(toHex(reader.bytes.subarray(reader.at, reader.end)), "07");
	t.false(reader.piece());
	t.is(reader.left, 28);
	reader.reset();
	t.is(reader.left, 0);
	t.false(reader.begun);
});

test("the last byte of a payload is no packet, though it looks like a PUBACK", t => {
	const reader = new FrameReader(portableText, 16, 4);
	reader.fill(hex(`30 10 0001 61 ${"00".repeat(11)}`));
	t.true(reader.next());
	t.false(reader.next());
	t.is(reader.left, 2);
	reader.fill(hex("00"));
	t.false(reader.next());
	t.is(reader.left, 1);
	reader.fill(hex("40 02 00 01"));
	t.false(reader.takePubacks({ acknowledge: () => t.fail() }));
	t.true(reader.next());
	t.throws(() => reader.next(), { instanceOf: ProtocolError });
});

const fill = (count: number) => "00".repeat(count);

test("a broker may send as much as it was told, and is refused once for more", t => {
	const reader = new FrameReader(portableText, 16, 5, 20);
	const refused = { instanceOf: ProtocolError, message: /packet of .* is over 20/ };
	reader.fill(hex(`30 12 0001 61 00 ${fill(10)}`));
	t.true(reader.next() && reader.begun, "20 bytes");
	reader.reset();
	reader.fill(hex("90 13"));
	t.is(t.throws(() => reader.next(), refused)!.violation, Violation.packetTooLarge);
	reader.reset();
	reader.fill(hex("30 13 0001 61 00"));
	t.is(t.throws(() => reader.next(), refused)!.violation, Violation.packetTooLarge);
	reader.reset();
	reader.fill(hex("30 13 0001 61 00"));
	t.true(reader.next() && reader.begun, "it comes again, and must not end each connection");
	reader.reset();
	reader.fill(hex("90 13"));
	const other = t.throws(() => reader.next(), { instanceOf: ProtocolError, message: /is over 16/ });
	t.is(other!.violation, Violation.packetTooLarge);
});

const malformed: { title: string; bytes: string; says: RegExp }[] = [
	{ title: "shorter than its topic", bytes: "30 0f 000e", says: /within a field/ },
	{ title: "shorter than its id", bytes: "32 0f 000c", says: /within a field/ },
	{ title: "without the length of its properties", bytes: "30 0f 000d", says: /within a field/ },
	{ title: "shorter than its properties", bytes: "30 0f 0000 0d", says: /within a field/ },
	{ title: "with five bytes of property length", bytes: "30 0f 0000 80808080 01", says: /over four bytes/ },
];

for (const { title, bytes, says } of malformed) {
	test(`a long PUBLISH ${title} is malformed`, t => {
		const reader = new FrameReader(portableText, 16, 5, Infinity);
		reader.fill(hex(bytes));
		const error = t.throws(() => reader.next(), { instanceOf: ProtocolError, message: says });
		t.is(error?.violation, Violation.malformedPacket);
	});
}
