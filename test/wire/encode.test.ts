import test from "ava";
import { FrameFullError, FrameWriter } from "../../modules/wire/frame-writer.js";
import { encode } from "../../modules/wire/packet-codec.js";
import type { Packet, UserProperties } from "../../modules/wire/packet.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { portableText } from "../../modules/wire/text.js";
import { writePacket } from "../../modules/wire/write-packet.js";
import { hex, toHex } from "../support/hex.js";
import { publish } from "../support/publish.js";

const sameBytes: { title: string; packet: Packet; bytes: string; version?: Version }[] = [
	{
		title: "a CONNECT of nothing but a client id is clean, and MQTT 3.1.1",
		packet: { cmd: "connect", clientId: "c" },
		bytes: "10 0d 0004 4d515454 04 02 0000 0001 63",
	},
	{
		title: "texts are UTF-8, in payloads with U+0000 as well",
		packet: { ...publish, topic: "é", payload: "a\0\0é" },
		bytes: "30 09 0002 c3a9 61 00 00 c3a9",
	},
	{
		title: "a will may be a text, and a password",
		packet: {
			cmd: "connect",
			clientId: "c",
			username: "",
			password: "p" as unknown as Uint8Array,
			will: { topic: "t", payload: "m" },
		},
		bytes: "10 18 0004 4d515454 04 c6 0000 0001 63 0001 74 0001 6d 0000 0001 70",
	},
	{
		title: "QoS 0 is the default of a PUBLISH, and a payload may be left out",
		packet: { cmd: "publish", topic: "a" } as Packet,
		bytes: "30 03 0001 61",
	},
	{
		title: "options of a subscription may be left out one by one",
		packet: { cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "a", qos: 1, rap: true }] },
		bytes: "82 07 0001 00 0001 61 09",
		version: 5,
	},
	{
		title: "user properties may be pairs, in any order",
		packet: {
			...publish,
			properties: {
				userProperties: [
					["b", "1"],
					["a", ""],
					["b", "2"],
				] as unknown as UserProperties,
			},
		},
		bytes: "30 1a 0003 612f62 14 26 0001 62 0001 31 26 0001 61 0000 26 0001 62 0001 32",
		version: 5,
	},
	{
		title: "undefined properties are none",
		packet: { cmd: "puback", messageId: 1, properties: { reasonString: undefined as unknown as string } },
		bytes: "40 02 0001",
		version: 5,
	},
	{
		title: "a subscription identifier in a list of one is one",
		packet: { ...publish, properties: { subscriptionIdentifier: [5] } },
		bytes: "30 08 0003 612f62 02 0b05",
		version: 5,
	},
];

for (const { title, packet, bytes, version } of sameBytes) {
	test(`encode: ${title}`, t => t.is(toHex(encode(packet, version)), toHex(hex(bytes))));
}

test("encode finds the room that a packet needs", t => {
	const big = { ...publish, payload: "x".repeat(100_000) };
	const properties = { userProperties: { k: "日".repeat(20_000) } };
	t.is(encode(big, 4).length, 1 + 3 + 5 + 100_000);
	t.is(encode({ ...big, properties }, 5).length, 1 + 3 + 5 + 3 + 4 + 2 + 60_000 + 100_000);
	t.is(encode({ ...publish, payload: new Uint8Array(3_000_000) }).length, 1 + 4 + 5 + 3_000_000);
});

test("encode tells what is wrong with a packet", t => {
	const unnumbered = { cmd: "puback" } as Packet;
	t.throws(() => encode(unnumbered), { instanceOf: TypeError, message: "messageId is not a number" });
	const properties = { userProperties: [["a", 1]] as unknown as UserProperties };
	const message = "user property a is not a string";
	t.throws(() => encode({ ...publish, properties }, 5), { instanceOf: TypeError, message });
});

const connect = { cmd: "connect", clientId: "c" };

