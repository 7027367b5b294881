import test from "ava";
import { LinkState } from "../../modules/link/link.js";
import { accepted, dense, resumed } from "../support/bench.js";
import { LinkBench } from "../support/link-bench.js";

const t1 = "0001 74";

test("publish: it does not touch the socket, and goes out in the link's next turn in one write", t => {
	const bench = new LinkBench();
	bench.connect();
	const { wire } = bench.host;
	const { writes } = wire;
	for (const payload of ["A", "B", "C"]) bench.publish(payload, 1);
	t.is(wire.sent(), "");
	bench.host.pass(0);
	t.is(wire.sent(), dense(`32 06 ${t1} 0001 41  32 06 ${t1} 0002 42  32 06 ${t1} 0003 43`));
	t.is(wire.writes - writes, 1);
	wire.feed("40 02 0001  40 02 0003");
	t.deepEqual(bench.ended, ["delivered", "delivered"]);
});

test("write: the socket takes so many bytes at a time, whatever the number, and nothing is lost", t => {
	const publishes = dense(`32 06 ${t1} 0001 41  30 23 ${t1} ${"42".repeat(32)}  32 06 ${t1} 0003 43`);
	for (let room = 1; room < 60; room++) {
		const bench = new LinkBench({ frameBytes: 40 });
		bench.connect();
		const { wire } = bench.host;
		wire.up(0);
		bench.publish("A", 1);
		bench.publish("B".repeat(32), 0);
		bench.publish("C", 1);
		bench.host.pass(0);
		t.is(wire.sent(), "");
		for (let i = 0; i < 60; i++) wire.up(room);
		t.is(wire.sent(), publishes, `room for ${room}`);
		t.deepEqual(bench.ended, ["delivered"]);
	}
});

test("write: what was written by half when the stream ended comes again, whole", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.host.wire.up(3);
	bench.publish("A", 1);
	bench.host.pass(0);
	t.is(bench.host.wire.sent(), dense("32 06 00"));
	bench.host.wire.handler.onLost("gone");
	bench.host.pass(1_000);
	bench.connect(resumed);
	t.is(bench.host.wire.sent(), dense(`3a 06 ${t1} 0001 41`));
});

test("QoS 0: what the socket had taken whole when the stream ended is delivered, and not sent twice", t => {
	for (let room = 1; room < 18; room++) {
		const bench = new LinkBench();
		bench.connect();
		bench.host.wire.up(0);
		for (const payload of ["A", "B", "C"]) bench.publish(payload, 0);
		bench.host.pass(0);
		bench.host.wire.up(room);
		bench.host.wire.handler.onLost("gone");
		const whole = Math.min(3, Math.floor(room / 6));
		t.is(bench.ended.length, whole, `room for ${room}`);
		bench.host.pass(1_000);
		bench.connect();
		t.is(bench.host.wire.sent().length, (3 - whole) * 12);
		t.deepEqual(bench.ended, ["delivered", "delivered", "delivered"]);
	}
});

test("read: packets may come byte by byte, or many at once", t => {
	for (const readMax of [1, 2, 3, 7, 1000]) {
		const bench = new LinkBench();
		bench.connect();
		bench.host.wire.readMax = readMax;
		bench.host.wire.feed(`30 04 ${t1} 41  32 06 ${t1} 0001 42  30 04 ${t1} 43`);
		t.is(bench.messages.join(), "A,B,C");
		t.is(bench.host.wire.sent(), dense("40 02 0001"));
	}
});

test("read: a message longer than the reader is passed over, acknowledged and told", t => {
	const bench = new LinkBench({ readerBytes: 32 });
	bench.connect();
	bench.host.wire.feed(`32 64 ${t1} 0001 ${"41".repeat(95)}  30 04 ${t1} 42`);
	t.deepEqual(bench.skipped, [100]);
	t.deepEqual(bench.messages, ["B"]);
	t.is(bench.host.wire.sent(), dense("40 02 0001"));
});

