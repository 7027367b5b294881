import { Mark, Outbox, Outcome } from "../../modules/outbox/outbox.js";
import { field, utf8 } from "./text.js";

const outcomeNames = Object.keys(Outcome);

export interface LogEntry {
	topic?: string;
	payload?: string;
	marks?: number;
	ttlMs?: number;
	now?: number;
	properties?: Uint8Array;
}

/** An outbox in an arena of its own which notes how its records end. */
export class Log {
	readonly memory: Uint8Array;
	readonly outbox: Outbox;
	/** "record outcome", and the reason when there is one, in the order of reports. */
	readonly ended: string[] = [];

	constructor(arenaBytes = 64, recordsMax = 8) {
		this.memory = new Uint8Array(arenaBytes + 64).fill(0xee);
		this.outbox = new Outbox(this.memory, 16, 16 + arenaBytes, recordsMax);
		this.outbox.onEnd = (record, outcome, reason) => {
			this.ended.push(`${record} ${outcomeNames[outcome]}${reason === 0 ? "" : ` ${reason}`}`);
		};
	}
	/** Without anything, a message of four bytes: topic "a", payload "1". */
	append(entry: LogEntry = {}): number {
		const { topic = "a", payload = "1", marks = Mark.displaceable, ttlMs = Infinity, now = 0 } = entry;
		return this.outbox.append(field(topic), utf8(payload), marks, ttlMs, now, entry.properties);
	}
	/** The payload, read back from the arena. */
	payload(record: number): string {
		const { outbox } = this;
		outbox.load(record);
		const head = outbox.topicBytes + outbox.propertyBytes;
		const target = new Uint8Array(outbox.bodyBytes - head);
		outbox.copy(record, head, target.length, target, 0);
		let text = "";
		for (const byte of target) text += String.fromCharCode(byte);
		return text;
	}
	/** All payloads in the order of the log. */
	payloads(): string {
		const list: string[] = [];
		for (let record = this.outbox.head; record !== 0; record = this.outbox.after(record))
			list.push(this.payload(record));
		return list.join(" ");
	}
	/** What ended since the last call. */
	take(): string[] {
		return this.ended.splice(0);
	}
}
