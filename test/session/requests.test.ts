import test from "ava";
import type { SubscriptionOptions } from "../../modules/session/requests.js";
import { Bench, accepted, dense, resumed } from "../support/bench.js";

// Ids of requests lie above those of messages: the n-th of those unanswered has 33 n + 17.

function ask(bench: Bench, filter: string, options?: SubscriptionOptions): number[] {
	const answers: number[] = [];
	bench.session.request({ filter, options, onAnswer: code => answers.push(code) });
	return answers;
}

test("SUBSCRIBE: one filter, its QoS, and in 5.0 its options", t => {
	const rows: [4 | 5, SubscriptionOptions, string][] = [
		[4, { qos: 2 }, "82 08 0032 0003 612f23 02"],
		[5, { qos: 1 }, "82 09 0032 00 0003 612f23 01"],
		[5, { qos: 0, nl: true, rap: true, rh: 2 }, "82 09 0032 00 0003 612f23 2c"],
		[
			5,
			{ qos: 1, properties: { subscriptionIdentifier: 300, userProperties: { k: "v" } } },
			"82 13 0032 0a 0b ac02 26 0001 6b 0001 76 0003 612f23 01",
		],
	];
	for (const [version, options, bytes] of rows) {
		const bench = new Bench({ version });
		bench.connect();
		ask(bench, "a/#", options);
		t.is(bench.sent(), dense(bytes));
	}
});

test("SUBACK: the answer is the QoS granted, or the code of the refusal", t => {
	for (const [version, suback, code] of [
		[4, "90 03 0032 01", 1],
		[4, "90 03 0032 80", 0x80],
		[5, "90 04 0032 00 02", 2],
		[5, "90 04 0032 00 87", 0x87],
	] as const) {
		const bench = new Bench({ version });
		bench.connect();
		const answers = ask(bench, "a", { qos: 2 });
		bench.sent();
		t.is(bench.session.requests.unsent + bench.session.requests.owed, 1);
		bench.feed(suback, 1);
		t.deepEqual(answers, [code]);
		bench.feed(suback);
		t.deepEqual(answers, [code], "one that comes twice is no offence");
		t.is(bench.session.requests.unsent + bench.session.requests.owed, 0);
		t.is(bench.session.sender.owed, 0);
	}
});

test("UNSUBACK: before 5.0 it has no code, and the answer is 0", t => {
	for (const [version, unsuback, code] of [
		[4, "b0 02 0032", 0],
		[5, "b0 04 0032 00 00", 0],
		[5, "b0 04 0032 00 11", 0x11],
		[5, "b0 04 0032 00 87", 0x87],
	] as const) {
		const bench = new Bench({ version });
		bench.connect();
		const answers = ask(bench, "a");
		t.is(bench.sent(), dense(version === 5 ? "a2 06 0032 00 0001 61" : "a2 05 0032 0001 61"));
		bench.feed(unsuback);
		t.deepEqual(answers, [code]);
	}
});

test("answers: they may come in any order, and of another kind they answer nothing", t => {
	const bench = new Bench();
	bench.connect();
	const a = ask(bench, "a", { qos: 0 });
	const b = ask(bench, "b");
	const c = ask(bench, "c", { qos: 2 });
	bench.sent();
	bench.feed("b0 02 0032  90 03 0053 00  90 03 0009 00");
	t.deepEqual([a, b, c], [[], [], []]);
	bench.feed("90 03 0074 02  b0 02 0053  90 03 0032 80");
	t.deepEqual([a, b, c], [[0x80], [0], [2]]);
});

test("answers: the wrong count of codes is a breach", t => {
	for (const [version, options, answer, breach] of [
		[4, { qos: 0 }, "90 04 0032 00 00", "0x81 2 answers to a request for one filter"],
		[4, { qos: 0 }, "90 02 0032", "0x82 suback without a reason code"],
		[5, undefined, "b0 05 0032 00 00 00", "0x81 2 answers to a request for one filter"],
		[5, undefined, "b0 03 0032 00", "0x82 unsuback without a reason code"],
	] as const) {
		const bench = new Bench({ version });
		bench.connect();
		ask(bench, "a", options);
		bench.sent();
		t.is(bench.breach(answer), breach);
	}
});

test("cut: what was not answered is asked again first, under a new id, in its old order", t => {
	for (const connack of [accepted, resumed]) {
		const bench = new Bench();
		bench.connect();
		const a = ask(bench, "a", { qos: 0 });
		const b = ask(bench, "b");
		bench.sent();
		bench.cut();
		ask(bench, "c", { qos: 0 });
		t.is(bench.session.requests.unsent + bench.session.requests.owed, 3);
		t.is(bench.connect(connack), dense("82 06 0072 0001 61 00  a2 05 0093 0001 62  82 06 00b4 0001 63 00"));
		bench.feed("90 03 0032 00");
		t.deepEqual(a, [], "the id of the lost connection answers nothing");
		bench.feed("90 03 0072 00  b0 02 0093");
		t.deepEqual([a, b], [[0], [0]]);
	}
});

test("cut: requests go behind resends, but need no Receive Maximum [MQTT-3.3.4-8] [MQTT-4.9.0-3]", t => {
	const bench = new Bench({ version: 5 });
	bench.connect();
	for (const payload of ["A", "B"]) bench.publish(payload, 1);
	bench.sent();
	bench.cut();
	ask(bench, "a", { qos: 0 });
	const subscribe = "82 07 0032 00 0001 61 00";
	t.is(bench.connect("20 06 01 00 03 21 0001"), dense(`3a 07 0001 74 0001 00 41  ${subscribe}`));
	bench.feed("40 02 0001");
	t.is(bench.sent(), dense("3a 07 0001 74 0002 00 42"));
});