test("a will may have 65,535 bytes", t => {
	const will = { topic: "t", payload: "x".repeat(65_535) };
	const bytes = encode({ cmd: "connect", clientId: "c", will });
	t.is(bytes.length, 1 + 3 + 10 + 3 + 3 + 2 + 65_535);
	t.is(toHex(bytes.subarray(20, 23)), "ffff78");
});

test("a packet that does not fit at any length leaves the frame as it was", t => {
	const packet = {
		...publish,
		qos: 1,
		messageId: 1,
		payload: "x".repeat(200),
		properties: { contentType: "c", correlationData: hex("00"), topicAlias: 1, userProperties: { k: "v" } },
	} as const;
	const size = encode(packet, 5).length;
	for (let room = 0; room < size; room++) {
		const frame = new FrameWriter(portableText, new Uint8Array(300), 7, 7 + room);
		t.throws(() => writePacket(frame, packet, 5), { instanceOf: FrameFullError });
		t.is(frame.end, 7);
		t.true(frame.bytes.subarray(7 + room).every(byte => byte === 0));
	}
	const frame = new FrameWriter(portableText, new Uint8Array(300), 7, 7 + size);
	writePacket(frame, packet, 5);
	t.is(frame.room, 0);
});

const bounds: { name: string; packet: object; good: unknown[]; bad: unknown[] }[] = [
	{ name: "payloadFormatIndicator", packet: publish, good: [true, false], bad: [1, null, "true"] },
	{
		name: "messageExpiryInterval",
		packet: publish,
		good: [0, 0xffff_ffff],
		bad: [-1, 2 ** 32, 0.5, "1", null],
	},
	{ name: "topicAlias", packet: publish, good: [1, 0xffff], bad: [0, 0x1_0000, [1]] },
	{
		name: "subscriptionIdentifier",
		packet: publish,
		good: [1, 0xfff_ffff, [1, 2]],
		bad: [0, 0x1000_0000, [1, 0]],
	},
	{ name: "contentType", packet: publish, good: [""], bad: [7, null, ["a"], "\0"] },
	{ name: "responseTopic", packet: publish, good: ["a"], bad: ["", "a/+", "#", 7] },
	{ name: "correlationData", packet: publish, good: [hex("")], bad: ["a", [1], null] },
	{
		name: "userProperties",
		packet: publish,
		good: [{}, { a: "b", c: ["d", "e"] }, [{ a: "1" }, { b: "2" }, { a: "3" }]],
		bad: [
			null,
			"a",
			[["a"]],
			[["a", "b", "c"]],
			[[1, "b"]],
			[["a", 1]],
			{ a: 1 },
			{ a: [1] },
			{ a: undefined },
			{ "\0": "" },
		],
	},
	{ name: "receiveMaximum", packet: connect, good: [1, 0xffff], bad: [0, 0x1_0000] },
	{ name: "topicAliasMaximum", packet: connect, good: [0, 0xffff], bad: [-1, 0x1_0000] },
	{ name: "maximumPacketSize", packet: connect, good: [1, 0xffff_ffff], bad: [0, 2 ** 32] },
	{
		name: "maximumQoS",
		packet: { cmd: "connack", sessionPresent: false, reasonCode: 0 },
		good: [0, 1],
		bad: [2, true],
	},
	{ name: "nonsense", packet: publish, good: [undefined], bad: [0, ""] },
	{ name: "serverKeepAlive", packet: publish, good: [undefined], bad: [1] },
];

for (const { name, packet, good, bad } of bounds) {
	test(`encode keeps ${name} within its bounds`, t => {
		const attempt = (value: unknown) =>
			encode({ ...packet, properties: { [name]: value } } as unknown as Packet, 5);
		for (const value of good) t.notThrows(() => attempt(value));
		for (const value of bad) {
			const error = t.throws(() => attempt(value));
			t.true(error instanceof RangeError || error instanceof TypeError, String(value));
		}
	});
}
