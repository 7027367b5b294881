import { Alert, TlsFault } from "./tls-fault.js";

export const Content = Object.freeze({ changeCipher: 20, alert: 21, handshake: 22, application: 23 });

export const headerBytes = 5;
/** The most that a record carries in the clear, and what encryption may add to it [RFC 5246 6.2]. */
export const fragmentBytesMax = 16_384;
/** The nonce and the tag, which each encrypted record has. */
export const sealBytes = 24;

/**
 * Cuts a stream into records, and holds each header against what may come at all, before a byte of the
 * contents is kept: a far end that is none, or says lengths that it must not, is a TlsFault.
 */
export class RecordReader {
	/** The header of the record, once it is whole. */
	readonly header = new Uint8Array(headerBytes);
	type = 0;
	/** How many bytes of the record are still to come. */
	left = 0;
	/** From now on records are encrypted. */
	isSecret = false;
	#filled = 0;
	#fragmentBytes: number;

	constructor(fragmentBytes: number) {
		this.#fragmentBytes = fragmentBytes;
	}
	/** Whether the header is whole, so that the contents come next. */
	get isBegun(): boolean {
		return this.#filled === headerBytes;
	}
	/** Takes what the header lacks from bytes[at], and returns where the contents begin. */
	begin(bytes: Uint8Array, at: number): number {
		while (this.#filled < headerBytes && at < bytes.length) this.header[this.#filled++] = bytes[at++]!;
		// Its first byte tells what is no TLS, which may send no more before it is answered.
		if (this.header[0]! < Content.changeCipher || this.header[0]! > Content.application)
			throw new TlsFault("what answers there does not speak TLS", Alert.unexpectedMessage);
		if (this.#filled === headerBytes) this.#check();
		return at;
	}
	/** So many bytes of the contents are taken; true when these were the last. */
	advance(count: number): boolean {
		this.left -= count;
		if (this.left > 0) return false;
		this.#filled = 0;
		return true;
	}
	#check(): void {
		const { header } = this;
		this.type = header[0]!;
		this.left = (header[3]! << 8) | header[4]!;
		if (header[1] !== 3) throw new TlsFault("what answers there does not speak TLS", Alert.unexpectedMessage);
		// An alert may come before a version is agreed on.
		if (header[2] !== 3 && (this.isSecret || this.type !== Content.alert))
			throw new TlsFault("the broker does not speak TLS 1.2", Alert.protocolVersion);
		const seal = this.isSecret ? sealBytes : 0;
		if (this.left > this.#fragmentBytes + seal)
			throw new TlsFault(
				`the broker sends a record of ${this.left} bytes, more than the ${this.#fragmentBytes} asked for`,
				Alert.recordOverflow,
			);
		if (this.left < (this.isSecret ? seal : 1))
			throw new TlsFault("the broker sends a malformed TLS record", Alert.decodeError);
	}
}
