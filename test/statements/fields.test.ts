// How fields are written and read: part 1 and 2 of both standards, and the rules of topics.

import test from "ava";
import { encode } from "../../modules/wire/packet-codec.js";
import type { Packet, PublishPacket } from "../../modules/wire/packet.js";
import { checkTopicFilter, checkTopicName } from "../../modules/wire/topic.js";
import { Bench } from "../support/bench.js";
import { decode } from "../support/decode.js";
import { hex, toHex } from "../support/hex.js";

const versions = [4, 5] as const;

/** A PUBLISH of that topic at QoS 0, as a broker sends it. */
function publishTo(topic: string, version: 4 | 5): string {
	const bytes = hex(topic).length;
	return `30 0${bytes + (version === 5 ? 3 : 2)} 000${bytes} ${topic} ${version === 5 ? "00" : ""}`;
}

/** A PUBLISH of ours at QoS 0, without a payload, unless told otherwise. */
function publish(topic: string, rest: Partial<PublishPacket> = {}): PublishPacket {
	return { cmd: "publish", topic, qos: 0, dup: false, retain: false, payload: new Uint8Array(0), ...rest };
}

/** What the bytes of a broker bring about once we are online: a breach begins with its reason. */
function online(version: 4 | 5, bytes: string): string {
	const bench = new Bench({ version });
	bench.connect();
	return bench.breach(bytes);
}

const badTexts: [string, string, string][] = [
	["half a surrogate pair", "\ud800", "eda080"],
	["the other half", "\udfff", "edbfbf"],
	["an overlong form", "", "c080"],
	["half a character", "", "c3"],
	["what is beyond Unicode", "", "f4908080"],
];
for (const [name, ours, theirs] of badTexts)
	test(`a text with ${name} is neither sent nor taken [MQTT-1.5.4-1] [MQTT-1.5.3-1, 3.1.1]`, t => {
		for (const version of versions) {
			if (ours !== "") t.throws(() => encode(publish(ours), version), { instanceOf: TypeError });
			t.regex(online(version, publishTo(theirs, version)), /^0x81 /);
		}
	});

test("a text with U+0000 is neither sent nor taken [MQTT-1.5.4-2] [MQTT-1.5.3-2, 3.1.1]", t => {
	for (const version of versions) {
		t.throws(() => encode(publish("a\0"), version), { instanceOf: TypeError });
		t.regex(online(version, publishTo("6100", version)), /^0x81 /);
	}
});

test("U+FEFF is a character like any other, first or not [MQTT-1.5.4-3] [MQTT-1.5.3-3, 3.1.1]", t => {
	const bytes = encode(publish("\ufeffa\ufeff"));
	t.is(toHex(bytes), "30090007efbbbf61efbbbf");
	t.is((decode(bytes, 4)[0] as { topic: string }).topic, "\ufeffa\ufeff");
});

test("a variable byte integer has the fewest bytes [MQTT-1.5.5-1]", t => {
	const rows: [number, string][] = [
		[1, "0b01"],
		[127, "0b7f"],
		[128, "0b8001"],
		[16_383, "0bff7f"],
		[16_384, "0b808001"],
		[268_435_455, "0bffffff7f"],
	];
	for (const [subscriptionIdentifier, encoded] of rows) {
		const properties = { subscriptionIdentifier };
		const packet: Packet = {
			cmd: "subscribe",
			messageId: 1,
			subscriptions: [{ topic: "a", qos: 0 }],
			properties,
		};
		t.true(toHex(encode(packet, 5)).includes(encoded));
	}
	t.regex(online(5, "30 07 0001 61 03 0b 81 00"), /^0x81 /);
	t.regex(online(5, "d0 80 00"), /^0x81 /);
});

test("both halves of a pair are texts [MQTT-1.5.7-1]", t => {
	for (const userProperties of [{ "\ud800": "v" }, { k: "\ud800" }, { "k\0": "v" }, { k: "v\0" }])
		t.throws(() => encode(publish("t", { properties: { userProperties } }), 5), { instanceOf: TypeError });
	t.regex(online(5, "30 0b 0001 61 07 26 0001 ff 0001 61"), /^0x81 /);
	t.regex(online(5, "30 0b 0001 61 07 26 0001 61 0001 ff"), /^0x81 /);
});

