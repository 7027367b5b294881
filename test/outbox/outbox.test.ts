import test from "ava";
import { Mark, Outbox, Outcome, RecordState, ttlMaxMs } from "../../modules/outbox/outbox.js";
import { toHex } from "../support/hex.js";
import { Log } from "../support/log.js";
import { field, utf8 } from "../support/text.js";

const { waiting, framed, sent, released } = RecordState;

test("log: an empty one has no head, nothing to send, and nothing to expire", t => {
	const { outbox } = new Log(64, 3);
	t.is(outbox.head, 0);
	t.is(outbox.peek(), 0);
	t.is(outbox.count, 0);
	t.is(outbox.usedBytes, 0);
	t.is(outbox.arenaBytes, 64);
	t.is(outbox.recordsMax, 3);
	t.is(outbox.expireAt, Infinity);
	outbox.expire(1e15);
	t.is(outbox.count, 0);
});

test("log: onEnd may be left alone", t => {
	const outbox = new Outbox(new Uint8Array(8), 0, 8, 1);
	const record = outbox.append(field("a"), utf8("1"), 0, Infinity, 0);
	outbox.finish(record, Outcome.delivered, 0);
	t.is(outbox.count, 0);
});

test("log: a record tells its flags and sizes, and gives its body back", t => {
	const log = new Log();
	const properties = utf8("pp");
	const record = log.append({ topic: "top", payload: "load", marks: Mark.retain | 4, properties });
	t.is(log.outbox.peek(), record);
	t.is(log.outbox.wireFlags, 5);
	t.is(log.outbox.topicBytes, 5);
	t.is(log.outbox.propertyBytes, 2);
	t.is(log.outbox.bodyBytes, 11);
	t.is(log.outbox.usedBytes, 11);
	const body = new Uint8Array(13);
	log.outbox.copy(record, 0, 11, body, 1);
	t.is(toHex(body), "00" + "0003746f70" + "7070" + "6c6f6164" + "00");
	log.outbox.copy(record, 6, 2, body, 0);
	t.is(toHex(body.subarray(0, 3)), "706c03");
});

test("log: what is ours in the marks is no wire flag", t => {
	const log = new Log();
	log.append({ marks: Mark.latest | Mark.displaceable | Mark.priority | 2, ttlMs: 5 });
	log.outbox.peek();
	t.is(log.outbox.wireFlags, 2);
});

test("log: nothing is written outside the arena", t => {
	const log = new Log(24, 8);
	for (let i = 0; i < 50; i++) log.append({ payload: "x".repeat(i % 20) });
	log.outbox.lay(log.outbox.peek(), 3, 3, new Uint8Array(64), 0);
	t.is(toHex(log.memory.subarray(0, 16)), "ee".repeat(16));
	t.is(toHex(log.memory.subarray(40)), "ee".repeat(48));
});

test("log: lay() puts a gap between the topic and the rest, in its own memory and in another", t => {
	const log = new Log();
	const record = log.append({ topic: "ab", payload: "xyz", properties: utf8("P") });
	const other = new Uint8Array(12);
	log.outbox.lay(record, 2, 4, other, 1);
	t.is(toHex(other), "00" + "00026162" + "0000" + "5078797a" + "00");
	log.outbox.lay(record, 0, 5, log.memory, 80);
	t.is(toHex(log.memory.subarray(80, 88)), "00026162" + "78797a" + "ee");
	log.outbox.copy(record, 5, 3, log.memory, 90);
	t.is(toHex(log.memory.subarray(89, 94)), "ee" + "78797a" + "ee");
});

test("cursor: messages go out in the order in which they came", t => {
	const log = new Log();
	const records = [log.append(), log.append(), log.append()];
	for (const record of records) {
		t.is(log.outbox.peek(), record);
		t.is(log.outbox.peek(), record);
		t.is(log.outbox.state(record), waiting);
		log.outbox.advance(record, sent);
		t.is(log.outbox.state(record), sent);
	}
	t.is(log.outbox.peek(), 0);
	t.is(log.outbox.waiting, 0);
	t.is(log.outbox.count, 3);
});

test("cursor: a message appended when all are sent is the next", t => {
	const log = new Log();
	log.outbox.advance(log.append(), sent);
	const b = log.append();
	t.is(log.outbox.peek(), b);
	log.outbox.advance(b, sent);
	log.outbox.finish(b, 0, 0);
	const c = log.append();
	t.is(log.outbox.peek(), c);
});

test("cursor: a rewound message waits at its old place, whatever else was rewound", t => {
	const log = new Log();
	const a = log.append();
	const b = log.append();
	const c = log.append();
	for (const record of [a, b, c]) log.outbox.advance(record, sent);
	log.outbox.rewind(c);
	t.is(log.outbox.peek(), c);
	log.outbox.rewind(a);
	t.is(log.outbox.peek(), a);
	log.outbox.rewind(a);
	t.is(log.outbox.waiting, 2);
	log.outbox.advance(a, sent);
	t.is(log.outbox.peek(), c);
});

test("cursor: sent and released states do not count as waiting twice", t => {
	const log = new Log();
	const a = log.append({ marks: 4 | Mark.priority });
	log.outbox.advance(a, framed);
	log.outbox.advance(a, sent);
	log.outbox.advance(a, released);
	t.is(log.outbox.waiting, 0);
	t.is(log.outbox.state(a), released);
	log.outbox.rewind(a);
	t.is(log.outbox.waiting, 1);
	t.is(log.outbox.peek(), a);
});

