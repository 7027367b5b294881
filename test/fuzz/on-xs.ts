/// <reference path="../../hosts/xs/engine.d.ts" />
import { engineHost } from "../../hosts/xs/host.js";
import { toHex } from "../support/hex.js";
import { Farm } from "./farm.js";

// The farm on the engine host. Its arguments are the number of runs and the seed; it prints the heap as it
// goes, and a finding as it is.

const batchRuns = 500;
const reports = 10;
/** The pools still take in a longer input for a shorter one now and then. */
const growthMax = 0.05;
/** In so many runs they are full by half-time; in fewer, the bound is the heap itself, which cannot grow. */
const settledRuns = 400_000;

const [count, seed] = engine.arguments.map(Number) as [number, number];
const { text } = engineHost();
const gauge = new Float64Array(8);
const startedAt = engine.ticks();
const farm = new Farm(seed, text);
/** Slots in use when half of the runs were over, and the pools were full. */
let settled = 0;

function report(): void {
	engine.gc();
	engine.memory(gauge);
	const seconds = (engine.ticks() - startedAt) / 1000;
	const rate = Math.round(farm.runs / seconds);
	const { runs } = farm;
	if (runs >= count / 2) settled ||= gauge[0]!;
	trace(
		`${runs} runs, ${farm.decoderRuns} of the decoder, ${seconds.toFixed(0)} s, ${rate}/s, ` +
			`${farm.kept} kept, heap ${gauge[0]} slots, ${gauge[2]} bytes of chunks\n`,
	);
}

function runBatch(): void {
	for (let left = Math.min(batchRuns, count - farm.runs); left > 0; left--) {
		if (farm.run()) continue;
		const { target, error, input } = farm.finding!;
		trace(`FINDING ${JSON.stringify({ target, error, input: toHex(input) })}\n`);
		engine.exit(1);
	}
	if (farm.runs % Math.max(batchRuns, Math.floor(count / reports / batchRuns) * batchRuns) === 0) report();
	if (farm.runs < count) engine.Timer.set(runBatch, 0);
	else {
		report();
		const grown = gauge[0]! / settled - 1;
		const isGrowing = count >= settledRuns && grown > growthMax;
		if (isGrowing) trace(`growth: ${(grown * 100).toFixed(1)} % of the slots in the second half\n`);
		engine.exit(isGrowing ? 1 : 0);
	}
}

report();
engine.Timer.set(runBatch, 0);
