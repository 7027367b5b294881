import { connect, type Socket } from "node:net";
import type { Transport, TransportHandler } from "../host.js";

const readBytes = 65_536;
/** Bytes that may wait in the socket before onWritable has to call again. */
const writeBytesMax = 262_144;

/** A TCP socket of Node as a Transport. It reads into one buffer, and leaves the rest in the socket. */
export class TCPTransport implements Transport {
	#handler: TransportHandler | undefined;
	#socket: Socket;
	#buffer = new Uint8Array(readBytes);
	#from = 0;
	#to = 0;
	#detail = "the connection was closed";

	constructor(address: string, port: number, handler: TransportHandler) {
		this.#handler = handler;
		this.#socket = connect({
			host: address,
			port,
			noDelay: true,
			onread: { buffer: this.#buffer, callback: count => this.#receive(count) },
		});
		this.#socket.on("connect", () => this.#handler?.onWritable(writeBytesMax));
		this.#socket.on("drain", () => this.#handler?.onWritable(writeBytesMax - this.#socket.writableLength));
		this.#socket.on("error", error => {
			this.#detail = describe(error as NodeJS.ErrnoException, address, port);
		});
		this.#socket.on("close", () => this.#lose());
	}
	write(bytes: Uint8Array, from: number, to: number): number {
		// A copy, because the socket may hold on to it for long after this returns.
		const accepted = this.#socket.write(Buffer.from(bytes.subarray(from, to)));
		return accepted ? writeBytesMax - this.#socket.writableLength : 0;
	}
	read(max: number): Uint8Array | undefined {
		if (this.#from === this.#to) return undefined;
		const bytes = this.#buffer.subarray(this.#from, Math.min(this.#to, this.#from + max));
		this.#from += bytes.length;
		if (this.#from === this.#to && this.#socket.isPaused()) setImmediate(() => this.#socket.resume());
		return bytes;
	}
	close(): void {
		if (this.#handler === undefined) return;
		this.#handler = undefined;
		this.#socket.end();
		this.#socket.resume();
		// A peer that never closes its side does not keep ours.
		const timer = setTimeout(() => this.#socket.destroy(), 1_000);
		timer.unref();
		this.#socket.once("close", () => clearTimeout(timer));
	}
	/** True to be called again at once; false leaves the rest in the socket until it is resumed. */
	#receive(count: number): boolean {
		if (this.#handler === undefined) return true;
		this.#from = 0;
		this.#to = count;
		this.#handler.onReadable();
		if (this.#handler === undefined || this.#from === this.#to) return true;
		this.#socket.pause();
		return false;
	}
	#lose(): void {
		const handler = this.#handler;
		this.#handler = undefined;
		handler?.onLost(this.#detail);
	}
}

function describe(error: NodeJS.ErrnoException, address: string, port: number): string {
	if (error.code === "ECONNREFUSED") return `nobody listens on port ${port} of ${address}`;
	if (error.code === "ECONNRESET" || error.code === "EPIPE") return "the connection was reset";
	if (error.code === "ETIMEDOUT") return `${address} did not answer`;
	if (error.code === "EHOSTUNREACH" || error.code === "ENETUNREACH") return `there is no way to ${address}`;
	return error.message;
}