test("order: six messages finish in every order, and each time the rest stays as it was", t => {
	for (const order of permutations([0, 1, 2, 3, 4, 5])) {
		const log = new Log(24, 6);
		const records = order.map((_, i) => log.append({ payload: String(i) }));
		const left = ["0", "1", "2", "3", "4", "5"];
		for (const i of order) {
			log.outbox.finish(records[i]!, Outcome.delivered, i);
			left.splice(left.indexOf(String(i)), 1);
			if (log.payloads() !== left.join(" ")) t.fail(`order ${order.join()}: ${log.payloads()}`);
			if (log.outbox.peek() !== log.outbox.head) t.fail(`order ${order.join()}: peek is not the head`);
		}
		if (log.ended.length !== 6 || log.outbox.usedBytes !== 0) t.fail(`order ${order.join()}`);
	}
	t.pass();
});

test("arena: holes are closed when the top is reached, and the bodies stay whole", t => {
	const log = new Log(40, 12);
	const records = Array.from({ length: 10 }, (_, i) => log.append({ payload: String(i), marks: 0 }));
	t.is(log.append({ payload: "x", marks: 0 }), 0);
	for (const i of [1, 2, 5, 8]) log.outbox.finish(records[i]!, Outcome.delivered, 0);
	t.not(log.append({ payload: "0123456789abc", marks: 0 }), 0);
	t.is(log.payloads(), "0 3 4 6 7 9 0123456789abc");
	t.is(log.outbox.usedBytes, 40);
	t.is(log.append({ marks: 0 }), 0);
});

test("arena: an emptied one starts from its beginning", t => {
	const log = new Log(8, 4);
	for (let i = 0; i < 5; i++) {
		const record = log.append({ payload: "12345" });
		t.not(record, 0);
		t.is(toHex(log.memory.subarray(16, 19)), "000161");
		log.outbox.finish(record, Outcome.delivered, 0);
	}
});

test("arena: a message that fills it just fits, a longer one is a RangeError with nothing changed", t => {
	for (const marks of [0, Mark.displaceable, Mark.latest]) {
		const log = new Log(20, 4);
		const first = log.append({ payload: "x".repeat(17), marks });
		t.is(log.outbox.usedBytes, 20);
		const error = t.throws(() => log.append({ payload: "x".repeat(18), marks, ttlMs: 5 }));
		t.true(error instanceof RangeError);
		t.is(error!.message, "a message of 21 bytes is over the outbox of 20");
		t.is(log.outbox.head, first);
		t.is(log.outbox.count, 1);
		t.is(log.outbox.expireAt, Infinity);
		t.deepEqual(log.ended, []);
	}
});

test("records: as many as there are rows, and rows come back", t => {
	const log = new Log(64, 3);
	const records = [log.append({ marks: 0 }), log.append({ marks: 0 }), log.append({ marks: 0 })];
	t.is(new Set(records).size, 3);
	t.is(log.append({ marks: 0 }), 0);
	t.is(log.outbox.count, 3);
	log.outbox.finish(records[1]!, Outcome.refused, 0x87);
	t.deepEqual(log.take(), [`${records[1]} refused 135`]);
	t.not(log.append({ marks: 0 }), 0);
	t.is(log.append({ marks: 0 }), 0);
	t.deepEqual(log.ended, []);
});

test("priority: the highest waiting one is next, and among equals the oldest", t => {
	const log = new Log();
	const urgent = (level: number, payload: string) =>
		log.append({ payload, marks: level << Mark.priorityShift });
	const sequence: string[] = [];
	urgent(0, "a");
	urgent(2, "b");
	urgent(3, "c");
	urgent(2, "d");
	urgent(3, "e");
	urgent(1, "f");
	for (let record = log.outbox.peek(); record !== 0; record = log.outbox.peek()) {
		sequence.push(log.payload(record));
		log.outbox.advance(record, sent);
	}
	t.is(sequence.join(""), "cebdfa");
});

test("priority: a message sent first does not hide the older ones it overtook", t => {
	const log = new Log();
	const a = log.append();
	const b = log.append({ marks: Mark.priority });
	t.is(log.outbox.peek(), b);
	log.outbox.finish(b, Outcome.delivered, 0);
	t.is(log.outbox.peek(), a);
	const c = log.append({ marks: Mark.priority });
	log.outbox.advance(a, sent);
	log.outbox.advance(c, sent);
	log.outbox.rewind(c);
	log.outbox.rewind(a);
	t.is(log.outbox.peek(), c);
});

test("expiry: a time to live is at most half the range of the clock", t => {
	const log = new Log();
	const a = log.append({ ttlMs: ttlMaxMs, now: 1000 });
	t.is(log.outbox.timeLeft(a, 1000), ttlMaxMs);
	t.is(log.outbox.timeLeft(a, 1000 + ttlMaxMs), 0);
	t.is(log.outbox.timeLeft(log.append(), 5), Infinity);
});

function permutations(items: number[]): number[][] {
	if (items.length < 2) return [items];
	return items.flatMap((item, at) =>
		permutations([...items.slice(0, at), ...items.slice(at + 1)]).map(rest => [item, ...rest]),
	);
}
