import test from "ava";
import { HealthMeter } from "../../modules/client/health.js";
import { ClientBench } from "../support/client-bench.js";

test("health: a client that has done nothing", t => {
	const { client } = new ClientBench();
	t.deepEqual(client.health(), {
		online: false,
		queued: 0,
		inFlight: 0,
		bytes: 0,
		bytesMax: 256,
		oldestMs: 0,
		roundTripMs: { p50: 0, p95: 0 },
		delivered: 0,
		undelivered: { refused: 0, expired: 0, dropped: 0 },
		received: 0,
		skipped: 0,
		endings: {},
		subscriptionsLost: 0,
		handlerErrors: 0,
	});
});

test("health: queue, age, round trips, and what came in", t => {
	const bench = new ClientBench();
	bench.connect();
	void bench.client.publish("t", "A", { qos: 1 });
	bench.host.pass(30);
	bench.host.wire.feed("40 02 0001  30 03 0001 74");
	void bench.client.publish("t", "B", { qos: 1 });
	bench.host.pass(40);
	bench.host.wire.up(0);
	void bench.client.publish("t", "C", { qos: 2 });
	t.like(bench.client.health(), {
		online: true,
		queued: 2,
		inFlight: 1,
		bytes: 16,
		oldestMs: 40,
		roundTripMs: { p50: 30, p95: 30 },
		delivered: 1,
		received: 1,
	});
});

test("health: QoS 0 messages have no round trip", t => {
	const bench = new ClientBench();
	bench.connect();
	void bench.client.publish("t", "A", { qos: 1 });
	bench.host.pass(30);
	bench.host.wire.feed("40 02 0001");
	for (let i = 0; i < 40; i++) void bench.client.publish("t", "B");
	bench.host.pass(0);
	t.deepEqual(bench.client.health().roundTripMs, { p50: 30, p95: 30 });
	t.is(bench.client.health().delivered, 41);
});

test("health: endings by cause", t => {
	const bench = new ClientBench();
	bench.connect();
	bench.reconnect();
	bench.host.wire.feed("20 02 00 00");
	t.deepEqual(bench.client.health().endings, { closed: 1, protocol: 1 });
	t.is(bench.client.health().online, false);
});

test("health: percentiles are those of the last 32 round trips", t => {
	const { client } = new ClientBench();
	const meter = new HealthMeter();
	for (let ms = 1; ms <= 10; ms++) meter.addRoundTrip(ms);
	t.deepEqual(meter.report(client.link, client.outbox, 0).roundTripMs, { p50: 5, p95: 10 });
	for (let ms = 100; ms > 60; ms--) meter.addRoundTrip(ms);
	t.deepEqual(meter.report(client.link, client.outbox, 0).roundTripMs, { p50: 76, p95: 91 });
});

test("state: each one is told, with its cause in words", t => {
	const bench = new ClientBench();
	bench.connect("20 02 01 00");
	bench.host.wire.handler.onLost("reset");
	bench.client.close();
	t.deepEqual(
		bench.statuses.map(({ state, sessionPresent }) => `${state}${sessionPresent ? " resumed" : ""}`),
		["waiting", "resolving", "opening", "greeting", "online resumed", "waiting", "stopped"],
	);
	t.like(bench.statuses[5], { cause: "closed", detail: "reset", retryMs: 0, url: "mqtt://one" });
});

test("health: the age is that of the oldest message, whichever record holds it", t => {
	const bench = new ClientBench({ outboxMessages: 1 });
	for (let i = 0; i < 3; i++) {
		bench.host.pass(10);
		void bench.client.publish("t", "A", { keep: "newest" });
		bench.host.pass(5);
		t.is(bench.client.health().oldestMs, 5);
	}
});
