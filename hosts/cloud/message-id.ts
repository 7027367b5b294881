import { randomBytes } from "node:crypto";

/**
 * Message IDs as the service makes them: 32 hex digits in upper case. Address, process, a number drawn at
 * start, ms since the month began, a counter.
 */
export class MessageIds {
	#head: string;
	#count = 0;

	constructor() {
		this.#head = `7F000001${hex(process.pid & 0xffff, 4)}${randomBytes(4).toString("hex").toUpperCase()}`;
	}
	next(now: number): string {
		const date = new Date(now);
		const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
		this.#count = (this.#count + 1) & 0xffff;
		return `${this.#head}${hex(now - month, 8)}${hex(this.#count, 4)}`;
	}
}

export function isMessageId(text: string): boolean {
	return /^[0-9A-F]{32}$/.test(text);
}

function hex(value: number, digits: number): string {
	return (value >>> 0).toString(16).toUpperCase().padStart(digits, "0");
}