const subscriptions = [{ topic: "a", qos: 0 as const }];
const firstBytes: [Packet, string][] = [
	[{ cmd: "connect", clientId: "c" }, "10"],
	[publish("a"), "30"],
	[publish("a", { qos: 1, messageId: 1, dup: true, retain: true }), "3b"],
	[{ cmd: "puback", messageId: 1 }, "40"],
	[{ cmd: "pubrec", messageId: 1 }, "50"],
	[{ cmd: "pubrel", messageId: 1 }, "62"],
	[{ cmd: "pubcomp", messageId: 1 }, "70"],
	[{ cmd: "subscribe", messageId: 1, subscriptions }, "82"],
	[{ cmd: "unsubscribe", messageId: 1, unsubscriptions: ["a"] }, "a2"],
	[{ cmd: "pingreq" }, "c0"],
	[{ cmd: "disconnect" }, "e0"],
];
test("the flags of what we send are those of the table [MQTT-2.1.3-1] [MQTT-2.2.2-1, 3.1.1]", t => {
	for (const version of versions)
		for (const [packet, first] of firstBytes) t.is(toHex(encode(packet, version)).slice(0, 2), first);
	t.is(toHex(encode({ cmd: "auth", reasonCode: 0 }, 5)).slice(0, 2), "f0");
});

const flags: [string, number, string][] = [
	["PUBREL has 0010 [MQTT-3.6.1-1] [MQTT-3.6.1-1, 3.1.1]", 0x62, "pubrel"],
	["SUBSCRIBE has 0010 [MQTT-3.8.1-1] [MQTT-3.8.1-1, 3.1.1]", 0x82, "subscribe"],
	["UNSUBSCRIBE has 0010 [MQTT-3.10.1-1] [MQTT-3.10.1-1, 3.1.1]", 0xa2, "unsubscribe"],
	["DISCONNECT has none [MQTT-3.14.1-1] [MQTT-3.14.1-1, 3.1.1]", 0xe0, "disconnect"],
];
for (const [title, first, cmd] of flags)
	test(`flags: ${title}`, t => {
		for (const [packet, digits] of firstBytes) if (packet.cmd === cmd) t.is(parseInt(digits, 16), first);
		for (let other = 0; other < 16; other++) {
			if (other === (first & 15)) continue;
			const head = ((first & 0xf0) | other).toString(16);
			for (const version of versions) t.regex(online(version, `${head} 02 0001`), /^0x81 /, head);
		}
	});

test("any other flags end the connection [MQTT-2.2.2-2, 3.1.1] [MQTT-3.15.1-1]", t => {
	for (const type of [2, 4, 5, 7, 9, 11, 13, 14, 15])
		for (let other = 1; other < 16; other++)
			for (const version of versions) {
				const head = ((type << 4) | other).toString(16);
				t.regex(online(version, `${head} 02 0001`), /^0x81 /, head);
			}
});

test("QoS 3 is neither sent nor taken [MQTT-3.3.1-4] [MQTT-3.3.1-4, 3.1.1]", t => {
	for (const version of versions) {
		t.throws(() => encode(publish("t", { qos: 3 as 2, messageId: 1 }), version), { instanceOf: RangeError });
		for (const head of ["36", "37", "3e", "3f"])
			t.regex(online(version, `${head} 06 0001 74 0001 00`), /^0x81 /);
	}
});

test("where properties may stand and there are none, their length is 0 [MQTT-2.2.2-1]", t => {
	const rows: [Packet, string][] = [
		[{ cmd: "connect", clientId: "c" }, "100e00044d5154540502000000000163"],
		[publish("t"), "300400017400"],
		[{ cmd: "subscribe", messageId: 1, subscriptions }, "820700010000016100"],
		[{ cmd: "unsubscribe", messageId: 1, unsubscriptions: ["a"] }, "a206000100000161"],
	];
	for (const [packet, bytes] of rows) t.is(toHex(encode(packet, 5)), bytes);
});

test("a topic is the first field, and a text [MQTT-3.3.2-1] [MQTT-3.3.2-1, 3.1.1]", t => {
	t.is(toHex(encode(publish("é", { qos: 1, messageId: 1, payload: hex("41") }))), "32070002c3a9000141");
	t.is(online(4, "30 04 0002 c3a9"), "é= qos 0");
	t.regex(online(4, "30 04 0002 c328"), /^0x81 /);
});

