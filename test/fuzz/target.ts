/** Something that reads bytes from the network, and must keep its head. */
export interface Target {
	readonly name: string;
	/**
	 * Feeds it the bytes. What comes of it, in a few words that are the same for what is alike: words that
	 * were never seen are worth a place in the pool. Throws a Fault, or anything else, when it does not keep
	 * its head.
	 */
	run(input: Uint8Array): string;
}

/** What the target has done, and must not do. */
export class Fault extends Error {}

/** Feeding so many bytes may take so many steps. */
export function stepsMax(bytes: number): number {
	return 16 + 4 * bytes;
}
