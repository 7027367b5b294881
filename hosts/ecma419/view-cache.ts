/** How many views a cache keeps, by the lowest bits of their length. */
const slots = 8;

/** Views over a buffer, kept since the same ranges come again and again: steady traffic makes no garbage. */
export class ViewCache {
	#views: (Uint8Array | undefined)[] = new Array<undefined>(slots).fill(undefined);

	/** A view of bytes[from, to), which others may hold too. */
	of(bytes: Uint8Array, from: number, to: number): Uint8Array {
		const length = to - from;
		if (length === bytes.length) return bytes;
		const at = length % slots;
		const kept = this.#views[at];
		if (
			kept !== undefined &&
			kept.length === length &&
			kept.byteOffset === bytes.byteOffset + from &&
			kept.buffer === bytes.buffer
		)
			return kept;
		return (this.#views[at] = bytes.subarray(from, to));
	}
}
