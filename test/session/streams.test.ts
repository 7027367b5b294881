import test from "ava";
import { Mark } from "../../modules/outbox/record.js";
import type { Source } from "../../modules/session/streams.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { Bench, accepted, dense, resumed, resumed5, type BenchOptions } from "../support/bench.js";
import { toHex } from "../support/hex.js";
import { TextSource } from "../support/text-source.js";
import { field, utf8 } from "../support/text.js";

// A message whose payload is read when it is sent. On the wire it must be the same, byte for byte, as one
// that was given whole, whatever the sizes of the frame and of what the source gives; the log holds its head.

const text = "0123456789".repeat(9);
const payload = toHex(utf8(text));

function online(options: BenchOptions = {}): Bench {
	const bench = new Bench({ frameBytes: 32, ...options });
	bench.connect();
	return bench;
}

for (const version of [4, 5] as const)
	test(`stream: its bytes are those of a message given whole, version ${version}`, t => {
		const properties = version === 5 ? Uint8Array.of(3, 0, 1, 0x78) : undefined;
		for (const qos of [0, 1, 2])
			for (const ttlMs of [Infinity, 9000])
				for (const body of [text, "x".repeat(300), "y", ""]) {
					const rest = {
						ttlMs,
						topic: "a/long/topic",
						marks: Mark.retain,
						...(properties && { properties }),
					};
					const whole = online({ version, frameBytes: 400, outboxBytes: 800 });
					whole.publish("a", 0);
					whole.publish(body, qos, rest);
					whole.publish("z", 0);
					const expected = whole.sent();
					for (const [frameBytes, pieceMax] of [
						[26, 1],
						[27, 7],
						[40, Infinity],
						[100, 1],
						[400, Infinity],
					] as const) {
						const bench = online({ version, frameBytes });
						bench.publish("a", 0);
						bench.publishStream("S", new TextSource(body, pieceMax), qos, rest);
						bench.publish("z", 0);
						t.true(bench.outbox.usedBytes < 60, "the payload is not in the log");
						t.is(bench.sent(), expected, `frame ${frameBytes}, pieces ${pieceMax}`);
						t.is(bench.outbox.count, qos === 0 ? 0 : 1);
					}
				}
	});

test("stream: acknowledged at QoS 1 and 2, handed over at QoS 0, each ends once", t => {
	const bench = online();
	bench.publishStream("zero", new TextSource(text), 0);
	bench.publishStream("one", new TextSource(text), 1);
	bench.publishStream("two", new TextSource(text), 2);
	bench.sent();
	t.is(bench.take(), "zero delivered");
	bench.feed("40 02 0002  50 02 0003");
	t.is(bench.sent(), dense("62 02 0003"));
	bench.feed("70 02 0003");
	t.is(bench.take(), "one delivered id 2 0 ms, two delivered id 3 0 ms");
});

test("stream: while one is sent again, a QoS 0 message behind it is not taken for written", t => {
	const bench = online({ frameBytes: 64 });
	bench.publish("k".repeat(30), 1);
	bench.sent();
	bench.publishStream("zero", new TextSource("x".repeat(24)), 0);
	bench.publish("behind", 0);
	while (bench.session.transmit(bench.frame, bench.now));
	bench.cut();
	bench.session.open({});
	bench.sent();
	bench.feed(resumed);
	bench.session.transmit(bench.frame, bench.now);
	bench.session.transmit(bench.frame, bench.now);
	bench.session.sender.flushed(bench.frame.end);
	bench.frame.reset();
	t.is(bench.take(), "", "half of the first one is out, and nothing of the second");
	bench.sent();
	t.is(bench.take(), "zero delivered, behind delivered");
});

test("stream: PUBACKs that come in a run find it as well", t => {
	const bench = online();
	bench.publishStream("one", new TextSource(text), 1);
	bench.sent();
	bench.reader.fill(Uint8Array.of(0x40, 2, 0, 1));
	bench.session.receiveAcks(bench.reader, bench.now);
	t.is(bench.take(), "one delivered id 1 0 ms");
});

