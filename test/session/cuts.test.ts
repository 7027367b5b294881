import test from "ava";
import { Mark } from "../../modules/outbox/record.js";
import { Bench, accepted, dense, resumed, resumed5 } from "../support/bench.js";
import { toHex } from "../support/hex.js";

const t1 = "0001 74";

// Each row: what the peer has sent before the cut, what goes out again in a kept session, and in a lost one.
const interruptions: [string, number, string, string, string][] = [
	["QoS 1, unanswered", 1, "", `3a 06 ${t1} 0001 41`, `32 06 ${t1} 0001 41`],
	["QoS 2, unanswered", 2, "", `3c 06 ${t1} 0001 41`, `34 06 ${t1} 0001 41`],
	["QoS 2, PUBREC came", 2, "50 02 0001", "62 02 0001", ""],
];
for (const [name, qos, before, kept, lost] of interruptions) {
	test(`cut: ${name}: a kept session goes on with the same id`, t => {
		const bench = new Bench();
		bench.connect();
		bench.publish("A", qos);
		bench.sent();
		bench.feed(before);
		bench.sent();
		for (let i = 0; i < 3; i++) t.is(bench.reconnect(resumed), dense(kept), `connection ${i + 2}`);
		bench.now += 5;
		bench.feed(qos === 1 ? "40 02 0001" : "50 02 0001  70 02 0001");
		t.is(bench.take(), "A delivered id 1 5 ms");
	});
	test(`cut: ${name}: a lost session makes it a new message, unless it was released`, t => {
		const bench = new Bench();
		bench.connect();
		bench.publish("A", qos);
		bench.sent();
		bench.feed(before);
		bench.sent();
		t.is(bench.reconnect(accepted), dense(lost));
		t.is(bench.take(), lost === "" ? "A unknown" : "");
		t.is(bench.session.sender.owed, lost === "" ? 0 : 1);
	});
}

test("cut: a PUBREC whose PUBREL never went out: released when kept, sent anew when lost", t => {
	for (const [connack, bytes] of [
		[resumed, "62 02 0001"],
		[accepted, `34 06 ${t1} 0001 41`],
	] as const) {
		const bench = new Bench();
		bench.connect();
		bench.publish("A", 2);
		bench.sent();
		bench.feed("50 02 0001");
		t.is(bench.reconnect(connack), dense(bytes));
	}
});

test("cut: after a CONNACK that never came, what was released before is unknown", t => {
	for (const [pubrelOut, connack, end] of [
		[true, resumed, "A unknown"],
		[false, resumed, "A unknown"],
		[true, accepted, "A unknown"],
		[false, accepted, ""],
	] as const) {
		const bench = new Bench();
		bench.connect();
		bench.publish("A", 2);
		bench.sent();
		bench.feed("50 02 0001");
		if (pubrelOut) bench.sent();
		bench.cut();
		bench.session.open({});
		bench.sent();
		bench.reconnect(connack);
		t.true(bench.session.handshake.unsure);
		if (connack === resumed) bench.reconnect(resumed);
		bench.feed("70 02 0001");
		t.is(bench.take(), end);
	}
});

test("cut: what is sent at QoS 2 after a CONNACK that never came is as certain as ever", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 2);
	bench.sent();
	bench.cut();
	bench.session.open({});
	bench.sent();
	t.is(bench.reconnect(resumed), dense(`3c 06 ${t1} 0001 41`));
	bench.feed("50 02 0001  70 02 0001");
	t.is(bench.take(), "A delivered id 1 0 ms");
});

test("cut: whoever hears of an unknown outcome may publish at once", t => {
	const bench = new Bench();
	bench.connect();
	for (const payload of ["A", "B"]) bench.publish(payload, 2);
	bench.publish("C", 1);
	bench.sent();
	bench.feed("50 02 0001  50 02 0002");
	bench.sent();
	bench.outbox.onEnd = () => void bench.publish("D", 1);
	t.is(bench.reconnect(accepted), dense(`32 06 ${t1} 0003 43  32 06 ${t1} 0021 44  32 06 ${t1} 0022 44`));
});

