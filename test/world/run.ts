// npm run world -- --seeds N [--seed S]
//
// Runs N worlds, from seed S on, in two processes. The last line is a summary; exit code 1 means that a law
// is broken, or that there was no storm.

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { orExit, toolOptions, wholeNumber } from "../support/tool-options.js";
import { Counts, stormNames } from "./counts.js";
import { live } from "./live.js";

const workers = 2;
/** From so many seeds on, every kind of trouble must have struck. */
const stormySeeds = 50;

function work(seeds: number, from: number, step: number, offset: number): void {
	const counts = new Counts();
	for (let i = offset; i < seeds; i += step) {
		const { counts: more, fault } = live(from + i);
		counts.add(more);
		if (fault !== undefined) {
			process.send!({ fault });
			break;
		}
		if (i % 100 < step && i >= 100) process.send!({ done: i });
	}
	process.send!({ counts });
}

function lead(seeds: number, from: number): void {
	const total = new Counts();
	const faults: string[] = [];
	let shown = 0;
	let left = workers;
	const started = performance.now();
	for (let offset = 0; offset < workers; offset++) {
		const args = ["--worker", String(offset), "--seeds", String(seeds), "--seed", String(from)];
		const child = fork(fileURLToPath(import.meta.url), args);
		child.on("message", (message: { fault?: string; done?: number; counts?: Counts }) => {
			if (message.fault !== undefined) faults.push(message.fault);
			if (message.counts !== undefined) total.add(message.counts);
			if (message.done !== undefined && message.done >= shown + 500) {
				shown = message.done - (message.done % 500);
				console.log(`${shown} of ${seeds} seeds, ${((performance.now() - started) / 1000).toFixed(0)} s`);
			}
		});
		child.on("exit", code => {
			if (code !== 0) faults.push(`a worker ended with code ${code}`);
			if (--left === 0) finish(total, faults, (performance.now() - started) / 1000);
		});
	}
}

function finish(total: Counts, faults: string[], seconds: number): void {
	if (total.seeds >= stormySeeds && faults.length === 0) {
		for (const name of stormNames) if (total[name] === 0) faults.push(`there was no storm: ${name} 0`);
	}
	for (const fault of faults) console.log(fault);
	console.log(`${faults.length === 0 ? "ok" : "FAILED"}, ${seconds.toFixed(1)} s: ${total.summary()}`);
	process.exitCode = faults.length === 0 ? 0 : 1;
}

const { seeds, from, worker } = orExit(() => {
	const options = toolOptions(["seeds", "seed", "worker"]);
	return {
		seeds: wholeNumber("seeds", options.seeds, 1) ?? 1,
		from: wholeNumber("seed", options.seed) ?? 1,
		worker: wholeNumber("worker", options.worker),
	};
});
if (worker === undefined) lead(seeds, from);
else work(seeds, from, workers, worker);
