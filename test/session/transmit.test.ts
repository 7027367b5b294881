import test from "ava";
import { Mark } from "../../modules/outbox/record.js";
import { Bench, dense, resumed, resumed5 } from "../support/bench.js";
import { hex } from "../support/hex.js";
import { TextSource } from "../support/text-source.js";

// What transmit() says, and what the clocks take from it: true whenever it has written, and else false.

const silent: () => void = () => {};

/** How to come to have just one packet due. */
const dues: [string, () => Bench][] = [
	["CONNECT", () => opened()],
	["an acknowledgement", () => online(bench => bench.feed("62 02 0009"))],
	["PINGREQ", () => online(bench => bench.askPing())],
	["SUBSCRIBE", () => online(bench => void bench.session.request(request))],
	["a control", () => online(bench => void bench.session.control(control))],
	["a message at QoS 0", () => online(bench => void bench.publish("A", 0))],
	["a message at QoS 1", () => online(bench => void bench.publish("A", 1))],
	["an urgent message", () => online(bench => void bench.publish("A", 1, { marks: Mark.priority }))],
	["a stream", () => online(bench => void bench.publishStream("S", new TextSource("abc"), 1))],
	["DISCONNECT", () => online(bench => bench.session.leave(0))],
	["DISCONNECT with a session expiry", () => online(bench => bench.session.leave(0, 5))],
	["a message sent again", () => again(bench => void bench.publish("A", 1))],
	["a stream sent again", () => again(bench => void bench.publishStream("S", new TextSource("abc"), 1))],
	[
		"AUTH",
		() => {
			const authenticator = { method: "m", start: () => undefined, answer: () => undefined };
			const bench = new Bench({ version: 5, authenticator });
			bench.connect("20 07 00 00 04 15 0001 6d");
			bench.session.reauthenticate(silent);
			return bench;
		},
	],
];
const request = { filter: "a", options: { qos: 0 }, onAnswer: silent } as const;
const control = { topic: "x", payload: "p", onAnswer: silent };

function opened(): Bench {
	const bench = new Bench({ version: 5 });
	bench.session.open({});
	return bench;
}
function online(prepare: (bench: Bench) => unknown): Bench {
	const bench = new Bench({ version: 5 });
	bench.connect();
	bench.now += 40_000;
	prepare(bench);
	return bench;
}
/** It is in flight when the connection is cut, and due again 40 s after the next one began. */
function again(publish: (bench: Bench) => void): Bench {
	const bench = new Bench({ version: 5, window: 1 });
	bench.connect();
	publish(bench);
	bench.sent();
	bench.cut();
	bench.session.open({});
	bench.sent();
	bench.feed(resumed5);
	bench.now += 40_000;
	return bench;
}

for (const [what, prepare] of dues)
	test(`transmit: true with ${what}, which is all; then nothing is due`, t => {
		const bench = prepare();
		const { session, frame } = bench;
		t.true(session.due);
		t.true(session.transmit(frame, bench.now));
		t.true(frame.end > frame.start);
		t.is(session.sender.direct, 0);
		const { end } = frame;
		t.false(session.transmit(frame, bench.now));
		t.is(frame.end, end);
		if (session.online && session.requests.controls === 0) t.false(session.due);
		if (session.online) t.is(session.pulse.sentAt, bench.now, "the ping is put off");
	});

test("transmit: one request at a time", t => {
	const bench = online(() => {});
	for (const filter of ["a", "b"]) bench.session.request({ ...request, filter });
	t.true(bench.session.transmit(bench.frame, bench.now));
	t.is(bench.session.requests.owed, 1);
	t.true(bench.session.transmit(bench.frame, bench.now));
	t.false(bench.session.transmit(bench.frame, bench.now));
});

test("transmit: false when all that was due ended without being sent", t => {
	for (const [connack, publish] of [
		["20 05 00 00 02 24 00", (bench: Bench) => bench.publish("A", 1)],
		[
			undefined,
			(bench: Bench) => bench.publishStream("S", Object.assign(new TextSource("abc"), { pieceMax: 0 }), 1),
		],
	] as const) {
		const bench = new Bench({ version: 5 });
		bench.connect(connack);
		publish(bench);
		t.false(bench.session.transmit(bench.frame, bench.now));
		t.is(bench.outbox.count, 0);
		t.is(bench.frame.end, bench.frame.start);
	}
});

