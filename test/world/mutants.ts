// npx tsx test/world/mutants.ts [--seeds N] [word]
//
// Breaks the code in one place at a time, in a copy, and lives worlds until a law breaks: the first seed
// which shows it is printed. A mutant that survives means that the world is too mild. With a word, only the
// mutants whose name holds it.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { mutants, type Mutant } from "./mutant-list.js";

const seedsAt = process.argv.indexOf("--seeds");
const seeds = seedsAt < 0 ? 400 : Number(process.argv[seedsAt + 1]);
/** A mutant that lives so long spins, and is caught as well. */
const patienceMs = 300_000;
const word = process.argv.slice(2).find((text, i) => !text.startsWith("--") && i + 2 !== seedsAt + 1);

function kill({ file, from, to }: Mutant): string | undefined {
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
		if (signal !== null) return `no end in ${patienceMs / 1000} s`;
		if (status !== 0) throw new Error(stderr);
		return stdout.trim() || undefined;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

let survivors = 0;
for (const mutant of mutants) {
	if (word !== undefined && !mutant.name.includes(word)) continue;
	const death = kill(mutant);
	if (death === undefined) survivors++;
	console.log(`${death === undefined ? "SURVIVES" : "caught"}  ${mutant.name}  ${death ?? ""}`);
}
console.log(`${survivors} of ${mutants.length} survive ${seeds} seeds`);
process.exitCode = survivors === 0 ? 0 : 1;
