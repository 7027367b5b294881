import test from "ava";
import { Bench, accepted, dense, resumed, type BenchOptions } from "../support/bench.js";
import { SessionEvent } from "../../modules/session/session.js";
import { hex } from "../support/hex.js";

// A message longer than the reader, of 16 bytes here: its head comes first, of 32 bytes with the payload.

const rest = "41".repeat(27);

function online(options: BenchOptions = {}): Bench {
	const bench = new Bench({ readerBytes: 16, ...options });
	bench.reader.packetBytesMax = 64;
	bench.connect();
	return bench;
}

/** What its head brings about; the first bytes of the payload may be with it. */
function begin(bench: Bench, head: string): SessionEvent {
	bench.reader.fill(hex(head));
	if (!bench.reader.next()) throw new Error("the head is not whole");
	return bench.session.receive(bench.reader, bench.now);
}

/** The handler takes that payload, and the message ends with it. */
function take(bench: Bench, payload: string): void {
	const bytes = hex(payload);
	for (let at = 0; at < bytes.length;) {
		while (bench.reader.piece());
		const { room } = bench.reader;
		bench.reader.fill(bytes.subarray(at, at + room));
		at += room;
	}
	while (bench.reader.piece());
	bench.session.endLong();
}

test("long: while a handler takes it nothing else is to be read, and its end brings its token", t => {
	for (const version of [4, 5] as const)
		for (const [qos, head, ack] of [
			[1, "32 20 0001 74 0007", "40 02 0007"],
			[2, "34 20 0001 74 0007", "50 02 0007"],
			[0, "30 1e 0001 74", ""],
		] as const) {
			const bench = online({ version });
			t.is(begin(bench, version === 5 ? `${head} 00` : head), SessionEvent.begun);
			t.like(bench.session.incoming, {
				topic: "t",
				qos,
				skippedBytes: qos === 0 ? 30 : 32,
				payloadBytes: version === 5 ? 26 : 27,
			});
			bench.session.takeLong();
			t.false(bench.session.ready);
			take(bench, version === 5 ? rest.slice(2) : rest);
			t.true(bench.session.ready);
			t.is(bench.sent(), "");
			const { token } = bench.session.incoming;
			if (qos === 0) t.is(token, -1);
			else t.is(bench.handled(token, 7, qos), dense(ack));
			t.is(bench.feed(version === 5 ? "30 04 0001 74 00" : "30 03 0001 74"), "t= qos 0");
		}
});

test("long: one that a handler gave up is told as skipped, unless it has had what it wanted", t => {
	for (const [isHeard, told] of [
		[true, ""],
		[false, "skipped 32"],
	] as const) {
		const bench = online();
		begin(bench, "32 20 0001 74 0007 41");
		bench.session.takeLong();
		bench.session.passLong(isHeard);
		t.true(bench.session.ready);
		t.is(bench.feed(rest.slice(2)), told);
		t.is(bench.sent(), dense("40 02 0007"), "it is acknowledged");
		t.is(bench.feed(`32 20 0001 74 0008 ${rest}`), "skipped 32", "the next one is another");
	}
});

test("long: its payload has a length for as long as it comes", t => {
	const bench = online();
	begin(bench, "32 20 0001 74 0007");
	t.is(bench.session.incoming.payloadBytes, 27);
	t.is(bench.feed(rest), "skipped 32");
	t.is(bench.session.incoming.payloadBytes, 0);
	begin(bench, "32 20 0001 74 0008");
	bench.cut();
	t.is(bench.session.incoming.payloadBytes, 0);
});

test("long: a cut within it leaves nothing behind", t => {
	const bench = online();
	begin(bench, "32 20 0001 74 0007");
	bench.session.takeLong();
	bench.reconnect(resumed);
	t.true(bench.session.ready);
	begin(bench, "3a 20 0001 74 0007");
	bench.session.passLong(true);
	bench.reconnect(resumed);
	t.is(bench.feed(`3a 20 0001 74 0007 ${rest}`), "skipped 32");
	t.is(bench.sent(), dense("40 02 0007"));
});

test("long: at QoS 2 one that was delivered does not begin again before its PUBREL, unless in doubt", t => {
	const bench = online();
	t.is(begin(bench, "34 20 0001 74 0007"), SessionEvent.begun);
	bench.session.takeLong();
	take(bench, rest);
	t.is(bench.handled(bench.session.incoming.token, 7, 2), dense("50 02 0007"));
	for (const head of ["3c", "34"]) {
		bench.reconnect(resumed);
		t.is(begin(bench, `${head} 20 0001 74 0007`), SessionEvent.none);
		t.is(bench.feed(rest), "");
		t.is(bench.sent(), dense("50 02 0007"));
	}
	for (const [head, event] of [
		["3c", SessionEvent.none],
		["34", SessionEvent.begun],
	] as const) {
		bench.cut();
		bench.session.open({});
		bench.sent();
		bench.reconnect(resumed);
		t.is(begin(bench, `${head} 20 0001 74 0007`), event);
	}
	bench.reconnect(accepted);
	t.is(begin(bench, "3c 20 0001 74 0007"), SessionEvent.begun);
});

