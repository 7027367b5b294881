import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { portableText } from "../../modules/wire/text.js";
import { toHex } from "../support/hex.js";
import { makeTarget, type Finding } from "./farm.js";
import { minimise } from "./minimise.js";
import type { Order, Report } from "./worker.js";

const threads = 2;
/** A thread that is silent for so long hangs: it reports every ten seconds. */
const silenceMs = 120_000;
const progressMs = 60_000;
/** By so much may the heap of a thread be over what it was when it had settled. */
const growthMaxBytes = 8_000_000;
/** From so many runs on the pools count as filled, and the heap as settled. */
const settledRuns = 2_000_000;
const megabyte = 1_000_000;

interface Thread {
	worker: Worker;
	last: Report | undefined;
	heardAt: number;
	/** The heap when it had settled. */
	settledBytes: number;
}

/**
 * Hostile bytes until the decoder has had so many runs, or the time is over. Prints a line a minute, and
 * findings. False when there were any.
 */
export async function runOnNode(decoderRuns: number, seconds: number, seed: number): Promise<boolean> {
	const folder = fileURLToPath(new URL(`../../build/fuzz/${process.pid}/`, import.meta.url));
	mkdirSync(folder, { recursive: true });
	const script = `${folder}worker.mjs`;
	await build({
		entryPoints: [fileURLToPath(new URL("worker.ts", import.meta.url))],
		outfile: script,
		bundle: true,
		format: "esm",
		platform: "node",
		target: "node20",
		logLevel: "silent",
	});
	try {
		return await supervise(script, { decoderRuns: Math.ceil(decoderRuns / threads), seconds, script }, seed);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function supervise(script: string, order: Omit<Order, "seed">, seed: number): Promise<boolean> {
	const startedAt = performance.now();
	const faults: string[] = [];
	const all: Thread[] = [];
	const ends = Array.from({ length: threads }, (_, i) => {
		const workerData: Order = { ...order, seed: seed + i };
		const thread: Thread = {
			worker: new Worker(script, { workerData }),
			last: undefined,
			heardAt: startedAt,
			settledBytes: 0,
		};
		all.push(thread);
		return watch(thread, faults);
	});
	const progress = setInterval(() => console.log(summary(all, startedAt)), progressMs);
	await Promise.all(ends);
	clearInterval(progress);
	for (const fault of faults) console.log(fault);
	console.log(`${faults.length === 0 ? "ok" : "FAILED"}: ${summary(all, startedAt)}`);
	return faults.length === 0;
}

/** Until the thread has ended: by itself, or because it hangs. */
function watch(thread: Thread, faults: string[]): Promise<void> {
	const { worker } = thread;
	const timer = setInterval(() => {
		if (performance.now() - thread.heardAt < silenceMs) return;
		faults.push(`hang: nothing was heard for ${silenceMs / 1000} s, after ${thread.last?.runs ?? 0} runs`);
		void worker.terminate();
	}, 5_000);
	worker.on("message", (report: Report) => {
		thread.last = report;
		thread.heardAt = performance.now();
		if (report.finding !== undefined) faults.push(describe(report.finding));
		if (report.runs < settledRuns) return;
		thread.settledBytes ||= report.heapBytes;
		const grown = report.heapBytes - thread.settledBytes;
		if (grown <= growthMaxBytes) return;
		faults.push(
			`growth: the heap is ${(grown / megabyte).toFixed(1)} MB larger than after ${settledRuns} runs`,
		);
		void worker.terminate();
	});
	return new Promise(resolve => {
		worker.on("error", error => faults.push(`crash: ${error.stack ?? String(error)}`));
		worker.on("exit", () => {
			clearInterval(timer);
			if (thread.last?.isDone !== true && faults.length === 0) faults.push("a thread ended early");
			resolve();
		});
	});
}

/** The finding as a row of the corpus, as short as it gets. */
export function describe({ target, input, error }: Finding): string {
	const doesIt = (bytes: Uint8Array) => {
		try {
			// Twice: what it does to the next run counts as well.
			const fresh = makeTarget(target, portableText);
			fresh.run(bytes);
			fresh.run(Uint8Array.of(0));
			return false;
		} catch {
			return true;
		}
	};
	const isAlone = doesIt(input);
	const shortest = isAlone ? minimise(input, doesIt) : input;
	const note = isAlone ? "" : " (not by itself: an earlier run has its part in it)";
	return `${error}${note}\n\t["${target}", "${toHex(shortest)}", "why it is kept"],`;
}

function summary(all: readonly Thread[], startedAt: number): string {
	const seconds = (performance.now() - startedAt) / 1000;
	const sum = (of: "runs" | "decoderRuns" | "kept" | "coverageFinds") =>
		all.reduce((total, { last }) => total + (last?.[of] ?? 0), 0);
	const heaps = all.map(({ last }) => ((last?.heapBytes ?? 0) / megabyte).toFixed(1)).join(" and ");
	const rate = Math.round(sum("decoderRuns") / seconds).toLocaleString("en");
	const { user, system } = process.cpuUsage();
	const cpuSeconds = ((user + system) / 1_000_000).toFixed(0);
	return (
		`${seconds.toFixed(0)} s (${cpuSeconds} s of CPU), ` +
		`${sum("decoderRuns").toLocaleString("en")} decoder runs (${rate}/s) of ` +
		`${sum("runs").toLocaleString("en")} runs, new code ${sum("coverageFinds")} times, ` +
		`${sum("kept").toLocaleString("en")} inputs kept, heaps ${heaps} MB`
	);
}
