import test from "ava";
import { Flight, Owed } from "../../modules/session/flight.js";
import { Bench, dense } from "../support/bench.js";
import { Random } from "../support/random.js";

test("packet id: after 65,535 comes 1, never 0", t => {
	const flight = new Flight(4, 65_533);
	const ids = [0, 0, 0, 0].map(() => flight.take(1, Owed.ack, 0));
	t.deepEqual(ids, [65_534, 65_535, 1, 4], "2 and 3 share their slots with ids in use");
	t.is(flight.owed(0), Owed.nothing);
});

test("packet id: the first one follows lastId, which may be anything", t => {
	t.is(new Flight(1, 0).take(1, Owed.ack, 0), 1);
	t.is(new Flight(1, 65_535).take(1, Owed.ack, 0), 1);
	t.is(new Flight(1, 40_000).take(1, Owed.ack, 0), 40_001);
});

test("packet id: ids in use are skipped, over four rounds of all of them", t => {
	const flight = new Flight(8, 0);
	const kept = flight.take(1, Owed.ack, 0);
	const wrong: number[] = [];
	for (let i = 0; i < 4 * 65_535; i++) {
		const id = flight.take(1, Owed.ack, 0);
		if (id === kept || id < 1 || id > 65_535) wrong.push(id);
		flight.free(id);
	}
	t.deepEqual(wrong, []);
	t.is(flight.owed(kept), Owed.ack);
	t.is(flight.count, 1);
});

test("packet id: an id is in use by what it was given to, and another of its slot is not", t => {
	const flight = new Flight(4, 6);
	const id = flight.take(3, Owed.ack, 100);
	t.is(flight.record(id), 3);
	t.is(flight.owed(id), Owed.ack);
	t.is(flight.owed(id + 4), Owed.nothing);
	flight.setOwed(id, Owed.pubcomp);
	t.is(flight.owed(id), Owed.pubcomp);
	t.is(flight.age(id, 130), 30);
	flight.resent(id, 120);
	t.is(flight.age(id, 130), 10);
	flight.free(id);
	t.is(flight.owed(id), Owed.nothing);
});

test("packet id: the table has room for what it was made for, in a power of two", t => {
	for (const [max, size] of [
		[1, 1],
		[2, 2],
		[3, 4],
		[14, 16],
	] as const)
		t.is(new Flight(max, 0).size, size);
});

test("packet id: the order of first sending is kept, however ids come and go", t => {
	const random = new Random(5);
	const flight = new Flight(16, 65_500);
	let used: number[] = [];
	for (let i = 0; i < 5000; i++) {
		if (used.length < flight.size && random.once(2)) used.push(flight.take(1, Owed.ack, 0));
		else if (used.length > 0) {
			const id = random.pick(used);
			flight.free(id);
			used = used.filter(other => other !== id);
		}
		const order: number[] = [];
		for (let id = flight.after(0); id !== 0; id = flight.after(id)) order.push(id);
		if (order.join() !== used.join()) return t.fail(`step ${i}: ${order.join()} and not ${used.join()}`);
	}
	flight.clear();
	t.is(flight.after(0), 0);
	t.is(flight.count, 0);
});

test("packet id: PUBLISH, SUBSCRIBE and UNSUBSCRIBE share them", t => {
	const bench = new Bench({ lastId: 65_534 });
	bench.connect();
	bench.publish("A", 1);
	bench.sent();
	bench.session.request({ filter: "a", options: { qos: 0 }, onAnswer: () => {} });
	bench.session.request({ filter: "a", options: undefined, onAnswer: () => {} });
	t.is(bench.sent(), dense("82 06 0001 0001 61 00  a2 05 0002 0001 61"));
	bench.publish("B", 2);
	t.is(bench.sent(), dense("34 06 0001 74 0003 42"));
});

test("packet id: when all are in use, requests and messages wait", t => {
	const bench = new Bench({ window: 1, requestsMax: 1 });
	bench.connect();
	bench.publish("A", 1);
	bench.sent();
	t.true(bench.session.request({ filter: "a", options: { qos: 0 }, onAnswer: () => {} }));
	t.false(bench.session.request({ filter: "b", options: { qos: 0 }, onAnswer: () => {} }));
	t.is(bench.sent(), dense("82 06 0002 0001 61 00"));
	bench.publish("B", 1);
	t.is(bench.sent(), "");
	bench.feed("40 02 0001");
	t.is(bench.sent(), dense("32 06 0001 74 0003 42"));
});
