import TextDecoder from "text/decoder";
import TextEncoder from "text/encoder";
import { badText, type Text } from "../../modules/wire/text.js";

/**
 * UTF-8 by the SDK's own encoder and decoder. The strings of its engine are UTF-8 inside, so this is a
 * copy; the encoder lets unpaired surrogates and U+0000 pass, and the decoder U+0000, so they are looked
 * for.
 */
export class ModdableText implements Text {
	#encoder = new TextEncoder();
	#decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

	write(text: string, target: Uint8Array, at: number, limit: number): number {
		if (!text.isWellFormed()) throw new TypeError(badText(0xd800));
		if (text.indexOf("\0") >= 0) throw new TypeError(badText(0));
		const { read, written } = this.#encoder.encodeInto(text, target.subarray(at, limit));
		return read < text.length ? -1 : at + written;
	}
	read(bytes: Uint8Array, from: number, to: number): string | undefined {
		if (from === to) return "";
		const view = bytes.subarray(from, to);
		if (view.indexOf(0) >= 0) return undefined;
		try {
			return this.#decoder.decode(view);
		} catch {
			return undefined;
		}
	}
}
