import test from "ava";
import { LinkBench } from "../support/link-bench.js";
import { Bench, dense } from "../support/bench.js";

// Before 5.0 a broker may send more at QoS 2 than we have room for: two ids here.

const three = "34 05 0001 74 0007  34 05 0001 74 0008  34 05 0001 74 0009";

test("overrun: what there is no room for is not taken, nor anything behind it at QoS 1 and 2", t => {
	const bench = new Bench({ incomingMax: 2 });
	bench.connect();
	const { receiver } = bench.session;
	for (const id of [7, 8]) {
		t.is(bench.feed(`34 05 0001 74 000${id}`), "t= qos 2");
		t.is(bench.handled(bench.session.incoming.token, id, 2), dense(`50 02 000${id}`));
	}
	t.false(receiver.overrun);
	t.is(bench.feed("34 05 0001 74 0009"), "");
	t.true(receiver.overrun);
	t.is(bench.session.pulse.deadline, 0, "it is looked at soon");
	t.is(bench.feed("32 05 0001 74 000a  30 03 0001 74"), "t= qos 0");
	t.is(bench.sent(), "", "nothing of that is acknowledged");
	t.is(bench.session.tick(bench.now, false), undefined);
	bench.feed("62 02 0007");
	t.is(bench.session.tick(bench.now, false), undefined);
	bench.feed("62 02 0008");
	t.is(
		bench.session.tick(bench.now, false),
		"more than 2 messages unacknowledged: the others come on another connection",
	);
	t.is(bench.reconnect("20 02 01 00"), "");
	t.is(bench.feed("3c 05 0001 74 0009"), "t= qos 2", "it comes again");
});

test("overrun: a broker that does not release what it has sent is given up in time", t => {
	const bench = new Bench({ incomingMax: 2 });
	bench.connect();
	for (const id of [7, 8]) {
		bench.feed(`34 05 0001 74 000${id}`);
		bench.handled(bench.session.incoming.token, id, 2);
	}
	bench.feed("34 05 0001 74 0009");
	for (let s = 0; s < 30; s++) {
		t.is(bench.session.tick(bench.now, false), undefined);
		bench.now += 1_000;
		bench.feed("30 03 0001 74");
	}
	t.regex(bench.session.tick(bench.now, false)!, /more than 2 messages/);
});

test("overrun: in 5.0 it is a breach", t => {
	const bench = new Bench({ version: 5, incomingMax: 2 });
	bench.connect();
	for (const id of [7, 8]) {
		bench.feed(`34 06 0001 74 000${id} 00`);
		bench.handled(bench.session.incoming.token, id, 2);
	}
	t.is(bench.breach("34 06 0001 74 0009 00"), "0x93 more than 2 messages unacknowledged");
});

test("overrun: the link makes another connection as soon as what it took is done", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.seen();
	bench.host.wire.feed(three);
	t.is(bench.messages.length, 2);
	bench.host.pass(0);
	t.is(bench.host.wire.sent(), dense("50 02 0007  50 02 0008"));
	bench.host.wire.feed("62 02 0007  62 02 0008");
	bench.host.pass(1_000);
	t.regex(bench.seen(), /^waiting \d+ ms: silent, more than 2 messages unacknowledged/);
});
