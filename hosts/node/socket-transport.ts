import type { OnReadOpts, Socket } from "node:net";
import type { Blame, Transport, TransportHandler } from "../host.js";

/** How a stream ended, for people, and whose fault it was where that is plain. */
export interface Loss {
	detail: string;
	blame?: Blame | undefined;
}

export interface SocketOptions {
	/** Starts to connect; what comes in is to be read by onread. */
	connect(onread: OnReadOpts): Socket;
	/** The event which says that the stream is open. */
	openEvent: "connect" | "secureConnect";
	/** What the error means; undefined when the far end just closed. */
	explain(error: NodeJS.ErrnoException | undefined, isOpen: boolean): Loss;
}

const readBytes = 65_536;
/** Bytes that may wait in the socket before onWritable has to call again. */
const writeBytesMax = 262_144;
/** How long a peer may take to close its side after ours. */
const closeMs = 1_000;

/** A socket of Node, plain or TLS. It reads into one buffer, and leaves the rest in the socket. */
export class SocketTransport implements Transport {
	#handler: TransportHandler | undefined;
	#socket: Socket;
	#explain: SocketOptions["explain"];
	#buffer = new Uint8Array(readBytes);
	#from = 0;
	#to = 0;
	#isOpen = false;
	#error: NodeJS.ErrnoException | undefined;

	constructor({ connect, openEvent, explain }: SocketOptions, handler: TransportHandler) {
		this.#handler = handler;
		this.#explain = explain;
		this.#socket = connect({ buffer: this.#buffer, callback: count => this.#receive(count) });
		this.#socket.on(openEvent, () => this.#open());
		this.#socket.on("drain", () => {
			if (this.#isOpen) this.#handler?.onWritable(writeBytesMax - this.#socket.writableLength);
		});
		this.#socket.on("error", error => {
			this.#error ??= error;
			// An open TLS stream that has failed stays, and would be silent for ever.
			this.#socket.destroy();
		});
		this.#socket.on("close", () => this.#lose());
	}
	write(bytes: Uint8Array, from: number, to: number): number {
		// A copy, because the socket may hold on to it for long after this returns.
		const accepted = this.#socket.write(Buffer.from(bytes.subarray(from, to)));
		return accepted ? writeBytesMax - this.#socket.writableLength : 0;
	}
	read(max: number): Uint8Array | undefined {
		if (!this.#isOpen || this.#from === this.#to) return undefined;
		const bytes = this.#buffer.subarray(this.#from, Math.min(this.#to, this.#from + max));
		this.#from += bytes.length;
		if (this.#from === this.#to && this.#socket.isPaused()) setImmediate(() => this.#socket.resume());
		return bytes;
	}
	close(): void {
		if (this.#handler === undefined) return;
		this.#handler = undefined;
		if (!this.#isOpen) {
			this.#socket.destroy();
			return;
		}
		this.#socket.end();
		this.#socket.resume();
		const timer = setTimeout(() => this.#socket.destroy(), closeMs);
		timer.unref();
		this.#socket.once("close", () => clearTimeout(timer));
	}
	#open(): void {
		this.#isOpen = true;
		this.#handler?.onWritable(writeBytesMax);
		// The far end of TLS may speak as soon as it has finished its part of the handshake.
		if (this.#from < this.#to) this.#handler?.onReadable(this.#to - this.#from);
	}
	/** True to be called again at once; false leaves the rest in the socket until it is resumed. */
	#receive(count: number): boolean {
		if (this.#handler === undefined) return true;
		this.#from = 0;
		this.#to = count;
		if (this.#isOpen) this.#handler.onReadable(count);
		if (this.#handler === undefined || this.#from === this.#to) return true;
		this.#socket.pause();
		return false;
	}
	#lose(): void {
		const handler = this.#handler;
		if (handler === undefined) return;
		this.#handler = undefined;
		const { detail, blame } = this.#explain(this.#error, this.#isOpen);
		handler.onLost(detail, blame);
	}
}
