import type { Transport, TransportHandler, TlsOptions } from "../../hosts/host.js";
import { TlsTransport } from "../../hosts/ecma419/tls/tls-transport.js";
import type {
	SessionOptions,
	SessionStream,
	TlsLibrary,
	TlsSession,
} from "../../hosts/ecma419/tls/tls-session.js";
import { ecAuthority, ecServer } from "./certificate-samples.js";
import { primitives } from "./ecdsa.js";
import { NotingHandler } from "./fake-port.js";
import { hex, toHex } from "./hex.js";

/** The inner stream: notes what is written, and gives what is fed. */
export class FakeStream implements Transport {
	handler: TransportHandler;
	readonly written: number[] = [];
	incoming: number[] = [];
	writable = 0;
	closed = 0;

	constructor(handler: TransportHandler) {
		this.handler = handler;
	}
	write(bytes: Uint8Array, from: number, to: number): number {
		if (this.closed > 0 || to - from > this.writable) throw new TypeError("the stream takes nothing");
		this.written.push(...bytes.subarray(from, to));
		return (this.writable -= to - from);
	}
	read(max: number): Uint8Array | undefined {
		if (this.closed > 0 || this.incoming.length === 0) return undefined;
		return Uint8Array.from(this.incoming.splice(0, max));
	}
	close(): void {
		this.closed++;
	}
	allow(count: number): void {
		this.writable = count;
		this.handler.onWritable(count);
	}
	/** Bytes come, as many at a time as told. */
	receive(bytes: Uint8Array, cut = bytes.length): void {
		for (let at = 0; at < bytes.length; at += cut) {
			this.incoming.push(...bytes.subarray(at, at + cut));
			this.handler.onReadable(this.incoming.length);
		}
	}
}

/**
 * A session with the manners of the SDK's, and without its mathematics: "encrypted" contents have 24 bytes
 * more, of which the last must be 0x5a. It answers hello with "hello", and the rest of the flight with "key".
 */
export class FakeSession implements TlsSession {
	static last: FakeSession;
	clientCipher: unknown;
	serverCipher: unknown;
	alert: { description: number } | undefined;
	readonly options: SessionOptions;
	/** Record types with first bytes, as they came. */
	readonly heard: string[] = [];
	/** What its next step throws. */
	breaks: Error | undefined;
	#next = -1;
	#record: number[] = [];

