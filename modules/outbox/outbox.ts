/** What became of a message; each one has just one outcome. */
export const Outcome = Object.freeze({
	/** The broker has it: acknowledged, or at QoS 0 handed to the socket. */
	delivered: 0,
	/** The broker acknowledged it with a refusal: the reason is its code. */
	refused: 1,
	/** Its time to live ran out before it was sent. */
	expired: 2,
	/** A newer message of its topic took its place. */
	replaced: 3,
	/** It made room for a newer message. */
	displaced: 4,
	/** This broker does not take it: over its Maximum Packet Size, Maximum QoS, or without Retain. */
	unsendable: 5,
	/** The broker lost the session between PUBREL and PUBCOMP: delivered or not, nobody knows. */
	unknown: 6,
	/** The client was closed before it was delivered. */
	abandoned: 7,
});
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** What append() is told of a message, in one number: PUBLISH's own retain and QoS bits, and what is ours. */
export const Mark = Object.freeze({
	retain: 1,
	qosShift: 1,
	qos: 6,
	/** Unsent messages of the same topic which have this mark are replaced by it. */
	latest: 0x10,
	/** May be displaced while unsent, and may displace older ones with this mark, when there is no room. */
	displaceable: 0x20,
	priorityShift: 6,
	priority: 0xc0,
});

/** Where a record stands. Only a waiting one can be displaced, replaced, or expire. */
export const RecordState = Object.freeze({ free: 0, waiting: 1, framed: 2, sent: 3, released: 4 });
export type RecordState = (typeof RecordState)[keyof typeof RecordState];

/** The longest time to live: half the range of the 32-bit milliseconds in which a record keeps its end. */
export const ttlMaxMs = 0x7fff_ffff;

const field = Object.freeze({
	next: 0,
	previous: 1,
	at: 2,
	topic: 3,
	properties: 4,
	bytes: 5,
	marks: 6,
	expiry: 7,
});
const rowShift = 3;
const expiring = 0x100;
const stateShift = 12;
const stateMask = 7 << stateShift;
const wireMarks = 0x0f;

/**
 * The log of messages that are not finished, in one arena of fixed size.
 *
 *       head                  next                         tail
 *         │ in flight │ in flight │ waiting │ waiting │ waiting │ free …
 *
 * Bodies (topic, properties, payload) lie one behind the other in the arena, in the order of the log; a
 * finished one leaves a hole, and holes are closed when the top is reached. A ledger of one row a record
 * holds the rest: rows are linked in the order of the log, so that finishing one is O(1) wherever it stands.
 * Row 0 is the ends of the list. The caller names a record by its row, 1 to recordsMax + 1, its own until it
 * ends: the one too many serves a message that comes in before those are reported that made room for it.
 */
export class Outbox {
	readonly recordsMax: number;
	/** Called once for each record that append() accepted, when it ends and its row is free again. */
	onEnd: (record: number, outcome: Outcome, reason: number) => void = ignore;
	/** Records in the log, and those of them which wait to be sent. */
	count = 0;
	waiting = 0;
	/** Of the record which peek() or load() named last: its PUBLISH's retain and QoS bits, sizes in bytes. */
	wireFlags = 0;
	topicBytes = 0;
	propertyBytes = 0;
	/** Topic, properties and payload together. */
	bodyBytes = 0;
	/** When expire() has something to do, in ms of the caller's clock; Infinity for never. */
	expireAt = Infinity;
	#memory: Uint8Array;
	#from: number;
	#limit: number;
	#top: number;
	#rows: Int32Array;
	#free = 1;
	#next = 0;
	#liveBytes = 0;
	#urgent = 0;
	#ended = 0;
	#endedLast = 0;
	#arriving = 0;

