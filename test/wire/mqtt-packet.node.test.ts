// node only
// npm mqtt-packet as oracle: our bytes are its bytes, and each reads the other's alike. Where it is known
// to differ there is a row below, with the reason; a row that no longer differs fails.

import test from "ava";
import { encode } from "../../modules/wire/packet-codec.js";
import type { Packet, PacketLike } from "../../modules/wire/packet.js";
import type { PacketType, Version } from "../../modules/wire/packet-type.js";
import { explainWriting } from "../fuzz/known-differences.js";
import { theirBytes, theirParse } from "../fuzz/oracle.js";
import { decode, plain } from "../support/decode.js";
import { all, breaches, malformed, type Row } from "../support/breaches.js";
import { hex, toHex } from "../support/hex.js";
import { packetOf } from "../support/packets.js";
import { Random } from "../support/random.js";

const rounds = Number(process.env["ROUNDS"] ?? 300);

for (const version of [3, 4, 5] as const) {
	test(`version ${version}: each reads what the other writes, and the bytes are the same`, t => {
		for (let type = 1; type <= (version === 5 ? 15 : 14); type++) {
			for (let seed = 1; seed <= rounds; seed++) {
				const packet = packetOf(new Random(seed * 16 + type), type as PacketType, version);
				if (explainWriting(packet) !== undefined) continue;
				const bytes = encode(packet, version);
				if (theirBytes(packet, version) !== toHex(bytes))
					t.is(toHex(bytes), theirBytes(packet, version), `type ${type} seed ${seed}`);
				t.deepEqual(theirParse(bytes, version), [plain(packet)], `type ${type} seed ${seed}`);
				t.deepEqual(decode(bytes, version).map(plain), [plain(packet)], `type ${type} seed ${seed}`);
			}
		}
	});
}

// Of the breaches which we refuse it refuses these, about a third; the others it takes, since it does not
// look.
const alsoRefused = [
	"AUTH before MQTT 5",
	"AUTH with another packet's reason",
	"CONNACK with flags",
	"CONNACK with reserved flags",
	"CONNECT of an unknown protocol",
	"CONNECT of version 6",
	"CONNECT with a will QoS, but no will",
	"CONNECT with its reserved flag",
	"CONNECT with will flags, but no will",
	"CONNECT without the password it promises",
	"DISCONNECT with another packet's reason",
	"PINGRESP with flags",
	"PUBACK with another packet's reason",
	"PUBLISH at QoS 3",
	"PUBLISH shorter than its topic",
	"PUBLISH shorter than its topic, with a PUBACK behind it",
	"PUBLISH without topic",
	"PUBREL with DUP",
	"PUBREL with another packet's reason",
	"PUBREL without its flag",
	"SUBACK with a reason before MQTT 5",
	"SUBACK with a success of none of the three",
	"SUBACK with return code 3",
	"SUBSCRIBE at QoS 3",
	"SUBSCRIBE with a reserved option",
	"SUBSCRIBE with options before MQTT 5",
	"SUBSCRIBE with retain handling 3",
	"SUBSCRIBE without its flag",
	"SUBSCRIBE without options",
	"UNSUBACK with a QoS",
	"UNSUBACK with a payload",
	"UNSUBSCRIBE with RETAIN",
	"a property length of five bytes",
	"a property longer than its packet",
	"a property whose id is a rule's number",
	"a remaining length of five bytes",
	"a retained PUBLISH at QoS 3",
	"an id of two bytes",
	"an unknown property",
	"packet type 0",
	"properties longer than their packet",
];

test("of our breaches mqtt-packet refuses only those of the list", t => {
	const taken = ([, bytes, versions = all]: Row) =>
		versions.some(version => typeof theirParse(hex(bytes), version) !== "string");
	const refused = [...malformed, ...breaches].filter(row => !taken(row)).map(([title]) => title);
	t.deepEqual([...new Set(refused)].sort(), alsoRefused);
});

const connect = { cmd: "connect", clientId: "c", protocolVersion: 5 } as const;
const publish = { cmd: "publish", topic: "a", payload: "", qos: 0, dup: false, retain: false } as const;

