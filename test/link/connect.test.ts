import test from "ava";
import { Cause } from "../../modules/link/cause.js";
import { LinkState } from "../../modules/link/link.js";
import type { Credentials } from "../../modules/session/session-options.js";
import { dense } from "../support/bench.js";
import { LinkBench } from "../support/link-bench.js";

type Done = (credentials: Credentials | undefined) => void;

const connect = dense("10 0d 0004 4d515454 04 00 003c 0001 63");
const started = "waiting, resolving, ";

test("start: name, stream, CONNECT, CONNACK", t => {
	const bench = new LinkBench({ urls: ["mqtt://one:1234"] });
	t.is(bench.link.state, LinkState.stopped);
	bench.link.start();
	bench.link.start();
	bench.host.pass(9);
	t.is(bench.host.asked(), "resolve one");
	bench.host.pass(1);
	t.is(bench.host.asked(), "open tcp one 192.0.2.1 1234");
	bench.host.wire.up();
	t.is(bench.host.wire.sent(), connect);
	bench.host.wire.feed("20 02 00 00");
	t.is(bench.seen(), `${started}opening, greeting, online`);
	t.true(bench.link.session.online);
});

test("start: a serial port has no name to resolve", t => {
	const bench = new LinkBench({ urls: ["serial:"] });
	bench.link.start();
	bench.host.pass(0);
	t.is(bench.host.asked(), "open serial   0");
});

test("deadline: one for name, stream and CONNACK together", t => {
	for (const steps of [0, 1, 2]) {
		const bench = new LinkBench({ connectMs: 5_000 });
		if (steps === 0) bench.host.network.resolve = () => () => bench.host.log.push("called off");
		bench.link.start();
		bench.host.pass(4_000);
		if (steps === 2) bench.host.wire.up();
		bench.host.pass(999);
		t.is(bench.link.endings[Cause.silent], 0);
		bench.host.pass(1);
		t.is(bench.link.endings[Cause.silent], 1);
		t.regex(bench.seen(), /waiting 500 ms: silent, no answer in 5 s$/);
		if (steps > 0) t.is(bench.host.wire.closed, 1);
		else t.is(bench.host.asked(), "called off");
	}
});

test("deadline: it does not end a connection that stands", t => {
	const bench = new LinkBench({ connectMs: 5_000 });
	bench.connect();
	bench.host.pass(20_000);
	t.is(bench.link.state, LinkState.online);
});

test("name: one that does not resolve is named, and looked up anew", t => {
	const bench = new LinkBench();
	bench.host.address = () => undefined;
	bench.link.start();
	bench.host.pass(10);
	t.is(bench.seen(), `${started}waiting 500 ms: name, the name one does not resolve`);
	t.is(bench.host.wires.length, 0);
	bench.host.address = () => "192.0.2.9";
	bench.host.pass(510);
	t.is(bench.host.wire.target.address, "192.0.2.9");
});

test("port: nobody listens", t => {
	const bench = new LinkBench();
	bench.dial();
	bench.host.wire.handler.onLost("connection refused");
	t.is(bench.seen(), `${started}opening, waiting 500 ms: unreachable, connection refused`);
	t.is(bench.host.wire.closed, 1);
});

test("port: a host that cannot open a stream is a fault, and the next attempt follows", t => {
	const bench = new LinkBench();
	bench.host.openError = new Error("no socket");
	bench.dial();
	t.regex(bench.seen(), /waiting 2500 ms: fault, Error: no socket$/);
	bench.host.openError = undefined;
	bench.host.pass(2_510);
	t.is(bench.host.wires.length, 1);
});

test("name: a host whose resolver throws is a fault too", t => {
	const bench = new LinkBench();
	bench.host.network.resolve = () => {
		throw new Error("no resolver");
	};
	bench.dial();
	t.regex(bench.seen(), /waiting 2500 ms: fault, Error: no resolver$/);
});

test("broker: it ends the stream before CONNACK", t => {
	const bench = new LinkBench();
	bench.dial();
	bench.host.wire.up();
	bench.host.wire.handler.onLost("reset by peer");
	t.regex(bench.seen(), /waiting 1000 ms: closed, reset by peer, before CONNACK$/);
});

test("broker: it ends the stream later", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.host.wire.handler.onLost("reset by peer");
	t.regex(bench.seen(), /waiting 1000 ms: closed, reset by peer$/);
});

