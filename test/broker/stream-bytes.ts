/** Buffers of a device. */
export const small = Object.freeze({
	outboxBytes: 4_096,
	frameBytes: 4_096,
	readerBytes: 4_096,
	scratchBytes: 1_024,
});

/** What a message larger than memory holds. */
export function byteAt(at: number): number {
	return (at * 31 + (at >> 8)) & 0xff;
}
