import { readArguments } from "../../hosts/node/arguments.js";

/** What a script of ours was asked, by the names it knows; any other word is a RangeError that names them. */
export function toolOptions<Name extends string>(names: readonly Name[]): Partial<Record<Name, string>> {
	const options = readArguments(process.argv.slice(2));
	for (const name of Object.keys(options))
		if (!names.includes(name as Name))
			throw new RangeError(
				`--${name} is not known: there are ${names.map(known => `--${known}`).join(", ")}`,
			);
	return options as Partial<Record<Name, string>>;
}

/** A whole number of at least that; undefined when the option is not given. */
export function wholeNumber(name: string, text: string | undefined, least = 0): number | undefined {
	if (text === undefined) return undefined;
	const value = text === "" ? NaN : Number(text);
	if (Number.isInteger(value) && value >= least) return value;
	throw new RangeError(`--${name} is a whole number from ${least} on, not "${text}"`);
}

/** What a script was asked; a RangeError is told in one line, and ends the process with code 2. */
export function orExit<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		console.error(error.message);
		process.exit(2);
	}
}
