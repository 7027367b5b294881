import { Outbox } from "../../modules/outbox/outbox.js";
import { Mark, Outcome } from "../../modules/outbox/record.js";
import { field, utf8 } from "./text.js";

const outcomeNames = Object.keys(Outcome);

export interface LogEntry {
	topic?: string;
	payload?: string;
	marks?: number;
	ttlMs?: number;
	now?: number;
	/** So many bytes lie in front of the topic. */
	head?: number;
}

/**
 * An outbox in an arena of its own which notes how its records end. The first id of a record is its number.
 */
export class Log {
	readonly memory: Uint8Array;
	readonly outbox: Outbox;
	/** "record outcome", and the reason when there is one, in the order of reports. */
	readonly ended: string[] = [];

	constructor(arenaBytes = 64, recordsMax = 8) {
		this.memory = new Uint8Array(arenaBytes + 64).fill(0xee);
		this.outbox = new Outbox(this.memory, 16, 16 + arenaBytes, recordsMax, 0, 0xffff);
		this.outbox.onEnd = (record, outcome, reason) => {
			this.ended.push(`${record} ${outcomeNames[outcome]}${reason === 0 ? "" : ` ${reason}`}`);
		};
	}
	/** Without anything, a message of four bytes: topic "a", payload "1". */
	append(entry: LogEntry = {}): number {
		const { topic = "a", payload = "1", marks = Mark.displaceable, head = 0 } = entry;
		const { ttlMs = Infinity, now = 0 } = entry;
		const { outbox, memory } = this;
		const key = field(topic);
		const text = utf8(payload);
		const bytes = head + key.length + text.length;
		const record = outbox.reserve(bytes, marks | (head << Mark.keyShift), ttlMs, now, key);
		if (record === 0) return 0;
		memory.fill(0xff, outbox.at, outbox.at + head);
		memory.set(key, outbox.at + head);
		memory.set(text, outbox.at + head + key.length);
		if (outbox.ended !== 0) outbox.report(record);
		return record;
	}
	/** The most urgent one that waits is sent; returns it. */
	send(now = 0): number {
		const { outbox } = this;
		outbox.promote();
		const record = outbox.next;
		const bytes = outbox.bytes(record);
		if (!outbox.take(bytes, bytes, 1, now, 0)) throw new Error("nothing was taken");
		return record;
	}
	/** The payload, read back from the arena. */
	payload(record: number): string {
		const { outbox, memory } = this;
		const from = outbox.place(record) + ((outbox.marks(record) >> Mark.keyShift) & Mark.keyMask);
		const topicBytes = (memory[from]! << 8) | memory[from + 1]!;
		let text = "";
		for (let at = from + 2 + topicBytes; at < outbox.place(record) + outbox.bytes(record); at++)
			text += String.fromCharCode(memory[at]!);
		return text;
	}
	/** All records in the order of the log. */
	records(): number[] {
		const list: number[] = [];
		for (let record = this.outbox.head; record !== 0; record = this.outbox.after(record)) list.push(record);
		return list;
	}
	/** All payloads in the order of the log. */
	payloads(): string {
		return this.records()
			.map(record => this.payload(record))
			.join(" ");
	}
	/** What ended since the last call. */
	take(): string[] {
		return this.ended.splice(0);
	}
}