test("cut: a PUBREL for which the frame had no room never went out either", t => {
	const bench = new Bench({ frameBytes: 24 });
	bench.connect();
	bench.publish("A", 2);
	bench.sent();
	bench.publish("x".repeat(16), 0);
	t.true(bench.session.transmit(bench.frame, 0));
	bench.feed("50 02 0001");
	t.false(bench.session.transmit(bench.frame, 0));
	bench.cut();
	t.is(bench.connect(accepted).slice(0, 16), dense(`34 06 ${t1} 0001 41`));
	t.is(bench.take(), `${"x".repeat(16)} delivered`);
});

test("cut: resends keep their old order, whatever was acknowledged, and come before new messages", t => {
	const bench = new Bench({ window: 4 });
	bench.connect();
	for (const payload of ["A", "B", "C", "D"]) bench.publish(payload, 1);
	bench.sent();
	bench.feed("40 02 0002");
	bench.publish("E", 1);
	bench.publish("F", 2);
	t.is(bench.sent(), dense(`32 06 ${t1} 0022 45`));
	t.is(
		bench.reconnect(resumed),
		dense(`3a 06 ${t1} 0001 41  3a 06 ${t1} 0003 43  3a 06 ${t1} 0004 44  3a 06 ${t1} 0022 45`),
	);
	bench.feed("40 02 0001");
	t.is(bench.sent(), dense(`34 06 ${t1} 0005 46`));
	t.is(bench.reconnect(accepted).slice(0, 16), dense(`32 06 ${t1} 0003 43`));
});

test("cut: MQTT 3.1 tells nothing of the session: resends go out as such unless the start is clean", t => {
	const bench = new Bench({ version: 3 });
	bench.connect();
	bench.publish("A", 1);
	bench.sent();
	t.is(bench.reconnect(accepted), dense(`3a 06 ${t1} 0001 41`));
	const clean = new Bench({ version: 3, clean: true });
	clean.connect();
	clean.publish("A", 1);
	clean.sent();
	t.is(clean.reconnect(accepted), dense(`32 06 ${t1} 0001 41`));
});

test("cut: a smaller Receive Maximum holds resends back, and lets them go as acks come, in any order", t => {
	for (const [window, acks] of [
		[1, [1, 2, 3, 4]],
		[2, [1, 3, 2, 4]],
		[2, [2, 3, 4, 1]],
		[3, [3, 2, 1, 4]],
		[4, [4, 3, 2, 1]],
	] as const) {
		const bench = new Bench({ version: 5 });
		bench.connect();
		for (const payload of ["A", "B", "C", "D"]) bench.publish(payload, 1);
		bench.sent();
		let out = bench.reconnect(`20 06 01 00 03 21 000${window}`);
		t.is(out.length, window * 18);
		for (const id of acks) {
			bench.feed(`40 02 000${id}`);
			out += bench.sent();
		}
		t.is(out, dense([1, 2, 3, 4].map(id => `3a 07 ${t1} 000${id} 00 4${id}`).join("")));
		t.is(bench.outbox.count, 0);
	}
});

test("cut: while resends wait for acks, nothing new overtakes them", t => {
	const bench = new Bench({ version: 5 });
	bench.connect();
	bench.publish("A", 1);
	bench.publish("B", 1);
	bench.sent();
	bench.publish("C", 0);
	t.is(bench.reconnect("20 06 01 00 03 21 0001"), dense(`3a 07 ${t1} 0001 00 41`));
	bench.feed("40 02 0001");
	t.is(bench.sent(), dense(`3a 07 ${t1} 0002 00 42  30 05 ${t1} 00 43`));
});

test("cut: one that the next broker does not take is reported, and the others are sent again", t => {
	const bench = new Bench({ version: 5 });
	bench.connect();
	bench.publish("A", 1);
	bench.publish("B", 2);
	bench.publish("C", 1, { marks: Mark.retain });
	bench.publish("D", 1);
	bench.sent();
	const out = bench.reconnect("20 07 01 00 04 24 01 25 00");
	t.is(out, dense(`3a 07 ${t1} 0001 00 41  3a 07 ${t1} 0004 00 44`));
	t.is(bench.take(), "B unsendable 0x9b, C unsendable 0x9a");
	t.is(bench.session.sender.owed, 2);
});

