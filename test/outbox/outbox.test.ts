import test from "ava";
import { Outbox } from "../../modules/outbox/outbox.js";
import { Mark, Outcome, RecordState, recordsLimit, ttlMaxMs } from "../../modules/outbox/record.js";
import { toHex } from "../support/hex.js";
import { Log } from "../support/log.js";

test("log: an empty one has no head, nothing to send, and nothing to expire", t => {
	const { outbox } = new Log(64, 3);
	t.is(outbox.head, 0);
	t.is(outbox.next, 0);
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
	const record = outbox.reserve(8, 0, Infinity, 0, new Uint8Array(0));
	outbox.finish(record, Outcome.delivered, 0);
	t.is(outbox.count, 0);
});

test("log: as many records as ids can name, with those of others", t => {
	const memory = new Uint8Array(8);
	for (const [recordsMax, othersMax] of [
		[0, 0],
		[recordsLimit + 1, 0],
		[recordsLimit, 1],
		[NaN, 0],
	] as const)
		t.throws(() => new Outbox(memory, 0, 8, recordsMax, othersMax), { instanceOf: RangeError });
	t.is(new Outbox(memory, 0, 8, recordsLimit).idSize, 0x8000);
});

test("log: a record tells its marks and size, and its body lies in the memory", t => {
	const log = new Log();
	log.append();
	const record = log.append({ topic: "top", payload: "load", marks: Mark.retain | 4, head: 2 });
	const { outbox } = log;
	t.is(outbox.marks(record) & 7, 5);
	t.is(outbox.state(record), RecordState.waiting);
	t.is(outbox.bytes(record), 11);
	t.is(outbox.usedBytes, 15);
	t.is(toHex(log.memory.subarray(outbox.place(record), outbox.place(record) + 11)), "ffff0003746f706c6f6164");
	outbox.finish(record, Outcome.refused, 0x87);
	t.is(outbox.state(record), RecordState.free);
	t.is(outbox.marks(record) & 7, 5, "its marks are still told");
});

test("log: nothing is written outside the arena", t => {
	const log = new Log(24, 8);
	for (let i = 0; i < 50; i++) log.append({ payload: "x".repeat(i % 20) });
	t.is(toHex(log.memory.subarray(0, 16)), "ee".repeat(16));
	t.is(toHex(log.memory.subarray(40)), "ee".repeat(48));
});

test("cursor: messages go out in the order in which they came", t => {
	const log = new Log();
	const records = [log.append(), log.append(), log.append()];
	t.deepEqual([log.send(), log.send(), log.send()], records);
	t.is(log.outbox.next, 0);
	t.is(log.outbox.waiting, 0);
	t.is(log.outbox.count, 3);
});

test("cursor: a message that comes while others are in flight is next", t => {
	const log = new Log();
	log.append();
	log.send();
	const b = log.append();
	t.is(log.outbox.next, b);
});

test("cursor: the end of a waiting record, or of one in flight, leaves the next one next", t => {
	const log = new Log();
	const [a, b, c] = [log.append(), log.append(), log.append()];
	log.send();
	log.outbox.finish(b, Outcome.unsendable, 0);
	t.is(log.outbox.next, c);
	log.outbox.finish(a, Outcome.delivered, 0);
	t.is(log.outbox.next, c);
	log.outbox.finish(c, Outcome.unsendable, 0);
	t.is(log.outbox.next, 0);
	t.is(log.outbox.next, log.outbox.head);
});

test("cursor: rewound, all in flight waits again, ahead of what waits already, in its old order", t => {
	const log = new Log();
	for (const payload of ["1", "2", "3", "4"]) log.append({ payload });
	for (let i = 0; i < 3; i++) log.send();
	log.outbox.finish(log.records()[1]!, Outcome.delivered, 0);
	log.outbox.rewind();
	t.is(log.payloads(), "1 3 4");
	t.is(log.outbox.next, log.outbox.head);
	t.is(log.outbox.waiting, 3);
	log.outbox.rewind();
	t.is(log.outbox.waiting, 3, "twice is as good as once");
});

test("cursor: sent and released states do not count as waiting twice", t => {
	const log = new Log();
	const a = log.append({ marks: 4 | Mark.priority });
	t.is(log.outbox.urgent, 1);
	log.send();
	log.outbox.setState(a, RecordState.released);
	t.is(log.outbox.waiting, 0);
	t.is(log.outbox.urgent, 0);
	t.is(log.outbox.state(a), RecordState.released);
	log.outbox.rewind();
	t.is(log.outbox.waiting, 1);
	t.is(log.outbox.urgent, 1);
	t.is(log.outbox.next, a);
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
			if (log.outbox.next !== log.outbox.head) t.fail(`order ${order.join()}: peek is not the head`);
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
	while (log.outbox.next !== 0) sequence.push(log.payload(log.send()));
	t.is(sequence.join(""), "cebdfa");
	t.is(log.payloads(), "c e b d f a", "in flight, they lie in the order of sending");
	log.outbox.rewind();
	t.is(log.payload(log.send()), "c");
});

test("priority: a message sent first does not hide the older ones it overtook", t => {
	const log = new Log();
	const a = log.append();
	const b = log.append({ marks: Mark.priority });
	t.is(log.send(), b);
	log.outbox.finish(b, Outcome.delivered, 0);
	t.is(log.outbox.next, a);
	t.is(log.send(), a);
	const c = log.append({ marks: Mark.priority });
	t.is(log.send(), c);
	log.outbox.rewind();
	t.is(log.send(), c);
	t.is(log.send(), a);
});

test("priority: one that was put first and not sent stays before its equals, and behind a higher one", t => {
	const log = new Log();
	const { outbox } = log;
	const urgent = (level: number, payload: string) =>
		log.append({ payload, marks: level << Mark.priorityShift });
	urgent(0, "a");
	urgent(1, "b");
	outbox.promote();
	outbox.promote();
	t.is(log.payloads(), "b a");
	urgent(1, "c");
	outbox.promote();
	t.is(log.payloads(), "b a c");
	urgent(2, "d");
	outbox.promote();
	t.is(log.payloads(), "d b a c");
	t.is(outbox.head, outbox.next);
	for (const payload of ["d", "b", "c", "a"]) t.is(log.payload(log.send()), payload);
	t.is(outbox.urgent, 0);
});

test("arena: holes are closed when urgent messages lie out of order, and the bodies stay whole", t => {
	for (const order of permutations([1, 2, 3, 4])) {
		const log = new Log(40, 12);
		order.forEach((level, i) =>
			log.append({
				payload: String(i).repeat(1 + i),
				marks: level > 3 ? 0 : (4 - level) << Mark.priorityShift,
			}),
		);
		log.append({ payload: "x", marks: Mark.priority });
		for (let i = 0; i < 2; i++) log.send();
		const left = log.payloads().split(" ");
		log.outbox.finish(log.records()[1]!, Outcome.delivered, 0);
		left.splice(1, 1);
		const free = 40 - log.outbox.usedBytes - 3;
		const filler = "y".repeat(free);
		t.not(log.append({ payload: filler, marks: 0 }), 0, order.join());
		t.is(log.payloads(), [...left, filler].join(" "), order.join());
		t.is(log.outbox.usedBytes, 40);
	}
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
