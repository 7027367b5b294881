export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How far the middle half of the values lies apart, in percent of the median. */
export function spread(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const quarter = sorted.length >> 2;
	return (100 * (sorted[sorted.length - 1 - quarter]! - sorted[quarter]!)) / median(values);
}
