import { orExit, toolOptions, wholeNumber } from "../support/tool-options.js";

export interface Options {
	/** How many mutants to try, drawn by the seed; undefined for all. */
	sample: number | undefined;
	seed: number;
	/** A part of the paths whose mutants are tried. */
	path: string | undefined;
	/** A part of the paths whose suites are run. */
	tests: string | undefined;
	/** Show the survivors that are explained, too. */
	all: boolean;
}

/** Of the command line; what is wrong with it ends the process. */
export function readOptions(): Options {
	return orExit(() => {
		const { sample, seed, path, tests, survivors } = toolOptions([
			"sample",
			"seed",
			"path",
			"tests",
			"survivors",
		]);
		if (survivors !== undefined && survivors !== "all")
			throw new RangeError(`--survivors is all, or left out, not "${survivors}"`);
		return {
			sample: wholeNumber("sample", sample, 1),
			seed: wholeNumber("seed", seed) ?? 1,
			path,
			tests,
			all: survivors === "all",
		};
	});
}
