import { readArguments } from "../../hosts/node/arguments.js";

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

export function parseOptions(words: readonly string[]): Options {
	const { sample, seed = "1", path, tests, survivors, ...rest } = readArguments(words);
	const [stranger] = Object.keys(rest);
	if (stranger !== undefined)
		throw new RangeError(
			`--${stranger} is not known: there are --sample, --seed, --path, --tests, --survivors all`,
		);
	return {
		sample: sample === undefined ? undefined : count(sample),
		seed: count(seed),
		path,
		tests,
		all: survivors === "all",
	};
}

function count(text: string): number {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 0) throw new RangeError(`"${text}" is not a whole number`);
	return value;
}
