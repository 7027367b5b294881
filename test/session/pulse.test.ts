import test from "ava";
import { Bench, accepted, dense, type BenchOptions } from "../support/bench.js";

/** Lets time pass to each deadline until then, and notes what goes out and why it ends. */
function pass(bench: Bench, until: number, deaf = false): string[] {
	const log: string[] = [];
	for (let turns = 0; bench.session.pulse.deadline <= until; turns++) {
		if (turns > 1000) return [...log, "it spins"];
		bench.now = Math.max(bench.now, bench.session.pulse.deadline);
		const end = bench.session.tick(bench.now, deaf);
		if (end !== undefined) return [...log, `${bench.now}: ${end}`];
		const out = bench.sent();
		if (out !== "") log.push(`${bench.now}: ${out}`);
	}
	bench.now = until;
	return log;
}

function online(options: BenchOptions, connack?: string): Bench {
	const bench = new Bench(options);
	bench.now = 0;
	bench.connect(connack);
	return bench;
}

test("ping: it falls due by what we sent, in time for the reply", t => {
	const rows: [number, number][] = [
		[60_000, 50_000],
		[20_000, 15_000],
		[4_000, 3_000],
	];
	for (const [keepAliveMs, due] of rows) {
		const bench = online({ keepAliveMs });
		t.deepEqual(pass(bench, due - 1), []);
		t.deepEqual(pass(bench, due), [`${due}: c000`]);
		bench.feed("d0 00");
		t.deepEqual(pass(bench, 2 * due), [`${2 * due}: c000`]);
	}
});

test("ping: what we send puts it off, and what we hear does not", t => {
	const bench = online({});
	bench.now = 30_000;
	bench.publish("A", 0);
	bench.sent();
	t.deepEqual(pass(bench, 49_999), []);
	bench.feed("30 03 0001 74");
	bench.now = 70_000;
	bench.feed("30 03 0001 74");
	t.deepEqual(pass(bench, 79_999), []);
	t.deepEqual(pass(bench, 80_000), ["80000: c000"]);
});

test("ping: none at keep-alive 0 while nothing is owed", t => {
	const bench = online({ keepAliveMs: 0 });
	t.deepEqual(pass(bench, 1e9), []);
	t.is(bench.session.pulse.deadline, Infinity);
});

test("ping: at keep-alive 0 too, when nothing is heard while an acknowledgement is owed", t => {
	const bench = online({ keepAliveMs: 0 });
	bench.now = 100_000;
	bench.publish("A", 1);
	bench.sent();
	t.deepEqual(pass(bench, 200_000), ["110000: c000", "120000: no PINGRESP for 10 s"]);
});

test("ping: the silence before something was owed does not count", t => {
	const bench = online({});
	t.deepEqual(pass(bench, 20_000), []);
	bench.publish("A", 1);
	bench.sent();
	t.is(bench.session.tick(25_000, false), undefined);
	t.is(bench.sent(), "");
	t.deepEqual(pass(bench, 30_000), ["30000: c000"]);
});

test("ping: after a quiet reply time while an acknowledgement is owed, whatever we send", t => {
	const bench = online({});
	bench.publish("A", 1);
	bench.sent();
	bench.now = 8_000;
	bench.publish("B", 0);
	bench.sent();
	t.deepEqual(pass(bench, 9_999), []);
	t.deepEqual(pass(bench, 10_000), ["10000: c000"]);
	bench.feed("d0 00");
	t.deepEqual(pass(bench, 20_000), ["20000: c000"]);
	bench.feed("d0 00  40 02 0001");
	t.deepEqual(pass(bench, 69_999), []);
});

test("ping: when nothing is heard for a keep-alive time although we send", t => {
	const bench = online({});
	for (let now = 10_000; now < 50_000; now += 10_000) {
		bench.now = now;
		bench.publish("A", 0);
		bench.sent();
	}
	t.deepEqual(pass(bench, 49_999), []);
	t.deepEqual(pass(bench, 60_000), ["50000: c000", "60000: no PINGRESP for 10 s"]);
});

test("silence: no PINGRESP in a reply time ends the connection", t => {
	const bench = online({});
	t.deepEqual(pass(bench, 100_000), ["50000: c000", "60000: no PINGRESP for 10 s"]);
});

test("silence: bytes that come put the end off, but not for ever", t => {
	const bench = online({});
	pass(bench, 50_000);
	for (const at of [55_000, 64_000, 73_000, 82_000, 89_000]) {
		t.deepEqual(pass(bench, at), []);
		bench.feed("30 03 0001 74");
	}
	t.deepEqual(pass(bench, 200_000), ["90000: no PINGRESP for 10 s"]);
});

test("silence: a ping that the socket does not take is missed all the same", t => {
	const bench = online({});
	bench.now = bench.session.pulse.deadline;
	bench.session.tick(bench.now, false);
	bench.now = 50_000;
	t.is(bench.session.tick(50_000, false), undefined);
	t.true(bench.session.pulse.pingDue);
	t.is(bench.session.tick(59_999, false), undefined);
	t.is(bench.session.tick(60_000, false), "no PINGRESP for 10 s");
});

test("ping: with a short keep-alive they go on while one is unanswered", t => {
	const bench = online({ keepAliveMs: 4_000 });
	t.deepEqual(pass(bench, 20_000), [
		"3000: c000",
		"6000: c000",
		"9000: c000",
		"12000: c000",
		"13000: no PINGRESP for 10 s",
	]);
});

