import test from "ava";
import { unanswered } from "../../modules/session/requests.js";
import { Bench, dense, type BenchOptions } from "../support/bench.js";

// A control is a message to the service itself: ahead of all else, and alone until it is answered.

/** Adds one, and gives the codes that answer it. */
function control(bench: Bench, topic: string): number[] | undefined {
	const answers: number[] = [];
	const isTaken = bench.session.control({ topic, payload: "p", onAnswer: code => void answers.push(code) });
	return isTaken ? answers : undefined;
}

function ask(bench: Bench, filter: string): number[] {
	const answers: number[] = [];
	bench.session.request({ filter, options: { qos: 0 }, onAnswer: code => void answers.push(code) });
	return answers;
}

function online(options: BenchOptions = {}, connack?: string): Bench {
	const bench = new Bench(options);
	bench.connect(connack);
	return bench;
}

test("control: it goes ahead of requests and messages, which wait until it is answered", t => {
	const bench = online();
	bench.publish("A", 1);
	const request = ask(bench, "a");
	const first = control(bench, "x");
	const second = control(bench, "y");
	t.true(bench.session.due);
	t.is(bench.sent(), dense("32 06 0001 78 0032 70  32 06 0001 79 0053 70"));
	t.is(bench.session.requests.controls, 2);
	bench.feed("40 02 0053");
	t.deepEqual([first, second], [[], [0]]);
	t.is(bench.sent(), "");
	bench.feed("40 02 0032");
	t.deepEqual(first, [0]);
	t.is(bench.session.requests.controls, 0);
	t.is(bench.sent(), dense("82 06 0072 0001 61 00  32 06 0001 74 0001 41"));
	t.deepEqual(request, []);
});

test("control: what the broker owes an answer for gets it, and so does the broker", t => {
	const bench = online();
	bench.publish("A", 1);
	bench.publish("B", 2);
	const request = ask(bench, "a");
	bench.sent();
	control(bench, "x");
	bench.sent();
	bench.feed("40 02 0001  50 02 0002  90 03 0032 00  62 02 0009");
	t.is(bench.take(), "A delivered id 1 0 ms");
	t.deepEqual(request, [0]);
	t.is(bench.sent(), dense("62 02 0002  70 02 0009"));
	bench.askPing();
	t.is(bench.sent(), dense("c0 00"));
});

test("control: messages wait for its answer, also behind a ping", t => {
	const bench = online();
	bench.publish("A", 1);
	control(bench, "x");
	bench.sent();
	bench.askPing();
	t.is(bench.sent(), dense("c0 00"));
});

test("control: the answer is that of its PUBACK, in 5.0 with the reason", t => {
	for (const [version, packet, puback, code] of [
		[4, "32 06 0001 78 0032 70", "40 02 0032", 0],
		[5, "32 07 0001 78 0032 00 70", "40 02 0032", 0],
		[5, "32 07 0001 78 0032 00 70", "40 03 0032 87", 0x87],
	] as const) {
		const bench = online({ version });
		const answers = control(bench, "x");
		t.is(bench.sent(), dense(packet));
		bench.feed("90 04 0032 00 00".slice(0, version === 5 ? 16 : 0));
		t.deepEqual(answers, [], "a SUBACK is none");
		bench.feed(puback);
		bench.feed(puback);
		t.deepEqual(answers, [code], "nor is one that comes twice");
	}
});

test("control: a PUBACK under the id of a request is no answer to that", t => {
	const bench = online();
	const request = ask(bench, "a");
	bench.sent();
	control(bench, "x");
	bench.feed("40 02 0032");
	t.deepEqual(request, []);
	t.is(bench.session.requests.owed, 1);
});

test("control: it dies with its connection, and what waited for it is sent on the next one", t => {
	const bench = online();
	const lost = control(bench, "x");
	bench.sent();
	const unsent = control(bench, "y");
	const request = ask(bench, "a");
	bench.cut();
	t.is(bench.session.requests.controls, 0);
	t.is(bench.session.requests.unsent, 1);
	t.is(bench.connect(), dense("82 06 0052 0001 61 00"));
	t.deepEqual([lost, unsent, request], [[], [], []]);
});

test("control: one alone dies as well", t => {
	const bench = online();
	control(bench, "x");
	t.is(bench.reconnect(), "");
	t.is(bench.session.requests.unsent, 0);
});

test("control: there is none without a connection, nor one request too many", t => {
	const bench = new Bench({ requestsMax: 2 });
	t.is(control(bench, "x"), undefined);
	bench.connect();
	t.deepEqual(control(bench, "x"), []);
	bench.sent();
	t.deepEqual(control(bench, "y"), []);
	t.is(control(bench, "z"), undefined);
	t.is(bench.session.requests.controls, 2);
	bench.session.leave(0);
	t.is(control(bench, "z"), undefined);
});

test("control: over the broker's Maximum Packet Size it is answered at once, and not sent", t => {
	for (const [max, code] of [
		["09", []],
		["08", [0x95]],
	] as const) {
		const bench = online({ version: 5 }, `20 08 00 00 05 27 000000${max}`);
		const answers = control(bench, "x");
		bench.publish("A", 0);
		t.is(bench.sent(), dense(code.length === 0 ? "32 07 0001 78 0032 00 70" : "30 05 0001 74 00 41"));
		t.deepEqual(answers, [...code]);
	}
});

test("control: a broker that does not answer is given up", t => {
	const bench = online();
	bench.now += 20_000;
	control(bench, "x");
	bench.sent();
	bench.now += 29_999;
	bench.feed("d0 00");
	t.is(bench.session.tick(bench.now, false), undefined);
	t.is(bench.session.tick(bench.now + 1, false), "no acknowledgement for 30 s");
});

test("requests: the first filter is that of the longest unanswered one; a control has none", t => {
	const bench = online();
	const { requests } = bench.session;
	t.is(requests.firstFilter, undefined);
	ask(bench, "a");
	ask(bench, "b");
	t.is(requests.firstFilter, "a");
	bench.sent();
	t.is(requests.firstFilter, "a");
	bench.feed("90 03 0032 00");
	t.is(requests.firstFilter, "b");
	bench.feed("90 03 0053 00");
	control(bench, "x");
	t.is(requests.firstFilter, undefined);
});

test("requests: abandoned, each is told that no answer came, and counts no longer", t => {
	const bench = online();
	const asked = ask(bench, "a");
	bench.sent();
	const first = control(bench, "x");
	bench.sent();
	const second = control(bench, "y");
	const waiting = ask(bench, "b");
	const { requests } = bench.session;
	t.is(unanswered, 0x100, "no reason code is so large");
	requests.abandon();
	t.deepEqual([asked, first, second, waiting], [[unanswered], [unanswered], [unanswered], [unanswered]]);
	t.deepEqual([requests.unsent, requests.owed, requests.controls], [0, 0, 0]);
	requests.abandon();
	t.deepEqual(asked, [unanswered]);
});
