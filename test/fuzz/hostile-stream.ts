import type { Transport, TransportHandler } from "../../hosts/host.js";
import { Fault, stepsMax } from "./target.js";

const sentBytesMax = 4_096;
const nothing = new Uint8Array(0);

/**
 * A stream that hands out hostile bytes in pieces, and holds whoever reads it to the contract of
 * Transport.
 */
export class HostileStream implements Transport {
	readonly handler: TransportHandler;
	isClosed = false;
	/** The first bytes that were written, and how many in all. */
	readonly sent = new Uint8Array(sentBytesMax);
	sentBytes = 0;
	#room = 0;
	#bytes: Uint8Array = nothing;
	#at = 0;
	#piece = 1;
	#steps = 0;
	#stepsMax = 0;

	constructor(handler: TransportHandler) {
		this.handler = handler;
	}
	write(bytes: Uint8Array, from: number, to: number): number {
		if (this.isClosed) throw new Fault("a write to a closed stream");
		if (!(from < to && to - from <= this.#room && to <= bytes.length))
			throw new Fault(`a write of ${from} to ${to} where ${this.#room} fit`);
		this.#step();
		for (let at = from; at < to && this.sentBytes + at - from < sentBytesMax; at++)
			this.sent[this.sentBytes + at - from] = bytes[at]!;
		this.sentBytes += to - from;
		return (this.#room -= to - from);
	}
	read(max: number): Uint8Array | undefined {
		if (this.isClosed) throw new Fault("a read of a closed stream");
		if (!(max > 0)) throw new Fault("a read of nothing");
		this.#step();
		if (this.#at === this.#bytes.length) return undefined;
		const to = Math.min(this.#at + Math.min(max, this.#piece), this.#bytes.length);
		const piece = this.#bytes.slice(this.#at, to);
		this.#at = to;
		return piece;
	}
	close(): void {
		this.isClosed = true;
	}
	/** The stream takes so many bytes more. */
	up(room: number): void {
		this.#room = room;
		this.#stepsMax = this.#steps + 4_096;
		if (!this.isClosed) this.handler.onWritable(room);
	}
	/** These bytes come in, and are read in pieces of that many at most. */
	feed(bytes: Uint8Array, piece: number): void {
		const rest = this.#bytes.length - this.#at;
		if (rest === 0) this.#bytes = bytes;
		else {
			const joined = new Uint8Array(rest + bytes.length);
			joined.set(this.#bytes.subarray(this.#at));
			joined.set(bytes, rest);
			this.#bytes = joined;
		}
		this.#at = 0;
		this.#piece = piece;
		this.#stepsMax = this.#steps + stepsMax(this.#bytes.length);
		if (!this.isClosed) this.handler.onReadable(this.unread);
	}
	get unread(): number {
		return this.#bytes.length - this.#at;
	}
	/** Whether those bytes were written one behind the other, among the first. */
	hasSent(bytes: Uint8Array): boolean {
		const end = Math.min(this.sentBytes, sentBytesMax) - bytes.length;
		for (let from = 0; from <= end; from++) {
			let at = 0;
			while (at < bytes.length && this.sent[from + at] === bytes[at]) at++;
			if (at === bytes.length) return true;
		}
		return false;
	}
	#step(): void {
		if (++this.#steps > this.#stepsMax) throw new Fault("reads and writes without end");
	}
}
