import test from "ava";
import { Bench, accepted, dense, resumed } from "../support/bench.js";

const t1 = "0001 74";

/** The token of the message that came last. */
function token(bench: Bench): number {
	return bench.session.incoming.token;
}

test("incoming: QoS 0 is delivered in place, and not acknowledged", t => {
	const bench = new Bench();
	bench.connect();
	t.is(bench.feed(`31 05 ${t1} 41 42`, 1), "t=4142 qos 0 retain");
	t.like(bench.session.incoming, { topic: "t", id: 0, dup: false, token: -1, properties: undefined });
	t.is(bench.sent(), "");
	t.is(bench.feed(`30 03 ${t1}`), "t= qos 0", "an empty payload");
});

test("incoming: PUBACK and PUBREC go out when the handler is done", t => {
	for (const [qos, publish, ack] of [
		[1, "32", "40"],
		[2, "34", "50"],
	] as const) {
		const bench = new Bench();
		bench.connect();
		t.is(bench.feed(`${publish} 06 ${t1} 0007 41`), `t=41 qos ${qos}`);
		t.is(bench.sent(), "");
		t.is(bench.handled(token(bench), 7, qos), dense(`${ack} 02 0007`));
		t.is(bench.handled(token(bench), 7, qos), "", "just once");
	}
});

test("incoming: acknowledgements go out in the order of arrival, in whichever order handlers finish", t => {
	for (const order of [
		[0, 1, 2],
		[0, 2, 1],
		[1, 0, 2],
		[1, 2, 0],
		[2, 0, 1],
		[2, 1, 0],
	]) {
		const bench = new Bench();
		bench.connect();
		const tokens: number[] = [];
		for (const publish of ["32 06 0001 74 0007 41", "34 06 0001 74 0008 42", "32 06 0001 74 0009 43"]) {
			bench.feed(publish);
			tokens.push(token(bench));
		}
		let out = "";
		for (const i of order) out += bench.handled(tokens[i]!, 7 + i, i === 1 ? 2 : 1);
		t.is(out, dense("40 02 0007  50 02 0008  40 02 0009"), order.join());
	}
});

test("QoS 1: after its PUBACK the same id is a new message, whatever DUP says", t => {
	const bench = new Bench();
	bench.connect();
	bench.feed(`32 06 ${t1} 0007 41`);
	bench.handled(token(bench), 7, 1);
	t.is(bench.feed(`3a 06 ${t1} 0007 41`), "t=41 qos 1");
	t.true(bench.session.incoming.dup);
});

test("QoS 2: a repeat before PUBREL gets a PUBREC, and is not delivered again", t => {
	const bench = new Bench();
	bench.connect();
	bench.feed(`34 06 ${t1} 0007 41`);
	t.is(bench.handled(token(bench), 7, 2), dense("50 02 0007"));
	t.is(bench.feed(`3c 06 ${t1} 0007 41`), "");
	t.is(bench.sent(), dense("50 02 0007"));
	t.is(bench.feed(`34 06 ${t1} 0007 41`), "", "nor is one that is not marked as such");
	t.is(bench.sent(), dense("50 02 0007"));
	bench.feed("62 02 0007");
	t.is(bench.sent(), dense("70 02 0007"));
	t.is(bench.feed(`34 06 ${t1} 0007 42`), "t=42 qos 2", "after it the id is a new message");
});

test("QoS 2: a repeat while the handler is busy is acknowledged when that is done", t => {
	const bench = new Bench();
	bench.connect();
	bench.feed(`34 06 ${t1} 0007 41`);
	const first = token(bench);
	bench.reconnect(resumed);
	t.is(bench.feed(`3c 06 ${t1} 0007 41`), "");
	t.is(bench.sent(), "");
	t.is(bench.handled(first, 7, 2), dense("50 02 0007"));
	bench.feed("62 02 0007");
	t.is(bench.sent(), dense("70 02 0007"));
});

test("QoS 2: what was delivered before the cut is not delivered after it", t => {
	const bench = new Bench();
	bench.connect();
	bench.feed(`34 06 ${t1} 0007 41`);
	bench.cut();
	t.is(bench.handled(token(bench), 7, 2), "", "nothing goes out without a connection");
	bench.connect(resumed);
	t.is(bench.feed(`3c 06 ${t1} 0007 41`), "");
	t.is(bench.sent(), dense("50 02 0007"));
});

