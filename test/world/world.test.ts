// The link, its session and its outbox in a simulated world. Goal: laws 1 to 8 of the design hold in any
// weather, and under a clear sky everything comes to its end.
//
// Method: a virtual host and a model broker on one queue of tasks; a storm of a random subset of troubles;
// a witness at the client's socket, a ledger of outcomes and the broker itself check each step. Then the
// sky clears: every message has its one outcome, subscriptions stand, nothing is left over, and the client
// sleeps but for its pings.
//
//     npm run world -- --seeds 1 --seed 17          lives one world again, with a trace if it breaks a law
//
// The world was tried on code broken by hand: see mutants.ts, which lists what was broken. Each is caught:
//
//     npx tsx test/world/mutants.ts

import test from "ava";
import { Counts, stormNames } from "./counts.js";
import { herd } from "./herd.js";
import { live } from "./live.js";

/** Seeds that break a law when the fault is put back (see "found" in mutant-list.ts). */
const regressions = [
	{ seed: 10, fault: "QoS 0 messages in a frame that was cut went out twice" },
	{ seed: 1, fault: "a ping came late when the reply time was longer than the keep-alive time" },
	{ seed: 49, fault: "an acknowledgement time shorter than the reply time was overlooked" },
	{ seed: 52, fault: "a subscription was checked against a frame in use" },
	{ seed: 75, fault: "bytes stayed unread once a handler had let go" },
	{ seed: 10, fault: "a session was believed whose loss a lost CONNACK had told" },
	{ seed: 1765, fault: "an id of a session that was lost stood for a message of the new one" },
	{ seed: 309, fault: "stale ids of QoS 2 left no room for others" },
	{ seed: 2, fault: "a PUBREL went on after a CONNACK that was lost" },
];

for (const { seed, fault } of regressions)
	test(`seed ${seed}: ${fault}`, t => {
		t.is(live(seed).fault, undefined);
	});

test("no law is broken in sixty storms, and they are storms", t => {
	const counts = new Counts();
	for (let seed = 10_001; seed <= 10_060; seed++) {
		const { counts: more, fault } = live(seed);
		t.is(fault, undefined);
		counts.add(more);
	}
	for (const name of stormNames) t.true(counts[name] > 0, `${name} never happened`);
	const waits = counts.jitter.reduce((sum, count) => sum + count, 0);
	for (const count of counts.jitter)
		t.true(count > waits / 20 && count < waits / 5, "waits are not spread evenly");
});

test("a seed is lived the same way each time", t => {
	t.deepEqual(live(5), live(5));
});

for (const downMs of [10, 60_000])
	test(`two hundred devices which lose a broker for ${downMs} ms do not return together`, t => {
		const { before, after, attempts } = herd(7, 200, downMs);
		t.is(before, 200);
		t.is(after, 200);
		t.true(Math.max(...attempts) < 30, `${Math.max(...attempts)} attempts within a tenth of a second`);
	});
