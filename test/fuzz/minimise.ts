/** The shortest and plainest input found that still does it: pieces are cut out, then bytes made 0. */
export function minimise(input: Uint8Array, doesIt: (input: Uint8Array) => boolean): Uint8Array {
	let best = input;
	for (let size = Math.max(1, best.length >> 1); size > 0; size = size === 1 ? 0 : size >> 1) {
		for (let at = 0; at + size <= best.length;) {
			const shorter = new Uint8Array(best.length - size);
			shorter.set(best.subarray(0, at));
			shorter.set(best.subarray(at + size), at);
			if (doesIt(shorter)) best = shorter;
			else at += size;
		}
	}
	for (let at = 0; at < best.length; at++) {
		if (best[at] === 0) continue;
		const plainer = best.slice();
		plainer[at] = 0;
		if (doesIt(plainer)) best = plainer;
	}
	return best;
}