test("acks: the connection ends when none comes for ackMs while one is owed", t => {
	const bench = online({});
	bench.publish("A", 1);
	bench.publish("B", 1);
	bench.sent();
	const log: string[] = [];
	for (const until of [10_000, 20_000, 25_000]) {
		log.push(...pass(bench, until));
		bench.feed("d0 00");
	}
	bench.feed("40 02 0001");
	for (const until of [35_000, 45_000, 54_999]) {
		log.push(...pass(bench, until));
		bench.feed("d0 00");
	}
	t.true(log.every(line => line.endsWith("c000")));
	t.deepEqual(pass(bench, 60_000), ["55000: no acknowledgement for 30 s"]);
});

test("acks: each kind of them is progress", t => {
	for (const ack of ["40 02 0001", "50 02 0002", "90 03 0032 00"]) {
		const bench = online({});
		bench.publish("A", 1);
		bench.publish("B", 2);
		bench.session.request({ filter: "a", options: { qos: 0 }, onAnswer: () => {} });
		bench.sent();
		t.is(bench.session.sender.owed + bench.session.requests.owed, 3);
		bench.now = 20_000;
		bench.feed(ack);
		bench.sent();
		t.is(bench.session.tick(30_000, false), undefined, ack);
		t.is(bench.session.tick(50_000, false), "no acknowledgement for 30 s");
	}
});

test("acks: the time runs from the first that is owed, and from the start of a resumed connection", t => {
	const bench = online({});
	bench.now = 40_000;
	bench.publish("A", 1);
	bench.sent();
	t.is(bench.session.tick(69_999, false), undefined);
	t.is(bench.session.tick(70_000, false), "no acknowledgement for 30 s");
	bench.now = 100_000;
	bench.reconnect("20 02 01 00");
	t.is(bench.session.tick(129_999, false), undefined);
	t.is(bench.session.tick(130_000, false), "no acknowledgement for 30 s");
});

test("deaf: silence proves nothing while we leave bytes unread, but pings go out", t => {
	const bench = online({});
	bench.publish("A", 1);
	bench.sent();
	const log = pass(bench, 400_000, true);
	t.true(log.length >= 7 && log.length <= 9, log.join());
	t.true(log.every(line => line.endsWith("c000")));
	t.regex(pass(bench, 500_000).join(), /: no PINGRESP for 10 s$/);
});

test("torn: bytes of a packet that has come in part put off the acknowledgement which is owed", t => {
	const bench = online({ keepAliveMs: 0 });
	bench.publish("A", 1);
	bench.sent();
	bench.session.pulse.heardAt = 25_000;
	t.is(bench.session.tick(54_999, false, true), undefined);
	t.is(bench.session.tick(55_000, false, true), "no acknowledgement for 30 s");
});

test("torn: they put off a PINGRESP as well, for as long as they come", t => {
	const bench = online({});
	pass(bench, 50_000);
	for (bench.now = 51_000; bench.now < 200_000; bench.now += 9_999) {
		bench.session.pulse.heardAt = bench.now;
		t.is(bench.session.tick(bench.now, false, true), undefined);
	}
	const { heardAt } = bench.session.pulse;
	t.is(bench.session.tick(heardAt + 9_999, false, true), undefined);
	t.is(bench.session.tick(heardAt + 10_000, false, true), "no PINGRESP for 10 s");
});

test("keep-alive: the server's takes the place of ours, for as long as the connection", t => {
	const bench = online({ version: 5 }, "20 06 00 00 03 13 0014");
	t.deepEqual(pass(bench, 15_000), ["15000: c000"]);
	bench.now = 100_000;
	bench.reconnect();
	t.deepEqual(pass(bench, 149_999), []);
	const off = online({ version: 5 }, "20 06 00 00 03 13 0000");
	t.deepEqual(pass(off, 1e9), []);
	const on = online({ version: 5, keepAliveMs: 0 }, "20 06 00 00 03 13 0014");
	t.deepEqual(pass(on, 15_000), ["15000: c000"]);
});

test("silence: nothing is expected of a broker that has not accepted us, whatever was before", t => {
	const bench = online({});
	bench.cut();
	bench.session.open({});
	bench.sent();
	bench.now += 100_000;
	t.is(bench.session.tick(bench.now, false), undefined);
	bench.now += 100_000;
	t.is(bench.session.tick(bench.now, false), undefined);
	t.false(bench.session.pulse.pingDue);
});

test("deadline: there is none without a connection", t => {
	const bench = new Bench();
	t.is(bench.session.pulse.deadline, Infinity);
	bench.session.open({});
	bench.sent();
	t.is(bench.session.pulse.deadline, Infinity);
	t.is(bench.session.tick(1e9, false), undefined);
	bench.feed(accepted);
	t.not(bench.session.pulse.deadline, Infinity);
	bench.cut();
	t.is(bench.session.pulse.deadline, Infinity);
});

test("frame: a ping that does not fit waits", t => {
	const bench = online({ frameBytes: 24 });
	bench.publish("x".repeat(18), 0);
	bench.session.transmit(bench.frame, 0);
	bench.now = 50_000;
	bench.askPing();
	t.is(bench.frame.room, 1);
	t.false(bench.session.transmit(bench.frame, 0));
	t.is(bench.sent().slice(-4), dense("c0 00"));
	const exact = online({ frameBytes: 24 });
	exact.publish("x".repeat(17), 0);
	exact.session.transmit(exact.frame, 0);
	exact.askPing();
	t.true(exact.session.transmit(exact.frame, 0));
	t.is(exact.frame.room, 0);
});
