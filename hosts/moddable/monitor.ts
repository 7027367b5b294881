import { guarded } from "../ecma419/guarded.js";
import type { SerialConstructor, SerialOptions, SerialPort } from "../ecma419/serial-line.js";
import type { Text } from "../../modules/wire/text.js";
import type { Monitor } from "../host.js";

/** Bytes kept until the UART takes them. Lines that find no room are left out, and counted. */
const bufferBytes = 2_048;
const pieceBytes = 64;

/** The debugger's console, and standard output in the simulator; silent in a release build for a board. */
export const traceMonitor: Monitor = Object.freeze({ print: (line: string) => trace(`${line}\n`) });

/** In a release build a stack names no lines; there trace() prints nothing on a board, and UARTs are free. */
export function isDebugBuild(): boolean {
	return /:\d+\)/.test(String(new Error("").stack));
}

/** The serial monitor of a board: lines go out of a UART as fast as it takes them, and to the debugger. */
export class SerialMonitor implements Monitor {
	#text: Text;
	#port: SerialPort;
	#buffer = new Uint8Array(bufferBytes);
	#start = 0;
	#end = 0;
	#writable = 0;
	#left = 0;

	constructor(
		Serial: SerialConstructor,
		options: Pick<SerialOptions, "transmit" | "receive" | "port" | "baud">,
		text: Text,
	) {
		this.#text = text;
		// A monitor that fails has nobody to tell.
		const onFault = () => {};
		this.#port = new Serial({
			...options,
			format: "buffer",
			onReadable: guarded((count: number) => this.#discard(count), onFault),
			onWritable: guarded((count: number) => this.#flush(count), onFault),
		});
	}
	print(line: string): void {
		traceMonitor.print(line);
		this.#compact();
		const mark = this.#left === 0 ? "" : `(${this.#left} lines left out)\r\n`;
		const end = this.#append(`${mark}${line}\r\n`);
		if (end < 0) this.#left++;
		else {
			this.#left = 0;
			this.#end = end;
			this.#flush(this.#writable);
		}
	}
	/** Where the buffer ends with the line in it, or -1 when it cannot be. */
	#append(line: string): number {
		try {
			return this.#text.write(line, this.#buffer, this.#end, bufferBytes);
		} catch {
			return -1;
		}
	}
	#flush(writable: number): void {
		while (writable > 0 && this.#start < this.#end) {
			const count = Math.min(writable, this.#end - this.#start, pieceBytes);
			this.#port.write(this.#buffer.subarray(this.#start, this.#start + count));
			this.#start += count;
			writable -= count;
		}
		this.#writable = writable;
	}
	#compact(): void {
		this.#buffer.copyWithin(0, this.#start, this.#end);
		this.#end -= this.#start;
		this.#start = 0;
	}
	#discard(count: number): void {
		while (count > 0) {
			const bytes = this.#buffer.slice(0, Math.min(count, pieceBytes));
			this.#port.read(bytes);
			count -= bytes.length;
		}
	}
}
