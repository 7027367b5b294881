import test from "ava";
import { Client, type PublishOptions } from "../../modules/client/client.js";
import { dense } from "../support/bench.js";
import { ClientBench, say, settled } from "../support/client-bench.js";
import { ScriptedHost } from "../support/scripted-host.js";

const t1 = "0001 74";

test("publish: QoS 0 is delivered when the socket has it, without an id", async t => {
	const bench = new ClientBench();
	const sent = bench.client.publish("t", "A", { retain: true });
	bench.connect();
	t.is(bench.sent(), dense(`31 04 ${t1} 41`));
	t.deepEqual(await sent, { outcome: "delivered", packetId: 0, roundTripMs: 0 });
});

test("publish: QoS 1 and 2 are delivered at their last acknowledgement", async t => {
	const bench = new ClientBench();
	bench.connect();
	const one = bench.client.publish("t", "A", { qos: 1 });
	const two = bench.client.publish("t", Uint8Array.of(1, 2), { qos: 2 });
	t.is(bench.sent(), dense(`32 06 ${t1} 0001 41  34 07 ${t1} 0002 0102`));
	bench.host.pass(20);
	bench.host.wire.feed("40 02 0001  50 02 0002");
	t.deepEqual((await settled([one, two])).map(say), ["delivered 1 20", "pending"]);
	bench.host.wire.feed("70 02 0002");
	t.deepEqual((await settled([two])).map(say), ["delivered 2 20"]);
	const none = bench.client.publish("t", "B");
	bench.sent();
	t.is(say(await none), "delivered 0 0");
});

test("publish: its promise lasts as many connections as it takes", async t => {
	const bench = new ClientBench();
	const sent = bench.client.publish("t", "A", { qos: 1 });
	bench.connect();
	t.is(bench.sent(), dense(`32 06 ${t1} 0001 41`));
	bench.reconnect("20 02 01 00");
	t.is(bench.sent(), dense(`3a 06 ${t1} 0001 41`));
	bench.reconnect();
	t.is(bench.sent(), dense(`32 06 ${t1} 0001 41`));
	bench.host.wire.feed("40 02 0001");
	t.is(say(await sent), "delivered 1 0");
});

test("publish: what was refused, replaced, displaced, expired, or cannot be sent says so", async t => {
	const bench = new ClientBench({ version: 5, outboxMessages: 3 });
	bench.connect("20 08 00 00 05 25 00 21 0001");
	const refused = bench.client.publish("t", "A", { qos: 1 });
	bench.sent();
	bench.host.wire.feed("40 03 0001 97");
	const unsendable = bench.client.publish("t", "B", { retain: true });
	bench.sent();
	const hold = bench.client.publish("t", "C", { qos: 1 });
	bench.sent();
	const replaced = bench.client.publish("t", "D", { qos: 1, keep: "latest" });
	const latest = bench.client.publish("t", "E", { qos: 1, keep: "latest", ttlMs: 50 });
	const displaced = bench.client.publish("t", "F", { qos: 1, keep: "newest" });
	const newest = bench.client.publish("t", "G", { qos: 1, keep: "newest" });
	const full = bench.client.publish("t", "H", { qos: 1 });
	bench.host.pass(50);
	t.deepEqual(
		(await settled([refused, unsendable, hold, replaced, latest, displaced, newest, full])).map(say),
		[
			"refused 151 quota exceeded",
			"dropped 154 this broker does not take it: retain not supported",
			"pending",
			"dropped 0 a newer message of its topic took its place",
			"expired",
			"dropped 0 it made room for a newer message",
			"pending",
			"refused 0 the outbox is full",
		],
	);
	const { delivered, undelivered } = bench.client.health();
	t.is(delivered, 0);
	t.deepEqual(undelivered, { refused: 2, expired: 1, dropped: 3 });
});

test("publish: a released message of a session that the broker lost is dropped, and says why", async t => {
	const bench = new ClientBench();
	bench.connect();
	const sent = bench.client.publish("t", "A", { qos: 2 });
	bench.sent();
	bench.host.wire.feed("50 02 0001");
	bench.reconnect();
	t.regex(say(await sent), /^dropped 0 the broker lost the session .*may have arrived$/);
});