test("back-pressure: before 5.0, bytes stay in the socket while handlers are busy, and are read later", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.busy = true;
	const { wire } = bench.host;
	wire.readMax = 8;
	wire.feed([1, 2, 3, 4].map(id => `32 06 ${t1} 000${id} 4${id}`).join(""));
	t.is(bench.messages.join(), "A,B");
	t.is(wire.unread, 16);
	bench.host.pass(300_000);
	t.is(bench.link.state, LinkState.online, "silence is our own then");
	t.is(wire.sent().split(dense("c0 00")).join(""), "", "and pings go on");
	bench.link.acknowledge(0, 1, 1);
	t.is(bench.messages.join(), "A,B", "not from within the call");
	bench.host.pass(0);
	t.is(bench.messages.join(), "A,B,C");
	t.is(wire.sent(), dense("40 02 0001"));
	bench.link.acknowledge(1, 2, 1);
	bench.host.pass(0);
	t.is(bench.messages.join(), "A,B,C,D");
	t.is(wire.unread, 0);
});

test("handler: one that throws ends the connection, and nothing escapes to the host", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.onEach = () => {
		throw new Error("handler");
	};
	bench.host.wire.feed(`30 04 ${t1} 41`);
	t.regex(bench.seen(), /waiting 2500 ms: fault, Error: handler$/);
	t.is(bench.host.wire.closed, 1);
});

test("handler: it may stop the link, or hold it, in the middle of what came", t => {
	for (const end of ["stop", "hold"] as const) {
		const bench = new LinkBench();
		bench.connect();
		bench.onEach = () => (end === "stop" ? bench.link.stop() : bench.link.hold("enough"));
		bench.host.wire.feed(`32 06 ${t1} 0001 41  30 04 ${t1} 42`);
		t.is(bench.messages.join(), "A");
		t.is(bench.host.wire.closed, 1);
		bench.host.pass(100_000);
		t.is(bench.host.wires.length, 1);
	}
});

test("stop: in any state it ends what is under way, and no alarm is left", t => {
	const states = ["waiting", "resolving", "opening", "greeting", "online"];
	for (const at of states) {
		const bench = new LinkBench();
		bench.onState = state => {
			if (state === at) bench.link.stop();
		};
		bench.link.start();
		bench.host.pass(10);
		const before = bench.host.wires.length;
		t.is(before, states.indexOf(at) < 3 ? 0 : 1, at);
		if (before > 0) bench.host.wire.up();
		if (before > 0 && at === "online") bench.host.wire.feed(accepted);
		t.is(bench.link.state, LinkState.stopped, at);
		if (before > 0) t.is(bench.host.wire.closed, 1);
		bench.host.pass(200_000);
		t.is(bench.host.wires.length, before, at);
		t.is(bench.host.clock.next, Infinity, at);
	}
});

test("stop: it says farewell online, keeps what waits, and start() begins anew", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.publish("A", 1);
	bench.link.stop();
	t.is(bench.host.wire.sent(), dense("e0 00"));
	bench.link.stop();
	t.is(bench.host.wire.closed, 1);
	t.is(bench.outbox.count, 1);
	bench.link.wake();
	bench.host.pass(1_000);
	bench.connect();
	t.is(bench.host.wire.sent(), dense(`32 06 ${t1} 0001 41`));
});

test("stop: while the socket is full it ends without a farewell", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.host.wire.up(0);
	bench.link.stop();
	t.is(bench.host.wire.sent(), "");
	t.is(bench.link.state, LinkState.stopped);
});

