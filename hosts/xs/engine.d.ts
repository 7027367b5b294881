/**
 * What godwit-xs gives to script: the global `engine`, and trace(). Nothing else is added to the engine's own
 * built-ins; there is no console, no TextEncoder and no setTimeout, as on a board.
 *
 * Strings are UTF-8 inside: their length counts code points. Callbacks come from the loop, one at a time, and
 * promise jobs run after each. An exception that escapes from a callback ends the process with code 15.
 */

export type View = ArrayBuffer | ArrayBufferView;

export interface TCPOptions {
	/** An IPv4 or IPv6 address: names are not looked up. */
	address: string;
	port: number;
	/** Sends small segments at once. */
	nodelay?: boolean;
	/** New bytes have come; count are unread. Not repeated for bytes that were left unread. */
	onReadable?(this: TCP, count: number): void;
	/** Count bytes can be written. The first call means that the connection is open. */
	onWritable?(this: TCP, count: number): void;
	/** The connection was refused, reset, or closed by the peer. Comes once, when all bytes have been read. */
	onError?(this: TCP): void;
}

/** A TCP connection with the semantics of ECMA-419. It stays alive until it is closed. */
export interface TCP {
	/** All unread bytes, or undefined when there are none. */
	read(): ArrayBuffer | undefined;
	/** As many bytes. Throws "invalid" for 0 or when there are fewer; undefined when there are none. */
	read(count: number): ArrayBuffer | undefined;
	/** Fills the view completely and returns its length. Throws as read(count) does. */
	read(view: View): number | undefined;
	/**
	 * Takes all bytes or none, and returns how many more can be written. They are copied at once and sent at the
	 * end of the turn. Throws "would block" when they are too many, "not ready" before the first onWritable and
	 * after the end of the connection.
	 */
	write(view: View): number;
	/** Ends the connection, after what was written. No callback comes after it. Closing twice is harmless. */
	close(): void;
}

/** A timer that can be armed again for as long as script holds it. */
export interface EngineTimer {
	readonly timer: unique symbol;
}

export interface Engine {
	readonly TCP: new (options: TCPOptions) => TCP;
	readonly Timer: {
		/** Calls back once, after ms milliseconds, with the timer. */
		set(callback: (id: EngineTimer) => void, ms?: number): EngineTimer;
		/** Arms it anew, whether it is waiting or has fired. Allocates nothing. */
		schedule(id: EngineTimer, ms: number): void;
		/** Disarms it for ever. Twice is harmless. */
		clear(id: EngineTimer | undefined): void;
	};
	/** The words of the command line behind the bundle. */
	readonly arguments: readonly string[];
	/** Milliseconds on a clock that never goes back, with fractions. */
	ticks(): number;
	/** Looks a name up and calls back with an address, IPv4 if there is one, or undefined. Eight at a time. */
	resolve(name: string, callback: (address: string | undefined) => void): void;
	/** A whole number, evenly from 0 to 2^32 - 1. */
	random(): number;
	/**
	 * Writes the text as UTF-8 into view[at, limit), and returns the index behind it, or -1 if it does not fit.
	 * Throws a TypeError when the text holds U+0000 or an unpaired surrogate. Allocates nothing.
	 */
	encode(text: string, view: View, at: number, limit: number): number;
	/** The text in view[from, to), or undefined when it is not well-formed UTF-8 or holds U+0000. */
	decode(view: View, from: number, to: number): string | undefined;
	/** Sends what was written, prints what was traced, and ends the process. */
	exit(code?: number): never;
	/** Lines of standard input, without their ends, then undefined once. */
	standardInput(callback: (line: string | undefined) => void): void;
	/** Computrons spent since the script started: the engine's own count of its steps. */
	meter(): number;
	/**
	 * Fills a Float64Array of 8: slots used, slots at the peak, bytes of chunks used, bytes at the peak, stack
	 * slots at the peak, collections, bytes of a slot, slots of the heap. Used includes garbage until it is
	 * collected. All count from the start of the script, so without built-ins and bytecode. Allocates nothing.
	 */
	memory(target: Float64Array): void;
	/** Collects garbage. */
	gc(): void;
}

declare global {
	var engine: Engine;
	/** Prints the values, one behind the other, and nothing else. */
	function trace(...values: unknown[]): void;
}
