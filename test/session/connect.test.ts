import test from "ava";
import type { SessionOptions } from "../../modules/session/session-options.js";
import { Bench, accepted, accepted5, dense, resumed, type BenchOptions } from "../support/bench.js";
import { toHex } from "../support/hex.js";
import { utf8 } from "../support/text.js";

const will = { topic: "w", payload: "bye", qos: 1, retain: true } as const;
const properties = { willDelayInterval: 5 };

const connects: [string, BenchOptions, string][] = [
	["3.1", { version: 3 }, "10 0f 0006 4d5149736470 03 00 003c 0001 63"],
	["3.1.1", { version: 4 }, "10 0d 0004 4d515454 04 00 003c 0001 63"],
	["3.1.1, clean", { clean: true }, "10 0d 0004 4d515454 04 02 003c 0001 63"],
	["3.1.1, no client id", { clean: true, clientId: "" }, "10 0c 0004 4d515454 04 02 003c 0000"],
	["3.1.1, keep-alive 0", { keepAliveMs: 0 }, "10 0d 0004 4d515454 04 00 0000 0001 63"],
	["3.1.1, keep-alive 1.2 s", { keepAliveMs: 1200 }, "10 0d 0004 4d515454 04 00 0002 0001 63"],
	["3.1.1, will", { will }, "10 15 0004 4d515454 04 2c 003c 0001 63 0001 77 0003 627965"],
	["5.0", { version: 5 }, "10 16 0004 4d515454 05 00 003c 08 21 0003 11 0000012c 0001 63"],
	["5.0, clean", { version: 5, clean: true }, "10 11 0004 4d515454 05 02 003c 03 21 0003 0001 63"],
	[
		"5.0, asking for its Response Information",
		{ version: 5, clean: true, requestResponseInformation: true },
		"10 13 0004 4d515454 05 02 003c 05 21 0003 19 01 0001 63",
	],
	[
		"5.0, will with its properties",
		{ version: 5, clean: true, will: { topic: "w", payload: "bye", properties } },
		"10 1f 0004 4d515454 05 06 003c 03 21 0003 0001 63 05 18 00000005 0001 77 0003 627965",
	],
	[
		"5.0, user properties",
		{ version: 5, clean: true, userProperties: { k: ["1", "2"] } },
		"10 1f 0004 4d515454 05 02 003c 11 21 0003 26 0001 6b 0001 31 26 0001 6b 0001 32 0001 63",
	],
];

for (const [name, options, bytes] of connects)
	test(`CONNECT: ${name}`, t => {
		const bench = new Bench(options);
		bench.session.open({});
		t.is(bench.sent(), dense(bytes));
		t.is(bench.sent(), "", "just once");
		t.false(bench.session.online);
	});

test("CONNECT: user name and password, and in 5.0 a password alone", t => {
	const rows: [SessionOptions["version"], object, string][] = [
		[3, { username: "u" }, "10 12 0006 4d5149736470 03 80 003c 0001 63 0001 75"],
		[4, { username: "u", password: utf8("p") }, "10 13 0004 4d515454 04 c0 003c 0001 63 0001 75 0001 70"],
		[4, { username: "" }, "10 0f 0004 4d515454 04 80 003c 0001 63 0000"],
		[5, { password: utf8("p") }, "10 19 0004 4d515454 05 40 003c 08 21 0003 11 0000012c 0001 63 0001 70"],
	];
	for (const [version, credentials, bytes] of rows) {
		const bench = new Bench({ version });
		bench.session.open(credentials);
		t.is(bench.sent(), dense(bytes));
	}
});

test("CONNECT: credentials are forgotten with the connection", t => {
	const bench = new Bench();
	bench.session.open({ username: "u" });
	bench.cut();
	bench.session.open({});
	t.is(bench.sent(), dense("10 0d 0004 4d515454 04 00 003c 0001 63"));
});

test("CONNECT: the reader's size is announced in 5.0", t => {
	const bench = new Bench({ version: 5, clean: true });
	bench.session.handshake.packetBytesMax = 2048;
	bench.session.open({});
	t.is(bench.sent(), dense("10 16 0004 4d515454 05 02 003c 08 21 0003 27 00000800 0001 63"));
});

test("CONNECT: one that cannot be written is found before, and the frame stays as it was", t => {
	const rows: [BenchOptions, object][] = [
		[{ clientId: "" }, {}],
		[{ version: 3, clientId: "", clean: true }, {}],
		[{}, { password: utf8("p") }],
		[{}, { username: "\ud800" }],
		[{}, { username: "x".repeat(300) }],
		[{ keepAliveMs: 65_535_001 }, {}],
		[{ will: { topic: "a/#", payload: "" } }, {}],
		[{ version: 5, incomingMax: 65_536 }, {}],
	];
	for (const [options, credentials] of rows) {
		const bench = new Bench(options);
		t.throws(() => bench.session.check(bench.frame, credentials));
		t.is(bench.frame.end, bench.frame.start);
	}
	const bench = new Bench();
	bench.session.check(bench.frame, { username: "u" });
	t.is(bench.frame.end, bench.frame.start);
});

