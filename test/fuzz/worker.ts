// A thread of `npm run fuzz`: runs the farm in batches, each under the eye of the coverage, and reports.
// What it is about to run lies in shared memory, so that a run which never ends is known.

import { parentPort, workerData } from "node:worker_threads";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { nodeText } from "../../hosts/node/text.js";
import { portableText } from "../../modules/wire/text.js";
import { Random } from "../support/random.js";
import { Coverage, reaches, type Reached } from "./coverage.js";
import { Farm, type Finding, type Lane } from "./farm.js";

export interface Order {
	seed: number;
	/** Ends after so many runs of the decoder, or so many seconds. */
	decoderRuns: number;
	seconds: number;
	/** Its code, in the URLs of the coverage. */
	script: string;
}

export interface Report {
	runs: number;
	decoderRuns: number;
	kept: number;
	coverageFinds: number;
	heapBytes: number;
	finding: Finding | undefined;
	isDone: boolean;
}

/** After so many runs the coverage is asked: that takes some ms. */
const batchRuns = 2_048;
const reportMs = 10_000;
/** Then coverage has long told all it will, and without its counters the code runs twice as fast. */
const guidedRuns = 2_000_000;

// Every second run ends with an error, and nobody looks at its stack, which takes longer than the run.
Error.stackTraceLimit = 0;
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** A run that may be worth to be kept. */
interface Ran {
	input: Uint8Array;
	lane: Lane;
}

const order = workerData as Order;
// The two ways in which text is read on a computer take turns by thread.
const farm = new Farm(order.seed, order.seed % 2 === 1 ? portableText : nodeText);
const coverage = new Coverage(order.script);
const random = new Random(order.seed);
const batch: Ran[] = [];
const startedAt = performance.now();
let reportedAt = startedAt;

function report(isDone: boolean): void {
	reportedAt = performance.now();
	collect();
	const { runs, decoderRuns, kept, finding } = farm;
	const { heapUsed, arrayBuffers } = process.memoryUsage();
	const said: Report = {
		runs,
		decoderRuns,
		kept,
		coverageFinds: coverage.finds,
		heapBytes: heapUsed + arrayBuffers,
		finding,
		isDone,
	};
	parentPort!.postMessage(said);
}

function runBatch(): boolean {
	batch.length = 0;
	for (let left = batchRuns; left > 0; left--) {
		if (!farm.run()) return false;
		if (farm.runs <= guidedRuns) batch.push({ input: farm.input.slice(), lane: farm.lane! });
	}
	if (farm.runs >= guidedRuns) {
		coverage.stop();
		return true;
	}
	const news = coverage.news(coverage.take());
	if (news.size > 0) keepReaching(news, batch);
	return true;
}

/** Looks for one that reaches what is new, half by half, by running them again. */
function keepReaching(news: Reached, among: readonly Ran[]): void {
	let left = among;
	while (left.length > 1) {
		const half = left.slice(0, left.length >> 1);
		coverage.take();
		for (const { input, lane } of half) lane.target.run(input);
		left = reaches(coverage.take(), news) ? half : left.slice(half.length);
	}
	for (const { input, lane } of left) farm.keep(input, lane.pool, random);
}

for (;;) {
	const isWell = runBatch();
	const now = performance.now();
	const isOver = farm.decoderRuns >= order.decoderRuns || now - startedAt >= order.seconds * 1000;
	if (!isWell || isOver) break;
	if (now - reportedAt >= reportMs) report(false);
	// Promises are settled between batches.
	await new Promise(resolve => setImmediate(resolve));
}
report(true);
coverage.stop();
