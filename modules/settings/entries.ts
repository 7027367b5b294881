import { quoted } from "../cloud/quoted.js";
import { portableText } from "../wire/text.js";
import type { PlainKey } from "./setting-keys.js";

/** Settings by their keys, as they were given. */
export type Entries = Readonly<Record<string, unknown>>;

/** What is taken where nothing is set. */
export const settingDefaults: Readonly<Partial<Record<PlainKey, string>>> = Object.freeze({
	broker: "mqtt://127.0.0.1",
	topic: "godwit/{deviceId}",
	client: "godwit-{deviceId}",
	device: "{deviceId}",
	mqtt: "3.1.1",
	profile: "plain",
	rounds: "0",
	wait: "5000",
	keepalive: "60",
	window: "10",
	outbox: "8192",
	wifi: "steady",
});

/** The longest value, and so the longest topic; the client's buffers have room for it. */
export const textBytesMax = 1_000;

export function numberOf(entries: Entries, key: PlainKey, min: number, max: number): number {
	const text = textOf(entries, key)!;
	const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : NaN;
	if (value >= min && value <= max) return value;
	throw wrong(key, text, `a whole number from ${min} to ${max}`);
}

/** A value that may be printed; what is not set is the default, or undefined where there is none. */
export function textOf(entries: Entries, key: string): string | undefined {
	const value = valueOf(entries, key) ?? settingDefaults[key as PlainKey];
	if (value === undefined) return undefined;
	if (/[\u0000-\u001f\u007f]/.test(value)) throw wrong(key, value, "text without control characters");
	const bytes = countBytes(value);
	if (bytes < 0) throw wrong(key, value, `at most ${textBytesMax} bytes of UTF-8`);
	if (bytes === 0) throw wrong(key, value, "it is empty; leave it out instead");
	return value;
}

/** A value that is never printed. */
export function secretOf(entries: Entries, key: string): string | undefined {
	const value = valueOf(entries, key);
	if (value !== undefined && countBytes(value) < 0)
		throw new RangeError(`${key}: at most ${textBytesMax} bytes of UTF-8`);
	return value;
}

function valueOf(entries: Entries, key: string): string | undefined {
	const value = entries[key];
	if (value === undefined || typeof value === "string") return value as string | undefined;
	if (typeof value === "number") return String(value);
	throw new RangeError(`${key}: text or a number, not ${value === null ? "null" : typeof value}`);
}

/** As UTF-8; -1 when too many, or when it cannot be sent. Bytes written behind an array go nowhere. */
export function countBytes(text: string): number {
	try {
		return portableText.write(text, new Uint8Array(0), 0, textBytesMax);
	} catch {
		return -1;
	}
}

export function wrong(key: string, value: string, rule: string): RangeError {
	return new RangeError(`${key} ${quoted(value)}: ${rule}`);
}
