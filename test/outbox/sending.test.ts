import test from "ava";
import { Outbox } from "../../modules/outbox/outbox.js";
import { Mark, Outcome } from "../../modules/outbox/record.js";
import { Log } from "../support/log.js";

/** One message at each QoS. */
function three(log: Log): [number, number, number] {
	return [log.append({ marks: 0 }), log.append({ marks: 2 }), log.append({ marks: 4 })];
}

test("take: what lies one behind the other, up to a hole", t => {
	const log = new Log();
	for (let i = 0; i < 6; i++) log.append({ payload: String(i) });
	log.outbox.finish(log.records()[3]!, Outcome.unsendable, 0);
	const { outbox } = log;
	t.true(outbox.take(64, 64, 64, 0, 100));
	t.is(outbox.at, 16);
	t.is(outbox.takenTo, 28);
	t.is(outbox.takenFree, 3);
	t.deepEqual(
		log.records().map(record => outbox.state(record)),
		[2, 2, 2, 1, 1],
	);
	t.true(outbox.take(64, 64, 64, 0, 100));
	t.is(outbox.at, 32);
	t.is(outbox.takenTo, 40);
	t.false(outbox.take(64, 64, 64, 0, 100));
});

// Messages of 4, 5 and 6 bytes at QoS 1, 0 and 2; how many are taken of them.
const bounds: [string, [bytesMax: number, bodyBytesMax: number, countMax: number], number][] = [
	["all", [15, 6, 2], 3],
	["one byte less than all", [14, 6, 2], 2],
	["one byte less than two", [8, 6, 2], 1],
	["one byte less than one", [3, 6, 2], 0],
	["no room at all", [0, 6, 2], 0],
	["one of them too large", [15, 4, 2], 1],
	["the first too large", [15, 3, 2], 0],
	["the last too large", [15, 5, 2], 2],
	["one with an acknowledgement", [15, 6, 1], 2],
	["none with an acknowledgement", [15, 6, 0], 0],
	["less than none", [15, 6, -1], 0],
];
for (const [name, [bytesMax, bodyBytesMax, countMax], count] of bounds)
	test(`take: bounds: ${name}`, t => {
		const log = new Log();
		const { outbox } = log;
		[1, 0, 2].forEach((qos, i) => log.append({ payload: "x".repeat(1 + i), marks: qos << Mark.qosShift }));
		t.is(outbox.take(bytesMax, bodyBytesMax, countMax, 0, 0), count > 0);
		t.is(outbox.waiting, 3 - count);
		t.is(outbox.takenTo - outbox.at, [0, 4, 9, 15][count]!);
		t.is(outbox.takenFree, count > 1 ? 1 : 0);
		t.is(outbox.next, log.records()[count] ?? 0);
	});

test("take: at QoS 0 a record tells where it ends in the frame, at QoS 1 and 2 when it was sent", t => {
	const log = new Log();
	const { outbox } = log;
	const [zero, one, two] = three(log);
	const last = log.append({ marks: 0 });
	outbox.take(64, 64, 64, 1000, 200);
	t.is(outbox.end(zero), 204);
	t.is(outbox.end(last), 216);
	t.is(outbox.age(one, 1040), 40);
	t.is(outbox.age(two, 1040.25), 40.25);
	outbox.setSent(one, 2000);
	outbox.setEnd(last, 7);
	t.is(outbox.age(one, 2001), 1);
	t.is(outbox.end(last), 7);
	outbox.finish(two, Outcome.delivered, 0);
	t.is(outbox.age(two, 1050), 50, "its age is still told");
});

test("take: the age of what is sent is right when the clock passes 2^31 and 2^32 milliseconds", t => {
	for (const now of [0x1ff_fff0, 0x3ff_fff0, 0x7fff_fff0, 0xffff_fff0, 1.7e12]) {
		const log = new Log();
		log.append({ marks: 2 });
		const record = log.send(now);
		t.is(log.outbox.age(record, now + 100), 100);
		t.is(log.outbox.age(record, now + 3_600_000), 3_600_000);
	}
});

test("id: it leads back to its record while that is in flight, and no other id does", t => {
	const log = new Log(64, 5);
	const { outbox } = log;
	t.is(outbox.idSize, 8);
	const records = [0, 1, 2].map(() => log.append({ marks: 2 }));
	const ids = records.map(record => outbox.id(record));
	t.deepEqual(
		ids.map(id => outbox.find(id)),
		[0, 0, 0],
		"they wait",
	);
	for (const _ of records) log.send();
	const found: number[] = [];
	for (let id = 0; id <= 0xffff; id++) if (outbox.find(id) !== 0) found.push(id);
	t.deepEqual(found, ids);
	t.deepEqual(
		ids.map(id => outbox.find(id)),
		records,
	);
	outbox.finish(records[1]!, Outcome.delivered, 0);
	t.is(outbox.find(ids[1]!), 0);
});

test("id: each message of a row gets another one, over all rounds, and never 0", t => {
	const log = new Log(64, 2);
	const { outbox } = log;
	const seen = new Set<number>();
	for (let i = 0; i < 0x1_0000 / outbox.idSize; i++) {
		const record = log.append();
		const id = outbox.id(record);
		if (id % outbox.idSize !== record || id < 1 || id > 0xffff || seen.has(id)) t.fail(`id ${id}`);
		seen.add(id);
		outbox.finish(record, Outcome.delivered, 0);
	}
	const again = log.append();
	t.is(outbox.id(again), again, "and then it begins anew");
});

test("id: those over recordsMax + 1 are left to others, as many as were asked for", t => {
	for (const [recordsMax, othersMax, idSize] of [
		[1, 0, 4],
		[2, 0, 4],
		[2, 1, 8],
		[14, 0, 16],
		[14, 1, 32],
	] as const)
		t.is(new Outbox(new Uint8Array(8), 0, 8, recordsMax, othersMax).idSize, idSize);
});

test("id: the first ones depend on the seed, in their upper bits", t => {
	for (const [seed, id] of [
		[0, 0x11],
		[0x120f, 0x1211],
		[0xfff0, 0x0001],
		[0xffff_ffff, 0x0001],
	] as const) {
		const outbox = new Outbox(new Uint8Array(8), 0, 8, 14, 0, seed);
		t.is(outbox.id(outbox.reserve(4, 0, Infinity, 0, new Uint8Array(0))), id);
	}
});

test("acknowledge: it ends what is sent at QoS 1, and nothing else", t => {
	const log = new Log();
	const { outbox } = log;
	const [zero, one, two] = three(log);
	const waiting = log.append({ marks: 2 });
	for (let i = 0; i < 3; i++) log.send();
	for (const record of [zero, two, waiting]) t.false(outbox.acknowledge(outbox.id(record)));
	for (const id of [0, outbox.idSize, outbox.idSize - 1, one + outbox.idSize, 0xffff])
		t.false(outbox.acknowledge(id), String(id));
	t.true(outbox.acknowledge(outbox.id(one)));
	t.false(outbox.acknowledge(outbox.id(one)), "not twice");
	t.deepEqual(log.take(), [`${one} delivered`]);
	t.deepEqual(log.records(), [zero, two, waiting]);
	t.is(outbox.usedBytes, 12);
});

test("acknowledge: the last one leaves an empty log, which starts from its beginning", t => {
	const log = new Log(8, 2);
	for (let i = 0; i < 3; i++) {
		log.append({ payload: "12345", marks: 2 });
		t.true(log.outbox.acknowledge(log.outbox.id(log.send())));
		t.is(log.outbox.head, 0);
		t.is(log.outbox.usedBytes, 0);
	}
});
