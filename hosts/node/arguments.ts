/** What a command line says: `--name value`, `--name=value` and `name=value`, in any order. */
export function readArguments(words: readonly string[]): Record<string, string> {
	const entries: Record<string, string> = {};
	for (let i = 0; i < words.length; i++) {
		const word = words[i]!;
		const dashed = word.startsWith("--");
		const equals = word.indexOf("=");
		const name = word.slice(dashed ? 2 : 0, equals < 0 ? undefined : equals);
		if (name === "" || (!dashed && equals < 0))
			throw new RangeError(`"${word}" is not understood: settings are --name value or name=value`);
		if (equals >= 0) entries[name] = word.slice(equals + 1);
		else if (i + 1 < words.length && !words[i + 1]!.startsWith("--")) entries[name] = words[++i]!;
		else if (name === "help") entries[name] = "";
		else throw new RangeError(`--${name} needs a value behind it`);
	}
	return entries;
}
