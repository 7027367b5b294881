import { ViewCache } from "../view-cache.js";
import type { Primitives } from "./signature.js";

/** What a session reads from and writes to. */
export interface SessionStream {
	readable: number;
	writable: number;
	/** Fills the bytes. */
	read(bytes: Uint8Array): void;
	/** Takes all, and returns how much more it takes. */
	write(bytes: Uint8Array): number;
}

/** What we use of the SDK's class in ssl/session. */
export interface TlsSession {
	readonly clientCipher: unknown;
	readonly serverCipher: unknown;
	readonly alert: { readonly description: number } | undefined;
	initiateHandshake(): void;
	/** Takes one step, and says whether the handshake is over, which it is after an alert as well. */
	handshake(stream: SessionStream): boolean;
	/** The contents of a record; undefined while none is whole, null at the end. */
	read(stream: SessionStream): Uint8Array | null | undefined;
	write(stream: SessionStream, bytes: Uint8Array): unknown;
	doProtocol(stream: SessionStream, protocol: unknown, level: number, description: number): void;
}

export interface SessionOptions {
	protocolVersion: number;
	verify: boolean;
	cache: boolean;
	serverName?: string;
	clientCertificates?: ArrayBufferLike[];
	clientKey?: ArrayBufferLike;
	applicationLayerProtocolNegotiation?: string[];
	tls_max_fragment_length?: number;
}

/** What the SDK has for TLS. */
export interface TlsLibrary {
	readonly Session: new (options: SessionOptions) => TlsSession;
	/** The protocol by which the session sends alerts. */
	readonly alert: unknown;
	readonly primitives: Primitives;
	/** Gives the library's generator a new seed, from a source that cannot be guessed. */
	seed(): void;
	/** Calls back in a turn of its own. */
	later(callback: () => void): void;
}

const headerBytes = 5;
const handshakeRecord = 22;

/** Gives a session just the bytes that it shall see, and takes what it says. */
export class SessionFeed implements SessionStream {
	readable = 0;
	writable = 0;
	#send: (bytes: Uint8Array) => void;
	#fragmentBytes: number;
	#given: Uint8Array = new Uint8Array(0);
	#views = new ViewCache();

	/** The session does not cut a certificate that is longer than a record may be, so that is done here. */
	constructor(send: (bytes: Uint8Array) => void, fragmentBytes: number) {
		this.#send = send;
		this.#fragmentBytes = fragmentBytes;
	}
	give(bytes: Uint8Array): void {
		this.#given = bytes;
		this.readable = bytes.length;
	}
	read(bytes: Uint8Array): void {
		// The session counts down what is readable after it has read.
		const from = this.#given.length - this.readable;
		bytes.set(this.#views.of(this.#given, from, from + bytes.length));
	}
	write(bytes: Uint8Array): number {
		const max = this.#fragmentBytes;
		if (bytes[0] !== handshakeRecord || bytes.length <= headerBytes + max) this.#send(bytes);
		else
			for (let at = headerBytes; at < bytes.length; at += max) {
				const part = bytes.subarray(at, Math.min(at + max, bytes.length));
				this.#send(Uint8Array.of(...bytes.subarray(0, 3), part.length >> 8, part.length & 0xff));
				this.#send(part);
			}
		return this.writable;
	}
}
