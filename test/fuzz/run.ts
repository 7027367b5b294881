// npm run fuzz -- [--runs N | --seconds N] [--seed S] [--engine xs]
// npm run fuzz -- --differential N [--seed S]
//
// Hostile bytes into everything that reads bytes from the network, in two threads, or on the XS engine;
// or, with --differential, N packets of each version against npm mqtt-packet. A finding is printed as the
// shortest row that does it, for the corpus, and the exit code is 1.

import { runTool, toolOptions, wholeNumber } from "../support/tool-options.js";
import { runDifferential } from "./run-differential.js";
import { runOnNode } from "./run-on-node.js";
import { runOnXS } from "./run-on-xs.js";

const defaultSeconds = 60;

async function main(): Promise<boolean> {
	const options = toolOptions(["runs", "seconds", "seed", "engine", "differential"]);
	const { engine = "node" } = options;
	if (engine !== "node" && engine !== "xs") throw new RangeError(`engine is node or xs, not "${engine}"`);
	const from = wholeNumber("seed", options.seed) ?? 1;
	const packets = wholeNumber("differential", options.differential, 1);
	if (packets !== undefined) return runDifferential(packets, from);
	const runsMax = wholeNumber("runs", options.runs, 1) ?? Infinity;
	if (engine === "xs") return runOnXS(runsMax === Infinity ? 1_000_000 : runsMax, from);
	const seconds = wholeNumber("seconds", options.seconds, 1);
	const otherwise = options.runs === undefined ? defaultSeconds : Infinity;
	return runOnNode(runsMax, seconds ?? otherwise, from);
}

// An end by a signal is an end: what runs on the engine ends too.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

await runTool(async () => {
	process.exitCode = (await main()) ? 0 : 1;
});