test("close: it says farewell, and what is not delivered is dropped", async t => {
	const bench = new ClientBench();
	bench.connect();
	const flying = bench.client.publish("t", "A", { qos: 1 });
	bench.sent();
	const waiting = bench.client.publish("t", "B", { qos: 1 });
	bench.client.close();
	t.is(bench.host.wire.sent().slice(-4), dense("e0 00"));
	const results = await settled([flying, waiting]);
	t.deepEqual(results.map(say), ["dropped 0 the client was closed", "dropped 0 the client was closed"]);
	t.is(bench.client.health().queued, 0);
	bench.client.close();
	t.is(bench.host.clock.next, Infinity);
});

test("close: the client can be started again", async t => {
	const bench = new ClientBench();
	bench.connect();
	bench.client.close();
	const sent = bench.client.publish("t", "A", { qos: 1 });
	bench.connect();
	t.is(bench.sent(), dense(`32 06 ${t1} 0001 41`));
	bench.host.wire.feed("40 02 0001");
	t.is(say(await sent), "delivered 1 0");
});

const loose = (options: object) => options as PublishOptions;
const mistakes: [string, string, unknown, PublishOptions, string][] = [
	["an empty topic", "", "A", {}, "RangeError"],
	["a topic with +", "a/+", "A", {}, "RangeError"],
	["a topic with #", "a/#", "A", {}, "RangeError"],
	["a topic of 65,536 bytes", "x".repeat(65_536), "A", {}, "RangeError"],
	["a topic over the scratch", "x".repeat(2_000), "A", {}, "RangeError"],
	["a topic with an unpaired surrogate", "\ud800", "A", {}, "TypeError"],
	["a topic with U+0000", "a\0", "A", {}, "TypeError"],
	["a topic that is no text", 5 as unknown as string, "A", {}, "TypeError"],
	["a payload over the arena", "t", "x".repeat(254), {}, "RangeError"],
	["a payload with an unpaired surrogate", "t", "\udc00", {}, "TypeError"],
	["no payload", "t", undefined, {}, "TypeError"],
	["a payload that is a number", "t", 5, {}, "TypeError"],
	["a payload that is an array", "t", [1, 2], {}, "TypeError"],
	["QoS 3", "t", "A", loose({ qos: 3 }), "RangeError"],
	["QoS as text", "t", "A", loose({ qos: "1" }), "RangeError"],
	["priority 4", "t", "A", loose({ priority: 4 }), "RangeError"],
	["priority -1", "t", "A", loose({ priority: -1 }), "RangeError"],
	["priority 1.5", "t", "A", loose({ priority: 1.5 }), "RangeError"],
	["time to live 0", "t", "A", { ttlMs: 0 }, "RangeError"],
	["time to live NaN", "t", "A", { ttlMs: NaN }, "RangeError"],
	["time to live over 2^31 - 1", "t", "A", { ttlMs: 2 ** 31 }, "RangeError"],
	["an unknown way to keep", "t", "A", loose({ keep: "oldest" }), "RangeError"],
	["a way to keep that every object has", "t", "A", loose({ keep: "toString" }), "RangeError"],
	["properties before 5.0", "t", "A", { properties: { contentType: "x" } }, "TypeError"],
];
for (const [what, topic, payload, options, error] of mistakes)
	test(`publish: ${what} is a ${error} at the call, and nothing changes`, t => {
		const bench = new ClientBench();
		const before = bench.client.publish("a", "1", { keep: "newest" });
		const thrown = t.throws(() => bench.client.publish(topic, payload as string, options)) as Error;
		t.is(thrown instanceof RangeError ? "RangeError" : thrown instanceof TypeError ? "TypeError" : "", error);
		t.is(bench.client.health().queued, 1);
		t.is(bench.client.health().bytes, 6);
		bench.connect();
		t.is(bench.sent(), dense("30 04 0001 61 31"));
		return before.then(delivery => t.is(say(delivery), "delivered 0 0"));
	});