test("late: callbacks of a stream that was closed change nothing", t => {
	const bench = new LinkBench();
	bench.connect();
	const { handler } = bench.host.wire;
	bench.link.stop();
	bench.seen();
	handler.onLost("late");
	handler.onReadable(1);
	handler.onWritable(10);
	t.is(bench.seen(), "");
	t.is(bench.host.wire.closed, 1);
	bench.connect();
	bench.host.wire.handler.onLost("gone");
	bench.seen();
	bench.host.wire.handler.onLost("gone twice");
	t.is(bench.seen(), "");
	bench.link.stop();
	t.is(bench.host.wire.closed, 1);
	bench.connect();
	t.is(bench.link.state, LinkState.online);
});

test("silence: no PINGRESP, or no acknowledgement, ends the connection", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.host.pass(60_000);
	t.regex(bench.seen(), /silent, no PINGRESP for 10 s$/);
	t.is(bench.host.wire.sent(), dense("c0 00"));
	const owing = new LinkBench();
	owing.connect();
	owing.publish("A", 1);
	for (let i = 0; i < 30; i++) {
		owing.host.pass(1_000);
		if (owing.link.state === LinkState.online) owing.host.wire.feed(`30 03 ${t1}`);
	}
	t.regex(owing.seen(), /silent, no acknowledgement for 30 s$/);
});

test("time to live: it ends a message without a connection, and never lets an expired one out", t => {
	const bench = new LinkBench();
	bench.publish("A", 1, 5_000);
	bench.host.pass(4_999);
	t.deepEqual(bench.ended, []);
	bench.host.pass(1);
	t.deepEqual(bench.ended, ["expired"]);
	bench.connect();
	bench.publish("B", 1, 500);
	bench.host.pass(0);
	bench.host.wire.sent();
	bench.host.wire.handler.onLost("gone");
	bench.host.pass(1_000);
	bench.connect(accepted);
	t.is(bench.host.wire.sent(), "", "the session is lost, and the message would be a new one");
	t.deepEqual(bench.ended, ["expired", "expired"]);
});

test("subscriptions: asked when the session is new, and not when it is kept", t => {
	const bench = new LinkBench();
	const answers: number[] = [];
	bench.link.subscriptions.add("a", { qos: 1 }, code => answers.push(code));
	bench.connect();
	t.is(bench.host.wire.sent(), dense("82 06 0032 0001 61 01"));
	bench.host.wire.feed("90 03 0032 01");
	for (const [connack, bytes] of [
		[resumed, ""],
		[accepted, "82 06 0052 0001 61 01"],
	] as const) {
		bench.host.wire.handler.onLost("gone");
		bench.host.pass(10_000);
		bench.connect(connack);
		t.is(bench.host.wire.sent(), dense(bytes));
	}
	bench.host.wire.feed("90 03 0052 80");
	t.deepEqual(answers, [1, 0x80]);
	t.is(bench.link.subscriptions.count, 0, "refused, it is gone");
});

test("subscriptions: one too many is the caller's mistake, and so is one request too many", t => {
	const bench = new LinkBench({ session: { requestsMax: 3 } });
	const { subscriptions } = bench.link;
	const ignore = () => {};
	subscriptions.add("a", { qos: 0 }, ignore);
	subscriptions.add("b", { qos: 0 }, ignore);
	t.true(t.throws(() => subscriptions.add("c", { qos: 0 }, ignore)) instanceof RangeError);
	subscriptions.add("a", { qos: 1 }, ignore);
	t.true(t.throws(() => subscriptions.remove("a", ignore)) instanceof RangeError);
	t.is(subscriptions.count, 2, "nothing has changed");
	t.false(subscriptions.remove("c", ignore));
});

test("subscriptions: a new session is asked for all of them, however many requests wait", t => {
	const bench = new LinkBench({ session: { requestsMax: 4 } });
	const { subscriptions } = bench.link;
	const ignore = () => {};
	subscriptions.add("a", { qos: 0 }, ignore);
	subscriptions.add("b", { qos: 0 }, ignore);
	bench.connect();
	bench.host.wire.feed("90 03 0032 00  90 03 0053 00");
	bench.host.wire.handler.onLost("gone");
	subscriptions.remove("a", ignore);
	subscriptions.add("c", { qos: 0 }, ignore);
	subscriptions.remove("c", ignore);
	subscriptions.add("c", { qos: 0 }, ignore);
	bench.host.pass(10_000);
	bench.connect();
	t.is(bench.link.state, LinkState.online);
	bench.host.wire.feed("b0 02 0072  90 03 0093 00  b0 02 00b4  90 03 00d5 00");
	bench.host.pass(0);
	t.regex(bench.host.wire.sent(), /0001620[01]/, "b is asked for as well");
});

