import test from "ava";
import { Mark } from "../../modules/outbox/outbox.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { Bench, accepted, dense, resumed, resumed5 } from "../support/bench.js";
import { toHex } from "../support/hex.js";
import { utf8 } from "../support/text.js";
import { field } from "../support/text.js";

// A message longer than the frame goes through it in pieces: whatever the size of the frame, the same bytes.

const topic = "long/topic/of/some/more/bytes/than/the/smallest/frame/has";
const payload = "0123456789".repeat(12);

function whole(version: Version, qos: number, ttlMs: number): string {
	const bench = new Bench({ version, frameBytes: 512 });
	bench.connect();
	bench.publish(payload, qos, { topic, ttlMs });
	return bench.sent();
}

for (const version of [4, 5] as const)
	test(`stream: at every size of the frame the bytes are the same, version ${version}`, t => {
		for (const qos of [0, 1, 2])
			for (const ttlMs of [Infinity, 9000]) {
				const expected = whole(version, qos, ttlMs);
				for (let frameBytes = 26; frameBytes < 220; frameBytes++) {
					const bench = new Bench({ version, frameBytes });
					bench.connect();
					bench.publish("a", 0);
					bench.publish(payload, qos, { topic, ttlMs });
					bench.publish("z", 0);
					const out = bench.sent();
					const five = version === 5 ? "00" : "";
					const first = dense(`30 0${version} 0001 74 ${five} 61`);
					const last = dense(`30 0${version} 0001 74 ${five} 7a`);
					if (out !== first + expected + last) return t.fail(`frame of ${frameBytes}, QoS ${qos}: ${out}`);
				}
			}
		t.pass();
	});

test("stream: properties of the message go out in 5.0, and are left out before", t => {
	for (const [version, bytes] of [
		[4, `30 7b 0001 74 ${toHex(utf8(payload))}`],
		[5, `30 80 01 0001 74 04 03 0001 78 ${toHex(utf8(payload))}`],
	] as const)
		for (const frameBytes of [30, 200]) {
			const bench = new Bench({ version, frameBytes });
			bench.connect();
			bench.outbox.append(field("t"), utf8(payload), 0, Infinity, 0, Uint8Array.of(3, 0, 1, 0x78));
			t.is(bench.sent(), dense(bytes));
		}
});

test("stream: acks and pings wait for the rest of the packet", t => {
	const bench = new Bench({ frameBytes: 32 });
	bench.connect();
	bench.publish(payload, 1);
	t.true(bench.session.transmit(bench.frame, bench.now));
	bench.feed("62 02 0009");
	bench.now += 10_000;
	bench.session.tick(bench.now, false);
	const out = bench.sent();
	t.is(
		out,
		dense(`32 7d 0001 74 0001 ${toHex(utf8(payload))}  70 03 0009`.replace("70 03", "70 02") + "c0 00"),
	);
});

test("stream: at each cut within it, a kept session gets it again with DUP, a lost one as new", t => {
	for (const connack of [resumed, accepted])
		for (let frames = 1; frames < 5; frames++) {
			const bench = new Bench({ frameBytes: 32 });
			bench.connect();
			const record = bench.publish(payload, 1);
			for (let i = 0; i < frames; i++) {
				t.true(bench.session.transmit(bench.frame, bench.now));
				bench.session.sender.flushed(bench.frame.end);
				bench.frame.reset();
			}
			const [head, id] = connack === resumed ? ["3a", "0001"] : ["32", "0002"];
			t.is(bench.reconnect(connack), dense(`${head} 7d 0001 74 ${id} ${toHex(utf8(payload))}`));
			t.is(bench.take(), "");
			bench.feed(`40 02 ${id}`);
			t.is(bench.take().slice(0, 10), payload.slice(0, 10));
			t.is(bench.outbox.state(record), 0);
		}
});

test("stream: a QoS 0 message is delivered with the last of it, and waits again when it is cut", t => {
	const bench = new Bench({ frameBytes: 32 });
	bench.connect();
	bench.publish("a", 0);
	bench.publish(payload, 0);
	while (bench.session.transmit(bench.frame, 0));
	bench.session.sender.flushed(bench.frame.end);
	bench.frame.reset();
	t.is(bench.take(), "a delivered");
	for (let i = 0; i < 2; i++) {
		t.true(bench.session.transmit(bench.frame, 0));
		bench.session.sender.flushed(bench.frame.end);
		bench.frame.reset();
	}
	t.is(bench.take(), "");
	t.is(bench.reconnect(), dense(`30 7b 0001 74 ${toHex(utf8(payload))}`));
	t.is(bench.take(), `${payload} delivered`);
});

test("stream: what is left of the time to live is that of its beginning", t => {
	const bench = new Bench({ version: 5, frameBytes: 32 });
	bench.connect();
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

test("stream: DISCONNECT comes after the packet that is under way", t => {
	const bench = new Bench({ frameBytes: 32 });
	bench.connect();
	bench.publish(payload, 0);
	bench.session.transmit(bench.frame, 0);
	bench.session.leave(0);
	t.is(bench.sent(), dense(`30 7b 0001 74 ${toHex(utf8(payload))} e0 00`));
	t.true(bench.session.left);
});

test("length: properties and time to live together, around the lengths where theirs grows", t => {
	for (let bytes = 116; bytes < 134; bytes++) {
		const bench = new Bench({ version: 5 });
		bench.connect();
		// One content type of that many bytes, with its id and length.
		const properties = new Uint8Array(bytes).fill(0x76);
		properties.set([3, 0, bytes - 3]);
		bench.outbox.append(field("t"), utf8("A"), 0, 9000, bench.now, properties);
		const all = bytes + 5;
		const length = all < 0x80 ? [all] : [(all & 0x7f) | 0x80, all >> 7];
		const body = 3 + length.length + all + 1;
		const head = toHex(Uint8Array.of(0x30, (body & 0x7f) | (body > 0x7f ? 0x80 : 0)));
		const rest = `${body > 0x7f ? "01" : ""} 0001 74 ${toHex(Uint8Array.from(length))} 02 00000009`;
		t.is(bench.sent(), dense(`${head} ${rest} ${toHex(properties)} 41`), `${bytes} bytes`);
	}
});
