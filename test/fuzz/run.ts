// npm run fuzz -- [--runs N | --seconds N] [--seed S] [--engine xs]
// npm run fuzz -- --differential N [--seed S]
//
// Hostile bytes into everything that reads bytes from the network, in two threads, or on the XS engine;
// or, with --differential, N packets of each version against npm mqtt-packet. A finding is printed as the
// shortest row that does it, for the corpus, and the exit code is 1.

import { orExit, toolOptions, wholeNumber } from "../support/tool-options.js";
import { runDifferential } from "./run-differential.js";
import { runOnNode } from "./run-on-node.js";
import { runOnXS } from "./run-on-xs.js";

const defaultSeconds = 60;
const defaultRunsOnXS = 1_000_000;

interface Options {
	engine: string;
	seed: number;
	/** Infinity for no limit. */
	runs: number;
	seconds: number;
	/** How many packets are compared with mqtt-packet, in place of hostile bytes. */
	packets: number | undefined;
}

function readOptions(): Options {
	const {
		runs,
		seconds,
		seed,
		engine = "node",
		differential,
	} = toolOptions(["runs", "seconds", "seed", "engine", "differential"]);
	if (engine !== "node" && engine !== "xs") throw new RangeError(`--engine is node or xs, not "${engine}"`);
	return {
		engine,
		seed: wholeNumber("seed", seed) ?? 1,
		runs: wholeNumber("runs", runs, 1) ?? Infinity,
		seconds: wholeNumber("seconds", seconds, 1) ?? (runs === undefined ? defaultSeconds : Infinity),
		packets: wholeNumber("differential", differential, 1),
	};
}

function run({ engine, seed, runs, seconds, packets }: Options): Promise<boolean> {
	if (packets !== undefined) return runDifferential(packets, seed);
	if (engine === "xs") return runOnXS(runs === Infinity ? defaultRunsOnXS : runs, seed);
	return runOnNode(runs, seconds, seed);
}

// An end by a signal is an end: what runs on the engine ends too.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

process.exitCode = (await run(orExit(readOptions))) ? 0 : 1;