test(
	"a name with a wildcard is neither sent nor taken " +
		"[MQTT-3.3.2-2] [MQTT-3.3.2-2, 3.1.1] [MQTT-4.7.0-1] [MQTT-4.7.1-1, 3.1.1]",
	t => {
		for (const topic of ["+", "#", "a/+", "a/#", "a+", "a#b"]) {
			t.throws(() => checkTopicName(topic), { instanceOf: RangeError }, topic);
			for (const version of versions) {
				t.throws(() => encode(publish(topic), version), { instanceOf: RangeError }, topic);
				let digits = "";
				for (const character of topic) digits += character.charCodeAt(0).toString(16);
				t.regex(online(version, publishTo(digits, version)), /^0x8[12] /, topic);
			}
		}
	},
);

const filters: [string, string[], string[]][] = [
	[
		"# stands alone, and last [MQTT-4.7.1-1] [MQTT-4.7.1-2, 3.1.1]",
		["#", "a/#", "/#", "a//#"],
		["a#", "#/a", "a/#/b", "a/#b"],
	],
	[
		"+ fills a level [MQTT-4.7.1-2] [MQTT-4.7.1-3, 3.1.1]",
		["+", "+/a", "a/+/b", "+/+"],
		["a+", "+a", "a/+b", "++"],
	],
	["there is a character [MQTT-4.7.3-1] [MQTT-4.7.3-1, 3.1.1]", ["a", "/", " "], [""]],
	["none is U+0000 [MQTT-4.7.3-2] [MQTT-4.7.3-2, 3.1.1]", ["\x01"], ["\0", "a/\0"]],
	[
		"65,535 bytes are the most [MQTT-4.7.3-3] [MQTT-4.7.3-3, 3.1.1]",
		["é".repeat(32_767)],
		["é".repeat(32_768)],
	],
];
for (const [title, good, bad] of filters)
	test(`filters: ${title}`, t => {
		for (const version of versions) {
			const write = (topic: string) => () => {
				checkTopicFilter(topic, version);
				encode({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos: 0 }] }, version);
			};
			for (const filter of good) t.notThrows(write(filter), filter.slice(0, 9));
			for (const filter of bad) t.throws(write(filter));
		}
	});

const shared: [string, string[], string[]][] = [
	[
		"a shared one begins with $share/ and a name [MQTT-4.8.2-1]",
		["$share/g/a", "$share/g/#"],
		["$share//a", "$share/"],
	],
	[
		"the name has no / + # and is followed by a filter [MQTT-4.8.2-2]",
		["$share/g//"],
		["$share/g", "$share/g/", "$share/+/a", "$share/#/a", "$share/a+/b"],
	],
];
for (const [title, good, bad] of shared)
	test(`filters: ${title}`, t => {
		for (const filter of good) t.notThrows(() => checkTopicFilter(filter, 5), filter);
		for (const filter of bad) t.throws(() => checkTopicFilter(filter, 5), { instanceOf: RangeError }, filter);
	});

test("filters are texts [MQTT-3.8.3-1] [MQTT-3.8.3-1, 3.1.1] [MQTT-3.10.3-1] [MQTT-3.10.3-1, 3.1.1]", t => {
	for (const version of versions) {
		t.throws(
			() => encode({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "\ud800", qos: 0 }] }, version),
			{ instanceOf: TypeError },
		);
		t.throws(() => encode({ cmd: "unsubscribe", messageId: 1, unsubscriptions: ["\udc00"] }, version), {
			instanceOf: TypeError,
		});
	}
	const packet: Packet = { cmd: "unsubscribe", messageId: 1, unsubscriptions: ["é", "b"] };
	t.is(toHex(encode(packet, 4)), "a20900010002c3a9000162");
});

const nothing =
	"neither asks for nothing " + "[MQTT-3.8.3-2] [MQTT-3.8.3-3, 3.1.1] [MQTT-3.10.3-2] [MQTT-3.10.3-2, 3.1.1]";
test(`SUBSCRIBE and UNSUBSCRIBE: ${nothing}`, t => {
	for (const version of versions) {
		t.throws(() => encode({ cmd: "subscribe", messageId: 1, subscriptions: [] }, version), {
			instanceOf: RangeError,
		});
		t.throws(() => encode({ cmd: "unsubscribe", messageId: 1, unsubscriptions: [] }, version), {
			instanceOf: RangeError,
		});
	}
});

