// npm run mutation [-- --sample N] [--seed S] [--path part] [--tests part] [--survivors all]
//
// Changes each comparison, constant and early return of modules/wire and modules/session, one at a time, and
// runs the tests that reach it. A mutant that no test notices is a survivor: it needs a test, or a reason in
// explained.ts. Ends with 1 when there is one without a reason, or a reason without its survivor.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { Runner } from "./crew.js";
import { readOptions } from "./options.js";
import { explained } from "./explained.js";
import { helpers } from "./helpers.js";
import { instrument, type Mutant } from "./instrument.js";
import { fits, idleParts, mutatedFolders, root, scriptAt } from "./mutants.js";
import { findSuites } from "../xs/run-suites.js";
import type { Answer } from "./worker.js";

/** Of this process alone: another may run at the same time. */
const folder = join(root, "build", "mutation", String(process.pid));
const bundlePath = join(folder, "mutants.js");
/** So long may a mutant take beyond three times what its tests take without it. */
const patienceMs = 5_000;

const { sample, seed, path: only, tests: part = "", all } = readOptions();
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const mutants: Mutant[] = [];
await bundleMutants();
if (mutants.some((mutant, i) => mutant.id !== i + 1)) throw new Error("two mutants have one number");
const surveyor = new Runner(bundlePath, mutants.length);
const survey = (await surveyor.ask({ mutant: 0, tests: undefined }, 600_000)) as Extract<
	Answer,
	{ loaded: number[] }
>;
surveyor.end();
const failing = survey.tests.filter(test => !test.passed);
if (failing.length > 0) {
	for (const { title } of failing) console.log(`fails without a mutant: ${title}`);
	process.exit(1);
}
const testsOf = whoReaches();
const chosen = choose(mutants.filter(isAsked));
console.log(
	`${mutants.length} mutants of ${mutatedFolders.join(" and ")}, ${chosen.length} of them tried; ` +
		`${survey.tests.length} tests`,
);
const tried = chosen.length;
const survivors: Mutant[] = [];
const slow: Mutant[] = [];
const hanging: Mutant[] = [];
await Promise.all(Array.from({ length: availableParallelism() }, () => work(chosen, slow)));
// Two at a time on a busy machine may be slow without a fault: those are tried again, alone.
await work(slow, hanging);
process.exitCode = report();

/** One bundle of the suites and the instrumented modules. */
async function bundleMutants(): Promise<void> {
	mkdirSync(folder, { recursive: true });
	const entry = join(folder, "entry.ts");
	const suites = findSuites().filter(
		path => /^test\/(wire|session|link|statements|outbox|client)\//.test(path) && path.includes(part),
	);
	writeFileSync(entry, suites.map(path => `import ${JSON.stringify(join(root, path))};\n`).join(""));
	await build({
		entryPoints: [entry],
		outfile: bundlePath,
		bundle: true,
		format: "iife",
		platform: "neutral",
		mainFields: ["module", "main"],
		conditions: ["import", "default"],
		target: "es2022",
		charset: "utf8",
		banner: { js: `"use strict";{${helpers}` },
		footer: { js: "}" },
		alias: { ava: join(root, "test/mutation/shim.ts") },
		define: { "process.env": JSON.stringify({ SEED: process.env["SEED"] }) },
		legalComments: "none",
		logLevel: "silent",
		plugins: [
			{
				name: "mutants",
				setup(builder) {
					builder.onLoad({ filter: /\/modules\/(wire|session)\/[^/]+\.ts$/ }, async ({ path }) => {
						const script = await scriptAt(relative(root, path));
						// Without a wait between: files come side by side, and the numbers run through all of them.
						const made = instrument(script, relative(root, path), mutants.length + 1);
						mutants.push(...made.mutants);
						return { contents: made.code, loader: "js" };
					});
				},
			},
		],
	});
}

/** By mutant: the tests that reach it, the quickest first; all of them when it is reached in loading. */
function whoReaches(): Map<number, number[]> {
	const numbers = [...survey.tests.keys()].sort((a, b) => survey.tests[a]!.ms - survey.tests[b]!.ms);
	const map = new Map<number, number[]>();
	for (const id of survey.loaded) map.set(id, numbers);
	const loaded = new Set(survey.loaded);
	for (const number of numbers)
		for (const id of survey.tests[number]!.reached) {
			if (loaded.has(id)) continue;
			const tests = map.get(id);
			if (tests === undefined) map.set(id, [number]);
			else tests.push(number);
		}
	return map;
}

/** All, or as many as were asked for of those without a reason. */
function choose(all: Mutant[]): Mutant[] {
	if (sample === undefined) return all;
	const pool = all.filter(mutant => reasonOf(mutant) === undefined);
	if (sample >= pool.length) return pool;
	let state = seed >>> 0;
	for (let i = 0; i < sample; i++) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		const other = i + Math.floor((state / 2 ** 32) * (pool.length - i));
		[pool[i], pool[other]] = [pool[other]!, pool[i]!];
	}
	return pool.slice(0, sample);
}

/** Tries the mutants of the first list until it is empty; those without an answer go to the second. */
async function work(list: Mutant[], unanswered: Mutant[]): Promise<void> {
	const runner = new Runner(bundlePath, mutants.length);
	for (let mutant = list.shift(); mutant !== undefined; mutant = list.shift()) {
		const tests = testsOf.get(mutant.id) ?? [];
		let ms = 0;
		for (const number of tests) ms += survey.tests[number]!.ms;
		const answer = await runner.ask({ mutant: mutant.id, tests }, 3 * ms + patienceMs);
		if (answer === undefined) unanswered.push(mutant);
		else if ("killedBy" in answer && answer.killedBy === "") survivors.push(mutant);
	}
	runner.end();
}

/** Says which survivors there are, by file; 1 when one has no reason, or a reason no survivor. */
function report(): number {
	for (const mutant of hanging.sort((a, b) => a.id - b.id))
		print(mutant, ", with which the tests hang or die, alone too");
	const open = survivors.filter(mutant => reasonOf(mutant) === undefined);
	const shown = all ? survivors : open;
	for (const mutant of shown.sort((a, b) => a.id - b.id)) {
		print(mutant, testsOf.has(mutant.id) ? "" : ", which no test reaches");
		if (all) console.log(`    ${reasonOf(mutant) ?? "NO REASON"}`);
	}
	const isWhole = sample === undefined && part === "";
	const idle = isWhole ? idleParts(explained.filter(isAsked), survivors) : [];
	for (const line of idle) console.log(`explained, but no survivor: ${line}`);
	console.log(
		`${tried - survivors.length - hanging.length} killed, ${hanging.length} hung or died twice, ` +
			`${survivors.length - open.length} explained, ${open.length} survived without a reason`,
	);
	return open.length + idle.length > 0 ? 1 : 0;
}

function print({ path, place, kind, change, line }: Mutant, more: string): void {
	console.log(`${path} ${place}: ${kind} ${change}${more}\n    ${line}`);
}

/** Whether it lies where --path says. */
function isAsked({ path }: { path: string }): boolean {
	return only === undefined || path.includes(only);
}

function reasonOf(mutant: Mutant): string | undefined {
	return explained.find(row => fits(row, mutant))?.reason;
}
