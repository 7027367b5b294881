import { portableText } from "../../modules/wire/text.js";

export function utf8(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length * 4);
	return bytes.slice(0, portableText.write(text, bytes, 0, bytes.length));
}

/** The text with its length word in front, as the outbox takes topics. */
export function field(text: string): Uint8Array {
	const bytes = utf8(text);
	const whole = new Uint8Array(2 + bytes.length);
	whole[0] = bytes.length >> 8;
	whole[1] = bytes.length;
	whole.set(bytes, 2);
	return whole;
}