test("broker: an answer that is not MQTT is a breach of the protocol", t => {
	for (const [answer, detail] of [
		["485454502f312e312034303020426164", "packet type 4 with flags 8"],
		["5353482d322e30", "packet type 5 with flags 3"],
		["15 03 01 00 02", "packet type 1 with flags 5"],
		["00 00", "packet type 0"],
	] as const) {
		const bench = new LinkBench();
		bench.dial();
		bench.host.wire.up();
		bench.host.wire.feed(answer);
		t.is(bench.seen(), `${started}opening, greeting, waiting 2500 ms: protocol, ${detail}`);
		t.is(bench.host.wire.closed, 1);
	}
});

test("broker: a refusal is told in words, and tried again later", t => {
	const bench = new LinkBench();
	bench.connect("20 02 00 04");
	t.regex(bench.seen(), /waiting 5000 ms: refused, refused: bad user name or password$/);
	bench.host.pass(5_010);
	t.is(bench.host.wires.length, 2);
	const five = new LinkBench({ session: { version: 5 } });
	five.connect("20 08 00 97 05 1f 0002 6e6f");
	t.regex(five.seen(), /waiting 2500 ms: busy, refused: quota exceeded \("no"\)$/);
});

test("broker: a DISCONNECT of 5.0 is told, and one for another client with our id waits longest", t => {
	for (const [bytes, end] of [
		["e0 01 8b", "waiting 2500 ms: busy, closed by the broker: server shutting down"],
		["e0 01 8e", "waiting 15000 ms: duplicate, closed by the broker: session taken over"],
		["e0 00", "waiting 1000 ms: closed, closed by the broker: success"],
	] as const) {
		const bench = new LinkBench({ session: { version: 5 } });
		bench.connect("20 03 00 00 00");
		bench.seen();
		bench.host.wire.feed(bytes);
		t.is(bench.seen(), end);
		t.is(bench.host.wire.closed, 1);
	}
});

test("breach: a 5.0 broker is told its reason before the stream ends, an older one is not", t => {
	for (const [version, connack, farewell] of [
		[4, "20 02 00 00", ""],
		[5, "20 03 00 00 00", "e0 01 82"],
	] as const) {
		const bench = new LinkBench({ session: { version } });
		bench.connect(connack);
		bench.host.wire.feed(connack);
		t.is(bench.host.wire.sent(), dense(farewell));
		t.is(bench.host.wire.closed, 1);
		t.regex(bench.seen(), /protocol, CONNACK twice$/);
	}
});

test("credentials: they are asked for at each attempt", t => {
	let asked = 0;
	const bench = new LinkBench({ credentials: done => done({ username: `u${++asked}` }) });
	for (const name of ["7531", "7532"]) {
		bench.dial();
		bench.host.wire.up();
		t.is(bench.host.wire.sent(), dense(`10 11 0004 4d515454 04 80 003c 0001 63 0002 ${name}`));
		bench.host.wire.handler.onLost("gone");
		bench.host.pass(bench.link.retryMs);
	}
});

test("credentials: none, a provider that throws, and some that no CONNECT can carry", t => {
	const rows: [(done: Done) => void, RegExp][] = [
		[done => done(undefined), /waiting 2500 ms: credentials, there are no credentials$/],
		[done => done({ username: "x".repeat(200) }), /fault, .*packet does not fit in the frame$/],
		[done => done({ username: "\ud800" }), /fault, TypeError: text holds an unpaired surrogate$/],
		[
			() => {
				throw new Error("no token");
			},
			/waiting 2500 ms: fault, Error: no token$/,
		],
	];
	for (const [credentials, state] of rows) {
		const bench = new LinkBench({ credentials });
		bench.dial();
		t.regex(bench.seen(), state);
		t.is(bench.host.wires.length, 0);
	}
});

test("credentials: an answer that comes too late is ignored, and so is a second one", t => {
	const answers: Done[] = [];
	const bench = new LinkBench({ connectMs: 5_000, credentials: done => void answers.push(done) });
	bench.link.start();
	bench.host.pass(5_000);
	t.regex(bench.seen(), /waiting 500 ms: silent, no answer in 5 s$/);
	answers[0]!({});
	answers[0]!(undefined);
	t.is(bench.seen(), "");
	bench.host.pass(500);
	answers[0]!({ username: "old" });
	answers[0]!(undefined);
	t.is(bench.host.asked(), "");
	answers[1]!({});
	answers[1]!({ username: "again" });
	bench.host.pass(10);
	t.is(bench.host.asked(), "resolve one, open tcp one 192.0.2.1 1883");
	answers[1]!(undefined);
	bench.host.wire.up();
	t.is(bench.host.wire.sent(), connect);
});