test("cut: requests go out when all there is to resend is refused", t => {
	const bench = new Bench({ version: 5 });
	bench.connect();
	bench.publish("A", 2);
	bench.sent();
	bench.cut();
	ask(bench, "a", { qos: 0 });
	t.is(bench.connect("20 05 01 00 02 24 01"), dense("82 07 0032 00 0001 61 00"));
	t.is(bench.take(), "A unsendable 0x9b");
});

test("offer: what this broker does not take is refused unasked, and the next one goes out", t => {
	const rows: [string, string, SubscriptionOptions | undefined, number][] = [
		["28 00", "a/+", { qos: 0 }, 0xa2],
		["28 00", "#", { qos: 0 }, 0xa2],
		["28 00", "$share/g/#", { qos: 0 }, 0xa2],
		["29 00", "a", { qos: 0, properties: { subscriptionIdentifier: 1 } }, 0xa1],
		["2a 00", "$share/g/a", { qos: 0 }, 0x9e],
		["27 0000000e", "a234567", { qos: 0 }, 0x95],
		["27 0000000e", "a2345678", undefined, 0x95],
	];
	for (const [property, filter, options, code] of rows) {
		const bench = new Bench({ version: 5 });
		const answers = ask(bench, filter, options);
		const next = ask(bench, "b", { qos: 0 });
		bench.publish("A", 0);
		const bytes = dense(property).length / 2;
		const sent = bench.connect(`20 0${3 + bytes} 00 00 0${bytes} ${property}`);
		t.deepEqual(answers, [code], property);
		const id = sent.slice(4, 8);
		t.is(sent, dense(`82 07 ${id} 00 0001 62 00  30 05 0001 74 00 41`));
		bench.feed(`90 04 ${id} 00 00`);
		t.deepEqual(next, [0]);
	}
});

test("offer: what this broker takes is asked for, and leaving is never refused unasked", t => {
	const rows: [string, string, SubscriptionOptions | undefined][] = [
		["28 01", "#", { qos: 0 }],
		["28 00", "a", { qos: 0 }],
		["28 00", "#", undefined],
		["29 01", "a", { qos: 0, properties: { subscriptionIdentifier: 1 } }],
		["29 00", "a", { qos: 0, properties: {} }],
		["2a 01", "$share/g/a", { qos: 0 }],
		["2a 00", "$shared/g/a", { qos: 0 }],
		["27 0000000e", "a23456", { qos: 0 }],
		["27 0000000e", "a234567", undefined],
	];
	for (const [property, filter, options] of rows) {
		const bench = new Bench({ version: 5 });
		const answers = ask(bench, filter, options);
		const bytes = dense(property).length / 2;
		t.not(bench.connect(`20 0${3 + bytes} 00 00 0${bytes} ${property}`), "", property);
		t.deepEqual(answers, []);
	}
});

test("offer: when all requests are refused unasked, messages go out in the same turn", t => {
	const bench = new Bench({ version: 5 });
	const answers = ask(bench, "#", { qos: 0 });
	bench.publish("A", 0);
	t.is(bench.connect("20 05 00 00 02 28 00"), dense("30 05 0001 74 00 41"));
	t.deepEqual(answers, [0xa2]);
});

test("limit: no more than requestsMax unanswered ones", t => {
	const bench = new Bench({ requestsMax: 2 });
	bench.connect();
	const request = { filter: "a", options: { qos: 0 }, onAnswer: () => {} } as const;
	t.true(bench.session.request(request));
	bench.sent();
	t.true(bench.session.request(request));
	t.false(bench.session.request(request));
	bench.feed("90 03 0032 00");
	t.true(bench.session.request(request));
});

test("frame: a request that does not fit behind other packets waits for the next frame", t => {
	const bench = new Bench({ frameBytes: 24 });
	bench.connect();
	bench.feed("62 02 0001  62 02 0002  62 02 0003");
	ask(bench, "twelve bytes", { qos: 1 });
	while (bench.session.transmit(bench.frame, 0));
	t.is(bench.frame.end - bench.frame.start, 12);
	t.is(bench.sent().slice(32), dense("000c 7477656c7665206279746573 01"));
	t.is(bench.session.requests.owed, 1);
});

test("frame: a request that no frame can carry, and nobody has checked, is a RangeError", t => {
	const bench = new Bench({ frameBytes: 24 });
	bench.connect();
	ask(bench, "x".repeat(24), { qos: 1 });
	t.throws(() => bench.session.transmit(bench.frame, 0), { instanceOf: RangeError });
	const wrong = new Bench();
	wrong.connect();
	wrong.feed("62 02 0001");
	ask(wrong, "a#", { qos: 1 });
	t.true(wrong.session.transmit(wrong.frame, 0));
	t.throws(() => wrong.session.transmit(wrong.frame, 0), { message: /a#/ });
});

test("check: what no frame can carry is found before, also while this one is full", t => {
	const bench = new Bench({ frameBytes: 40 });
	bench.connect();
	const onAnswer = () => {};
	bench.publish("x".repeat(24), 0);
	bench.session.transmit(bench.frame, 0);
	const { end } = bench.frame;
	const before = bench.frame.bytes.slice(bench.frame.start, end);
	bench.session.check(bench.frame, { filter: "y".repeat(30), options: { qos: 1 }, onAnswer });
	t.throws(() => bench.session.check(bench.frame, { filter: "y".repeat(60), options: { qos: 1 }, onAnswer }));
	t.throws(() => bench.session.check(bench.frame, { filter: "a", options: { qos: 3 as 2 }, onAnswer }));
	t.throws(() => bench.session.check(bench.frame, { filter: "a#", options: undefined, onAnswer }));
	t.is(bench.frame.end, end);
	t.deepEqual(bench.frame.bytes.slice(bench.frame.start, end), before);
});
