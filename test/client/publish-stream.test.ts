import test from "ava";
import type { Source } from "../../modules/client/client.js";
import { dense } from "../support/bench.js";
import { ClientBench, say } from "../support/client-bench.js";
import { toHex } from "../support/hex.js";
import { TextSource } from "../support/text-source.js";
import { utf8 } from "../support/text.js";

const text = "0123456789".repeat(100);
const whole = dense(`32 ed07 0001 74 0001 ${toHex(utf8(text))}`);

test("publishStream: a message four times as long as the outbox goes out as the socket takes it", async t => {
	for (const room of [1, 7, 1000]) {
		const bench = new ClientBench({ frameBytes: 64 });
		bench.connect();
		bench.host.wire.up(0);
		const sent = bench.client.publishStream("t", new TextSource(text), { qos: 1 });
		t.is(bench.sent(), "");
		for (let i = 0; i <= 1010 / room + 1; i++) bench.host.wire.up(room);
		t.is(bench.host.wire.sent(), whole, `room for ${room}`);
		bench.host.wire.feed("40 02 0001");
		t.is(say(await sent), "delivered 1 0");
		t.is(bench.client.health().queued, 0);
	}
});

test("publishStream: a cut at any byte costs a repeat from the start, and nothing else", async t => {
	for (let cut = 1; cut < 1000; cut += 37) {
		const bench = new ClientBench({ frameBytes: 64 });
		bench.connect();
		bench.host.wire.up(0);
		const sent = bench.client.publishStream("t", new TextSource(text), { qos: 1 });
		bench.sent();
		bench.host.wire.up(cut);
		t.is(bench.host.wire.sent(), whole.slice(0, 2 * cut));
		bench.reconnect("20 02 01 00");
		bench.host.wire.up(2000);
		t.is(bench.host.wire.sent(), `3a${whole.slice(2)}`);
		bench.host.wire.feed("40 02 0001");
		t.is(say(await sent), "delivered 1 0");
	}
});

test("publishStream: a source that fails in the middle ends message and connection, and no more", async t => {
	const bench = new ClientBench({ frameBytes: 64 });
	bench.connect();
	const source = new TextSource(text);
	source.onRead = offset => {
		if (offset > 500) throw new Error("the card is gone");
	};
	const sent = bench.client.publishStream("t", source, { qos: 1 });
	const next = bench.client.publish("t", "A", { qos: 1 });
	bench.sent();
	t.is(say(await sent), "dropped 0 its source failed: the card is gone");
	const { cause, detail } = bench.statuses.at(-1)!;
	t.is(
		`${cause}: ${detail}`,
		"fault: Error: half a message was sent, and its source failed: the card is gone",
	);
	bench.host.pass(10_000);
	bench.connect("20 02 01 00");
	t.is(bench.sent(), dense("32 06 0001 74 0002 41"), "it is not tried again");
	bench.host.wire.feed("40 02 0002");
	t.is(say(await next), "delivered 2 0");
	t.deepEqual(bench.client.health().undelivered, { refused: 0, expired: 0, dropped: 1 });
});

test("publishStream: a shorter source than it said is told by bytes", async t => {
	const bench = new ClientBench();
	bench.connect();
	const sent = bench.client.publishStream("t", new TextSource("abc", Infinity, 10));
	bench.sent();
	t.is(say(await sent), "dropped 0 its source failed: it ended after 3 bytes, 7 before its length");
});

test("publishStream: the source may close the client while it is read", async t => {
	const bench = new ClientBench({ frameBytes: 64 });
	bench.connect();
	const source = new TextSource(text);
	source.onRead = offset => {
		if (offset > 500) bench.client.close();
	};
	const sent = bench.client.publishStream("t", source, { qos: 1 });
	bench.sent();
	t.is(say(await sent), "dropped 0 the client was closed");
	t.is(bench.host.wire.closed, 1);
});

test("publishStream: a full outbox refuses it", async t => {
	const bench = new ClientBench({ outboxMessages: 1 });
	void bench.client.publish("t", "A");
	t.is(say(await bench.client.publishStream("t", new TextSource(text))), "refused 0 the outbox is full");
});

const read = () => 0;
const mistakes: [string, unknown, string][] = [
	["no source", undefined, "TypeError"],
	["null", null, "TypeError"],
	["a source without read()", { bytes: 5 }, "TypeError"],
	["a source without a length", { read }, "TypeError"],
	["a length below 0", { bytes: -1, read }, "RangeError"],
	["a length with a fraction", { bytes: 1.5, read }, "RangeError"],
	["a length over the protocol's limit", { bytes: 0x1000_0000, read }, "RangeError"],
	["a length over that with its topic", { bytes: 0xfff_ffff, read }, "RangeError"],
];
for (const [what, source, error] of mistakes)
	test(`publishStream: ${what} is a ${error} at the call, and nothing changes`, t => {
		const bench = new ClientBench();
		const thrown = t.throws(() => bench.client.publishStream("t", source as Source)) as Error;
		t.is(thrown instanceof RangeError ? "RangeError" : thrown instanceof TypeError ? "TypeError" : "", error);
		t.is(bench.client.health().queued, 0);
	});