	constructor(options: SessionOptions) {
		this.options = options;
		FakeSession.last = this;
	}
	initiateHandshake(): void {
		this.#next = 0;
	}
	handshake(stream: SessionStream): boolean {
		if (this.breaks !== undefined) throw this.breaks;
		const step = this.#next;
		this.#next = -1;
		if (step === 0) stream.write(hex("16 03 03 0005 68656c6c6f"));
		else if (step === 14) {
			stream.write(hex("16 03 03 0003 6b6579"));
			this.clientCipher = {};
		} else if (step === 20) return true;
		else this.#hear(stream);
		return false;
	}
	read(stream: SessionStream): Uint8Array | null | undefined {
		if (this.breaks !== undefined) throw this.breaks;
		const record = this.#take(stream);
		if (record === undefined) return undefined;
		if (record.at(-1) !== 0x5a) throw new Error("recordProtocol auth failed");
		const plain = Uint8Array.from(record.slice(5, -24));
		if (record[0] === 23) return plain;
		this.alert = { description: plain[1]! };
		if (plain[1] !== 0) throw new Error("alert");
		return null;
	}
	write(stream: SessionStream, bytes: Uint8Array): number {
		if (this.breaks !== undefined) throw this.breaks;
		return stream.write(seal(23, bytes));
	}
	doProtocol(stream: SessionStream, _protocol: unknown, level: number, description: number): void {
		const body = Uint8Array.of(level, description);
		stream.write(this.clientCipher === undefined ? record(21, body) : seal(21, body));
	}
	#hear(stream: SessionStream): void {
		const record = this.#take(stream);
		if (record === undefined) return;
		this.heard.push(toHex(Uint8Array.from(record.slice(0, 1).concat(record.slice(5, 6)))));
		if (record[0] === 20) this.serverCipher = {};
		else this.#next = this.serverCipher === undefined ? record[5]! : 20;
	}
	#take(stream: SessionStream): number[] | undefined {
		while (stream.readable > 0) {
			const body = this.#record.length >= 5;
			const whole = body ? 5 + this.#record[3]! * 256 + this.#record[4]! : 5;
			const part = new Uint8Array(Math.min(whole - this.#record.length, stream.readable));
			stream.read(part);
			stream.readable -= part.length;
			this.#record.push(...part);
			if (!body || this.#record.length < whole) continue;
			return this.#record.splice(0);
		}
		return undefined;
	}
}

export function record(type: number, body: Uint8Array): Uint8Array {
	return Uint8Array.of(type, 3, 3, body.length >> 8, body.length & 0xff, ...body);
}

/** As the fake session encrypts. */
export function seal(type: number, body: Uint8Array): Uint8Array {
	return record(type, Uint8Array.of(...body, ...new Uint8Array(23), 0x5a));
}

/** A message of the handshake. */
export function message(type: number, body: Uint8Array): Uint8Array {
	return Uint8Array.of(type, 0, body.length >> 8, body.length & 0xff, ...body);
}

export function join(...parts: Uint8Array[]): Uint8Array {
	return Uint8Array.from(parts.flatMap(part => [...part]));
}

/** The curve's own generator, which is a point as good as any. */
export const point =
	"04 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" +
	"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
const signature = "30 06 02 01 01 02 01 02";

/** The messages of a broker's handshake, each to be changed by those who test. */
export const flight = {
	hello: message(2, hex(`0303 ${"22".repeat(32)} 00 c02b 00`)),
	certificate: certificates(ecServer, ecAuthority),
	keyExchange: message(12, hex(`03 0017 41 ${point} 04 03 0008 ${signature}`)),
	request: message(13, hex("01 01 0002 0401 0000")),
	done: message(14, hex("")),
};
export const changeCipher = record(20, hex("01"));
export const finished = seal(22, message(20, new Uint8Array(12)).subarray(0, 0));

export function certificates(...chain: Uint8Array[]): Uint8Array {
	const list = join(
		...chain.map(one => join(hex("00"), Uint8Array.of(one.length >> 8, one.length & 255), one)),
	);
	return message(11, join(Uint8Array.of(0, list.length >> 8, list.length & 255), list));
}

export function openTls(options: TlsOptions = {}, host = "broker.test", date = Date.UTC(2026, 5)) {
	const handler = new NotingHandler();
	const later: (() => void)[] = [];
	let inner!: FakeStream;
	let seeds = 0;
	const library: TlsLibrary = {
		Session: FakeSession,
		alert: "alert",
		primitives,
		seed: () => void seeds++,
		later: callback => void later.push(callback),
	};
	const open = (of: TransportHandler) => (inner = new FakeStream(of));
	const settings = { authorities: [ecAuthority], ...options };
	const stream = new TlsTransport(open, host, settings, date, library, handler);
	return {
		handler,
		inner,
		stream,
		session: FakeSession.last,
		seeds: () => seeds,
		/** What was asked to be called in a turn of its own. */
		turn: () => later.splice(0).forEach(callback => callback()),
		/** Past the handshake. */
		ready() {
			inner.allow(2_000);
			const { hello, certificate, keyExchange, done } = flight;
			const bytes = join(hello, certificate, keyExchange, done);
			for (let at = 0; at < bytes.length; at += 500) inner.receive(record(22, bytes.subarray(at, at + 500)));
			inner.receive(join(changeCipher, finished));
			inner.written.length = handler.notes.length = 0;
		},
	};
}