test("stream: nothing comes between its pieces, and what is due follows it", t => {
	const bench = online();
	bench.publishStream("S", new TextSource(text), 1);
	t.true(bench.session.transmit(bench.frame, bench.now));
	bench.feed("62 02 0009");
	bench.now += 10_000;
	bench.session.tick(bench.now, false);
	bench.session.request({ filter: "a", options: { qos: 0 }, onAnswer: () => {} });
	bench.publish("Z", 0);
	const rest = "70 02 0009  c0 00  82 06 0032 0001 61 00  30 04 0001 74 5a";
	t.is(bench.sent(), dense(`32 5f 0001 74 0001 ${payload} ${rest}`));
});

test("stream: at each cut within it, a kept session gets it again with DUP, a lost one as new", t => {
	for (const [connack, head] of [
		[resumed, "3a"],
		[accepted, "32"],
	] as const)
		for (let bytes = 1; bytes <= 97; bytes++) {
			const bench = online();
			bench.publishStream("S", new TextSource(text, 9), 1);
			let out = "";
			while (out.length < 2 * bytes && bench.session.transmit(bench.frame, bench.now)) {
				out += toHex(bench.frame.bytes.subarray(bench.frame.start, bench.frame.end));
				bench.frame.reset();
			}
			t.is(bench.reconnect(connack), dense(`${head} 5f 0001 74 0001 ${payload}`));
			t.is(bench.take(), "");
			bench.feed("40 02 0001");
			t.is(bench.take(), "S delivered id 1 0 ms");
			t.is(bench.outbox.count, 0);
		}
});

test("stream: at QoS 0 it is delivered with its last byte, and comes again when it is cut before", t => {
	for (const connack of [resumed, accepted]) {
		const bench = online();
		bench.publishStream("S", new TextSource(text), 0);
		for (let i = 0; i < 2; i++) {
			bench.session.transmit(bench.frame, 0);
			bench.session.sender.flushed(bench.frame.end);
			bench.frame.reset();
		}
		t.is(bench.take(), "");
		t.is(bench.reconnect(connack), dense(`30 5d 0001 74 ${payload}`));
		t.is(bench.take(), "S delivered");
		t.is(bench.reconnect(connack), "", "and not once more");
	}
});

test("stream: it keeps to the window, also when it is sent again", t => {
	const bench = online({ window: 1 });
	for (const name of ["A", "B"]) bench.publishStream(name, new TextSource(text), 1);
	const first = dense(`32 5f 0001 74 0001 ${payload}`);
	t.is(bench.sent(), first);
	t.is(bench.reconnect(resumed), dense(`3a 5f 0001 74 0001 ${payload}`));
	bench.feed("40 02 0001");
	t.is(bench.sent(), dense(`32 5f 0001 74 0002 ${payload}`));
});

test("stream: sent again, it waits for a frame that has room", t => {
	const bench = online();
	bench.publish("x".repeat(25), 1);
	bench.publishStream("S", new TextSource(text), 1);
	bench.sent();
	const filled = `3a 1e 0001 74 0001 ${"78".repeat(25)}`;
	t.is(dense(filled).length, 2 * 32);
	t.is(bench.reconnect(resumed), dense(`${filled} 3a 5f 0001 74 0002 ${payload}`));
});

test("stream: without room in the log it is not taken", t => {
	const bench = new Bench({ outboxMessages: 1 });
	t.not(bench.publishStream("S", new TextSource(text), 1), 0);
	t.is(bench.publishStream("T", new TextSource(text), 1), 0);
	t.is(bench.connect(), dense(`32 5f 0001 74 0001 ${payload}`));
});

test("stream: all of its resends keep to the window, and to their order", t => {
	const bench = online({ version: 5 });
	for (const name of ["A", "B"]) bench.publishStream(name, new TextSource(text), 1);
	bench.publish("C", 1);
	bench.sent();
	t.is(bench.reconnect("20 06 01 00 03 21 0001"), dense(`3a 60 0001 74 0001 00 ${payload}`));
	bench.feed("40 02 0001");
	t.is(bench.sent(), dense(`3a 60 0001 74 0002 00 ${payload}`));
	bench.feed("40 02 0002");
	t.is(bench.sent(), dense("3a 07 0001 74 0003 00 43"));
});