test("front: what lies at the front of the log goes from there, when nothing else is due", t => {
	const bench = new Bench();
	bench.connect();
	const { session, outbox } = bench;
	t.false(session.takeFront(100, bench.now), "nothing is there");
	bench.publish("A", 1);
	bench.publish("B", 0);
	t.true(session.takeFront(100, (bench.now += 40_000)));
	t.is(outbox.takenTo - outbox.at, 8 + 6);
	t.is(session.pulse.sentAt, bench.now);
	t.is(session.pulse.progressAt, bench.now);
	t.is(session.sender.unwritten, 1);
	session.sender.flushed(Infinity);
	t.is(bench.take(), "B delivered");
	bench.publish("C", 1);
	t.false(session.takeFront(100, bench.now), "it is not at the front");
});

test("front: not while another packet is due, or is under way, or each message needs a look", t => {
	const rows: [string, (bench: Bench) => unknown, string?][] = [
		["one acknowledgement", bench => bench.feed("62 02 0009")],
		["PINGREQ", bench => bench.askPing()],
		["one request", bench => bench.session.request(request)],
		["AUTH, controls or resends", bench => bench.session.control(control)],
		["one that is urgent", bench => bench.publish("B", 1, { marks: Mark.priority })],
		["one with an end of its life", bench => bench.publish("B", 1, { ttlMs: 1000 })],
		["a limit of the broker", () => {}, "20 05 00 00 02 24 01"],
	];
	for (const [why, prepare, connack] of rows) {
		const bench = new Bench({ version: 5 });
		bench.connect(connack);
		bench.publish("A", 1);
		prepare(bench);
		t.false(bench.session.takeFront(100, bench.now), why);
	}
	const direct = new Bench({ outboxBytes: 2000 });
	direct.connect();
	direct.publish("x".repeat(600), 0);
	t.true(direct.session.transmit(direct.frame, 0));
	t.not(direct.session.sender.direct, 0);
	t.is(direct.session.sender.takeFront(1000, 0), -1, "a packet is half in the socket");
});

test("resends: a PUBACK behind a ping that went ahead of them takes the long way", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 1);
	bench.publish("B", 1);
	bench.sent();
	bench.cut();
	bench.session.open({});
	bench.sent();
	bench.feed(resumed);
	bench.askPing();
	t.true(bench.session.transmit(bench.frame, bench.now));
	t.is(bench.frame.end - bench.frame.start, 2);
	bench.reader.fill(hex("40 02 0001"));
	t.false(bench.session.receiveAcks(bench.reader, bench.now));
	bench.feed("");
	t.is(bench.sent(), dense("c0 00  3a 06 0001 74 0002 42"));
});

test("PUBACKs: one byte behind them is not all of it, so that the reader keeps it", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 1);
	bench.publish("B", 1);
	bench.sent();
	bench.reader.fill(hex("40 02 0001 40"));
	t.false(bench.session.receiveAcks(bench.reader, bench.now));
	bench.feed("");
	bench.reader.fill(hex("02 0002"));
	t.true(bench.reader.next());
	bench.session.receive(bench.reader, bench.now);
	t.is(bench.take(), "A delivered id 1 0 ms, B delivered id 2 0 ms");
	bench.publish("C", 1);
	bench.sent();
	bench.reader.fill(hex("40 02 0003"));
	t.true(bench.session.receiveAcks(bench.reader, bench.now));
});

test("fresh: a session that was never online holds nothing, and knows of no limit", t => {
	const { session } = new Bench();
	t.like(session.incoming, {
		topic: "",
		from: 0,
		to: 0,
		qos: 0,
		retain: false,
		dup: false,
		id: 0,
		alias: 0,
		token: -1,
		skippedBytes: 0,
		payloadBytes: 0,
	});
	t.is(session.incoming.bytes.length, 0);
	t.like(session.handshake.offer, {
		limited: false,
		qosMax: 2,
		retain: true,
		packetBytesMax: Infinity,
		receiveMax: 65_535,
		topicAliasMax: 0,
		wildcards: true,
		identifiers: true,
		shared: true,
	});
	t.like(session.handshake, { reason: 0, detail: "", sessionPresent: false, unsure: false });
	t.like(session.pulse, { sentAt: 0, heardAt: 0, progressAt: 0, pingDue: false, deadline: Infinity });
	t.like(session.sender, { window: 0, direct: 0, directLeft: 0, unwritten: 0 });
	t.like(session.sender.streams, { left: 0, done: 0, fault: "" });
	t.true(session.receiver.settled);
	t.true(session.due, "CONNECT");
});

test("log: a message for which there is no room is not taken", t => {
	const bench = new Bench({ outboxMessages: 1 });
	t.not(bench.publish("A", 1), 0);
	t.is(bench.publish("B", 1, { topic: "u" }), 0);
	t.is(bench.publishStream("S", new TextSource("abc"), 1, { topic: "u" }), 0);
	t.is(bench.connect(resumed), dense("32 06 0001 74 0001 41"));
	t.is(bench.outbox.count, 1);
});
