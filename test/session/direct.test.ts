import test from "ava";
import { Mark } from "../../modules/outbox/record.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { Bench, accepted, dense, resumed, resumed5, type BenchOptions } from "../support/bench.js";
import { toHex } from "../support/hex.js";
import { utf8 } from "../support/text.js";

// A packet longer than the frame, or than 512 bytes, goes to the socket from the log itself: whatever the
// size of the frame, and of what the socket takes, the same bytes.

const topic = "long/topic/of/some/more/bytes/than/the/smallest/frame/has";
const payload = "0123456789".repeat(12);
const body = `0001 74 ${toHex(utf8(payload))}`;
const bodyWithId = (id: string) => `0001 74 ${id} ${toHex(utf8(payload))}`;

function online(options: BenchOptions = {}): Bench {
	const bench = new Bench({ frameBytes: 32, ...options });
	bench.connect();
	return bench;
}

function whole(version: Version, qos: number, ttlMs: number): string {
	const bench = online({ version, frameBytes: 512 });
	bench.publish("a", 0);
	bench.publish(payload, qos, { topic, ttlMs });
	bench.publish("z", 0);
	return bench.sent();
}

for (const version of [4, 5] as const)
	test(`direct: at every size of the frame the bytes are the same, version ${version}`, t => {
		for (const qos of [0, 1, 2])
			for (const ttlMs of [Infinity, 9000]) {
				const expected = whole(version, qos, ttlMs);
				for (let frameBytes = 26; frameBytes < 220; frameBytes++) {
					const bench = online({ version, frameBytes });
					bench.publish("a", 0);
					bench.publish(payload, qos, { topic, ttlMs });
					bench.publish("z", 0);
					const out = bench.sent(1 + (frameBytes % 60));
					if (out !== expected) return t.fail(`frame of ${frameBytes}, QoS ${qos}: ${out}`);
				}
			}
		t.pass();
	});

test("direct: a packet of 512 bytes is copied into a frame that has room, one of 513 is not", t => {
	for (const [bytes, direct] of [
		[512, false],
		[513, true],
	] as const)
		for (const [window, limit] of [
			[4, ""],
			[4, "21 0002"],
		] as const) {
			const bench = new Bench({ version: 5, window, frameBytes: 1024, outboxBytes: 2048 });
			bench.connect(limit === "" ? undefined : `20 06 00 00 03 ${limit}`);
			const record = bench.publish("x".repeat(bytes - 9), 1);
			t.is(bench.outbox.bytes(record), bytes);
			t.is(bench.session.transmit(bench.frame, bench.now), true);
			t.is(bench.session.sender.direct, direct ? record : 0);
			t.is(bench.frame.end - bench.frame.start, direct ? 0 : bytes);
		}
});

test("direct: the most urgent goes first, and one that expires or is not taken does not go", t => {
	const bench = online({ version: 5, outboxBytes: 1024 });
	bench.publish(payload, 0);
	bench.publish(payload + "u", 0, { marks: Mark.priority });
	t.is(bench.sent().slice(-2 * payload.length), toHex(utf8(payload)));
	t.is(bench.take(), `${payload}u delivered, ${payload} delivered`);
	bench.reconnect("20 08 00 00 05 27 00000040");
	bench.publish(payload, 0);
	bench.publish("B", 0);
	t.is(bench.sent(), dense("30 05 0001 74 00 42"));
	t.is(bench.take(), `${payload} unsendable 0x95, B delivered`);
});

test("direct: properties of the message go out in 5.0", t => {
	for (const frameBytes of [30, 200]) {
		const bench = online({ version: 5, frameBytes });
		bench.publish(payload, 0, { properties: Uint8Array.of(3, 0, 1, 0x78) });
		t.is(bench.sent(), dense(`30 80 01 0001 74 04 03 0001 78 ${toHex(utf8(payload))}`));
	}
});

test("direct: acks, pings and requests wait for the rest of the packet", t => {
	const bench = online();
	bench.publish(payload, 1);
	t.true(bench.session.transmit(bench.frame, bench.now));
	const first = bench.written(50);
	bench.feed("62 02 0009");
	bench.now += 10_000;
	bench.session.tick(bench.now, false);
	bench.session.request({ filter: "a", options: { qos: 0 }, onAnswer: () => {} });
	t.false(bench.session.transmit(bench.frame, bench.now));
	const rest = bench.sent();
	t.is(first + rest, dense(`32 7d ${bodyWithId("0001")}  70 02 0009  c0 00  82 06 0032 0001 61 00`));
});

test("direct: at each cut within it, a kept session gets it again with DUP, a lost one as new", t => {
	for (const [connack, head] of [
		[resumed, "3a"],
		[accepted, "32"],
	] as const)
		for (let bytes = 1; bytes <= 127; bytes += 18) {
			const bench = online();
			const record = bench.publish(payload, 1);
			t.true(bench.session.transmit(bench.frame, bench.now));
			bench.written(bytes);
			t.is(bench.reconnect(connack), dense(`${head} 7d ${bodyWithId("0001")}`));
			t.is(bench.take(), "");
			bench.feed("40 02 0001");
			t.is(bench.take(), `${payload} delivered id 1 0 ms`);
			t.is(bench.outbox.state(record), 0);
		}
});