test("QoS 2: in a new session every id is new, and handlers of the old one acknowledge nothing in it", t => {
	const bench = new Bench();
	bench.connect();
	bench.feed(`34 06 ${t1} 0007 41`);
	const old = token(bench);
	bench.reconnect(accepted);
	t.is(bench.feed(`34 06 ${t1} 0007 42`), "t=42 qos 2");
	t.is(bench.handled(old, 7, 2), "");
	t.is(bench.handled(token(bench), 7, 2), dense("50 02 0007"));
});

test("QoS 1: a message that was cut off before its PUBACK is delivered again", t => {
	const bench = new Bench();
	bench.connect();
	bench.feed(`32 06 ${t1} 0007 41`);
	const old = token(bench);
	bench.reconnect(resumed);
	t.is(bench.feed(`3a 06 ${t1} 0007 41`), "t=41 qos 1");
	t.is(bench.handled(old, 7, 1), "", "the handler of the first delivery acknowledges nothing here");
	t.is(bench.handled(token(bench), 7, 1), dense("40 02 0007"));
});

test("QoS 2: PUBREL is answered for unknown ids too, in 5.0 with the reason", t => {
	for (const [version, pubcomp] of [
		[4, "70 02 0009"],
		[5, "70 03 0009 92"],
	] as const) {
		const bench = new Bench({ version });
		bench.connect();
		bench.feed("62 02 0009");
		t.is(bench.sent(), dense(pubcomp));
	}
});

test("QoS 2: ids are released in any order", t => {
	const bench = new Bench();
	bench.connect();
	for (const id of [7, 8, 9]) {
		bench.feed(`34 06 ${t1} 000${id} 41`);
		bench.handled(token(bench), id, 2);
	}
	bench.feed("62 02 0007  62 02 0009  62 02 0008");
	t.is(bench.sent(), dense("70 02 0007  70 02 0009  70 02 0008"));
	for (const id of [7, 8, 9]) t.is(bench.feed(`34 06 ${t1} 000${id} 42`), "t=42 qos 2");
	const five = new Bench({ version: 5 });
	five.connect();
	for (const id of [7, 8]) five.feed(`34 07 ${t1} 000${id} 00 41`);
	five.feed("62 02 0007  62 02 0008  62 02 0008");
	t.is(five.sent(), dense("70 02 0007  70 02 0008  70 03 0008 92"), "a reason is for the unknown alone");
});

test("acks: those that a cut has overtaken do not go out on the next connection", t => {
	const bench = new Bench();
	bench.connect();
	bench.feed(`32 06 ${t1} 0007 41  62 02 0009`);
	bench.session.receiver.acknowledge(token(bench), 7, 1);
	t.is(bench.reconnect(resumed), "");
});

test("acks: a socket that takes nothing stops the reading before there are too many", t => {
	const bench = new Bench({ window: 1, incomingMax: 2 });
	bench.connect();
	let count = 0;
	while (bench.session.ready && count < 100) {
		bench.feed("62 02 0009");
		count++;
	}
	t.is(count, 8, "room for the window, and two for each incoming one, in a power of two");
	const exact = new Bench({ window: 2, incomingMax: 3 });
	exact.connect();
	for (let i = 0; i < 8; i++) exact.feed("62 02 0009");
	t.false(exact.session.ready);
	t.is(bench.sent(), dense("70 02 0009").repeat(8));
	t.true(bench.session.ready);
	bench.feed(`32 06 ${t1} 0007 41`);
	for (let i = 0; i < 6; i++) bench.feed("62 02 0009");
	t.true(bench.session.ready);
	bench.feed("62 02 0009");
	t.false(bench.session.ready, "the message that is not acknowledged has its place");
});

test("acks: one that does not fit in the frame waits for the next", t => {
	const bench = new Bench({ frameBytes: 20 });
	bench.connect();
	bench.feed("62 02 0001  62 02 0002  62 02 0003  62 02 0004  62 02 0005");
	while (bench.session.transmit(bench.frame, 0));
	t.is(bench.frame.end - bench.frame.start, 16, "five bytes are kept, for a reason code");
	t.is(bench.sent(), dense("70 02 0001  70 02 0002  70 02 0003  70 02 0004  70 02 0005"));
	const exact = new Bench({ frameBytes: 17 });
	exact.connect();
	exact.feed("62 02 0001  62 02 0002  62 02 0003  62 02 0004");
	while (exact.session.transmit(exact.frame, 0));
	t.is(exact.frame.room, 1, "five bytes are enough");
});

