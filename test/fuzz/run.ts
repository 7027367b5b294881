// npm run fuzz -- [--runs N | --seconds N] [--seed S] [--engine xs]
// npm run fuzz -- --differential N [--seed S]
//
// Hostile bytes into everything that reads bytes from the network, in two threads, or on the XS engine;
// or, with --differential, N packets of each version against npm mqtt-packet. A finding is printed as the
// shortest row that does it, for the corpus, and the exit code is 1.

import { readArguments } from "../../hosts/node/arguments.js";
import { runDifferential } from "./run-differential.js";
import { runOnNode } from "./run-on-node.js";
import { runOnXS } from "./run-on-xs.js";

const usageCode = 2;
const defaultSeconds = 60;

function count(name: string, text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const value = Number(text);
	if (Number.isInteger(value) && value > 0) return value;
	throw new RangeError(`--${name} is a whole number over 0, not "${text}"`);
}

async function main(): Promise<boolean> {
	const {
		runs,
		seconds,
		seed,
		engine = "node",
		differential,
		...unknown
	} = readArguments(process.argv.slice(2));
	const [name] = Object.keys(unknown);
	if (name !== undefined)
		throw new RangeError(
			`--${name} is not known: there are --runs, --seconds, --seed, --engine, --differential`,
		);
	if (engine !== "node" && engine !== "xs") throw new RangeError(`engine is node or xs, not "${engine}"`);
	const from = count("seed", seed) ?? 1;
	const packets = count("differential", differential);
	if (packets !== undefined) return runDifferential(packets, from);
	const runsMax = count("runs", runs) ?? Infinity;
	if (engine === "xs") return runOnXS(runsMax === Infinity ? 1_000_000 : runsMax, from);
	return runOnNode(
		runsMax,
		count("seconds", seconds) ?? (runs === undefined ? defaultSeconds : Infinity),
		from,
	);
}

// An end by a signal is an end: what runs on the engine ends too.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

try {
	process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
	if (!(error instanceof RangeError)) throw error;
	console.error(error.message);
	process.exitCode = usageCode;
}
