import test from "ava";
import { LinkBench } from "../support/link-bench.js";

// The PUBACK for a message whose handler is done at once goes into the frame as it comes. These are the cases
// in which something else is before it.

const message = (id: number) => `32 06  0001 74  000${id}  41`;
const puback = (id: number) => `4002000${id}`;

test("PUBACK: those of all messages of a chunk go out in one write", t => {
	const bench = new LinkBench({ session: { incomingMax: 4 } });
	bench.connect();
	bench.host.wire.sent();
	const { writes } = bench.host.wire;
	bench.host.wire.feed(message(1) + message(2) + message(3));
	t.is(bench.host.wire.sent(), puback(1) + puback(2) + puback(3));
	t.is(bench.host.wire.writes, writes + 1);
});

test("PUBACK: it waits for that of an earlier message whose handler is at work", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.busy = true;
	bench.host.wire.feed(message(1));
	bench.busy = false;
	bench.host.wire.feed(message(2));
	t.is(bench.host.wire.sent(), "");
	bench.link.acknowledge(0, 1, 1);
	bench.host.pass(0);
	t.is(bench.host.wire.sent(), puback(1) + puback(2));
});

test("PUBACK: it comes behind one that waits for the link's next turn", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.busy = true;
	bench.host.wire.feed(message(1));
	bench.busy = false;
	bench.link.acknowledge(0, 1, 1);
	bench.host.wire.feed(message(2));
	t.is(bench.host.wire.sent(), puback(1) + puback(2));
});

test("PUBACK: it comes behind a message that is half in the socket", t => {
	const bench = new LinkBench({ outboxBytes: 1024 });
	bench.connect();
	bench.host.wire.up(100);
	bench.publish("x".repeat(600), 1);
	bench.host.pass(0);
	t.is(bench.host.wire.sent().length, 200);
	bench.host.wire.feed(message(1));
	t.is(bench.host.wire.sent(), "");
	bench.host.wire.up(1000);
	t.regex(bench.host.wire.sent(), /^(78)+40020001$/);
});

test("PUBACK: what a full frame has no room for comes behind what is in it", t => {
	const bench = new LinkBench({ frameBytes: 22, session: { incomingMax: 8 } });
	bench.connect();
	bench.host.wire.up(0);
	for (let id = 1; id <= 7; id++) bench.host.wire.feed(message(id));
	t.is(bench.host.wire.sent(), "");
	bench.host.wire.up(3);
	t.is(bench.host.wire.sent(), "400200");
	bench.host.wire.up();
	t.is(bench.host.wire.sent(), [1, 2, 3, 4, 5, 6, 7].map(puback).join("").slice(6));
});

test("PUBACK: what whoever hears of a message at QoS 0 has sent goes out behind it", t => {
	const bench = new LinkBench({ session: { incomingMax: 4 } });
	bench.connect();
	bench.host.wire.up(0);
	bench.host.wire.feed(message(1));
	bench.publish("A");
	bench.host.pass(0);
	bench.outbox.onEnd = () => bench.publish("B", 1);
	bench.host.wire.up(1000);
	const sent = bench.host.wire.sent();
	t.true(sent.startsWith(`${puback(1)}300400017441`), sent);
	t.regex(sent, /42$/);
});

test("PUBACK: none goes out once its handler has ended the connection", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.onEach = () => bench.link.stop();
	bench.host.wire.feed(message(1));
	t.is(bench.host.wire.sent(), "e000");
});

test("PUBACK: it counts as sent, so that no ping is due for a while", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.host.pass(40_000);
	bench.host.wire.feed(message(1));
	t.is(bench.host.wire.sent(), puback(1));
	bench.host.pass(40_000);
	t.is(bench.host.wire.sent(), "");
	bench.host.pass(10_001);
	t.is(bench.host.wire.sent(), "c000");
});