test("incoming: properties of 5.0 come with the message, none leave them undefined", t => {
	const bench = new Bench({ version: 5 });
	bench.connect();
	t.is(bench.feed(`30 09 ${t1} 04 03 0001 78 41`), "t=41 qos 0");
	t.deepEqual(bench.session.incoming.properties, { contentType: "x" });
	bench.feed(`30 05 ${t1} 00 41`);
	t.is(bench.session.incoming.properties, undefined);
});

test("skipped: a message over the reader is passed over, acknowledged at its place, and told", t => {
	const bench = new Bench({ readerBytes: 16 });
	bench.connect();
	bench.feed(`32 06 ${t1} 0006 41`);
	const first = token(bench);
	t.is(bench.feed(`32 20 ${t1} 0007 ${"41".repeat(27)}`, 3), "skipped 32");
	t.is(bench.sent(), "");
	t.is(bench.handled(first, 6, 1), dense("40 02 0006  40 02 0007"));
	t.is(bench.feed(`30 20 ${t1} ${"41".repeat(29)}`), "skipped 32");
	t.is(bench.sent(), "");
	t.is(bench.feed(`34 20 ${t1} 0008 ${"41".repeat(27)}`), "skipped 32");
	t.is(bench.sent(), dense("50 02 0008"));
	t.is(bench.feed(`3c 20 ${t1} 0008 ${"41".repeat(27)}`), "", "a repeat is told once");
	t.is(bench.sent(), dense("50 02 0008"));
	bench.feed("62 02 0008");
	t.is(bench.sent(), dense("70 02 0008"));
	t.is(bench.breach(`32 20 ${t1} 0000 ${"41".repeat(27)}`), "0x82 packet id 0");
});

/** Three QoS 2 messages are taken; then a CONNACK is lost, and the next one calls the session present. */
function doubtful(ids = [7, 8, 9]): Bench {
	const bench = new Bench({ incomingMax: ids.length });
	bench.connect();
	for (const id of ids) {
		bench.feed(`34 06 ${t1} 000${id} 41`);
		bench.handled(token(bench), id, 2);
	}
	bench.cut();
	bench.session.open({});
	bench.sent();
	bench.reconnect(resumed);
	return bench;
}

test("doubt: after a CONNACK that never came, an id without DUP is a new message, one with DUP is not", t => {
	const bench = doubtful();
	t.is(bench.feed(`3c 06 ${t1} 0008 41`), "");
	t.is(bench.feed(`34 06 ${t1} 0007 42`), "t=42 qos 2");
});

test("doubt: ids which the broker does not name any more make room, the oldest first", t => {
	const bench = doubtful();
	t.is(bench.feed(`34 06 ${t1} 0001 42`), "t=42 qos 2");
	bench.handled(token(bench), 1, 2);
	t.is(bench.feed(`3c 06 ${t1} 0009 41`), "", "the last one is still known");
});

test("doubt: the one that makes room, and the one that is new, leave the others known", t => {
	for (const first of [1, 5]) {
		const bench = doubtful([5, 6, 7, 8]);
		t.is(bench.feed(`34 06 ${t1} 000${first} 42`), "t=42 qos 2");
		bench.handled(token(bench), first, 2);
		for (const id of [6, 7, 8]) t.is(bench.feed(`3c 06 ${t1} 000${id} 41`), "", `id ${id}`);
		t.is(bench.feed(`3c 06 ${t1} 0009 41`), "", "and there is no room for more");
		t.true(bench.session.receiver.overrun);
	}
});

test("QoS 2: what comes first in a session that we have forgotten is acknowledged as well", t => {
	const bench = new Bench();
	bench.connect(resumed);
	bench.feed(`3c 06 ${t1} 0007 41`);
	t.is(bench.handled(token(bench), 7, 2), dense("50 02 0007"));
	bench.reconnect(accepted);
	t.true(bench.session.receiver.settled, "a new session has no ids");
});

test("PUBACK: at once it goes into the frame, where that has room for it", t => {
	for (const [payloadBytes, room, left] of [
		[15, 4, 0],
		[16, 3, 3],
	] as const) {
		const bench = new Bench({ frameBytes: 24 });
		bench.connect();
		const { session, frame } = bench;
		bench.publish("x".repeat(payloadBytes), 0);
		session.transmit(frame, bench.now);
		t.is(frame.room, room);
		bench.feed("32 06 0001 74 0307 41");
		session.acknowledge(frame, bench.now);
		t.is(frame.room, left);
		t.is(bench.sent().slice(-8), dense("40 02 0307"));
		t.is(session.receiver.pending, 0);
	}
});
