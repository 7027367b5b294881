import test from "ava";
import { Mark } from "../../modules/outbox/record.js";
import { Bench, accepted, dense } from "../support/bench.js";

const t1 = "0001 74";

test("QoS 0: it has no id, and is delivered when the socket has it", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 0, { marks: Mark.retain });
	while (bench.session.transmit(bench.frame, 0));
	t.is(bench.take(), "");
	bench.session.sender.flushed(bench.frame.end);
	t.is(bench.take(), "A delivered");
	t.is(bench.outbox.count, 0);
});

test("QoS 0: one that was lost in the frame waits again", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 0);
	bench.publish("B", 0);
	while (bench.session.transmit(bench.frame, 0));
	bench.cut();
	t.is(bench.take(), "");
	t.is(bench.connect(accepted), dense(`30 04 ${t1} 41  30 04 ${t1} 42`));
	t.is(bench.take(), "A delivered, B delivered");
});

test("QoS 0: it has no packet id in the report either, whatever was acknowledged before", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 1);
	bench.sent();
	bench.feed("40 02 0001");
	bench.publish("B", 0);
	bench.sent();
	t.is(bench.take(), "A delivered id 1 0 ms, B delivered");
});

test("QoS 1: delivered at its PUBACK, with id and round trip", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 1, { marks: Mark.retain });
	t.is(bench.sent(), dense(`33 06 ${t1} 0001 41`));
	t.is(bench.sent(), "", "it is not sent again on this connection");
	bench.now += 40;
	t.is(bench.feed("40 02 0001"), "");
	t.is(bench.take(), "A delivered id 1 40 ms");
});

test("QoS 1: acknowledgements may come in any order", t => {
	const bench = new Bench();
	bench.connect();
	for (const payload of ["A", "B", "C"]) bench.publish(payload, 1);
	t.is(bench.sent(), dense(`32 06 ${t1} 0001 41  32 06 ${t1} 0002 42  32 06 ${t1} 0003 43`));
	bench.feed("40 02 0003  40 02 0001  40 02 0002");
	t.is(bench.take(), "C delivered id 3 0 ms, A delivered id 1 0 ms, B delivered id 2 0 ms");
});

test("QoS 2: PUBLISH, PUBREC, PUBREL, PUBCOMP", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 2);
	t.is(bench.sent(), dense(`34 06 ${t1} 0001 41`));
	bench.feed("50 02 0001");
	t.is(bench.sent(), dense("62 02 0001"));
	t.is(bench.take(), "");
	bench.now += 7;
	bench.feed("70 02 0001");
	t.is(bench.take(), "A delivered id 1 7 ms");
	t.is(bench.sent(), "");
});

test("QoS 2: PUBRELs go out in the order of the PUBRECs", t => {
	const bench = new Bench();
	bench.connect();
	for (const payload of ["A", "B", "C"]) bench.publish(payload, 2);
	bench.sent();
	bench.feed("50 02 0002  50 02 0003  50 02 0001");
	t.is(bench.sent(), dense("62 02 0002  62 02 0003  62 02 0001"));
});

test("QoS 2: a PUBREC that comes twice gets a PUBREL again, in each state", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 2);
	bench.sent();
	bench.feed("50 02 0001  50 02 0001");
	t.is(bench.sent(), dense("62 02 0001  62 02 0001"));
	bench.feed("50 02 0001");
	t.is(bench.sent(), dense("62 02 0001"));
	bench.feed("70 02 0001");
	t.is(bench.take(), "A delivered id 1 0 ms");
});

test("QoS 2: a PUBCOMP before its PUBREL went out ends it as well", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 2);
	bench.sent();
	bench.feed("50 02 0001  70 02 0001");
	t.is(bench.take(), "A delivered id 1 0 ms");
	t.is(bench.sent(), dense("62 02 0001"), "the one that is owed goes out all the same");
	bench.publish("B", 2);
	t.is(bench.sent(), dense(`34 06 ${t1} 0021 42`));
});

test("acks: of another kind or for unknown ids, they end nothing", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 1);
	bench.publish("B", 2);
	bench.sent();
	bench.feed("40 02 0002  70 02 0002  70 02 0001  40 02 0009  70 02 0009  40 02 ffff  40 02 0021");
	t.is(bench.take(), "");
	t.is(bench.session.sender.owed, 2);
	bench.feed("40 02 0001  40 02 0001");
	t.is(bench.take(), "A delivered id 1 0 ms", "one that comes twice is no offence");
});