test("SUBSCRIBE: options are a QoS and what 5.0 knows [MQTT-3.8.3-5] [MQTT-3-8.3-4, 3.1.1]", t => {
	for (const version of versions)
		for (const qos of [-1, 3, 4, 0.5])
			t.throws(() =>
				encode({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "a", qos: qos as 0 }] }, version),
			);
	const all = { topic: "a", qos: 2 as const, nl: true, rap: true, rh: 2 as const };
	t.true(toHex(encode({ cmd: "subscribe", messageId: 1, subscriptions: [all] }, 5)).endsWith("2e"));
	t.throws(() => encode({ cmd: "subscribe", messageId: 1, subscriptions: [{ ...all, rh: 3 as 2 }] }, 5), {
		instanceOf: RangeError,
	});
});

test("SUBSCRIBE: no local is not for what is shared [MQTT-3.8.3-4]", t => {
	const subscribe = (topic: string) => () =>
		encode({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos: 0, nl: true }] }, 5);
	t.throws(subscribe("$share/g/a"), { instanceOf: RangeError });
	t.notThrows(subscribe("$shared/g/a"));
});

test("PUBLISH: a response topic is a text without wildcards [MQTT-3.3.2-13] [MQTT-3.3.2-14]", t => {
	const write = (responseTopic: string) => () => encode(publish("t", { properties: { responseTopic } }), 5);
	for (const topic of ["+", "a/#"]) t.throws(write(topic), { instanceOf: RangeError });
	t.throws(write("\ud800"), { instanceOf: TypeError });
	t.regex(online(5, "30 08 0001 61 04 08 0001 23"), /^0x82 /);
	t.regex(online(5, "30 08 0001 61 04 08 0001 ff"), /^0x81 /);
});

test("PUBLISH: a content type is a text [MQTT-3.3.2-19]", t => {
	t.throws(() => encode(publish("t", { properties: { contentType: "\ud800" } }), 5), {
		instanceOf: TypeError,
	});
	t.regex(online(5, "30 08 0001 61 04 03 0001 ff"), /^0x81 /);
});

const reasons: [string, Packet["cmd"], number[], string][] = [
	[
		"PUBACK [MQTT-3.4.2-1]",
		"puback",
		[0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
		"40 04 0001 XX 00",
	],
	[
		"PUBREC [MQTT-3.5.2-1]",
		"pubrec",
		[0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
		"50 04 0001 XX 00",
	],
	["PUBREL [MQTT-3.6.2-1]", "pubrel", [0, 0x92], "62 04 0001 XX 00"],
	["PUBCOMP [MQTT-3.7.2-1]", "pubcomp", [0, 0x92], "70 04 0001 XX 00"],
];
for (const [title, cmd, codes, bytes] of reasons)
	test(`reason codes: those of the table, for ${title}`, t => {
		for (let reasonCode = 0; reasonCode < 256; reasonCode++) {
			const write = () => encode({ cmd, messageId: 1, reasonCode } as Packet, 5);
			const text = bytes.replace("XX", reasonCode.toString(16).padStart(2, "0"));
			if (codes.includes(reasonCode)) {
				t.notThrows(write);
				t.is(online(5, text), "");
			} else {
				t.throws(write, { instanceOf: RangeError });
				t.regex(online(5, text), /^0x82 /, text);
			}
		}
	});

const withoutId: [string, number[]][] = [
	[
		"disconnect",
		[0, 4, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96],
	],
	["auth", [0, 0x18, 0x19]],
];
test("reason codes: those of the table, for DISCONNECT [MQTT-3.14.2-1] and AUTH [MQTT-3.15.2-1]", t => {
	const further = [0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2];
	for (const [cmd, codes] of withoutId)
		for (let reasonCode = 0; reasonCode < 256; reasonCode++) {
			const properties = cmd === "auth" ? { authenticationMethod: "m" } : {};
			const write = () => encode({ cmd, reasonCode, properties } as Packet, 5);
			if (codes.includes(reasonCode) || (cmd === "disconnect" && further.includes(reasonCode)))
				t.notThrows(write, `${cmd} ${reasonCode}`);
			else t.throws(write, { instanceOf: RangeError }, `${cmd} ${reasonCode}`);
		}
});
