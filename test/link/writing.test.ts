import test from "ava";
import { LinkState } from "../../modules/link/link.js";
import { accepted, dense, resumed } from "../support/bench.js";
import { LinkBench, type LinkBenchOptions } from "../support/link-bench.js";

// What goes to the socket when that takes little: packets that are copied into the frame, and direct ones.

const t1 = "0001 74";
const long = "B".repeat(200);
const longBytes = "42".repeat(200);
const small = { frameBytes: 40 };

function full(options: LinkBenchOptions = {}, connack?: string): LinkBench {
	const bench = new LinkBench(options);
	bench.connect(connack);
	bench.host.wire.up(0);
	return bench;
}

test("direct: the socket takes so many bytes at a time, whatever the number, and nothing is lost", t => {
	const publishes = dense(
		`30 04 ${t1} 41  32 cd01 ${t1} 0002 ${longBytes}  30 04 ${t1} 43` +
			`30 cb01 ${t1} ${longBytes}  32 06 ${t1} 0005 45`,
	);
	for (let room = 1; room < 450; room++) {
		const bench = full(small);
		bench.publish("A", 0);
		bench.publish(long, 1);
		bench.publish("C", 0);
		bench.publish(long, 0);
		bench.publish("E", 1);
		bench.host.pass(0);
		for (let i = 0; i < 450 / room + 8; i++) bench.host.wire.up(room);
		t.is(bench.host.wire.sent(), publishes, `room for ${room}`);
		t.deepEqual(bench.ended, ["delivered", "delivered", "delivered"]);
		bench.host.wire.feed("40 02 0002  40 02 0005");
		t.is(bench.outbox.count, 0);
	}
});

test("direct: one that was written by half when the stream ended comes again, whole", t => {
	for (const [connack, head] of [
		[resumed, "3a"],
		[accepted, "32"],
	] as const)
		for (const room of [1, 100, 207]) {
			const bench = full(small);
			bench.publish(long, 1);
			bench.host.pass(0);
			bench.host.wire.up(room);
			bench.host.wire.handler.onLost("gone");
			bench.host.pass(1_000);
			bench.connect(connack);
			t.is(bench.host.wire.sent(), dense(`${head} cd01 ${t1} 0001 ${longBytes}`));
		}
});

test("QoS 0: a direct one is delivered with its last byte, and not sent twice", t => {
	for (const [room, count] of [
		[205, 0],
		[206, 1],
	] as const) {
		const bench = full(small);
		bench.publish(long, 0);
		bench.host.pass(0);
		bench.host.wire.up(room);
		t.is(bench.ended.length, count);
		bench.host.wire.handler.onLost("gone");
		bench.host.pass(1_000);
		bench.connect(resumed);
		t.is(bench.host.wire.sent().length, count === 1 ? 0 : 2 * 206);
		t.deepEqual(bench.ended, ["delivered"]);
	}
});

test("ping: behind a frame that is full to the last byte, it goes out as soon as there is room", t => {
	for (const payload of ["x".repeat(35), "x".repeat(34)]) {
		const bench = full(small);
		bench.publish(payload, 0);
		bench.host.pass(50_000);
		t.is(bench.host.wire.sent(), "");
		bench.host.wire.up();
		t.is(bench.host.wire.sent().slice(-4), dense("c0 00"));
		bench.host.wire.feed("d0 00");
		bench.host.pass(20_000);
		t.is(bench.link.state, LinkState.online);
	}
});

test("ping: behind a direct packet, it goes out with its last byte", t => {
	const bench = full(small);
	bench.publish(long, 0);
	bench.host.pass(0);
	bench.host.wire.up(100);
	bench.host.pass(50_000);
	bench.host.wire.up();
	t.is(bench.host.wire.sent().slice(-4), dense("c0 00"));
});

test("stop: the farewell follows a full frame, and a direct packet, when the socket takes both", t => {
	for (const payload of ["x".repeat(35), long]) {
		const bench = new LinkBench(small);
		bench.connect();
		bench.publish(payload, 0);
		bench.link.stop();
		t.is(bench.host.wire.sent(), dense("e0 00"), "what was not begun is not sent");
		const late = full(small);
		late.publish(payload, 0);
		late.host.pass(0);
		late.onState = () => {};
		late.host.wire.up(payload === long ? 100 : 0);
		const { wire } = late.host;
		const up = () => wire.up();
		late.outbox.onEnd = () => late.link.stop();
		up();
		t.is(wire.sent().slice(-4), dense("e0 00"));
		t.is(wire.closed, 1);
	}
});

test("AUTH: behind what is in the frame, it goes out as soon as that is written", t => {
	const answers = { method: "m", start: () => undefined, answer: () => undefined };
	const session = { version: 5, clean: true, authenticator: answers } as const;
	const bench = full({ session }, "20 07 00 00 04 15 0001 6d");
	bench.publish("A", 0);
	bench.host.pass(0);
	bench.link.session.reauthenticate(() => {});
	bench.link.wake();
	bench.host.wire.up();
	t.is(bench.host.wire.sent(), dense(`30 05 ${t1} 00 41  f0 06 19 04 15 0001 6d`));
});