	/** Bodies go to memory[from, limit), and nothing else is written there. */
	constructor(memory: Uint8Array, from: number, limit: number, recordsMax: number) {
		this.recordsMax = recordsMax;
		this.#memory = memory;
		this.#from = this.#top = from;
		this.#limit = limit;
		this.#rows = new Int32Array((recordsMax + 2) << rowShift);
		for (let record = 1; record <= recordsMax; record++) this.#rows[record << rowShift] = record + 1;
	}
	get arenaBytes(): number {
		return this.#limit - this.#from;
	}
	/** Bytes of the arena that hold bodies. */
	get usedBytes(): number {
		return this.#liveBytes;
	}
	/** The oldest record, or 0. */
	get head(): number {
		return this.#rows[field.next]!;
	}
	/**
	 * Takes a message in, and returns its record, or 0 when there is no room: then nothing was accepted, and
	 * nothing displaced. The topic comes with its length word in front, the properties encoded; all three are
	 * copied. ttlMs is Infinity, or at most ttlMaxMs. A message that cannot fit in the arena is a RangeError.
	 * What made room is reported when the message is in, so that whoever hears of it can take nothing from it.
	 */
	append(
		topic: Uint8Array,
		payload: Uint8Array,
		marks: number,
		ttlMs: number,
		now: number,
		properties?: Uint8Array,
	): number {
		const propertyBytes = properties === undefined ? 0 : properties.length;
		const topicBytes = topic.length;
		const bytes = topicBytes + propertyBytes + payload.length;
		if (this.#free === 0) return 0;
		if (marks & Mark.latest || this.count === this.recordsMax || this.#limit - this.#top < bytes)
			if (!this.#makeRoom(bytes, marks, topic)) return 0;
		const rows = this.#rows;
		const record = this.#free;
		const row = record << rowShift;
		this.#free = rows[row]!;
		const at = this.#top;
		this.#memory.set(topic, at);
		if (propertyBytes > 0) this.#memory.set(properties!, at + topicBytes);
		this.#memory.set(payload, at + topicBytes + propertyBytes);
		this.#top = at + bytes;
		this.#liveBytes += bytes;
		const tail = rows[field.previous]!;
		rows[tail << rowShift] = record;
		rows[field.previous] = record;
		rows[row] = 0;
		rows[row + field.previous] = tail;
		rows[row + field.at] = at;
		rows[row + field.topic] = topicBytes;
		rows[row + field.properties] = propertyBytes;
		rows[row + field.bytes] = bytes;
		if (ttlMs !== Infinity) {
			marks |= expiring;
			rows[row + field.expiry] = now + ttlMs;
			if (now + ttlMs < this.expireAt) this.expireAt = now + ttlMs;
		}
		if (marks & Mark.priority) this.#urgent++;
		rows[row + field.marks] = marks | (RecordState.waiting << stateShift);
		this.count++;
		this.waiting++;
		if (this.#next === 0) this.#next = record;
		if (this.#ended !== 0 && this.#arriving === 0) this.#report(record);
		return record;
	}
	/** Loads and returns the record to send next: of the highest priority that waits, the oldest; or 0. */
	peek(): number {
		if (this.waiting === 0) return 0;
		const rows = this.#rows;
		let record = this.#next;
		while ((rows[(record << rowShift) + field.marks]! & stateMask) !== RecordState.waiting << stateShift)
			record = rows[record << rowShift]!;
		this.#next = record;
		if (this.#urgent > 0) record = this.#mostUrgent(record);
		this.load(record);
		return record;
	}
	/** Sets wireFlags and the sizes to this record's. */
	load(record: number): void {
		const rows = this.#rows;
		const row = record << rowShift;
		this.wireFlags = rows[row + field.marks]! & wireMarks;
		this.topicBytes = rows[row + field.topic]!;
		this.propertyBytes = rows[row + field.properties]!;
		this.bodyBytes = rows[row + field.bytes]!;
	}
	state(record: number): RecordState {
		return ((this.#rows[(record << rowShift) + field.marks]! & stateMask) >> stateShift) as RecordState;
	}
	/** A waiting record is framed or sent, and a sent one released: it can no longer expire or be displaced. */
	advance(record: number, state: RecordState): void {
		const at = (record << rowShift) + field.marks;
		const marks = this.#rows[at]!;
		if ((marks & stateMask) === RecordState.waiting << stateShift) this.#unwait(marks);
		this.#rows[at] = (marks & ~stateMask) | (state << stateShift);
	}
	/** Makes the record wait again, at its old place in the log. */
	rewind(record: number): void {
		const at = (record << rowShift) + field.marks;
		const marks = this.#rows[at]!;
		if ((marks & stateMask) === RecordState.waiting << stateShift) return;
		this.#rows[at] = (marks & ~stateMask) | (RecordState.waiting << stateShift);
		this.waiting++;
		if (marks & Mark.priority) this.#urgent++;
		this.#next = this.head;
		if (marks & expiring) this.expireAt = -Infinity;
	}
	/** Ends the record, and reports it. */
	finish(record: number, outcome: Outcome, reason: number): void {
		this.#unlink(record);
		this.#rows[record << rowShift] = this.#free;
		this.#free = record;
		this.onEnd(record, outcome, reason);
	}
	/** Ends what has waited for longer than it may, and sets expireAt anew. */
	expire(now: number): void {
		if (now < this.expireAt) return;
		const rows = this.#rows;
		this.expireAt = Infinity;
		let next = 0;
		for (let record = this.head; record !== 0; record = next) {
			const row = record << rowShift;
			next = rows[row]!;
			if (!(rows[row + field.marks]! & expiring) || this.state(record) !== RecordState.waiting) continue;
			const left = this.#left(row, now);
			if (left <= 0) {
				this.finish(record, Outcome.expired, 0);
				next = this.head;
				this.expireAt = Infinity;
			} else if (now + left < this.expireAt) this.expireAt = now + left;
		}
	}
	/** The record behind this one in the log, or 0. */
	after(record: number): number {
		return this.#rows[record << rowShift]!;
	}
	/** Milliseconds until it expires, or Infinity. */
	timeLeft(record: number, now: number): number {
		const row = record << rowShift;
		return this.#rows[row + field.marks]! & expiring ? this.#left(row, now) : Infinity;
	}
	/**
	 * Copies bytes [from, from + count) of the body to the target. Without garbage when the target is the memory
	 * that holds the arena: so a frame is best laid out behind it in one buffer.
	 */
	copy(record: number, from: number, count: number, target: Uint8Array, at: number): void {
		const start = this.#rows[(record << rowShift) + field.at]! + from;
		if (target === this.#memory) target.copyWithin(at, start, start + count);
		else target.set(this.#memory.subarray(start, start + count), at);
	}
	/** Copies the topic to the target, and what lies in the body from another offset on behind a gap. */
	lay(record: number, gap: number, from: number, target: Uint8Array, at: number): void {
		const row = record << rowShift;
		const start = this.#rows[row + field.at]!;
		const topicBytes = this.#rows[row + field.topic]!;
		const end = start + this.#rows[row + field.bytes]!;
		if (target === this.#memory) {
			target.copyWithin(at, start, start + topicBytes);
			target.copyWithin(at + topicBytes + gap, start + from, end);
		} else {
			target.set(this.#memory.subarray(start, start + topicBytes), at);
			target.set(this.#memory.subarray(start + from, end), at + topicBytes + gap);
		}
	}
	#unlink(record: number): void {
		const rows = this.#rows;
		const row = record << rowShift;
		const marks = rows[row + field.marks]!;
		if ((marks & stateMask) === RecordState.waiting << stateShift) this.#unwait(marks);
		const next = rows[row]!;
		const previous = rows[row + field.previous]!;
		rows[previous << rowShift] = next;
		rows[(next << rowShift) + field.previous] = previous;
		if (this.#next === record) this.#next = next;
		rows[row + field.marks] = 0;
		this.#liveBytes -= rows[row + field.bytes]!;
		if (--this.count === 0) this.#top = this.#from;
	}
	/** Ends the record, which report() will tell. */
	#retire(record: number, outcome: Outcome): void {
		this.#unlink(record);
		const row = record << rowShift;
		this.#rows[row] = 0;
		this.#rows[row + field.expiry] = outcome;
		if (this.#ended === 0) this.#ended = record;
		else this.#rows[this.#endedLast << rowShift] = record;
		this.#endedLast = record;
	}
	/** Whoever hears of it may publish, but not displace the message whose record nobody knows yet. */
	#report(arriving: number): void {
		const rows = this.#rows;
		this.#arriving = arriving;
		while (this.#ended !== 0) {
			const record = this.#ended;
			const row = record << rowShift;
			this.#ended = rows[row]!;
			rows[row] = this.#free;
			this.#free = record;
			this.onEnd(record, rows[row + field.expiry] as Outcome, 0);
		}
		this.#arriving = 0;
	}
	#unwait(marks: number): void {
		this.waiting--;
		if (marks & Mark.priority) this.#urgent--;
	}
	#left(row: number, now: number): number {
		return (this.#rows[row + field.expiry]! - now) | 0;
	}
	#mostUrgent(record: number): number {
		const rows = this.#rows;
		let best = record;
		let highest = -1;
		for (; record !== 0; record = rows[record << rowShift]!) {
			const marks = rows[(record << rowShift) + field.marks]!;
			const priority = marks & Mark.priority;
			if ((marks & stateMask) !== RecordState.waiting << stateShift || priority <= highest) continue;
			best = record;
			highest = priority;
		}
		return best;
	}
	/**
	 * Ends the records which this message replaces, displaces the oldest it may, and closes the holes; false
	 * when all that would not do: then nothing has changed.
	 */
	#makeRoom(bytes: number, marks: number, topic: Uint8Array): boolean {
		if (bytes > this.arenaBytes)
			throw new RangeError(`a message of ${bytes} bytes is over the outbox of ${this.arenaBytes}`);
		let free = this.arenaBytes - this.#liveBytes;
		let rowsFree = this.recordsMax - this.count;
		for (let record = this.head; record !== 0; record = this.after(record)) {
			if (!this.#replaces(record, marks, topic) && !this.#displaces(record, marks)) continue;
			free += this.#rows[(record << rowShift) + field.bytes]!;
			rowsFree++;
		}
		if (free < bytes || rowsFree === 0) return false;
		this.#replace(marks, topic);
		this.#displace(bytes, marks);
		if (this.#limit - this.#top < bytes) this.#compact();
		return true;
	}
	#replace(marks: number, topic: Uint8Array): void {
		let next = 0;
		for (let record = this.head; record !== 0; record = next) {
			next = this.after(record);
			if (this.#replaces(record, marks, topic)) this.#retire(record, Outcome.replaced);
		}
	}
	#displace(bytes: number, marks: number): void {
		let next = 0;
		for (let record = this.head; record !== 0; record = next) {
			if (this.arenaBytes - this.#liveBytes >= bytes && this.count < this.recordsMax) return;
			next = this.after(record);
			if (this.#displaces(record, marks)) this.#retire(record, Outcome.displaced);
		}
	}
	#replaces(record: number, marks: number, topic: Uint8Array): boolean {
		if (!(marks & Mark.latest) || !this.#waitsWith(record, Mark.latest)) return false;
		const row = record << rowShift;
		if (this.#rows[row + field.topic] !== topic.length) return false;
		const at = this.#rows[row + field.at]!;
		for (let i = 0; i < topic.length; i++) if (this.#memory[at + i] !== topic[i]) return false;
		return true;
	}
	#displaces(record: number, marks: number): boolean {
		if (!(marks & Mark.displaceable) || !this.#waitsWith(record, Mark.displaceable)) return false;
		return (this.#rows[(record << rowShift) + field.marks]! & Mark.priority) <= (marks & Mark.priority);
	}
	#waitsWith(record: number, mark: number): boolean {
		if (record === this.#arriving) return false;
		const marks = this.#rows[(record << rowShift) + field.marks]!;
		return (marks & stateMask) === RecordState.waiting << stateShift && (marks & mark) !== 0;
	}
	#compact(): void {
		const rows = this.#rows;
		let top = this.#from;
		for (let record = this.head; record !== 0; record = rows[record << rowShift]!) {
			const row = record << rowShift;
			const at = rows[row + field.at]!;
			const bytes = rows[row + field.bytes]!;
			if (at !== top) {
				this.#memory.copyWithin(top, at, at + bytes);
				rows[row + field.at] = top;
			}
			top += bytes;
		}
		this.#top = top;
	}
}

function ignore(): void {}
