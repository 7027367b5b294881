import test from "ava";
import { dense } from "../support/bench.js";
import { LinkBench } from "../support/link-bench.js";

test("read: what stopped for want of room for acknowledgements goes on when they have gone out", t => {
	const bench = new LinkBench({ session: { window: 1, incomingMax: 1 } });
	bench.connect();
	const { wire } = bench.host;
	wire.up(0);
	wire.readMax = 4;
	wire.feed("62 02 0009".repeat(40));
	t.true(wire.unread > 0);
	wire.up(1_000);
	t.is(wire.unread, 0);
	t.is(wire.sent(), dense("70 02 0009").repeat(40));
});

test("read: packets that are left in the reader outlast the host's chunk, and the end of what it told", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.busy = true;
	const { wire } = bench.host;
	const packet = (id: number) => `32 07 0001 74 000${id} 4${id} 4${id}`;
	wire.feed([1, 2, 3, 4, 5].map(packet).join(""));
	t.is(wire.unread, 0);
	t.deepEqual(bench.messages, ["AA", "BB"], "handlers are busy with these");
	wire.feed("d0 00");
	bench.link.acknowledge(0, 1, 1);
	bench.host.pass(0);
	t.deepEqual(bench.messages, ["AA", "BB", "CC"]);
	bench.link.acknowledge(1, 2, 1);
	bench.link.acknowledge(2, 3, 1);
	bench.host.pass(0);
	t.deepEqual(bench.messages, ["AA", "BB", "CC", "DD", "EE"]);
	t.is(wire.unread, 2, "and there are two again");
});
