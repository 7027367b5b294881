// npx tsx test/world/mutants.ts [--seeds N] [--name part]
//
// Breaks the code in one place at a time, in a copy, and lives worlds until a law breaks: the first seed
// which shows it is printed. A mutant that survives means that the world is too mild; of one that comes to no
// end nobody knows whether a law breaks. With --name, only the mutants whose name holds that part.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { orExit, toolOptions, wholeNumber } from "../support/tool-options.js";
import { mutants, type Mutant } from "./mutant-list.js";

const seedsDefault = 2_000;
/** As long as some five times so many seeds take without a mutant. */
const patienceMs = 300_000;

interface Verdict {
	word: "caught" | "SURVIVES" | "NO END";
	why: string;
}

function judge({ file, from, to }: Mutant, seeds: number): Verdict {
	const folder = mkdtempSync(join(tmpdir(), "godwit-mutant-"));
	try {
		for (const part of ["modules", "hosts", "test/world", "test/support", "package.json", "tsconfig.json"])
			cpSync(part, join(folder, part), { recursive: true });
		symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
		const source = readFileSync(file, "utf8");
		if (source.split(from).length !== 2) throw new RangeError(`${file} does not hold this once: ${from}`);
		writeFileSync(
			join(folder, file),
			source.replace(from, () => to),
		);
		const args = ["--import=tsx", join(folder, "test/world/first.ts"), String(seeds)];
		const limits = { encoding: "utf8", timeout: patienceMs } as const;
		const { stdout, stderr, status, signal } = spawnSync(process.execPath, args, limits);
		if (signal !== null) return { word: "NO END", why: `in ${patienceMs / 1000} s` };
		if (status !== 0) throw new Error(stderr);
		const why = stdout.trim();
		return { word: why === "" ? "SURVIVES" : "caught", why };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const { seeds, chosen } = orExit(() => {
	const options = toolOptions(["seeds", "name"]);
	const named = mutants.filter(({ name }) => name.includes(options.name ?? ""));
	if (named.length === 0) throw new RangeError(`--name ${options.name}: no mutant has that in its name`);
	return { seeds: wholeNumber("seeds", options.seeds, 1) ?? seedsDefault, chosen: named };
});
const counts = { caught: 0, SURVIVES: 0, "NO END": 0 };
for (const mutant of chosen) {
	const { word, why } = judge(mutant, seeds);
	counts[word]++;
	console.log(`${word.padEnd(8)}  ${mutant.name}  ${why}`);
}
const { caught, SURVIVES: survive, "NO END": endless } = counts;
console.log(`${caught} caught within ${seeds} seeds, ${survive} survive, ${endless} without an end`);
process.exitCode = survive + endless === 0 ? 0 : 1;
