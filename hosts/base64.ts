const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Crypto.encodeBase64() for hosts whose platform has none. */
export function encodeBase64(bytes: Uint8Array): string {
	let text = "";
	for (let i = 0; i < bytes.length; i += 3) {
		const left = bytes.length - i;
		const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
		text += alphabet.charAt(word >> 18) + alphabet.charAt((word >> 12) & 63);
		text += left > 1 ? alphabet.charAt((word >> 6) & 63) : "=";
		text += left > 2 ? alphabet.charAt(word & 63) : "=";
	}
	return text;
}

/** Crypto.decodeBase64() for hosts whose platform has none, or a lenient one. */
export function decodeBase64(text: string): Uint8Array | undefined {
	if (text.length % 4 !== 0) return undefined;
	const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
	const bytes = new Uint8Array((text.length / 4) * 3 - padding);
	let word = 0;
	let bits = 0;
	let at = 0;
	for (let i = 0; i < text.length - padding; i++) {
		const value = alphabet.indexOf(text.charAt(i));
		if (value < 0) return undefined;
		word = (word << 6) | value;
		bits += 6;
		if (bits < 8) continue;
		bits -= 8;
		bytes[at++] = word >> bits;
	}
	// Bits that are left over must be 0, or two texts would stand for the same bytes.
	return (word & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}
