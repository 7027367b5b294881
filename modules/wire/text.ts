/**
 * UTF-8 in place. The core has no TextEncoder of its own: on the SDK it is a module, in an engine host a
 * native.
 */
export interface Text {
	/**
	 * Writes the text as UTF-8 to target[at, limit) and returns the offset behind it, or -1 when it does not
	 * fit. An unpaired surrogate or U+0000 is a TypeError [MQTT-1.5.4-1] [MQTT-1.5.4-2].
	 */
	write(text: string, target: Uint8Array, at: number, limit: number): number;
	/**
	 * The text of bytes[from, to), with U+FEFF kept wherever it stands [MQTT-1.5.4-3]; undefined when the
	 * bytes are not well-formed UTF-8 or hold U+0000.
	 */
	read(bytes: Uint8Array, from: number, to: number): string | undefined;
}

/**
 * The Text of an engine without natives for it. It takes UTF-16 strings (Node) and code point strings (XS)
 * alike.
 */
export const portableText: Text = Object.freeze({ write, read });

function write(text: string, target: Uint8Array, at: number, limit: number): number {
	for (const character of text) {
		const code = character.codePointAt(0)!;
		// [MQTT-1.5.4-1] [MQTT-1.5.4-2] [MQTT-1.5.7-1] [MQTT-4.7.3-2] [MQTT-1.5.3-1, 3.1.1] [MQTT-1.5.3-2, 3.1.1]
		// [MQTT-4.7.3-2, 3.1.1]
		if (code === 0 || (code >= 0xd800 && code <= 0xdfff)) throw new TypeError(badText(code));
		const count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
		if (at + count > limit) return -1;
		if (count === 1) {
			target[at++] = code;
			continue;
		}
		let shift = (count - 1) * 6;
		target[at++] = (-0x100 >> count) | (code >> shift);
		while (shift !== 0) {
			shift -= 6;
			target[at++] = 0x80 | ((code >> shift) & 0x3f);
		}
	}
	return at;
}

/** The text as UTF-8, in an array of its own. */
export function encodeText(by: Text, text: string): Uint8Array {
	// At most three bytes a UTF-16 unit, and four a code point, whichever of them length counts.
	const bytes = new Uint8Array(text.length * 4);
	return bytes.subarray(0, by.write(text, bytes, 0, bytes.length));
}

/** Why a text cannot be sent; for the hosts' own implementations as well. */
export function badText(code: number): string {
	return code === 0 ? "text holds U+0000" : "text holds an unpaired surrogate";
}

function read(bytes: Uint8Array, from: number, to: number): string | undefined {
	let text = "";
	// [MQTT-1.5.4-3] [MQTT-1.5.3-3, 3.1.1]
	while (from < to) {
		const first = bytes[from++]!;
		if (first === 0) return undefined;
		if (first < 0x80) {
			text += String.fromCharCode(first);
			continue;
		}
		const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
		if (first < 0xc2 || from + more > to) return undefined;
		let code = first & (0x7f >> more);
		for (let i = 0; i < more; i++) {
			const next = bytes[from++]!;
			if ((next & 0xc0) !== 0x80) return undefined;
			code = (code << 6) | (next & 0x3f);
		}
		// Overlong forms, surrogates and what lies beyond Unicode are ill-formed [Unicode 3.9, D92].
		if (code < (more === 2 ? 0x800 : more === 3 ? 0x1_0000 : 0x80)) return undefined;
		if (code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
		text += String.fromCodePoint(code);
	}
	return text;
}
