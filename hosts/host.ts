/** The ways out of the core: all that a platform must bring, and nothing else. Types only. */

import type { Text } from "../modules/wire/text.js";

// [MQTT-4.2-1] [MQTT-7.1.2-1, 3.1.1]
/** A byte stream to the broker. */
export interface Transport {
	/**
	 * Takes bytes[from, to), never more than the count allowed last, and returns how many more it can take.
	 * What it cannot send at once it has copied: the bytes are the caller's again when this returns.
	 */
	write(bytes: Uint8Array, from: number, to: number): number;
	/**
	 * At most max unread bytes, or undefined when there are none. They are good until the next read(), or until
	 * the host's callback returns within which they were read.
	 */
	read(max: number): Uint8Array | undefined;
	/** Ends the stream, after what was written. No callback comes after it. Closing twice is harmless. */
	close(): void;
}

/** What a transport reports. Callbacks come from the host's event loop, never from within a call of ours. */
export interface TransportHandler {
	/** The stream can take count bytes. The first call means that it is open. */
	onWritable(count: number): void;
	/**
	 * There are so many unread bytes, with those left unread before; or Infinity, where only read() can show how
	 * many, or that there are none yet. Bytes left unread are not reported again until more come.
	 */
	onReadable(count: number): void;
	/** The stream has ended, and was not closed by us. The detail is for people, the blame where it is plain. */
	onLost(detail: string, blame?: Blame): void;
}

/**
 * What was wrong with the far end: its certificate or its TLS, the framing of its bytes, or that it has no
 * room for us now.
 */
export type Blame = "tls" | "protocol" | "busy";

/** The kinds of streams that a platform may open. */
export type StreamKind = "tcp" | "tls" | "serial";

/** Where a stream goes: an address from resolve(), or a serial port. */
export interface Target {
	stream: StreamKind;
	/** The name as the user wrote it: TLS asks for its certificate, and holds it against this name. */
	host: string;
	address: string;
	port: number;
	/** For TLS alone. */
	tls?: TlsOptions | undefined;
}

/**
 * How a TLS stream is opened. That the far end is verified, and told the name we want, is no option: the
 * first onWritable() means that both are done, and before it no byte of ours leaves but the handshake's.
 */
export interface TlsOptions {
	/** Certificates of the authorities that are trusted, in DER; undefined trusts the platform's own list. */
	authorities?: readonly Uint8Array[] | undefined;
	/** Our own, with those between it and its authority, in DER; our own comes first. */
	certificates?: readonly Uint8Array[] | undefined;
	/** The key of our own certificate: PKCS #8 in DER. */
	privateKey?: Uint8Array | undefined;
	/** The application protocols that are offered, the best first [RFC 7301]. */
	protocols?: readonly string[] | undefined;
	/** The longest record that we ask the far end for: 512, 1,024, 2,048 or 4,096 bytes [RFC 6066 4]. */
	recordBytesMax?: number | undefined;
}

export interface Network {
	/** What open() can open here. */
	readonly streams: readonly StreamKind[];
	/**
	 * Looks a name up anew each time, and calls back once with an IP address, or with undefined when there is
	 * none. The function returned calls the question off: no callback comes after it.
	 */
	resolve(name: string, done: (address: string | undefined) => void): () => void;
	/** Starts to open a stream; what becomes of it, the handler hears later. */
	open(target: Target, handler: TransportHandler): Transport;
}

/** One call back at a time of the clock. Setting it again replaces it; Infinity clears it. */
export interface Alarm {
	set(time: number): void;
}

export interface Clock {
	/** Milliseconds on a clock that never goes back. */
	now(): number;
	/** Milliseconds since 1970, or undefined while the date is not known. */
	wall(): number | undefined;
	/**
	 * Asks the network for the date, where the platform needs that, and calls back when it is done or given up.
	 */
	setWall(done: (known: boolean) => void): void;
	/** The callback runs at or after the time, from the event loop. */
	alarm(callback: () => void): Alarm;
}

export interface Random {
	/** A whole number, evenly from 0 to 2^32 - 1. */
	word(): number;
}

/** What signs and checks credentials, and the upgrade to WebSocket. Bytes returned are the caller's. */
export interface Crypto {
	digest(hash: Hash, bytes: Uint8Array): Uint8Array;
	/** [RFC 2104] */
	hmac(hash: Hash, key: Uint8Array, bytes: Uint8Array): Uint8Array;
	/** With padding, in the plain alphabet [RFC 4648 4]. */
	encodeBase64(bytes: Uint8Array): string;
	/** Undefined when it is not exactly what encodeBase64() gives for some bytes. */
	decodeBase64(text: string): Uint8Array | undefined;
}

export type Hash = "sha1" | "sha256";

/** The Wi-Fi station, or whatever stands for one. */
export interface Radio {
	/** Starts to join; a join under way is given up. What becomes of it, the handler hears later. */
	join(network: { ssid: string; password: string }, handler: RadioHandler): void;
	/** Leaves the network. No callback comes after it. */
	leave(): void;
	/** Signal strength in dBm, or undefined while it is not known. */
	signal(): number | undefined;
}

export interface RadioHandler {
	/** Joined, with an IP address. */
	onUp(address: string): void;
	/** Not joined, or joined no longer. The detail is for people. */
	onDown(detail: string): void;
}

/** The serial monitor: standard output on a computer. */
export interface Monitor {
	print(line: string): void;
}

export interface Host {
	readonly clock: Clock;
	readonly random: Random;
	readonly text: Text;
	readonly crypto: Crypto;
	readonly network: Network;
	/** Undefined where the network is the platform's own matter. */
	readonly radio: Radio | undefined;
	readonly monitor: Monitor;
	/** A name that no other device has, in lower case hex: from the MAC address, or drawn once. */
	readonly deviceId: string;
}
