// `npm run bench`: our figures beside those of the peers, measured in one run.
//
//     npm run bench                  the table of all that can be measured here
//     npm run bench -- --json        the same for programs
//     npm run bench -- --exact       what is the same in each run, held against exact.json: grown is failed
//     npm run bench -- --update      the same, and exact.json is written anew
//     npm run bench -- --stages      where the computrons of a message go, by method
//
// With the SDK it also runs the SDK's own client, and images where it is told what runs them, by a command
// line in which {image} and {seconds} stand for those: GODWIT_SIMULATOR runs an mc.so without a window, and
// GODWIT_PICO_EMULATOR an image for the Pico, of which it prints what UART 1 says. Each ends when its seconds
// are over.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compilerAvailable } from "../../hosts/xs/build.js";
import { mosquittoAvailable } from "../support/mosquitto.js";
import { exactRows } from "./exact-rows.js";
import { measureOnEngine } from "./on-xs/run.js";
import { compareExact, exactFigures, plainRows, tableOf, type Row } from "./table.js";
import { chipRows } from "./chip-rows.js";
import { hasSDK } from "./on-sdk/build.js";
import { simulatorRows, socketRows } from "./socket-rows.js";
import { codecRows, fitRows } from "./timed-rows.js";

const options = ["--json", "--exact", "--update", "--stages"];
const exactPath = fileURLToPath(new URL("./exact.json", import.meta.url));

const words = process.argv.slice(2);
const unknown = words.find(word => !options.includes(word));
if (unknown !== undefined) {
	console.error(`bench: ${unknown} is none of ${options.join(", ")}`);
	process.exit(2);
}
if (words.includes("--update")) await update();
else if (words.includes("--exact")) await compare();
else if (words.includes("--stages")) await showStages();
else show(await measureAll());

async function measureAll(): Promise<Row[]> {
	const rows: Row[] = [];
	const hasEngine = compilerAvailable();
	if (hasEngine) rows.push(...(await step("the engine and sizes", () => exactRows(true))));
	else console.error("no C compiler: the rows of the XS engine are left out");
	rows.push(...(await step("the codec on Node", codecRows)));
	if (!mosquittoAvailable() || !hasEngine) {
		console.error("no mosquitto, or no C compiler: the rows with sockets are left out");
		return rows;
	}
	rows.push(...(await step("the firmware in the heap of a board", fitRows)));
	rows.push(...(await step("real sockets", socketRows)));
	if (hasSDK()) rows.push(...(await measureImages()));
	else console.error("no Moddable SDK: its own client, the simulator and the Pico are left out");
	return rows;
}

async function measureImages(): Promise<Row[]> {
	const rows: Row[] = [];
	const simulator = process.env["GODWIT_SIMULATOR"];
	if (simulator) rows.push(...(await step("the simulator", () => simulatorRows(simulator))));
	else console.error("GODWIT_SIMULATOR names no command: the simulator is left out");
	const emulator = process.env["GODWIT_PICO_EMULATOR"];
	if (emulator) rows.push(...(await step("a Pico", () => chipRows(emulator))));
	else console.error("GODWIT_PICO_EMULATOR names no command: the Cortex-M0+ is left out");
	return rows;
}

async function step(what: string, measure: () => Promise<Row[]>): Promise<Row[]> {
	console.error(`measuring ${what}`);
	return measure();
}

function show(rows: readonly Row[]): void {
	if (words.includes("--json")) console.log(JSON.stringify({ rows: plainRows(rows) }, null, "\t"));
	else console.log(tableOf(rows));
}

async function compare(): Promise<void> {
	const rows = await exactRows(false);
	show(rows.filter(({ isExact }) => isExact));
	const kept = JSON.parse(readFileSync(exactPath, "utf8")) as Record<string, number>;
	const { regressions, improvements } = compareExact(exactFigures(rows), kept);
	for (const line of improvements) console.error(`better: ${line}`);
	if (improvements.length > 0) console.error("to keep it: npm run bench -- --update");
	for (const line of regressions) console.error(`WORSE: ${line}`);
	process.exitCode = regressions.length > 0 ? 1 : 0;
}

/** Figures which only another machine can measure stay as they are. */
async function update(): Promise<void> {
	const kept = JSON.parse(readFileSync(exactPath, "utf8")) as Record<string, number>;
	const figures = { ...kept, ...exactFigures(await exactRows(false)) };
	writeFileSync(exactPath, `${JSON.stringify(figures, null, "\t")}\n`);
}

async function showStages(): Promise<void> {
	const stages = await measureOnEngine<Record<string, Record<string, number[]>>>(
		"test/bench/on-xs/stages.ts",
	);
	for (const [work, shares] of Object.entries(stages)) {
		console.log(`${work}: calls and own computrons for each message`);
		for (const [name, [calls, own]] of Object.entries(shares))
			console.log(`  ${name.padEnd(24)} ${String(calls).padStart(5)} ${String(own).padStart(5)}`);
	}
}
