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
	const { loaded } = await measureOnEngine<Fit>(entry, { words: settings(url, 1), flat: true });
	const slots = board.slots + loaded.slots;
	const chunkBytes = board.chunkBytes + loaded.chunkBytes;
	return measureOnEngine<Fit>(entry, { words, flat: true, options: limits(slots, chunkBytes) });
}

/** Whether the firmware fits even with its modules loaded to RAM. */
export async function fitsWithModules(url: string, rounds: number): Promise<boolean> {
	const options = limits(board.slots, board.chunkBytes);
	const { code } = await runOnEngine(entry, { words: settings(url, rounds), flat: true, options });
	return code === 0;
}

function settings(url: string, rounds: number): string[] {
	return [`broker=${url}`, `rounds=${rounds}`, "wait=1", "wifi=steady"];
}

function limits(slots: number, chunkBytes: number): string[] {
	return ["--fixed", "--heap", `${slots}`, "--chunks", `${chunkBytes}`, "--stack", `${board.stack}`];
}
