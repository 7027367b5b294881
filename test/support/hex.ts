/** The bytes of a text of hex digits; spaces only help the eye. */
export function hex(text: string): Uint8Array {
	const digits = text.replace(/\s+/g, "");
	if (!/^([0-9a-f]{2})*$/.test(digits)) throw new TypeError(`not hex: ${text}`);
	const bytes = new Uint8Array(digits.length / 2);
	for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(digits.slice(2 * i, 2 * i + 2), 16);
	return bytes;
}

export function toHex(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += (byte < 16 ? "0" : "") + byte.toString(16);
	return text;
}