test("stream: the broker's Maximum Packet Size counts its payload", t => {
	for (const [max, ended] of [
		["61", "S unsendable 0x95"],
		["62", ""],
	] as const) {
		const bench = new Bench({ version: 5 });
		bench.publishStream("S", new TextSource(text), 1);
		bench.connect(`20 08 00 00 05 27 000000${max}`);
		t.is(bench.take(), ended);
		t.is(bench.reconnect(`20 08 01 00 05 27 00000061`), "");
		t.is(bench.take(), ended === "" ? "S unsendable 0x95" : "");
	}
});

test("stream: it expires while it waits, and not while it is written", t => {
	const bench = online({ version: 5 });
	bench.publishStream("S", new TextSource(text), 1, { ttlMs: 9000 });
	bench.session.transmit(bench.frame, bench.now);
	bench.publishStream("T", new TextSource(text), 1, { ttlMs: 500 });
	bench.now += 1000;
	bench.outbox.expire(bench.now + 60_000);
	t.is(bench.take(), "T expired");
	t.is(bench.sent(), dense(`32 65 0001 74 0001 05 02 00000009 ${payload}`));
	t.is(bench.reconnect(resumed5), dense(`3a 65 0001 74 0001 05 02 00000008 ${payload}`));
});

test("stream: it is replaced, displaced and overtaken as any other", t => {
	const bench = new Bench({ outboxMessages: 2 });
	bench.publishStream("A", new TextSource(text), 0, { marks: Mark.latest });
	bench.publishStream("B", new TextSource("bb"), 0, { marks: Mark.latest });
	t.is(bench.take(), "A replaced");
	bench.publishStream("C", new TextSource("cc"), 0, { marks: Mark.displaceable });
	bench.publish("D", 0, { marks: Mark.displaceable | Mark.priority });
	t.is(bench.take(), "C displaced");
	t.is(bench.connect(), dense("30 04 0001 74 44  30 05 0001 74 6262"));
});

const failures: [string, (source: TextSource) => void, string][] = [
	["throws", source => (source.onRead = () => fail("gone")), "gone"],
	["throws what is no Error", source => (source.onRead = () => throwText("gone")), "gone"],
	["gives nothing", source => (source.pieceMax = 0), "it ended after 0 bytes, 90 before its length"],
	["gives less than nothing", source => (source.pieceMax = -1), "that it gave -1"],
	["gives half a byte", source => (source.pieceMax = 0.5), "that it gave 0.5"],
	[
		"gives more than was asked for",
		source => Object.assign(source, { read: () => 1000 }),
		"asked for up to 25 bytes, it says that it gave 1000",
	],
];
function throwText(text: string): never {
	throw text;
}
function fail(message: string): never {
	throw new Error(message);
}

for (const [what, spoil, fault] of failures)
	test(`stream: a source that ${what} at once ends its message, and the connection goes on`, t => {
		for (const qos of [0, 1]) {
			const bench = online();
			const source = new TextSource(text);
			spoil(source);
			bench.publishStream("S", source, qos);
			bench.publish("Z", 0);
			t.is(bench.sent(), dense("30 04 0001 74 5a"));
			t.is(bench.take(), "S unreadable, Z delivered");
			t.true(bench.session.sender.streams.fault.includes(fault.replace("25", qos === 0 ? "27" : "25")));
			t.is(bench.session.sender.unwritten, 0);
			t.is(bench.outbox.count, 0);
		}
	});

test("stream: a source that fails in the middle ends message and connection, and is not tried again", t => {
	for (const qos of [0, 1, 2])
		for (const spoil of [
			(source: TextSource) => (source.onRead = offset => (offset > 30 ? fail("torn") : undefined)),
			(source: TextSource) => (source.onRead = offset => (source.pieceMax = offset > 30 ? 0 : 50)),
		]) {
			const bench = online();
			const source = new TextSource(text);
			spoil(source);
			bench.publishStream("S", source, qos);
			bench.publish("Z", 0);
			t.throws(() => bench.sent(), { message: /^half a message was sent, and its source failed: / });
			t.is(bench.take(), "S unreadable");
			bench.cut();
			t.is(bench.connect(resumed), dense("30 04 0001 74 5a"));
			t.is(bench.outbox.count, 0);
		}
});

