import { badText, type Text } from "../../modules/wire/text.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Up to here a loop over plain ASCII is faster than the natives, and needs no view of the bytes. */
const shortMax = 24;
/** Buffer's own way to make a string of bytes in place; it takes any Uint8Array. */
const { latin1Slice } = Buffer.prototype as unknown as {
	latin1Slice(this: Uint8Array, from: number, to: number): string;
};

/** UTF-8 by Node's own encoder and decoder. */
export const nodeText: Text = Object.freeze({ write, read });

function write(text: string, target: Uint8Array, at: number, limit: number): number {
	if (text.length <= shortMax && text.length <= limit - at && writeASCII(text, target, at))
		return at + text.length;
	if (text.includes("\0")) throw new TypeError(badText(0));
	if (!isWellFormed(text)) throw new TypeError(badText(0xd800));
	const { read, written } = encoder.encodeInto(text, target.subarray(at, limit));
	return read < text.length ? -1 : at + written;
}

function read(bytes: Uint8Array, from: number, to: number): string | undefined {
	if (to - from <= shortMax && isASCII(bytes, from, to)) return latin1Slice.call(bytes, from, to);
	try {
		const text = decoder.decode(bytes.subarray(from, to));
		return text.includes("\0") ? undefined : text;
	} catch {
		return undefined;
	}
}

/** False when the text holds U+0000, or more than ASCII: what is written then does not count. */
function writeASCII(text: string, target: Uint8Array, at: number): boolean {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === 0 || code > 0x7f) return false;
		target[at + i] = code;
	}
	return true;
}

function isASCII(bytes: Uint8Array, from: number, to: number): boolean {
	for (let at = from; at < to; at++) if (bytes[at] === 0 || bytes[at]! > 0x7f) return false;
	return true;
}

function isWellFormed(text: string): boolean {
	return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