test("publish: properties of 5.0, those that are ours to set excepted [MQTT-3.3.4-6]", t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	void bench.client.publish("t", "A", { properties: { contentType: "x" } });
	void bench.client.publish("t", "A", { properties: {}, ttlMs: 1500 });
	void bench.client.publish("t", "A", { properties: { userProperties: { k: "v".repeat(140) } } });
	t.is(
		bench.sent(),
		dense(
			`30 09 ${t1} 04 03 0001 78 41  30 0a ${t1} 05 02 00000002 41` +
				`30 98 01 ${t1} 92 01 26 0001 6b 008c ${"76".repeat(140)} 41`,
		),
	);
	for (const properties of [{ topicAlias: 1 }, { subscriptionIdentifier: 1 }, { messageExpiryInterval: 1 }])
		t.true(t.throws(() => bench.client.publish("t", "A", loose({ properties }))) instanceof RangeError);
	t.is(bench.client.health().queued, 0);
});

const settings: [string, unknown][] = [
	["url", []],
	["url", "http://x"],
	["clientId", ""],
	["password", "p"],
	["version", 6],
	["keepAliveMs", -1],
	["keepAliveMs", 65_535_001],
	["keepAliveMs", NaN],
	["window", 0],
	["window", 16_385],
	["incomingMax", 0],
	["incomingMax", 1.5],
	["subscriptionsMax", 0],
	["outboxMessages", 0],
	["outboxMessages", 0x7ff0],
	["outboxBytes", 7],
	["frameBytes", 31],
	["readerBytes", 15],
	["scratchBytes", 7],
	["connectMs", 0],
	["replyMs", 0],
	["ackMs", 0],
	["healthyMs", -1],
	["sessionExpirySeconds", 0x1_0000_0000],
];
for (const [name, value] of settings)
	test(`options: ${name} ${String(value)} is a RangeError`, t => {
		t.true(t.throws(() => new ClientBench({ [name]: value })) instanceof RangeError);
	});

test("publish: properties of any length, as long as the scratch holds them", t => {
	const bench = new ClientBench({
		version: 5,
		scratchBytes: 20_000,
		outboxBytes: 20_000,
		frameBytes: 20_000,
	});
	bench.connect();
	bench.host.wire.up(20_000);
	const contentType = "v".repeat(16_400);
	void bench.client.publish("t", "A", { properties: { contentType } });
	const properties = `93 80 01 03 4010 ${"76".repeat(16_400)}`;
	t.is(bench.sent(), dense(`30 9a 80 01 ${t1} ${properties} 41`));
	const bad = { contentType: "v".repeat(20_000) };
	t.true(t.throws(() => bench.client.publish("t", "A", { properties: bad })) instanceof RangeError);
	t.is(bench.client.health().queued, 0);
});

test("options: a number as text is a TypeError", t => {
	t.true(t.throws(() => new ClientBench({ window: "5" } as object)) instanceof TypeError);
});

test("options: the client id is that of the device, and user name and password are sent", t => {
	const bench = new ClientBench({ clientId: undefined, username: "u", password: "p" } as object);
	bench.client.start();
	bench.host.pass(10);
	bench.host.wire.up();
	t.is(
		bench.host.wire.sent(),
		dense("10 1b 0004 4d515454 04 c0 003c 0009 676f647769742d6431 0001 75 0001 70"),
	);
});

test("options: the first packet id is drawn", t => {
	const bench = new ClientBench();
	bench.connect();
	void bench.client.publish("t", "A", { qos: 1 });
	t.is(bench.sent(), dense("32 06 0001 74 0001 41"));
	const host = new ScriptedHost();
	host.word = 0x9_1234;
	const client = new Client(host, { url: "serial:" });
	client.start();
	host.pass(0);
	host.wire.up();
	host.wire.feed("20 02 00 00");
	host.wire.sent();
	void client.publish("t", "A", { qos: 1 });
	host.pass(0);
	t.is(host.wire.sent(), dense("32 06 0001 74 1301 41"));
});
