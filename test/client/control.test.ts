import test from "ava";
import { ClientBench, settled } from "../support/client-bench.js";
import { dense } from "../support/bench.js";

/** A control to topic "s" with payload "c". */
const control = (id: string) => `32 06 0001 73 ${id} 63`;
const puback = (id: string) => `40 02 ${id}`;

function start(options: object = {}) {
	const bench = new ClientBench(options);
	const answers: number[] = [];
	const say = () => bench.client.control("s", "c", code => answers.push(code));
	return { bench, answers, say };
}

/** The packet id of the control that has gone out, as hex. */
function idOf(sent: string): string {
	return sent.slice(10, 14);
}

test("control: it goes ahead of all, and nothing else goes before its answer", async t => {
	const { bench, answers, say } = start();
	const { client } = bench;
	bench.connect();
	const message = client.publish("m", "1", { qos: 1 });
	const subscribed = client.subscribe("f", { qos: 1 }, () => {});
	t.true(say());
	const sent = bench.sent();
	t.is(sent, dense(control(idOf(sent))));
	void client.publish("m", "0");
	bench.host.pass(1_000);
	t.is(bench.sent(), "");
	bench.host.wire.feed(puback(idOf(sent)));
	t.deepEqual(answers, [0]);
	t.regex(bench.sent(), /^8206....000166013206.*3[0]04/);
	t.deepEqual(await settled([message, subscribed]), ["pending", "pending"]);
});

test("control: several keep their order, and all have to be answered", t => {
	const { bench, answers, say } = start();
	bench.connect();
	void bench.client.publish("m", "0");
	say();
	say();
	const sent = bench.sent();
	const [first, second] = [idOf(sent), idOf(sent.slice(16))];
	t.is(sent, dense(control(first) + control(second)));
	bench.host.wire.feed(puback(second));
	t.is(bench.sent(), "");
	bench.host.wire.feed(puback(first));
	t.is(bench.sent(), dense("30 04 0001 6d 30"));
	bench.host.wire.feed(puback(first));
	t.deepEqual(answers, [0, 0], "an answer that comes twice is no offence");
});

test("control: acknowledgements and pings go out meanwhile", t => {
	const { bench, say } = start({ keepAliveMs: 5_000 });
	bench.connect();
	say();
	bench.sent();
	bench.host.wire.feed("32 06 0001 6d 0007 31");
	t.is(bench.sent(), dense("40 02 0007"));
	bench.host.pass(10_000);
	t.regex(bench.host.wire.sent(), /^(c000)+$/);
});

test("control: one that is not answered ends the connection, and is not said again", t => {
	const { bench, answers, say } = start();
	bench.connect();
	void bench.client.publish("m", "0");
	say();
	bench.sent();
	bench.host.pass(31_000);
	t.is(bench.host.wires[0]!.closed, 1);
	bench.host.pass(60_000);
	bench.connect();
	t.is(bench.sent(), dense("30 04 0001 6d 30"));
	t.deepEqual(answers, []);
});

test("control: what was in flight is sent again only after its answer", t => {
	const { bench, say } = start();
	bench.connect();
	void bench.client.publish("m", "1", { qos: 1 });
	bench.sent();
	bench.client.onState = ({ state }) => void (state === "online" && say());
	bench.reconnect("20 02 01 00");
	const sent = bench.host.wire.sent() + bench.sent();
	t.is(sent, dense(control(idOf(sent))));
	bench.host.wire.feed(puback(idOf(sent)));
	t.regex(bench.sent(), /^3a06/);
});

test("control: in 5.0 the answer has a reason code", t => {
	const { bench, answers, say } = start({ version: 5 });
	bench.connect();
	say();
	const id = idOf(bench.sent());
	bench.host.wire.feed(`40 03 ${id} 87`);
	t.deepEqual(answers, [0x87]);
});

test("control: without a connection it is not taken, and too many are not", t => {
	const { bench, say } = start({ subscriptionsMax: 1 });
	t.false(say());
	bench.connect();
	t.true(say());
	t.true(say());
	t.false(say());
	t.throws(() => bench.client.control("s", "c".repeat(2_000), () => {}), { instanceOf: RangeError });
	t.throws(() => bench.client.control("s/+", "c", () => {}), { instanceOf: RangeError });
});