test("acks: a PUBREC for what is not in flight gets its PUBREL, in 5.0 with the reason", t => {
	for (const [version, pubrel] of [
		[4, "62 02 0009  62 02 0001"],
		[5, "62 03 0009 92  62 03 0001 92"],
	] as const) {
		const bench = new Bench({ version });
		bench.connect();
		bench.publish("A", 1);
		bench.sent();
		bench.feed("50 02 0009  50 02 0001");
		t.is(bench.sent(), dense(pubrel));
		bench.feed("40 02 0001");
		t.is(bench.take(), "A delivered id 1 0 ms");
	}
});

test("refused: a PUBACK or PUBREC of 0x80 or more ends the message, a lesser one does not", t => {
	const bench = new Bench({ version: 5 });
	bench.connect();
	for (const payload of ["A", "B"]) bench.publish(payload, 1);
	for (const payload of ["C", "D"]) bench.publish(payload, 2);
	bench.sent();
	bench.feed("40 03 0001 80  40 04 0002 10 00  50 03 0003 87  50 03 0004 10");
	t.is(bench.take(), "A refused 0x80 id 1 0 ms, B delivered 0x10 id 2 0 ms, C refused 0x87 id 3 0 ms");
	t.is(bench.sent(), dense("62 02 0004"));
	bench.feed("50 03 0004 80");
	t.is(bench.sent(), "", "a refusal after the release changes nothing");
	bench.feed("70 03 0004 92");
	t.is(bench.take(), "D delivered 0x0 id 4 0 ms".replace(" 0x0", ""));
	t.is(bench.session.sender.owed, 0);
});

test("window: never more in flight than the broker's Receive Maximum, QoS 2 until its PUBCOMP", t => {
	const bench = new Bench({ version: 5, window: 4 });
	bench.connect("20 06 00 00 03 21 0002");
	for (const payload of ["A", "B", "C", "D"]) bench.publish(payload, payload === "A" ? 2 : 1);
	t.is(bench.sent(), dense(`34 07 ${t1} 0001 00 41  32 07 ${t1} 0002 00 42`));
	bench.feed("50 02 0001");
	t.is(bench.sent(), dense("62 02 0001"));
	bench.feed("70 02 0001");
	t.is(bench.sent(), dense(`32 07 ${t1} 0003 00 43`));
	bench.feed("40 02 0002");
	t.is(bench.sent(), dense(`32 07 ${t1} 0004 00 44`));
});

test("window: SUBSCRIBE takes no place in it", t => {
	const bench = new Bench({ window: 1, requestsMax: 2 });
	bench.connect();
	for (const filter of ["a", "b"]) bench.session.request({ filter, options: { qos: 0 }, onAnswer: () => {} });
	bench.publish("A", 1);
	bench.publish("B", 1);
	t.is(bench.sent(), dense(`82 06 0032 0001 61 00  82 06 0053 0001 62 00  32 06 ${t1} 0001 41`));
});

test("order: QoS 0 does not overtake a QoS 1 that waits for the window", t => {
	const bench = new Bench({ window: 1 });
	bench.connect();
	bench.publish("A", 1);
	bench.publish("B", 1);
	bench.publish("C", 0);
	t.is(bench.sent(), dense(`32 06 ${t1} 0001 41`));
	bench.feed("40 02 0001");
	t.is(bench.sent(), dense(`32 06 ${t1} 0002 42  30 04 ${t1} 43`));
});

test("limits: what the broker does not take is reported with the reason, and the next one goes out", t => {
	const rows: [string, number, number, string, string][] = [
		["24 00", 1, 0, "A", "A unsendable 0x9b"],
		["24 01", 2, 0, "A", "A unsendable 0x9b"],
		["25 00", 0, Mark.retain, "A", "A unsendable 0x9a"],
		["27 00000020", 0, 0, "x".repeat(27), `${"x".repeat(27)} unsendable 0x95`],
	];
	for (const [property, qos, marks, payload, end] of rows) {
		const bench = new Bench({ version: 5 });
		const bytes = dense(property).length / 2;
		bench.connect(`20 0${bytes + 3} 00 00 0${bytes} ${property}`);
		bench.publish(payload, qos, { marks });
		bench.publish("B", 0);
		t.is(bench.sent(), dense(`30 05 ${t1} 00 42`));
		t.is(bench.take(), `${end}, B delivered`);
	}
});

test("limits: the next lower one is taken", t => {
	const bench = new Bench({ version: 5 });
	bench.connect("20 0a 00 00 07 24 01 27 00000020");
	bench.publish("A", 1);
	bench.publish("x".repeat(26), 0);
	bench.sent();
	t.is(bench.take(), `${"x".repeat(26)} delivered`);
});
