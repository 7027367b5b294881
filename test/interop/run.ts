// npm run interop [-- part of a column's name …]
//
// Runs the scenarios against every broker that is installed, or in the columns named, and prints the table of
// the README. What does not come out right and is not explained is told below it, with exit code 1.

import { columns, missing, runColumn } from "./columns.js";
import { explain, explained, wrongWith } from "./explained.js";
import type { Result } from "./scenario.js";
import { scenarios } from "./scenarios.js";

// An end by a signal is an end, at which the brokers end too.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

const faults: string[] = [];
const wanted = process.argv.slice(2);
for (const word of wanted)
	if (!columns.some(({ name }) => name.includes(word))) {
		console.error(`${word}: no column has it in its name; there are ${columns.map(c => c.name).join("; ")}`);
		process.exit(2);
	}
const chosen = columns.filter(({ name }) => wanted.length === 0 || wanted.some(word => name.includes(word)));
for (const column of chosen) {
	const lack = missing(column);
	if (lack !== undefined) console.log(`${column.name}: skipped, because ${lack}`);
}
const able = chosen.filter(column => missing(column) === undefined);
const run = await Promise.all(
	able.map(async column => {
		const results = await runColumn(column).catch((error: unknown) => [
			{ title: "the run", fault: String(error) },
		]);
		return { name: column.name, results };
	}),
);

function cell(title: string, name: string, results: readonly Result[]): string {
	const result = results.find(result => result.title === title);
	if (result === undefined) return "";
	const wrong = wrongWith(title, name, result.fault);
	if (wrong !== undefined) faults.push(`${name}: ${wrong}`);
	return result.fault === "" ? "✓" : (explain(title, name)?.letter ?? "✗");
}

console.log(`| scenario | ${run.map(({ name }) => name).join(" | ")} |`);
console.log(`| --- |${" :-: |".repeat(run.length)}`);
for (const { name, results } of run)
	for (const { title, fault } of results) if (title === "the run") faults.push(`${name}: ${fault}`);
for (const { title } of scenarios) {
	const cells = run.map(({ name, results }) => cell(title, name, results));
	console.log(`| ${title} | ${cells.join(" | ")} |`);
}
console.log(explained.map(({ letter, why }) => `${letter}: ${why}.`).join("\n"));
for (const fault of faults) console.log(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
