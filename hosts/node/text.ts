import { badText, type Text } from "../../modules/wire/text.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 by Node's own encoder and decoder. */
export const nodeText: Text = Object.freeze({ write, read });

function write(text: string, target: Uint8Array, at: number, limit: number): number {
	if (text.includes("\0")) throw new TypeError(badText(0));
	if (!isWellFormed(text)) throw new TypeError(badText(0xd800));
	const { read, written } = encoder.encodeInto(text, target.subarray(at, limit));
	return read < text.length ? -1 : at + written;
}

function read(bytes: Uint8Array, from: number, to: number): string | undefined {
	try {
		const text = decoder.decode(bytes.subarray(from, to));
		return text.includes("\0") ? undefined : text;
	} catch {
		return undefined;
	}
}

function isWellFormed(text: string): boolean {
	return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
