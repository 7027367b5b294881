import test from "ava";
import type { Delivery } from "../../modules/client/delivery.js";
import { dense } from "../support/bench.js";
import { ClientBench, say } from "../support/client-bench.js";

const t1 = "0001 74";
const qos1 = { qos: 1 } as const;

/** What a function was told, one word after the other. */
function listen() {
	const heard: string[] = [];
	return { heard, done: (delivery: Delivery) => void heard.push(say(delivery)) };
}

test("publish: with a function there is no promise, and the function is told once", t => {
	const bench = new ClientBench();
	const { heard, done } = listen();
	t.is(bench.client.publish("t", "A", qos1, done), undefined);
	t.is(bench.client.publish("t", "B", {}, done), undefined);
	bench.connect();
	t.is(bench.sent(), dense(`32 06 ${t1} 0001 41  30 04 ${t1} 42`));
	t.deepEqual(heard, ["delivered 0 0"]);
	bench.host.pass(20);
	bench.host.wire.feed("40 02 0001  40 02 0001");
	t.deepEqual(heard, ["delivered 0 0", "delivered 1 20"]);
});

test("publish: a function is told of a full outbox after publish() has returned", async t => {
	const bench = new ClientBench({ outboxMessages: 1 });
	const { heard, done } = listen();
	void bench.client.publish("t", "A", qos1);
	bench.client.publish("t", "B", qos1, done);
	t.deepEqual(heard, []);
	await undefined;
	t.deepEqual(heard, ["refused 0 the outbox is full"]);
	t.is(bench.client.health().undelivered.refused, 1);
});

test("publish: a function is told of the end of the client", t => {
	const bench = new ClientBench();
	const { heard, done } = listen();
	bench.client.publish("t", "A", qos1, done);
	bench.client.close();
	t.deepEqual(heard, ["dropped 0 the client was closed"]);
});

test("publish: a function that is told of its end may publish at once", t => {
	const bench = new ClientBench({ outboxMessages: 2 });
	bench.connect("20 02 00 00");
	bench.host.wire.up(0);
	const heard: string[] = [];
	const { client } = bench;
	const newest = { qos: 1, keep: "newest" } as const;
	const again = (delivery: Delivery) => {
		heard.push(say(delivery));
		client.publish("u", "again", newest, inner => heard.push(`again ${say(inner)}`));
	};
	client.publish("t", "A", newest, again);
	client.publish("t", "B", newest, delivery => heard.push(`B ${say(delivery)}`));
	client.publish("t", "C", newest, delivery => heard.push(`C ${say(delivery)}`));
	const displaced = "dropped 0 it made room for a newer message";
	t.deepEqual(heard, [displaced, `B ${displaced}`]);
	bench.host.wire.up();
	t.is(bench.sent(), dense(`32 06 ${t1} 0003 43  32 0a 0001 75 0081 616761696e`));
	bench.host.wire.feed("40 02 0003  40 02 0081");
	t.deepEqual(heard.slice(2), ["C delivered 3 0", "again delivered 129 0"]);
});

test("publish: what a function throws is told, and the connection stays", async t => {
	const bench = new ClientBench({ outboxMessages: 1 });
	const errors: string[] = [];
	bench.client.onHandlerError = (error, topic) => errors.push(`${(error as Error).message} "${topic}"`);
	bench.connect();
	const fail = (what: string) => () => {
		throw new Error(what);
	};
	bench.client.publish("t", "A", qos1, fail("one"));
	bench.client.publish("t", "B", qos1, fail("two"));
	bench.sent();
	bench.host.wire.feed("40 02 0001");
	t.deepEqual(errors, ['one ""']);
	for (let i = 0; i < 5; i++) await undefined;
	t.deepEqual(errors, ['one ""', 'two ""']);
	t.is(bench.client.health().handlerErrors, 2);
	t.true(bench.client.health().online);
});

test("publish: what is no function is a TypeError at the call, and nothing changes", t => {
	const { client } = new ClientBench();
	for (const done of [null, "done", {}] as never[])
		t.throws(() => client.publish("t", "A", qos1, done), { instanceOf: TypeError });
	t.is(client.health().queued, 0);
});

test("publish: a topic again, another one, and one that fails between", t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	const properties = { contentType: "x" };
	for (const topic of ["t", "t", "uv", "t"]) {
		void bench.client.publish(topic, "A", { properties });
		t.throws(() => bench.client.publish("a/+", "A"), { instanceOf: RangeError });
		void bench.client.publish(topic, "B");
		t.throws(() => bench.client.publish("long\ud800", "A"), { instanceOf: TypeError });
	}
	const both = (topic: string) => `30 09 ${topic} 04 03 0001 78 41  30 05 ${topic} 00 42`;
	const uv = "30 0a 0002 7576 04 03 0001 78 41  30 06 0002 7576 00 42";
	t.is(bench.sent(), dense(both(t1) + both(t1) + uv + both(t1)));
});

test("publish: a topic of 65,536 bytes is a RangeError, whatever the scratch holds [MQTT-4.7.3-3]", t => {
	const { client } = new ClientBench({ scratchBytes: 70_000, outboxBytes: 70_000 });
	const message = "topic of 65536 bytes is over 65,535";
	t.throws(() => client.publish("x".repeat(65_536), ""), { instanceOf: RangeError, message });
	void client.publish("x".repeat(65_535), "");
	t.is(client.health().queued, 1);
});

test("options: those of the caller stay as they are, and so do the defaults", t => {
	const given = { window: 1, username: "u", password: "p" };
	const before = { ...given };
	void new ClientBench(given);
	t.deepEqual(given, before);
	t.is(Object.keys(given).length, 3);
});