test("long: its topic alias is taken in, also when it is passed over", t => {
	const bench = online({ version: 5, topicAliasMax: 1 });
	t.is(begin(bench, "30 20 0001 74 03 23 0001"), SessionEvent.begun);
	t.is(bench.feed("41".repeat(25)), "skipped 32");
	t.is(begin(bench, "30 20 0000 03 23 0001"), SessionEvent.begun);
	t.is(bench.session.incoming.topic, "t");
});

// The head of this one is longer than the reader: it never begins.
const topic = `0014 ${"74".repeat(20)}`;

test("long: one whose topic is longer than the reader is passed over, acknowledged and told", t => {
	const bench = online();
	t.is(bench.feed(`32 1d ${topic} 0001 4142434445`), "skipped 29");
	t.is(bench.sent(), dense("40 02 0001"));
	t.is(bench.feed(`30 1d ${topic} 0000 4142434445`), "skipped 29", "at QoS 0 there is no id");
	t.is(bench.breach(`32 1d ${topic} 0000 4142434445`), "0x82 packet id 0");
});

test("long: what a handler has had of one does not keep the next one from being told", t => {
	const bench = online();
	begin(bench, "32 20 0001 74 0007 41");
	bench.session.takeLong();
	bench.session.passLong(true);
	t.is(bench.feed(rest.slice(2)), "");
	t.is(bench.feed(`30 1d ${topic} 41424344454647`), "skipped 29");
	begin(bench, "30 20 0001 74 41");
	bench.session.passLong(true);
	bench.reconnect(resumed);
	t.is(bench.feed(`30 1d ${topic} 41424344454647`), "skipped 29");
});

test("long: in doubt DUP tells whether one is new, also where its topic is passed over", t => {
	for (const [flags, told] of [
		["3c", ""],
		["3d", ""],
		["34", "skipped 29"],
		["35", "skipped 29"],
	] as const) {
		const bench = online();
		t.is(bench.feed(`34 1d ${topic} 0007 4142434445`), "skipped 29");
		bench.cut();
		bench.session.open({});
		bench.sent();
		bench.reconnect(resumed);
		t.is(bench.feed(`${flags} 1d ${topic} 0007 4142434445`), told);
	}
});

test("long: one for which an id that the broker has forgotten makes room begins", t => {
	const bench = online({ incomingMax: 1 });
	bench.feed("34 06 0001 74 0007 41");
	bench.handled(bench.session.incoming.token, 7, 2);
	t.is(begin(bench, "34 20 0001 74 0008"), SessionEvent.none, "there is no room yet");
	bench.reconnect(resumed);
	t.is(begin(bench, "34 20 0001 74 0008"), SessionEvent.begun);
});

test("long: at QoS 0 it needs no room", t => {
	const bench = online({ version: 5, incomingMax: 1 });
	bench.feed("32 07 0001 74 0007 00 41");
	t.is(begin(bench, "30 20 0001 74 00"), SessionEvent.begun);
});

test("long: while a handler takes one, however long, no jam is seen", t => {
	const bench = online({ incomingMax: 1 });
	bench.publish("A", 1);
	bench.sent();
	begin(bench, "30 20 0001 74");
	bench.session.takeLong();
	for (let i = 0; i < 10; i++) {
		bench.now += 10_000;
		t.is(bench.session.tick(bench.now, true), undefined);
		t.false(bench.session.ready);
	}
});

test("long: while a handler takes one, nothing else is read when a jam is over", t => {
	const bench = online({ incomingMax: 1 });
	bench.publish("A", 1);
	bench.sent();
	bench.feed("32 06 0001 74 0007 41");
	const { token } = bench.session.incoming;
	t.false(bench.session.ready);
	for (let i = 0; i < 2; i++) {
		t.is(bench.session.tick(bench.now, true), undefined);
		bench.now += 30_000;
	}
	t.is(bench.session.tick(bench.now, true), undefined);
	t.true(bench.session.ready, "the jam is broken");
	begin(bench, "30 20 0001 74");
	bench.session.takeLong();
	t.is(bench.handled(token, 7, 1), dense("40 02 0007 c0 00"));
	bench.session.tick(bench.now, true);
	t.false(bench.session.ready);
	take(bench, "41".repeat(29));
	t.true(bench.session.ready);
});
