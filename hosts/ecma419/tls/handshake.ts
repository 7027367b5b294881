import type { HandshakeGuard } from "./handshake-guard.js";
import { Content, headerBytes } from "./record-reader.js";
import { Alert, alertText, TlsFault } from "./tls-fault.js";
import type { SessionFeed, TlsSession } from "./tls-session.js";

/** A chain of certificates may take so much. */
const messageBytesMax = 16_384;
const messageHeaderBytes = 4;

/**
 * The handshake of a session: puts the far end's messages together, has each one seen by the guard, and only
 * then gives it to the session, as a record of its own. The session itself knows no message that is longer
 * than a record, and no order.
 */
export class Handshake {
	#session: TlsSession;
	#feed: SessionFeed;
	#guard: HandshakeGuard;
	#seed: () => void;
	/** A message in the clear, or another record, as far as it has come. */
	#body = new Uint8Array(messageHeaderBytes);
	#bytes = 0;

	constructor(session: TlsSession, feed: SessionFeed, guard: HandshakeGuard, seed: () => void) {
		this.#session = session;
		this.#feed = feed;
		this.#guard = guard;
		this.#seed = seed;
	}
	/** Says hello. */
	begin(): void {
		this.#session.initiateHandshake();
		this.#step();
	}
	/** A record begins: its type must be one that may come now. */
	expect(type: number, bytes: number): void {
		const { isSecret } = this.#guard;
		if (type === Content.application || (isSecret && type !== Content.handshake))
			throw new TlsFault("the broker's TLS handshake is out of order", Alert.unexpectedMessage);
		if (type !== Content.handshake && (bytes > 2 || this.#bytes > 0))
			throw new TlsFault("the broker's TLS handshake is malformed", Alert.decodeError);
	}
	/** Contents of a record, which are the last of it if it is whole. */
	take(type: number, bytes: Uint8Array, isWhole: boolean): void {
		if (type === Content.handshake && !this.#guard.isSecret) return this.#takeMessages(bytes);
		this.#keep(bytes, 0, bytes.length, this.#bytes + bytes.length);
		if (!isWhole) return;
		const body = this.#body.slice(0, this.#bytes);
		if (type === Content.alert)
			throw new TlsFault(`the broker ended the TLS handshake: ${alertText(body[1] ?? -1)}`, -1);
		const isLast = this.#guard.isSecret;
		if (!isLast) this.#guard.changeCipher(body);
		const isOver = this.#pass(type, body);
		if (isLast) this.#finish(isOver);
	}
	/** Cut into records in any way. */
	#takeMessages(bytes: Uint8Array): void {
		for (let at = 0; at < bytes.length;) {
			const header = this.#body;
			let whole = messageHeaderBytes;
			if (this.#bytes >= whole) whole += (header[1]! << 16) | (header[2]! << 8) | header[3]!;
			const to = Math.min(at + whole - this.#bytes, bytes.length);
			this.#keep(bytes, at, to, whole);
			at = to;
			if (this.#bytes < whole) return;
			const isEmpty = (this.#body[1]! | this.#body[2]! | this.#body[3]!) === 0;
			if (whole === messageHeaderBytes && !isEmpty) continue;
			const message = this.#body.slice(0, whole);
			this.#guard.message(message);
			this.#pass(Content.handshake, message);
		}
	}
	#keep(bytes: Uint8Array, from: number, to: number, whole: number): void {
		if (whole > messageBytesMax)
			throw new TlsFault(
				`the broker's handshake has a message of ${whole} bytes, more than ${messageBytesMax}`,
				Alert.recordOverflow,
			);
		if (this.#body.length < whole) {
			const grown = new Uint8Array(whole);
			grown.set(this.#body);
			this.#body = grown;
		}
		this.#body.set(bytes.subarray(from, to), this.#bytes);
		this.#bytes += to - from;
	}
	#pass(type: number, body: Uint8Array): boolean {
		const record = new Uint8Array(headerBytes + body.length);
		record.set([type, 3, 3, body.length >> 8, body.length & 0xff]);
		record.set(body, headerBytes);
		this.#bytes = 0;
		this.#feed.give(record);
		return this.#step();
	}
	/** The session takes a record in its first step, and answers it in the second. */
	#step(): boolean {
		const session = this.#session;
		const feed = this.#feed;
		this.#seed();
		const isOver = session.handshake(feed) || session.handshake(feed);
		if (session.alert !== undefined || feed.readable > 0)
			throw new TlsFault("the TLS handshake failed", Alert.internalError);
		return isOver;
	}
	#finish(isOver: boolean): void {
		const session = this.#session;
		if (!isOver || !session.clientCipher || !session.serverCipher)
			throw new TlsFault("the broker's TLS handshake ended early", Alert.unexpectedMessage);
		this.#guard.finish();
	}
}
