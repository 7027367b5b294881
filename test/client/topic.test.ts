import test from "ava";
import { dense } from "../support/bench.js";
import { ClientBench, say } from "../support/client-bench.js";

interface Climate {
	celsius: number;
}

test("topic: names in braces take their values, and the value goes out as JSON", async t => {
	const bench = new ClientBench();
	bench.connect();
	const climate = bench.client.topic<Climate>("p/{site}/{n}/c");
	const sent = climate.publish({ site: "a", n: 1 }, { celsius: 2 });
	t.is(bench.sent(), dense("30 16 0007 702f612f312f63 7b2263656c73697573223a327d"));
	t.is(say(await sent), "delivered 0 0");
});

test("topic: its options go with each message", t => {
	const bench = new ClientBench();
	bench.connect();
	void bench.client.topic<number>("t", { qos: 1, retain: true }).publish({}, 5);
	t.is(bench.sent(), dense("33 06 0001 74 0001 35"));
});

test("topic: its filter has a + for each name", t => {
	const { client } = new ClientBench();
	t.is(client.topic<Climate>("p/{site}/{n}/c").filter, "p/+/+/c");
	t.is(client.topic<Climate>("p").filter, "p");
});

test("topic: the types know the names, also when the type of the values is given", t => {
	const { client } = new ClientBench();
	const told = client.topic<Climate, "p/{site}/{n}/c">("p/{site}/{n}/c");
	const climate = client.topic("p/{site}/{n}/c").of<Climate>();
	const same: typeof told = climate;
	t.is(same.filter, "p/+/+/c");
	type Params = Parameters<typeof climate.publish>[0];
	type Value = Parameters<typeof climate.publish>[1];
	const takes: [
		{ site: string; n: number } extends Params ? true : false,
		{ site: string } extends Params ? true : false,
		{ celsius: number } extends Value ? true : false,
		{ kelvin: number } extends Value ? true : false,
	] = [true, false, true, false];
	t.is(takes.length, 4, "the compiler has looked at them");
});

test("topic: a level that is missing, empty, or more than one is a RangeError", t => {
	const bench = new ClientBench();
	const topic = bench.client.topic<number>("p/{site}");
	for (const site of ["", "a/b", "+", "a#", undefined as unknown as string])
		t.true(t.throws(() => topic.publish({ site }, 1)) instanceof RangeError);
	t.true(t.throws(() => bench.client.topic<number>("p/{site").filter) instanceof RangeError);
	t.is(bench.client.health().queued, 0);
});

test("topic: a value that JSON cannot hold is a TypeError at the call", t => {
	const bench = new ClientBench();
	t.true(t.throws(() => bench.client.topic<unknown>("t").publish({}, undefined)) instanceof TypeError);
	t.is(bench.client.health().queued, 0);
});
