import test from "ava";
import { Mark, Outcome, RecordState } from "../../modules/outbox/outbox.js";
import { Log } from "../support/log.js";

const { displaceable, latest } = Mark;
const priority = (level: number) => level << Mark.priorityShift;

test("refuse: without a mark nothing is displaced, and nothing reported", t => {
	const log = new Log(8, 4);
	log.append({ payload: "1" });
	log.append({ payload: "2" });
	t.is(log.append({ payload: "3", marks: 0 }), 0);
	t.is(log.payloads(), "1 2");
	t.deepEqual(log.ended, []);
});

test("displace: the oldest unsent one makes room, and is reported once", t => {
	const log = new Log(8, 4);
	const a = log.append({ payload: "1" });
	log.append({ payload: "2" });
	t.not(log.append({ payload: "3" }), 0);
	t.is(log.payloads(), "2 3");
	t.deepEqual(log.ended, [`${a} displaced`]);
});

test("displace: no more than needed, for bytes and for rows", t => {
	const log = new Log(64, 4);
	for (const payload of ["1", "2", "3", "4"]) log.append({ payload });
	log.append({ payload: "5" });
	t.is(log.payloads(), "2 3 4 5");
	log.append({ payload: "x".repeat(55) });
	t.is(log.payloads(), "5 " + "x".repeat(55), "58 of 64 bytes leave room for one more of four");
	t.is(log.ended.length, 4);
});

test("displace: what is sent stays, and so does what has no mark", t => {
	const log = new Log(12, 8);
	const a = log.append({ payload: "1" });
	log.append({ payload: "2", marks: 0 });
	log.append({ payload: "3" });
	log.outbox.advance(a, RecordState.framed);
	log.append({ payload: "4" });
	t.is(log.payloads(), "1 2 4");
	t.is(log.append({ payload: "5", marks: 0 }), 0);
	t.is(log.append({ payload: "12345" }), 0, "all that may go is less than it needs");
	t.is(log.payloads(), "1 2 4");
	t.is(log.ended.length, 1);
});

test("displace: a message of higher priority stays, one of the same goes", t => {
	const log = new Log(8, 8);
	log.append({ payload: "1", marks: displaceable | priority(2) });
	log.append({ payload: "2", marks: displaceable | priority(1) });
	t.is(log.append({ payload: "3", marks: displaceable }), 0);
	log.append({ payload: "4", marks: displaceable | priority(1) });
	t.is(log.payloads(), "1 4");
	log.append({ payload: "5", marks: displaceable | priority(3) });
	t.is(log.payloads(), "4 5");
});

test("latest: an unsent message of the same topic is replaced, with room to spare as well", t => {
	const log = new Log();
	const a = log.append({ payload: "1", marks: latest });
	log.append({ topic: "b", payload: "2", marks: latest });
	log.append({ topic: "ab", payload: "3", marks: latest });
	log.append({ payload: "4", marks: latest });
	t.is(log.payloads(), "2 3 4");
	t.deepEqual(log.ended, [`${a} replaced`]);
});

test("latest: what is sent stays, and so does one without the mark", t => {
	const log = new Log();
	const a = log.append({ payload: "1", marks: latest });
	log.outbox.advance(a, RecordState.sent);
	log.append({ payload: "2" });
	log.append({ payload: "3", marks: latest });
	log.append({ payload: "4" });
	t.is(log.payloads(), "1 2 3 4");
	log.outbox.rewind(a);
	log.append({ payload: "5", marks: latest });
	t.is(log.payloads(), "2 4 5", "a rewound one is unsent");
	t.is(log.ended.length, 2);
});

test("latest: it takes the place of the old one when the log is full", t => {
	for (const [bytes, rows] of [
		[8, 8],
		[64, 2],
	] as const) {
		const log = new Log(bytes, rows);
		log.append({ payload: "1", marks: latest });
		log.append({ topic: "b", payload: "2", marks: latest });
		t.not(log.append({ payload: "3", marks: latest }), 0);
		t.is(log.payloads(), "2 3");
	}
});

test("latest: refused for want of room, it leaves the old one", t => {
	const log = new Log(12, 8);
	log.append({ payload: "1", marks: latest });
	log.append({ topic: "b", payload: "23456", marks: 0 });
	t.is(log.append({ payload: "12345678", marks: latest }), 0);
	t.is(log.payloads(), "1 23456");
	t.deepEqual(log.ended, []);
});

test("latest and displaceable: it replaces its own, and then displaces others if it must", t => {
	const log = new Log(12, 8);
	log.append({ topic: "b", payload: "1" });
	log.append({ topic: "c", payload: "2" });
	log.append({ payload: "3", marks: latest });
	log.append({ payload: "4", marks: latest | displaceable });
	t.is(log.payloads(), "1 2 4");
	log.append({ payload: "12345", marks: latest | displaceable });
	t.is(log.payloads(), "2 12345");
});

test("re-entrancy: onEnd may publish at once", t => {
	const log = new Log(8, 2);
	const { outbox } = log;
	const a = log.append({ payload: "1" });
	outbox.onEnd = (record, outcome) => {
		log.ended.push(`${record} ${outcome}`);
		if (log.ended.length < 4) log.append({ payload: String(log.ended.length + 1) });
	};
	outbox.finish(a, Outcome.delivered, 0);
	t.is(log.payloads(), "2");
	log.outbox.finish(outbox.head, Outcome.delivered, 0);
	t.is(log.payloads(), "3");
	t.is(log.ended.length, 2);
});