test("farewell: one that the host does not take changes nothing", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.host.wire.write = () => {
		throw new Error("broken");
	};
	bench.link.stop();
	t.is(bench.link.state, LinkState.stopped);
	t.is(bench.host.wire.closed, 1);
});

test("subscriptions: refused for too many requests, one is not wanted", t => {
	const bench = new LinkBench({ session: { requestsMax: 1 } });
	const { subscriptions } = bench.link;
	subscriptions.add("a", { qos: 0 }, () => {});
	const error = t.throws(() => subscriptions.add("b", { qos: 0 }, () => {}));
	t.true(error instanceof RangeError);
	t.is((error as Error).message, '"b": more than 1 requests unanswered');
	t.is(subscriptions.count, 1);
});

test("subscriptions: asked again after a CONNACK that was lost, whatever the next one says", t => {
	const bench = new LinkBench();
	bench.link.subscriptions.add("a", { qos: 1 }, () => {});
	bench.connect();
	bench.host.wire.feed("90 03 0001 01");
	bench.host.wire.handler.onLost("gone");
	bench.host.pass(10_000);
	bench.host.wire.up();
	bench.host.wire.handler.onLost("gone");
	bench.host.pass(20_000);
	bench.connect(resumed);
	t.is(bench.host.wire.sent(), dense("82 06 0052 0001 61 01"));
});

test("QoS 0: messages that one frame cannot hold are delivered as the socket takes them", t => {
	for (const frameBytes of [40, 400]) {
		const bench = new LinkBench({ frameBytes });
		bench.connect();
		bench.host.wire.up(0);
		for (let i = 0; i < 16; i++) bench.publish(String.fromCharCode(0x41 + i));
		bench.host.pass(0);
		for (let bytes = 1; bytes <= 60 * 6; bytes++) {
			bench.host.wire.up(1);
			if (bench.ended.length !== Math.floor(bytes / 6))
				return t.fail(`${bytes} bytes: ${bench.ended.length}`);
			if (bytes % 18 === 0) for (let i = 0; i < 3; i++) bench.publish("x");
			bench.host.pass(0);
		}
		t.is(bench.ended.length, 60);
	}
});

test("silence: a socket that takes no ping is no excuse, and no reason to spin", t => {
	const bench = new LinkBench();
	bench.connect();
	bench.host.wire.up(0);
	bench.host.pass(59_999);
	t.is(bench.link.state, LinkState.online);
	bench.host.pass(1);
	t.regex(bench.seen(), /silent, no PINGRESP for 10 s$/);
});

test("subscriptions: the answer to an UNSUBSCRIBE makes room for those that are due", t => {
	const bench = new LinkBench({ session: { requestsMax: 1 } });
	const { subscriptions } = bench.link;
	bench.connect();
	const sentId = () => bench.host.wire.sent().slice(4, 8);
	for (const filter of ["a", "b"]) {
		subscriptions.add(filter, { qos: 0 }, () => {});
		bench.link.wake();
		bench.host.pass(0);
		bench.host.wire.feed(`90 03 ${sentId()} 00`);
	}
	bench.host.wire.handler.onLost("gone");
	subscriptions.remove("a", () => {});
	bench.host.pass(bench.link.retryMs);
	bench.connect();
	bench.host.wire.feed(`b0 02 ${sentId()}`);
	t.regex(bench.host.wire.sent(), /^8206....00016200$/);
});
