const quoteMax = 70;

/** A caller's word within a message: one line, of bounded length, whatever it holds. */
export function quoted(value: string): string {
	return JSON.stringify(value.length > quoteMax ? `${value.slice(0, quoteMax)}…` : value);
}