test("stream: one that fails when it is sent again gives way to what follows it", t => {
	const bench = online();
	const source = new TextSource(text);
	bench.publishStream("S", source, 1);
	bench.publish("Z", 1);
	bench.sent();
	source.onRead = () => fail("gone");
	t.is(bench.reconnect(resumed), dense("3a 06 0001 74 0002 5a"));
	t.is(bench.take(), "S unreadable");
});

test("stream: what is published when a source has failed at once goes out in the same turn", t => {
	const bench = online();
	const source = new TextSource(text);
	source.onRead = () => fail("gone");
	bench.publishStream("S", source, 0);
	const noted = bench.outbox.onEnd;
	bench.outbox.onEnd = (record, outcome, reason) => {
		noted(record, outcome, reason);
		if (bench.ended.length === 1) bench.publish("Z", 0);
	};
	t.is(bench.sent(), dense("30 04 0001 74 5a"));
});

test("stream: a source may publish, and may end the connection, while it is read", t => {
	const bench = online();
	const source = new TextSource(text);
	source.onRead = offset => {
		if (offset === 0) bench.publish("Z", 0);
		t.false(bench.session.transmit(bench.frame, bench.now));
	};
	bench.publishStream("S", source, 1);
	t.is(bench.sent(), dense(`32 5f 0001 74 0001 ${payload} 30 04 0001 74 5a`));
	const another = new TextSource(text);
	bench.publishStream("T", another, 1);
	another.onRead = offset => {
		if (offset > 30) bench.cut();
	};
	for (let frames = 0; frames < 2; frames++) {
		t.true(bench.session.transmit(bench.frame, bench.now));
		bench.frame.reset();
	}
	t.false(bench.session.transmit(bench.frame, bench.now));
	t.is(bench.frame.end, bench.frame.start, "nothing comes into the frame behind the end");
	t.is(bench.session.sender.direct, 0);
	another.onRead = source.onRead = () => {};
	const both = `3a 5f 0001 74 0001 ${payload} 3a 5f 0001 74 0022 ${payload}`;
	t.is(bench.connect(resumed), dense(both));
});

test("stream: it is released when it has ended", t => {
	const bench = online();
	const source = new TextSource(text);
	const record = bench.publishStream("S", source, 1);
	bench.sent();
	bench.feed("40 02 0001");
	bench.session.sender.streams.release(record);
	const { length } = source.offsets;
	bench.publish("Z", 1);
	bench.sent();
	bench.reconnect(resumed);
	t.is(source.offsets.length, length);
});

test("stream: over the protocol's limit it is a RangeError, and nothing changes", t => {
	const endless: Source = { bytes: 0xfff_ffff - 2, read: (_offset, into) => into.length };
	for (const version of [4, 5] as Version[]) {
		const bench = new Bench({ version });
		t.throws(() => bench.publishStream("S", endless, 0), { instanceOf: RangeError });
		t.is(bench.outbox.count, 0);
		const fits = { ...endless, bytes: 0xfff_ffff - 3 - (version === 5 ? 1 : 0) };
		bench.connect();
		bench.publishStream("S", fits, 0);
		t.true(bench.session.transmit(bench.frame, bench.now));
		t.is(bench.session.sender.streams.left, 0x1000_0004 - 256);
		t.is(toHex(bench.outbox.memory.subarray(0, 8)), dense("30 ff ff ff 7f 0001 74"));
	}
});

test("stream: of topics over the frame, too", t => {
	const topic = "t".repeat(100);
	const bench = online({ frameBytes: 32 });
	bench.publishStream("S", new TextSource(text), 0, { topic });
	t.is(bench.sent(), dense(`30 c001 ${toHex(field(topic))} ${payload}`));
});

test("stream: a broker that reads slowly is not silent, one that reads nothing is", t => {
	for (const qos of [0, 1]) {
		const bench = online();
		bench.publishStream("S", new TextSource("x".repeat(1000)), qos);
		for (let i = 0; i < 20; i++) {
			t.true(bench.session.transmit(bench.frame, bench.now));
			bench.frame.reset();
			bench.now += 9_000;
			t.is(bench.session.tick(bench.now, false), undefined, `piece ${i}`);
		}
		let dead: string | undefined;
		for (let i = 0; i < 12 && dead === undefined; i++) dead = bench.session.tick((bench.now += 9_000), false);
		t.regex(dead!, /^no /);
	}
});
