// node only
// Every statement that binds a client is named where it is kept and by a test, or has a reason.

import test from "ava";
import { exceptions } from "./exceptions.js";
import { findStrayTags, keyOf, readStatements } from "./statements.js";

const statements = readStatements();

test("statements: the table has those of both versions", t => {
	t.is(statements.filter(({ version }) => version === "3.1.1").length, 75);
	t.is(statements.filter(({ version }) => version === "5.0").length, 136);
});

test("statements: each is named by the code that keeps it, and by a test", t => {
	for (const { id, version, kept, tested, unkept, untested } of statements) {
		t.true(kept.length > 0 || unkept !== undefined, `${id} of ${version} has no place in the code`);
		t.true(tested.length > 0 || untested !== undefined, `${id} of ${version} has no test`);
	}
});

test("statements: an exception is one", t => {
	for (const { id, version, kept, tested, unkept, untested } of statements) {
		if (unkept !== undefined) t.deepEqual(kept, [], `${id} of ${version}`);
		if (untested !== undefined) t.deepEqual(tested, [], `${id} of ${version}`);
	}
	const known = statements.map(({ id, version }) => keyOf(id, version));
	t.deepEqual(
		Object.keys(exceptions).filter(key => !known.includes(key)),
		[],
	);
});

test("statements: a tag names one of the table, or one that binds a server", t => {
	const others = ["3.1.2-22", "3.1.2-25", "3.3.2-6", "3.3.4-9", "4.6.0-6", "4.7.2-1"];
	const servers = others.map(id => keyOf(`MQTT-${id}`, "5.0"));
	t.deepEqual(
		findStrayTags().filter(place => !servers.some(key => place.endsWith(`: ${key}`))),
		[],
	);
});
