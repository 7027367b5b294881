import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import type { Explained } from "./explained.js";
import { instrument, type Mutant } from "./instrument.js";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const mutatedFolders = ["modules/wire", "modules/session"] as const;

/** The source at that path from the root as JavaScript, which is what instrument() takes. */
export async function scriptAt(path: string): Promise<string> {
	const source = readFileSync(join(root, path), "utf8");
	const { code } = await transform(source, { loader: "ts", target: "es2022" });
	return code;
}

export async function allMutants(): Promise<Mutant[]> {
	const mutants: Mutant[] = [];
	for (const folder of mutatedFolders)
		for (const name of readdirSync(join(root, folder)).filter(name => name.endsWith(".ts"))) {
			const path = `${folder}/${name}`;
			mutants.push(...instrument(await scriptAt(path), path, mutants.length + 1).mutants);
		}
	return mutants;
}

export function fits(row: Explained, mutant: Mutant): boolean {
	return (
		row.path === mutant.path &&
		[row.line].flat().includes(mutant.line) &&
		[row.change].flat().includes(mutant.change)
	);
}

/** The parts of the rows, each line and each change by itself, that fit none of those mutants. */
export function idleParts(rows: readonly Explained[], mutants: readonly Mutant[]): string[] {
	const idle = new Set<string>();
	for (const row of rows) {
		const parts = [
			...[row.line].flat().map(line => ({ ...row, line })),
			...[row.change].flat().map(change => ({ ...row, change })),
		];
		for (const one of parts)
			if (!mutants.some(mutant => fits(one, mutant)))
				idle.add(`${row.path}: ${String(one.line)} (${String(one.change)})`);
	}
	return [...idle];
}
