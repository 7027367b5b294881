import { measureOnEngine, runOnEngine } from "./on-xs/run.js";

/** What an ESP32 leaves an application in the Moddable SDK: none of it grows. */
export const board = Object.freeze({ slots: 4_928, chunkBytes: 78_848, stack: 512 });

export interface Fit {
	/** What the modules take of the heap here, and have in flash on a board. */
	loaded: { slots: number; chunkBytes: number; stack: number };
	rounds: number;
	acknowledged: number;
	echoes: number;
	/** Garbage included: in a heap that is full, it is collected before anything is refused. */
	peak: { slots: number; chunkBytes: number; stack: number };
	live: { slots: number; chunkBytes: number };
	collections: number;
}

const entry = "test/bench/on-xs/fit.ts";

/**
 * Runs the firmware for so many rounds in the heap of the board and what the loaded modules take. Throws when
 * it does not fit: the engine then ends with code 11 or 12.
 */
export async function fitFirmware(url: string, rounds: number): Promise<Fit> {
	const words = settings(url, rounds);
	const loaded = await weighModules(url);
	const options = limits(board.slots + loaded.slots, board.chunkBytes + loaded.chunkBytes);
	return measureOnEngine<Fit>(entry, { words, flat: true, options });
}

/** The least heap beyond the modules in which so many rounds can be done, to a step or so. */
export async function leastHeap(url: string, rounds: number): Promise<{ slots: number; chunkBytes: number }> {
	const loaded = await weighModules(url);
	const words = settings(url, rounds);
	const fits = async (slots: number, chunkBytes: number) => {
		const options = limits(slots + loaded.slots, chunkBytes + loaded.chunkBytes);
		return (await runOnEngine(entry, { words, flat: true, options })).code === 0;
	};
	return {
		slots: await least(count => fits(count, board.chunkBytes), board.slots, 32),
		chunkBytes: await least(bytes => fits(board.slots, bytes), board.chunkBytes, 512),
	};
}

async function least(fits: (size: number) => Promise<boolean>, most: number, step: number): Promise<number> {
	let [low, high] = [0, most];
	while (high - low > step) {
		const middle = (low + high) >> 1;
		if (await fits(middle)) high = middle;
		else low = middle;
	}
	return high;
}

async function weighModules(url: string): Promise<Fit["loaded"]> {
	return (await measureOnEngine<Fit>(entry, { words: settings(url, 1), flat: true })).loaded;
}

function settings(url: string, rounds: number): string[] {
	return [`broker=${url}`, `rounds=${rounds}`, "wait=1", "wifi=steady"];
}

function limits(slots: number, chunkBytes: number): string[] {
	return ["--fixed", "--heap", `${slots}`, "--chunks", `${chunkBytes}`, "--stack", `${board.stack}`];
}
