/** The tags that certificates and keys are made of [X.690 8]. */
export const Tag = Object.freeze({
	boolean: 0x01,
	integer: 0x02,
	bitString: 0x03,
	octetString: 0x04,
	object: 0x06,
	utcTime: 0x17,
	time: 0x18,
	sequence: 0x30,
	set: 0x31,
});

const malformed = "malformed DER";

/** Reads one element after the other from DER; bytes that are none are a RangeError. Its views share them. */
export class DerReader {
	#bytes: Uint8Array;
	#at = 0;
	#from = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}
	get more(): boolean {
		return this.#at < this.#bytes.length;
	}
	/** The tag of the next element, or -1 at the end. */
	get tag(): number {
		return this.#bytes[this.#at] ?? -1;
	}
	/** The contents of the next element, which must have the tag. */
	read(tag: number): Uint8Array {
		if (this.tag !== tag) throw new RangeError(malformed);
		return this.next();
	}
	enter(tag: number): DerReader {
		return new DerReader(this.read(tag));
	}
	/** The next element with its tag and length. */
	whole(tag: number): Uint8Array {
		this.read(tag);
		return this.#bytes.subarray(this.#from, this.#at);
	}
	/** The contents of the next element, whatever it is. */
	next(): Uint8Array {
		this.#from = this.#at++;
		let length = this.#byte();
		if (length > 0x83 || length === 0x80) throw new RangeError(malformed);
		if (length > 0x80) {
			let count = length & 0x7f;
			for (length = 0; count > 0; count--) length = (length << 8) | this.#byte();
		}
		const start = this.#at;
		this.#at += length;
		if (this.#at > this.#bytes.length) throw new RangeError(malformed);
		return this.#bytes.subarray(start, this.#at);
	}
	/** A number of at most 32 bits, which is not negative. */
	number(): number {
		const bytes = this.read(Tag.integer);
		if (bytes.length === 0 || bytes.length > 5 || bytes[0]! >= 0x80) throw new RangeError(malformed);
		let value = 0;
		for (let i = 0; i < bytes.length; i++) value = value * 256 + bytes[i]!;
		return value;
	}
	/** A whole number that is not negative, without leading zeros. */
	magnitude(): Uint8Array {
		const bytes = this.read(Tag.integer);
		if (bytes.length === 0 || bytes[0]! >= 0x80) throw new RangeError(malformed);
		let from = 0;
		while (from < bytes.length - 1 && bytes[from] === 0) from++;
		return bytes.subarray(from);
	}
	/** An object identifier, as hex of its contents. */
	object(): string {
		return hexOf(this.read(Tag.object));
	}
	/** A bit string of flags. */
	flags(): number {
		const bytes = this.read(Tag.bitString);
		if (bytes.length === 0 || bytes[0]! > 7) throw new RangeError(malformed);
		return bytes[1] ?? 0;
	}
	/** A bit string of whole bytes. */
	bits(): Uint8Array {
		const bytes = this.read(Tag.bitString);
		if (bytes[0] !== 0) throw new RangeError(malformed);
		return bytes.subarray(1);
	}
	#byte(): number {
		const byte = this.#bytes[this.#at++];
		if (byte === undefined) throw new RangeError(malformed);
		return byte;
	}
}

export function hexOf(bytes: Uint8Array): string {
	let text = "";
	for (let i = 0; i < bytes.length; i++) text += (bytes[i]! < 16 ? "0" : "") + bytes[i]!.toString(16);
	return text;
}

export function isSame(some: Uint8Array, other: Uint8Array): boolean {
	if (some.length !== other.length) return false;
	for (let i = 0; i < some.length; i++) if (some[i] !== other[i]) return false;
	return true;
}

/** Bytes that are ASCII as text; undefined when they are not, or hold a control character. */
export function asciiOf(bytes: Uint8Array): string | undefined {
	let text = "";
	for (let i = 0; i < bytes.length; i++) {
		if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return undefined;
		text += String.fromCharCode(bytes[i]!);
	}
	return text;
}