test("direct: a QoS 0 message is delivered with its last byte, and comes again when it is cut before", t => {
	for (const connack of [resumed, accepted]) {
		const bench = online();
		bench.publish("a", 0);
		bench.publish(payload, 0);
		while (bench.session.transmit(bench.frame, 0));
		bench.session.sender.flushed(bench.frame.end);
		bench.frame.reset();
		t.is(bench.take(), "a delivered");
		t.true(bench.session.transmit(bench.frame, 0));
		bench.written(124);
		t.is(bench.take(), "");
		t.is(bench.reconnect(connack), dense(`30 7b ${body}`));
		t.is(bench.take(), `${payload} delivered`);
		t.is(bench.reconnect(connack), "", "and not once more");
	}
});

test("direct: sent again, it is what it was, and waits for an empty frame", t => {
	for (const [bytes, frameBytes, isDirect] of [
		[512, 1024, false],
		[513, 1024, true],
		[32, 32, false],
		[33, 32, true],
	] as const) {
		const bench = new Bench({ frameBytes, outboxBytes: 2048 });
		bench.connect();
		bench.publish("A", 1);
		const record = bench.publish("x".repeat(bytes - (bytes > 128 ? 8 : 7)), 1);
		t.is(bench.outbox.bytes(record), bytes);
		bench.sent();
		bench.cut();
		bench.session.open({});
		bench.sent();
		bench.feed(resumed);
		while (bench.session.transmit(bench.frame, bench.now));
		t.is(bench.session.sender.direct, 0, "the frame is not empty");
		t.is(bench.frame.end - bench.frame.start, bytes === 512 ? 8 + 512 : 8);
		bench.frame.reset();
		if (frameBytes > 512 && !isDirect) continue;
		t.true(bench.session.transmit(bench.frame, bench.now));
		t.is(bench.session.sender.direct, isDirect ? record : 0);
	}
});

test("direct: it waits for the window", t => {
	const bench = online({ window: 1 });
	for (const text of ["A", payload]) bench.publish(text, 1);
	t.is(bench.sent(), dense("32 06 0001 74 0001 41"));
	t.is(bench.session.sender.direct, 0);
	bench.feed("40 02 0001");
	t.is(bench.sent(), dense(`32 7d ${bodyWithId("0002")}`));
});

test("direct: a resend waits for an empty frame, and for the window", t => {
	const bench = online({ version: 5 });
	for (const text of ["A", payload, "B"]) bench.publish(text, 1);
	bench.sent();
	const out = bench.reconnect("20 06 01 00 03 21 0001");
	t.is(out, dense("3a 07 0001 74 0001 00 41"));
	t.false(bench.session.transmit(bench.frame, bench.now));
	bench.feed("40 02 0001");
	t.is(bench.sent(), dense(`3a 7e 0001 74 0002 00 ${toHex(utf8(payload))}`));
	bench.feed("40 02 0002");
	t.is(bench.sent(), dense("3a 07 0001 74 0003 00 42"));
});

test("direct: an acknowledgement that comes before its last byte went out is a breach", t => {
	for (const [qos, ack] of [
		[1, "40 02 0001"],
		[2, "50 02 0001"],
	] as const) {
		const bench = online();
		bench.publish(payload, qos);
		bench.session.transmit(bench.frame, bench.now);
		bench.written(124);
		t.is(bench.breach(ack), "0x82 a packet acknowledged before its end");
		t.is(bench.take(), "");
		bench.written(1000);
		t.is(bench.breach(ack), "");
	}
});

test("direct: what is left of the time to live is that of its beginning", t => {
	const bench = online({ version: 5 });
	bench.publish(payload, 1, { ttlMs: 9000, marks: Mark.retain });
	bench.session.transmit(bench.frame, bench.now);
	bench.now += 1000;
	bench.outbox.expire(bench.now + 60_000);
	const start = "33 8301 0001 74 0001 05 02 00000009";
	t.is(bench.sent().slice(0, dense(start).length), dense(start));
	bench.cut();
	bench.connect(resumed5);
	t.is(bench.outbox.count, 1);
});

test("direct: it moves with its body when holes are closed under it", t => {
	const bench = online({ outboxBytes: 160 });
	bench.publish("A".repeat(20), 1);
	bench.publish(payload, 1);
	bench.session.transmit(bench.frame, 0);
	let out = toHex(bench.frame.bytes.subarray(bench.frame.start, bench.frame.end));
	bench.frame.reset();
	bench.session.transmit(bench.frame, 0);
	out += bench.written(40);
	bench.feed("40 02 0001");
	bench.publish("B".repeat(20), 1);
	t.is(bench.outbox.place(2), 0, "the hole is closed");
	const filled = "0001 74 0001 " + "41".repeat(20);
	const third = "32 19 0001 74 0021 " + "42".repeat(20);
	t.is(out + bench.sent(), dense(`32 19 ${filled}  32 7d ${bodyWithId("0002")} ${third}`));
});

test("direct: DISCONNECT comes after the packet that is under way", t => {
	const bench = online();
	bench.publish(payload, 0);
	bench.session.transmit(bench.frame, 0);
	bench.session.leave(0);
	t.is(bench.sent(), dense(`30 7b ${body} e0 00`));
	t.true(bench.session.handshake.left);
});

test("direct: each piece that the socket takes puts the ping off, whatever the record's number", t => {
	for (const before of [0, 1]) {
		const bench = online({ frameBytes: 64, outboxBytes: 1024 });
		for (let i = 0; i < before; i++) bench.publish("a", 0);
		const record = bench.publish(payload, 1);
		t.is(record, before + 1);
		while (bench.session.transmit(bench.frame, bench.now));
		bench.frame.reset();
		while (bench.session.transmit(bench.frame, bench.now));
		t.is(bench.session.sender.direct, record);
		bench.now += 9_000;
		bench.written(10);
		t.is(bench.session.pulse.sentAt, bench.now);
		t.is(bench.session.pulse.progressAt, bench.now);
	}
});
