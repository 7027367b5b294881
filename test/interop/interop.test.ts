// node only
// The scenario list against real brokers, on Node and on XS: what comes out otherwise than the standards say
// has a row which tells why, and a row that no longer holds fails.

import test from "ava";
import { columns, missing, runColumn } from "./columns.js";
import { explained, wrongWith } from "./explained.js";
import { scenarios } from "./scenarios.js";

for (const column of columns) {
	const lack = missing(column);
	const run = lack === undefined || process.env["CI"] === "true" ? test : test.skip;
	run(`interop: ${column.name}${lack === undefined ? "" : ` (${lack})`}`, async t => {
		const results = await runColumn(column);
		t.true(results.length > 10);
		const wrong = results.map(({ title, fault }) => wrongWith(title, column.name, fault));
		t.deepEqual(
			wrong.filter(line => line !== undefined),
			[],
		);
	});
}

test("interop: what is explained is a scenario and a column", t => {
	for (const { titles, columns: names } of explained) {
		for (const title of titles)
			t.true(
				scenarios.some(scenario => scenario.title === title),
				title,
			);
		for (const name of names)
			t.true(
				columns.some(column => column.name === name),
				name,
			);
	}
});