test("cut: a PUBREC for one that waits to be sent again releases it", t => {
	const bench = new Bench({ version: 5 });
	bench.connect();
	for (const payload of ["A", "B", "C"]) bench.publish(payload, 2);
	bench.sent();
	t.is(bench.reconnect("20 06 01 00 03 21 0001"), dense(`3c 07 ${t1} 0001 00 41`));
	bench.feed("50 02 0002");
	t.is(bench.sent(), dense("62 02 0002"));
	bench.feed("70 02 0002  50 02 0001  70 02 0001");
	t.is(bench.take(), "B delivered id 2 0 ms, A delivered id 1 0 ms");
	t.is(bench.sent(), dense(`62 02 0001  3c 07 ${t1} 0003 00 43`));
});

test("cut: the time to live comes behind a property length of any size, and before the properties", t => {
	for (const [bytes, length] of [
		[119, "7f"],
		[120, "80 01"],
		[121, "81 01"],
	] as const) {
		const bench = new Bench({ version: 5 });
		bench.connect();
		const properties = Uint8Array.from([3, 0, bytes, ...new Uint8Array(bytes).fill(0x78)]);
		bench.publish("", 1, { ttlMs: 10_000, properties });
		const end = (seconds: string) => dense(`0001 ${length} 02 000000${seconds} ${toHex(properties)}`);
		t.true(bench.sent().endsWith(end("0a")));
		bench.now += 8_999;
		t.true(bench.reconnect(resumed5).endsWith(end("02")), "1,001 ms are two seconds");
	}
});

test("cut: the time to live comes behind a topic of any length", t => {
	const bench = new Bench({ version: 5, frameBytes: 512 });
	bench.connect();
	const topic = "x".repeat(300);
	bench.publish("A", 0, { topic, ttlMs: 10_000 });
	t.true(bench.sent().endsWith(dense("05 02 0000000a 41")));
});

test("cut: in 5.0 a PUBREL is sent again without a reason, before what is new", t => {
	const bench = new Bench({ version: 5 });
	bench.connect();
	bench.publish("A", 2);
	bench.sent();
	bench.feed("50 02 0001");
	t.is(bench.reconnect(resumed5), dense("62 02 0001"));
	bench.feed("70 02 0001");
	bench.cut();
	bench.publish("B", 1);
	bench.session.request({ filter: "a", options: { qos: 0 }, onAnswer: () => {} });
	t.is(bench.connect(resumed5), dense(`82 07 0032 00 0001 61 00  32 07 ${t1} 0021 00 42`));
});

test("cut: with nothing in flight, a kept session begins with the requests", t => {
	const bench = new Bench();
	bench.publish("A", 1);
	bench.session.request({ filter: "a", options: { qos: 0 }, onAnswer: () => {} });
	t.is(bench.connect(resumed), dense(`82 06 0032 0001 61 00  32 06 ${t1} 0001 41`));
});

test("cut: a PUBREL behind another acknowledgement never went out before its turn", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 2);
	bench.sent();
	bench.feed("62 02 0009  50 02 0001");
	t.true(bench.session.transmit(bench.frame, 0));
	t.is(bench.frame.end, bench.frame.start + 4);
	t.is(bench.reconnect(accepted), dense(`34 06 ${t1} 0001 41`));
	t.is(bench.take(), "");
});

test("cut: no CONNACK is missed where no CONNECT went out", t => {
	const bench = new Bench();
	bench.session.open({});
	bench.cut();
	bench.connect();
	t.false(bench.session.handshake.unsure);
	bench.cut();
	bench.session.open({});
	bench.cut();
	bench.connect();
	t.false(bench.session.handshake.unsure);
});

test("cut: a message with time to live is sent again with what is left of it", t => {
	const bench = new Bench({ version: 5 });
	bench.connect();
	bench.publish("A", 1, { ttlMs: 10_000 });
	t.is(bench.sent(), dense(`32 0c ${t1} 0001 05 02 0000000a 41`));
	bench.now += 3_500;
	t.is(bench.reconnect(resumed5), dense(`3a 0c ${t1} 0001 05 02 00000007 41`));
	bench.now += 60_000;
	t.is(bench.reconnect(resumed5), dense(`3a 0c ${t1} 0001 05 02 00000001 41`));
});