test("CONNACK: accepted", t => {
	for (const [version, connack] of [
		[3, accepted],
		[4, accepted],
		[5, accepted5],
	] as const) {
		const bench = new Bench({ version });
		bench.session.open({});
		bench.sent();
		t.is(bench.feed(connack, 1), "connected");
		t.true(bench.session.online);
		t.false(bench.session.handshake.sessionPresent);
		t.is(bench.session.handshake.reason, 0);
	}
});

test("CONNACK: refused, with the reason that a return code stands for", t => {
	const rows: [SessionOptions["version"], string, string][] = [
		[4, "20 02 00 01", "refused 0x84"],
		[4, "20 02 00 02", "refused 0x85"],
		[4, "20 02 00 03", "refused 0x88"],
		[4, "20 02 00 04", "refused 0x86"],
		[4, "20 02 00 05", "refused 0x87"],
		[3, "20 02 00 05", "refused 0x87"],
		[5, "20 03 00 86 00", "refused 0x86"],
		// As a broker of 3.1.1 answers.
		[5, "20 02 00 01", "refused 0x84"],
		[5, "20 08 00 89 05 1f 0002 6e6f", "refused 0x89 no"],
	];
	for (const [version, connack, event] of rows) {
		const bench = new Bench({ version });
		bench.session.open({});
		bench.sent();
		t.is(bench.feed(connack), event);
		t.false(bench.session.online);
	}
});

test("CONNACK: of the broker's limits, those that it names", t => {
	const bench = new Bench({ version: 5, window: 20 });
	bench.connect("20 1a 00 00 17 21 0007 24 01 25 00 27 00000064 12 0002 6964 22 0009 13 0005");
	const { sender } = bench.session;
	const { offer, clientId } = bench.session.handshake;
	t.is(sender.window, 7);
	t.is(clientId, "id");
	t.like(offer, {
		limited: true,
		qosMax: 1,
		retain: false,
		packetBytesMax: 100,
		receiveMax: 7,
		topicAliasMax: 9,
	});
	bench.reconnect();
	t.like(offer, { limited: false, qosMax: 2, retain: true, packetBytesMax: Infinity, receiveMax: 65_535 });
	t.is(offer.topicAliasMax, 0);
	t.is(sender.window, 20);
	t.is(bench.session.handshake.clientId, "id", "the identifier stays ours");
});

test("CONNACK: one limit alone is a limit", t => {
	for (const [property, limited] of [
		["24 00", true],
		["24 01", true],
		["25 00", true],
		["25 01", false],
		["27 00000010", true],
	] as const) {
		const bench = new Bench({ version: 5 });
		const length = dense(property).length / 2;
		bench.connect(
			`20 ${toHex(new Uint8Array([3 + length]))} 00 00 ${toHex(new Uint8Array([length]))} ${property}`,
		);
		t.is(bench.session.handshake.offer.limited, limited, property);
	}
});

test("CONNACK: the assigned client identifier is the one of the next CONNECT", t => {
	const bench = new Bench({ version: 5, clientId: "" });
	bench.connect("20 07 00 00 04 12 0001 7a");
	bench.cut();
	bench.session.open({});
	t.is(bench.sent(), dense("10 16 0004 4d515454 05 00 003c 08 21 0003 11 0000012c 0001 7a"));
});

test("CONNACK: an assigned client identifier for which a CONNECT has no room is dropped", t => {
	const bench = new Bench({ version: 5, clientId: "", frameBytes: 60, readerBytes: 200 });
	bench.connect(`20 47 00 00 44 12 0041 ${"7a".repeat(0x41)}`);
	t.is(bench.session.handshake.clientId.length, 0x41);
	bench.cut();
	bench.session.check(bench.frame, {});
	t.is(bench.session.handshake.clientId, "");
	t.throws(() => bench.session.check(bench.frame, { username: "u".repeat(80) }));
});

test("CONNACK: whether the session is present is told", t => {
	const bench = new Bench();
	bench.connect(resumed);
	t.true(bench.session.handshake.sessionPresent);
	bench.reconnect(accepted);
	t.false(bench.session.handshake.sessionPresent);
});

test("CONNACK: a present session after a clean start is a breach", t => {
	const bench = new Bench({ clean: true });
	bench.session.open({});
	bench.sent();
	t.is(bench.breach(resumed), "0x82 session present after a clean start");
	t.false(bench.session.online);
});

test("open: it comes once for a connection", t => {
	const bench = new Bench();
	t.is(bench.sent(), "", "nothing is due before");
	bench.session.open({});
	t.throws(() => bench.session.open({}), { instanceOf: TypeError });
	bench.cut();
	t.is(bench.sent(), "");
	bench.session.open({});
	t.not(bench.sent(), "");
});

test("open: nothing but CONNECT goes out before CONNACK", t => {
	const bench = new Bench();
	bench.publish("1", 0);
	bench.publish("2", 1);
	bench.session.request({ filter: "a", options: { qos: 0 }, onAnswer: () => {} });
	bench.session.open({});
	t.is(bench.sent(), dense("10 0d 0004 4d515454 04 00 003c 0001 63"));
	t.is(bench.feed(accepted), "connected");
	t.is(bench.sent(), dense("82 06 0032 0001 61 00" + "30 04 0001 74 31" + "32 06 0001 74 0002 32"));
});
