import test from "ava";
import { Bench, dense, resumed5 } from "../support/bench.js";

const t1 = "0001 74";

/** The token of the message that came last. */
function token(bench: Bench): number {
	return bench.session.incoming.token;
}

test("inbox: in 5.0 the count begins anew with each connection, also for ids that are known", t => {
	const bench = new Bench({ version: 5, incomingMax: 2 });
	bench.connect();
	for (const id of [7, 8]) {
		bench.feed(`34 07 ${t1} 000${id} 00 41`);
		bench.handled(token(bench), id, 2);
	}
	bench.reconnect(resumed5);
	t.is(bench.breach(`32 07 ${t1} 0001 00 41`), "t=41 qos 1");
	t.is(bench.breach(`32 07 ${t1} 0002 00 41`), "t=41 qos 1");
	t.is(bench.breach(`32 07 ${t1} 0003 00 41`), "0x93 more than 2 messages unacknowledged");
});

test("inbox: before 5.0, a full one asks to leave the broker's bytes unread", t => {
	const bench = new Bench({ incomingMax: 2 });
	bench.connect();
	t.true(bench.session.ready);
	bench.feed(`32 06 ${t1} 0007 41`);
	const first = token(bench);
	t.true(bench.session.ready);
	bench.feed(`34 06 ${t1} 0008 41`);
	t.false(bench.session.ready);
	bench.handled(token(bench), 8, 2);
	t.false(bench.session.ready, "the first one holds the second's acknowledgement");
	bench.handled(first, 7, 1);
	t.true(bench.session.ready);
	t.is(bench.session.receiver.pending, 0);
});

test("inbox: in 5.0 a full one leaves other packets readable, and one more message is a breach", t => {
	const bench = new Bench({ version: 5, incomingMax: 2 });
	bench.connect();
	bench.publish("A", 1);
	bench.sent();
	bench.feed(`32 07 ${t1} 0007 00 41`);
	bench.feed(`34 07 ${t1} 0008 00 41`);
	t.true(bench.session.ready);
	bench.feed("40 02 0001");
	t.is(bench.take(), "A delivered id 1 0 ms");
	t.is(bench.feed(`30 05 ${t1} 00 41`), "t=41 qos 0");
	t.is(bench.breach(`32 07 ${t1} 0009 00 41`), "0x93 more than 2 messages unacknowledged");
});

test("inbox: in 5.0 QoS 2 messages count until their PUBREL", t => {
	const bench = new Bench({ version: 5, incomingMax: 2 });
	bench.connect();
	for (const id of [7, 8]) {
		bench.feed(`34 07 ${t1} 000${id} 00 41`);
		bench.handled(token(bench), id, 2);
	}
	t.is(bench.breach(`34 07 ${t1} 0009 00 41`), "0x93 more than 2 messages unacknowledged");
	bench.feed("62 02 0007");
	bench.sent();
	t.is(bench.breach(`34 07 ${t1} 0009 00 41`), "t=41 qos 2");
	t.is(bench.breach(`32 07 ${t1} 000a 00 41`), "0x93 more than 2 messages unacknowledged");
});

test("inbox: fed beyond what it holds, it is a breach in 5.0, and passed over before", t => {
	for (const version of [4, 5] as const) {
		const bench = new Bench({ version, incomingMax: 2 });
		bench.connect();
		const five = version === 5 ? "00" : "";
		for (let id = 1; id < 9; id++) {
			bench.feed(`32 0${version + 2} ${t1} 000${id} ${five} 41`);
			t.is(bench.handled(token(bench), id, 1), dense(`40 02 000${id}`));
		}
		for (const id of [1, 2]) bench.feed(`32 0${version + 2} ${t1} 000${id} ${five} 41`);
		const breach = version === 5 ? "0x93 more than 2 messages unacknowledged" : "";
		t.is(bench.breach(`32 0${version + 2} ${t1} 0003 ${five} 41`), breach);
		t.is(bench.breach(`34 0${version + 2} ${t1} 0003 ${five} 41`), breach);
	}
});

test("inbox: in 5.0 messages of both kinds count together", t => {
	for (const third of ["32", "34"]) {
		const bench = new Bench({ version: 5, incomingMax: 2 });
		bench.connect();
		for (let id = 1; id < 6; id++) {
			bench.feed(`32 07 ${t1} 000${id} 00 41`);
			bench.handled(token(bench), id, 1);
		}
		bench.feed(`34 07 ${t1} 0007 00 41`);
		bench.handled(token(bench), 7, 2);
		bench.feed(`32 07 ${t1} 0008 00 41`);
		const last = token(bench);
		t.is(bench.breach(`${third} 07 ${t1} 0009 00 41`), "0x93 more than 2 messages unacknowledged");
		bench.handled(last, 8, 1);
		t.is(bench.breach(`${third} 07 ${t1} 0009 00 41`), `t=41 qos ${third === "32" ? 1 : 2}`);
	}
});

test("inbox: in 5.0 each kind counts at each place", t => {
	const bench = new Bench({ version: 5, incomingMax: 3 });
	bench.connect();
	bench.feed(`34 07 ${t1} 0007 00 41`);
	bench.handled(token(bench), 7, 2);
	bench.feed(`32 07 ${t1} 0008 00 41  34 07 ${t1} 0009 00 41`);
	t.is(bench.breach(`32 07 ${t1} 000a 00 41`), "0x93 more than 3 messages unacknowledged");
});