// What it writes otherwise than we do, or one of us not at all ("!").
const writing: { title: string; packet: PacketLike; version: Version; theirs: string; ours: string }[] = [
	{
		title: "MQTT 5 lets a server name the client of a session to keep [MQTT5 3.1.3.1]",
		packet: { ...connect, clientId: "", clean: false },
		version: 5,
		theirs: "!",
		ours: "10 0d 0004 4d515454 05 00 0000 00 0000",
	},
	{
		title: "MQTT 5 lets a password come alone [MQTT5 3.1.2.9]",
		packet: { ...connect, password: hex("70") },
		version: 5,
		theirs: "!",
		ours: "10 11 0004 4d515454 05 42 0000 00 0001 63 0001 70",
	},
	{
		title: "MQTT 3.1 has a name of its own, by default too",
		packet: { cmd: "connect", clientId: "c", protocolVersion: 3 },
		version: 3,
		theirs: "10 0d 0004 4d515454 03 02 0000 0001 63",
		ours: "10 0f 0006 4d5149736470 03 02 0000 0001 63",
	},
	{
		title: "an ack without a reason is a success, and short",
		packet: { cmd: "puback", messageId: 1 },
		version: 5,
		theirs: "40 04 0001 00 00",
		ours: "40 02 0001",
	},
	{
		title: "an ack with an empty object of properties has none",
		packet: { cmd: "puback", messageId: 1, reasonCode: 0, properties: {} },
		version: 5,
		theirs: "40 04 0001 00 00",
		ours: "40 02 0001",
	},
	{
		title: "DUP of SUBSCRIBE ended with MQTT 3.1",
		packet: { cmd: "subscribe", messageId: 1, dup: true, subscriptions: [{ topic: "a", qos: 0 }] },
		version: 4,
		theirs: "8a 06 0001 0001 61 00",
		ours: "!",
	},
	{
		title: "DUP of PUBREL in MQTT 3.1, at which it falls over",
		packet: { cmd: "pubrel", messageId: 1, dup: true },
		version: 3,
		theirs: "!",
		ours: "6a 02 0001",
	},
	{
		title: "properties before MQTT 5 would be lost",
		packet: { ...publish, properties: { contentType: "c" } },
		version: 4,
		theirs: "30 03 0001 61",
		ours: "!",
	},
	{
		title: "a reason before MQTT 5 would be lost",
		packet: { cmd: "puback", messageId: 1, reasonCode: 0x80 },
		version: 4,
		theirs: "40 02 0001",
		ours: "!",
	},
	{
		title: "a property has its place",
		packet: { ...publish, properties: { receiveMaximum: 1 } } as PacketLike,
		version: 5,
		theirs: "30 07 0001 61 03 21 0001",
		ours: "!",
	},
	{
		title: "a topic is no wildcard",
		packet: { ...publish, topic: "#" },
		version: 4,
		theirs: "30 03 0001 23",
		ours: "!",
	},
	{
		title: "packet id 0 is none",
		packet: { ...publish, qos: 1, messageId: 0 },
		version: 4,
		theirs: "32 05 0001 61 0000",
		ours: "!",
	},
	{
		title: "half a surrogate pair is no text",
		packet: { ...publish, topic: "\ud800" },
		version: 4,
		theirs: "30 05 0003 efbfbd",
		ours: "!",
	},
];

for (const { title, packet, version, theirs, ours } of writing) {
	test(`mqtt-packet writes otherwise: ${title}`, t => {
		const spaced = (text: string) => (text === "!" ? text : toHex(hex(text)));
		t.is(
			attempt(() => theirBytes(packet, version)),
			spaced(theirs),
		);
		t.is(
			attempt(() => toHex(encode(packet, version))),
			spaced(ours),
		);
	});
}

function attempt(write: () => string): string {
	try {
		return write();
	} catch {
		return "!";
	}
}

// Legal packets that it reads otherwise, or refuses.
const reading: { title: string; bytes: string; version: Version; theirs: unknown; ours: unknown }[] = [
	{
		title: "DUP of PUBREL in MQTT 3.1",
		bytes: "6a 02 0001",
		version: 3,
		theirs: "! Invalid header flag bits, must be 0x2 for pubrel packet",
		ours: [{ cmd: "pubrel", messageId: 1, dup: true }],
	},
	{
		title: "DISCONNECT for a bad authentication method [MQTT5 2.4]",
		bytes: "e0 02 8c 00",
		version: 5,
		theirs: "! Invalid disconnect reason code",
		ours: [{ cmd: "disconnect", reasonCode: 0x8c }],
	},
	{
		title: "AUTH without reason and properties [MQTT5 3.15.2.1]",
		bytes: "f0 00",
		version: 5,
		theirs: "! Invalid auth reason code",
		ours: [{ cmd: "auth", reasonCode: 0 }],
	},
	{
		title: "an empty value in front of another of the same name",
		bytes: "e0 10 00 0e 26 0001 61 0000 26 0001 61 0002 6263",
		version: 5,
		theirs: [{ cmd: "disconnect", reasonCode: 0, properties: { userProperties: { a: "bc" } } }],
		ours: [{ cmd: "disconnect", reasonCode: 0, properties: { userProperties: { a: ["", "bc"] } } }],
	},
	{
		title: "DISCONNECT without a reason, and what should not follow it",
		bytes: "e0 00 d0 00",
		version: 5,
		theirs: "! Invalid disconnect reason code",
		ours: [{ cmd: "disconnect", reasonCode: 0 }, { cmd: "pingresp" }],
	},
	{
		title: "the bridge bit of mosquitto, which is outside the standards",
		bytes: "10 0d 0004 4d515454 84 02 0000 0001 63",
		version: 4,
		theirs: [
			{
				cmd: "connect",
				bridgeMode: true,
				protocolId: "MQTT",
				protocolVersion: 4,
				clean: true,
				keepalive: 0,
				clientId: "c",
			},
		],
		ours: "!",
	},
];

for (const { title, bytes, version, theirs, ours } of reading) {
	test(`mqtt-packet reads otherwise: ${title}`, t => {
		t.deepEqual(theirParse(hex(bytes), version), theirs);
		if (ours === "!") t.throws(() => decode(hex(bytes), version));
		else t.deepEqual(decode(hex(bytes), version).map(plain), ours);
	});
}

test("user properties in a list keep their order, as in mqtt-packet", t => {
	const properties = { userProperties: [{ a: "1" }, { b: "2" }, { a: "3" }] };
	const packet = { ...publish, properties } as unknown as Packet;
	t.is(toHex(encode(packet, 5)), theirBytes(packet, 5));
});
