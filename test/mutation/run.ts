// npm run mutation [-- --sample N] [--seed S] [--path part] [--tests part] [--survivors all]
//
// Changes each comparison, constant and early return of modules/wire and modules/session, one at a time, and
// runs the tests that reach it. A mutant that no test notices is a survivor: it needs a test, or a reason in
// explained.ts. Ends with 1 when there is one without a reason, or a reason without its survivor.

import { fork, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { parseOptions } from "./options.js";
import { explained, type Explained } from "./explained.js";
import { helpers } from "./helpers.js";
import { instrument, type Mutant } from "./instrument.js";
import { findSuites } from "../xs/run-suites.js";
import type { Answer, Order } from "./worker.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "build", "mutation");
const bundlePath = join(folder, "mutants.js");
/** So long may a mutant take beyond three times what its tests take without it. */
const patienceMs = 5_000;

const { sample, seed, path: only, tests: part = "", all } = parseOptions(process.argv.slice(2));
const mutants: Mutant[] = [];
await bundleMutants();
const surveyor = startWorker();
const survey = (await ask(surveyor, { mutant: 0, tests: undefined }, 600_000)) as Extract<
	Answer,
	{ loaded: number[] }
>;
surveyor.kill("SIGKILL");
const failing = survey.tests.filter(test => !test.passed);
if (failing.length > 0) {
	for (const { title } of failing) console.log(`fails without a mutant: ${title}`);
	process.exit(1);
}
const testsOf = whoReaches();
const chosen = choose(mutants.filter(mutant => only === undefined || mutant.path.includes(only)));
console.log(
	`${mutants.length} mutants of modules/wire and modules/session, ${chosen.length} of them tried; ` +
		`${survey.tests.length} tests`,
);
const tried = chosen.length;
const survivors: Mutant[] = [];
let hung = 0;
await Promise.all(Array.from({ length: availableParallelism() }, work));
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
						const { code } = await transform(readFileSync(path, "utf8"), { loader: "ts", target: "es2022" });
						const made = instrument(code, relative(root, path), mutants.length + 1);
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

async function work(): Promise<void> {
	let worker = startWorker();
	for (let mutant = chosen.shift(); mutant !== undefined; mutant = chosen.shift()) {
		const tests = testsOf.get(mutant.id) ?? [];
		let ms = 0;
		for (const number of tests) ms += survey.tests[number]!.ms;
		const answer = await ask(worker, { mutant: mutant.id, tests }, 3 * ms + patienceMs);
		if (answer === undefined) {
			hung++;
			worker = startWorker();
		} else if ("killedBy" in answer && answer.killedBy === "") survivors.push(mutant);
	}
	worker.kill("SIGKILL");
}

function startWorker(): ChildProcess {
	return fork(join(root, "test/mutation/worker.ts"), [bundlePath, String(mutants.length)], {
		execArgv: ["--import=tsx"],
		stdio: ["ignore", "ignore", "ignore", "ipc"],
	});
}

/** The answer; undefined when there is none in time, or the worker has died: then it is gone. */
function ask(worker: ChildProcess, order: Order, ms: number): Promise<Answer | undefined> {
	return new Promise(resolve => {
		const done = (answer: Answer | undefined) => {
			clearTimeout(alarm);
			worker.removeAllListeners();
			if (answer === undefined) worker.kill("SIGKILL");
			resolve(answer);
		};
		const alarm = setTimeout(() => done(undefined), ms);
		worker.once("message", message => done(message as Answer));
		worker.once("exit", () => done(undefined));
		worker.send(order);
	});
}

/** Says which survivors there are, by file; 1 when one has no reason, or a reason no survivor. */
function report(): number {
	const open = survivors.filter(mutant => reasonOf(mutant) === undefined);
	const shown = all ? survivors : open;
	for (const mutant of shown.sort((a, b) => a.id - b.id)) {
		const reached = testsOf.has(mutant.id) ? "" : ", which no test reaches";
		console.log(`${mutant.path} ${mutant.place}: ${mutant.kind} ${mutant.change}${reached}`);
		console.log(`    ${mutant.line}${all ? `\n    ${reasonOf(mutant) ?? "NO REASON"}` : ""}`);
	}
	const isWhole = sample === undefined && only === undefined;
	const idle = isWhole ? idleReasons() : [];
	for (const line of idle) console.log(`explained, but no survivor: ${line}`);
	const killed = tried - survivors.length;
	console.log(
		`${killed} killed (${hung} of them hung), ${survivors.length - open.length} explained, ` +
			`${open.length} survived without a reason`,
	);
	return open.length + idle.length > 0 ? 1 : 0;
}

function reasonOf(mutant: Mutant): string | undefined {
	return explained.find(row => fits(row, mutant))?.reason;
}

function fits(row: Explained, mutant: Mutant): boolean {
	return (
		row.path === mutant.path &&
		[row.line].flat().includes(mutant.line) &&
		[row.change].flat().includes(mutant.change)
	);
}

/** The reasons that no survivor needs. */
function idleReasons(): string[] {
	const idle: string[] = [];
	for (const row of explained) {
		const parts = [
			...[row.line].flat().map(line => ({ ...row, line })),
			...[row.change].flat().map(change => ({ ...row, change })),
		];
		for (const one of parts)
			if (!survivors.some(mutant => fits(one, mutant)))
				idle.push(`${row.path}: ${String(one.line)} (${String(one.change)})`);
	}
	return [...new Set(idle)];
}
