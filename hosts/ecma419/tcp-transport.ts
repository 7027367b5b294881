import type { Transport, TransportHandler } from "../host.js";
import { guarded, type FaultHandler } from "./guarded.js";
import { ViewCache } from "./view-cache.js";

const chunkBytes = 512;

/** What we use of the ECMA-419 TCP class. */
export interface TCPSocket {
	/** Takes all the bytes, and returns how many more it takes; throws when it cannot, with nothing sent. */
	write(bytes: Uint8Array): unknown;
	/** Fills the view; throws when there are fewer bytes. */
	read(bytes: Uint8Array): unknown;
	close(): void;
}

export interface TCPOptions {
	address: string;
	port: number;
	nodelay: boolean;
	onReadable(count: number): void;
	onWritable(count: number): void;
	onError(): void;
}

export type TCPConstructor = new (options: TCPOptions) => TCPSocket;

/**
 * A TCP stream over the ECMA-419 class, which is given: boards, simulator and engine host each bring theirs.
 *
 * The class reports an end of any kind by onError(), without a detail, and only after all bytes are read;
 * it reports unread bytes once; and it may still call a socket that was closed in the same turn. A write
 * that it allowed can still fail with nothing sent (Zephyr, while a part of the last one is queued): then
 * the bytes are kept aside, and go first when it is writable again.
 */
export class TCPTransport implements Transport {
	#socket: TCPSocket | undefined;
	#handler: TransportHandler;
	#onFault: FaultHandler;
	#chunk = new Uint8Array(chunkBytes);
	#unread = 0;
	#held: Uint8Array | undefined;
	#opened = false;
	#reads = new ViewCache();
	#writes = new ViewCache();

	/** Starts to open the stream. An address that is none throws. */
	constructor(
		TCP: TCPConstructor,
		address: string,
		port: number,
		handler: TransportHandler,
		onFault: FaultHandler,
	) {
		this.#handler = handler;
		this.#onFault = onFault;
		const onError = (error: unknown) => this.#fail(error);
		this.#socket = new TCP({
			address,
			port,
			nodelay: true,
			onReadable: guarded((count: number) => this.#onReadable(count), onError),
			onWritable: guarded((count: number) => this.#onWritable(count), onError),
			onError: guarded<void>(
				() => this.#lose(this.#opened ? "the connection was closed" : "it cannot be reached"),
				onFault,
			),
		});
	}
	write(bytes: Uint8Array, from: number, to: number): number {
		const socket = this.#socket;
		if (socket === undefined || this.#held !== undefined) throw new TypeError("the stream takes nothing");
		try {
			const left = socket.write(this.#writes.of(bytes, from, to));
			return typeof left === "number" ? left : 0;
		} catch {
			this.#held = bytes.slice(from, to);
			return 0;
		}
	}
	read(max: number): Uint8Array | undefined {
		const count = Math.min(max, this.#unread, chunkBytes);
		if (count === 0 || this.#socket === undefined) return undefined;
		const bytes = this.#reads.of(this.#chunk, 0, count);
		this.#socket.read(bytes);
		this.#unread -= count;
		return bytes;
	}
	close(): void {
		const socket = this.#socket;
		this.#socket = undefined;
		this.#held = undefined;
		socket?.close();
	}
	#onReadable(count: number): void {
		if (this.#socket === undefined) return;
		this.#unread = count;
		this.#handler.onReadable(count);
	}
	#onWritable(count: number): void {
		const socket = this.#socket;
		if (socket === undefined) return;
		this.#opened = true;
		if (this.#held !== undefined) {
			const left = socket.write(this.#held);
			this.#held = undefined;
			count = typeof left === "number" ? left : 0;
		}
		this.#handler.onWritable(count);
	}
	#fail(error: unknown): void {
		this.#onFault(error);
		try {
			this.#lose(`fault: ${String(error)}`);
		} catch (another) {
			this.#onFault(another);
		}
	}
	#lose(detail: string): void {
		if (this.#socket === undefined) return;
		this.close();
		this.#handler.onLost(detail);
	}
}