test("endpoints: each has its turn after a failure", t => {
	const bench = new LinkBench({ urls: ["mqtt://one", "mqtt://two", "mqtt://three"] });
	bench.host.address = () => undefined;
	bench.link.start();
	bench.host.pass(10_000);
	t.is(bench.host.asked().slice(0, 50), "resolve one, resolve two, resolve three, resolve o");
});

test("back-off: it grows with each failure in a row, and only a healthy connection resets it", t => {
	const bench = new LinkBench({ healthyMs: 30_000 });
	const waits: number[] = [];
	for (const onlineMs of [0, 1_000, 29_999, 5_000, 30_000, 0]) {
		bench.connect();
		bench.host.pass(onlineMs);
		bench.host.wire.handler.onLost("gone");
		waits.push(bench.link.retryMs);
		bench.host.pass(bench.link.retryMs);
	}
	t.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 1_000, 2_000]);
	t.is(bench.link.endings[Cause.closed], 6);
});

test("back-off: no attempt before its time, and one at its time", t => {
	const bench = new LinkBench();
	bench.dial();
	bench.host.wire.handler.onLost("refused");
	bench.host.asked();
	bench.host.pass(499);
	t.is(bench.host.asked(), "");
	bench.host.pass(1);
	t.is(bench.host.asked(), "resolve one");
});

test("hold: while the network is down no attempt is made, and none counts as a failure", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.link.hold("Wi-Fi is down");
	t.regex(bench.seen(), /waiting 500 ms: network, Wi-Fi is down$/);
	t.is(bench.host.wire.closed, 1);
	bench.host.pass(100_000);
	t.is(bench.host.wires.length, 1);
	bench.link.release();
	bench.host.pass(499);
	bench.host.asked();
	bench.host.pass(11);
	t.is(bench.host.wires.length, 2, "after a wait with jitter");
	bench.host.wire.handler.onLost("refused");
	t.is(bench.link.retryMs, 500, "the first failure");
});

test("hold: before start(), while stopped and twice", t => {
	const bench = new LinkBench();
	bench.link.release();
	bench.link.hold("down");
	bench.link.hold("down");
	t.is(bench.seen(), "");
	bench.link.start();
	bench.host.pass(1_000);
	t.is(bench.host.asked(), "");
	bench.link.release();
	bench.link.release();
	bench.host.pass(500);
	t.is(bench.host.asked(), "resolve one");
	const stopped = new LinkBench();
	stopped.link.hold("down");
	stopped.link.release();
	stopped.host.pass(10_000);
	t.is(stopped.host.asked(), "");
});

test("release: a wait that is longer than its jitter goes on", t => {
	const bench = new LinkBench();
	bench.connect("20 02 00 05");
	bench.link.hold("down");
	bench.link.release();
	bench.host.asked();
	bench.host.pass(4_999);
	t.is(bench.host.asked(), "");
	bench.host.pass(1);
	t.is(bench.host.asked(), "resolve one");
});

test("CONNECT: the reader's size is announced to a 5.0 broker", t => {
	const bench = new LinkBench({ session: { version: 5, clean: true }, readerBytes: 128 });
	bench.dial();
	bench.host.wire.up();
	t.is(bench.host.wire.sent(), dense("10 16 0004 4d515454 05 02 003c 08 21 0002 27 00000080 0001 63"));
});

test("hold: a name that is looked up is called off, once", t => {
	const bench = new LinkBench();
	bench.link.start();
	bench.host.pass(5);
	bench.link.hold("down");
	bench.link.stop();
	t.is(bench.host.asked(), "resolve one, cancel one");
});

test("reconnect: half a packet of the former stream is forgotten", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.host.wire.feed("30 20 0001 74");
	bench.host.wire.handler.onLost("gone");
	bench.host.pass(bench.link.retryMs);
	bench.connect();
	t.is(bench.link.state, LinkState.online);
});

test("silence: the bytes of half a packet are heard too", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.host.pass(55_000);
	bench.host.wire.feed("30 20 0001 74");
	bench.host.pass(9_999);
	t.is(bench.link.state, LinkState.online);
	bench.host.pass(1);
	t.is(bench.link.state, LinkState.waiting);
});

test("stop: messages still expire", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.host.wire.up(0);
	bench.publish("A", 1, 1_000);
	bench.publish("B", 0, 1_000);
	bench.link.stop();
	bench.host.pass(1_000);
	t.deepEqual(bench.ended, ["expired", "expired"]);
});
