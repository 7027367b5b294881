// node only
// Sessions and the journal: what is bounded, and what of it is kept.

import test from "ava";
import { Journal } from "../../hosts/cloud/journal.js";
import { Sessions, wantedQoS } from "../../hosts/cloud/session.js";
import { Store, TimeKeys, timeOf } from "../../hosts/cloud/store.js";
import { newFolder } from "../support/cloud-bench.js";

test("subscriptions: 100 with wildcards for a parent topic, over all clients of its instance", async t => {
	const store = await Store.open(newFolder(t));
	t.teardown(() => store.close());
	const sessions = await Sessions.open(store);
	for (let i = 0; i < 100; i++) {
		const session = sessions.open(`GID_abc@@@d${i >> 4}`, "i1", false);
		t.is(sessions.subscribe(session, `topic/a${i}/#`, 1), undefined);
	}
	const late = sessions.open("GID_abc@@@late", "i1", true);
	t.regex(sessions.subscribe(late, "topic/+", 1)!, /100 subscriptions with wildcards at most/);
	t.is(sessions.subscribe(late, "topic/plain", 1), undefined);
	t.is(sessions.subscribe(late, "other/+", 1), undefined);
	t.is(sessions.subscribe(sessions.open("GID_abc@@@there", "i2", true), "topic/+", 1), undefined);
	t.is(wantedQoS(late, "topic/b"), undefined);
	t.is(wantedQoS(late, "other/b"), 1);
});

test("journal: the oldest rows go, in memory and on disk", async t => {
	const store = await Store.open(newFolder(t));
	t.teardown(() => store.close());
	const journal = await Journal.open<number>(store, "rows", 100);
	for (let i = 0; i < 1_000; i++) journal.append(i >> 3, i);
	const rows = journal.where(() => true, Infinity);
	t.true(rows.length >= 100 && rows.length <= 110);
	t.is(rows.at(-1), 999);
	const again = await Journal.open<number>(store, "rows", 100);
	t.deepEqual(
		again.where(() => true, Infinity),
		rows,
	);
	again.append(0, 1_000);
	t.is((await Journal.open<number>(store, "rows", 100)).where(() => true, Infinity).at(-1), 1_000);
});

test("store: keys never go back in time, over a restart as well", t => {
	const keys = new TimeKeys();
	const made = [5, 5, 4, 6, 6].map(now => keys.next(now));
	t.deepEqual(made, [...made].sort());
	t.is(new Set(made).size, 5);
	t.deepEqual(made.map(timeOf), [5, 5, 5, 6, 6]);
	t.true(new TimeKeys(made.at(-1)).next(1) > made.at(-1)!);
});