test("re-entrancy: a message is in the log before those are reported that made room for it", t => {
	for (const marks of [displaceable, latest]) {
		const log = new Log(12, 3);
		log.append({ topic: "b", payload: "1", marks: 0 });
		const old = log.append({ payload: "2", marks });
		log.append({ topic: "c", payload: "3", marks: 0 });
		const seen: string[] = [];
		log.outbox.onEnd = record => {
			seen.push(`${record}: ${log.payloads()}`);
			t.is(log.append({ topic: "d", payload: "5", marks: 0 }), 0, "the room is taken");
		};
		t.not(log.append({ payload: "4", marks }), 0);
		t.deepEqual(seen, [`${old}: 1 3 4`]);
		t.is(log.payloads(), "1 3 4");
	}
});

test("re-entrancy: each is reported once, and nobody displaces what displaced them", t => {
	const log = new Log(16, 4);
	const records = ["1", "2", "3", "4"].map(payload => log.append({ payload }));
	log.outbox.onEnd = record => {
		log.ended.push(`${record}`);
		if (log.ended.length < 3) log.append({ payload: "56" });
	};
	const last = log.append({ payload: "56789" });
	t.deepEqual(log.ended.slice(0, 4), records.map(String));
	t.is(log.ended.length, 5, "the first that was published there made room for the second");
	t.is(log.payload(last), "56789");
	t.is(log.payloads(), "56789 56");
	log.outbox.onEnd = () => {};
	for (const payload of ["6", "7", "8", "9"]) t.not(log.append({ payload }), 0, "every row has come back");
});

test("re-entrancy: what expires may publish what expires", t => {
	const log = new Log(64, 8);
	log.append({ payload: "1", ttlMs: 10 });
	log.append({ payload: "2", ttlMs: 10 });
	log.append({ payload: "3", ttlMs: 30 });
	log.outbox.onEnd = record => {
		log.ended.push(`${record}`);
		if (log.ended.length < 3) log.append({ payload: "n", ttlMs: 20, now: 10 });
	};
	log.outbox.expire(10);
	t.is(log.payloads(), "3 n n");
	t.is(log.outbox.expireAt, 30);
});

test("expiry: an unsent message ends at its time, not before", t => {
	const log = new Log();
	const a = log.append({ payload: "1", ttlMs: 100, now: 50 });
	const b = log.append({ payload: "2", ttlMs: 40, now: 60 });
	log.append({ payload: "3" });
	t.is(log.outbox.expireAt, 100);
	log.outbox.expire(99);
	t.is(log.payloads(), "1 2 3");
	log.outbox.expire(100);
	t.is(log.payloads(), "1 3");
	t.is(log.outbox.expireAt, 150);
	log.outbox.expire(1000);
	t.is(log.payloads(), "3");
	t.is(log.outbox.expireAt, Infinity);
	t.deepEqual(log.ended, [`${b} expired`, `${a} expired`]);
});

test("expiry: what is in flight does not expire, and does when it waits again", t => {
	const log = new Log();
	const a = log.append({ payload: "1", marks: 2, ttlMs: 100 });
	log.outbox.advance(a, RecordState.sent);
	log.outbox.expire(500);
	t.is(log.payloads(), "1");
	t.is(log.outbox.expireAt, Infinity);
	log.outbox.rewind(a);
	t.true(log.outbox.expireAt <= 500);
	log.outbox.expire(500);
	t.is(log.payloads(), "");
});

test("expiry: a rewound message that has time left keeps it", t => {
	const log = new Log();
	const a = log.append({ marks: 2, ttlMs: 100 });
	log.outbox.advance(a, RecordState.sent);
	log.outbox.expire(150 - 100);
	log.outbox.rewind(a);
	log.outbox.expire(60);
	t.is(log.outbox.expireAt, 100);
	t.is(log.outbox.timeLeft(a, 60), 40);
});

test("expiry: the clock may pass 2^31 and 2^32 milliseconds", t => {
	for (const now of [0x7fff_fff0, 0xffff_fff0, 0x1_7fff_fff0, 1.7e12]) {
		const log = new Log();
		log.append({ payload: "1", ttlMs: 32, now });
		log.append({ payload: "2", ttlMs: 64, now });
		log.outbox.expire(now + 31);
		t.is(log.payloads(), "1 2");
		log.outbox.expire(now + 32);
		t.is(log.payloads(), "2");
		t.is(log.outbox.expireAt, now + 64);
	}
});

test("re-entrancy: whoever publishes more than there are rows for, before all is reported, is refused", t => {
	const log = new Log(64, 2);
	log.append({ payload: "1" });
	log.append({ payload: "2" });
	const taken: boolean[] = [];
	log.outbox.onEnd = () => {
		if (taken.length > 0) return;
		for (let i = 0; i < 3; i++) taken.push(log.append({ payload: "n" }) > 0);
	};
	const record = log.append({ payload: "3" });
	t.deepEqual(taken, [true, false, false]);
	t.is(log.payloads(), "3 n");
	t.is(log.payload(record), "3");
	t.not(log.append({ payload: "4" }), 0);
});
