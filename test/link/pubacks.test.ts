import test from "ava";
import { LinkState } from "../../modules/link/link.js";
import { accepted, dense, resumed } from "../support/bench.js";
import { LinkBench, type LinkBenchOptions } from "../support/link-bench.js";

// PUBACKs at the front of what comes in go straight to the log. These are the cases in which they must not,
// or in which that ends between two of them.

const t1 = "0001 74";
const small = { frameBytes: 40 };

function sending(payloads: readonly string[], options: LinkBenchOptions = {}): LinkBench {
	const bench = new LinkBench(options);
	bench.connect();
	for (const payload of payloads) bench.publish(payload, 1);
	bench.host.pass(0);
	bench.host.wire.sent();
	return bench;
}

function lose(bench: LinkBench): void {
	bench.host.wire.handler.onLost("gone");
	bench.host.pass(bench.link.retryMs);
	bench.seen();
}

test("PUBACK: within a message that is passed over, it is payload", t => {
	for (let readMax = 1; readMax <= 32; readMax++) {
		const bench = sending(["A"], { readerBytes: 32 });
		const { wire } = bench.host;
		wire.readMax = readMax;
		wire.feed(`30 7b ${t1} ${"40 02 0001 ".repeat(30)}`);
		t.deepEqual(bench.skipped, [123]);
		t.deepEqual(bench.ended, [], `in reads of ${readMax}`);
		wire.feed("40 02 0001");
		t.deepEqual(bench.ended, ["delivered"]);
	}
});

test("PUBACK: for what is next to be sent again, it lets the one behind that go out", t => {
	const [a, b, c] = ["A", "B", "C"].map(letter => letter.repeat(24)) as [string, string, string];
	const bench = sending([a, b, c], small);
	lose(bench);
	bench.dial();
	const { wire } = bench.host;
	wire.up();
	wire.sent();
	wire.roomMax = 0;
	wire.up();
	wire.feed(resumed);
	wire.feed("40 02 0002");
	t.deepEqual(bench.ended, ["delivered"]);
	wire.up(1_000);
	t.is(wire.sent(), dense(`3a 1d ${t1} 0001 ${"41".repeat(24)}  3a 1d ${t1} 0003 ${"43".repeat(24)}`));
	wire.feed("40 02 0001  40 02 0003");
	t.is(bench.ended.length, 3);
	t.is(bench.outbox.count, 0);
});

test("PUBACK: before CONNACK, it is a breach, and what is in flight stays so", t => {
	const bench = sending(["A"]);
	lose(bench);
	bench.dial();
	bench.host.wire.up();
	bench.host.wire.feed("40 02 0001");
	t.regex(bench.seen(), /protocol, packet type 4 instead of CONNACK$/);
	t.deepEqual(bench.ended, []);
});

test("PUBACK: for a message that is half in the socket, it is a breach, and the message comes again", t => {
	const long = "B".repeat(200);
	const bench = sending(["A"], small);
	bench.host.wire.up(0);
	bench.publish(long, 1);
	bench.host.pass(0);
	bench.host.wire.up(100);
	bench.seen();
	bench.host.wire.feed("40 02 0001");
	t.deepEqual(bench.ended, ["delivered"], "the one before it is acknowledged");
	bench.host.wire.feed("40 02 0002");
	t.regex(bench.seen(), /protocol, a packet acknowledged before its end$/);
	t.deepEqual(bench.ended, ["delivered"]);
	bench.host.pass(bench.link.retryMs);
	bench.connect(resumed);
	t.is(bench.host.wire.sent(), dense(`3a cd01 ${t1} 0002 ${"42".repeat(200)}`));
});

test("stop: whoever hears of a PUBACK may do it, and those behind it are not heard", t => {
	// Alone at the front of what was read, and behind another packet.
	for (const before of ["", "d0 00"]) {
		const bench = sending(["A", "B", "C"]);
		const { onEnd } = bench.outbox;
		bench.outbox.onEnd = (...end) => {
			onEnd(...end);
			bench.link.stop();
		};
		bench.host.wire.feed(`${before} 40 02 0001  40 02 0002  40 02 0003`);
		t.deepEqual(bench.ended, ["delivered"]);
		t.is(bench.link.state, LinkState.stopped);
		t.is(bench.outbox.count, 2);
		t.is(bench.host.wire.closed, 1);
		bench.host.pass(100_000);
		t.is(bench.host.wires.length, 1);
		bench.outbox.onEnd = onEnd;
		bench.connect(accepted);
		t.is(bench.host.wire.sent(), dense(`32 06 ${t1} 0002 42  32 06 ${t1} 0003 43`));
		bench.host.wire.feed("40 02 0002  40 02 0003");
		t.is(bench.outbox.count, 0, "the next stream is read from its first byte on");
	}
});
