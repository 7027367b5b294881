import { canMakeRoom, displaces, replaces } from "./policy.js";
import { Mark, Outcome, RecordState, recordsLimit } from "./record.js";
import {
	ackBits,
	ackMask,
	bytesAt,
	compact,
	expiring,
	expiryAt,
	idAt,
	marksAt,
	placeAt,
	previousAt,
	rowShift,
	sentAt,
	stateMask,
	stateShift,
	toSent,
	unreported,
	waitingBits,
} from "./rows.js";

const packetIdMax = 0xffff;
const qosMask = Mark.qos;
const latestMark = Mark.latest;
const priorityMask = Mark.priority;
const urgentMask = Mark.urgent;
/** Times of sending are kept in such parts of a ms, modulo 2^32: fine enough for a loopback, hours long. */
const partsPerMs = 64;

/**
 * The log of messages that are not finished, in one arena of fixed size.
 *
 *       head                  next                         tail
 *         │ in flight │ in flight │ waiting │ waiting │ waiting │ free …
 *
 * Bodies lie one behind the other in the arena, each as it will be sent; a finished one leaves a hole, and
 * holes are closed when the top is reached. A ledger of one row a record holds the rest: rows are linked, in
 * the order of sending what is in flight, and behind it in the order of arrival what waits. Row 0 is the ends
 * of the list.
 *
 * A record is named by its row, 1 to recordsMax + 1, which is its own until it ends: the one row too many
 * serves a message that comes in before those are reported that made room for it. Its packet id leads back to
 * its row, and is another one for each message of the row: so nothing is ever searched, and no two records
 * share an id.
 */
export class Outbox {
	readonly recordsMax: number;
	readonly memory: Uint8Array;
	/** Where the arena begins. */
	readonly from: number;
	/** An id modulo idSize is its record; what is over recordsMax + 1 is for others to give out. */
	readonly idSize: number;
	/** Called once for each record that was accepted, when it ends and its row is free again. */
	onEnd: (record: number, outcome: Outcome, reason: number) => void = ignore;
	/** Records in the log, those of them which wait to be sent, and of these those with a bit of Mark.urgent. */
	count = 0;
	waiting = 0;
	urgent = 0;
	/** Records with a time to live. */
	mortal = 0;
	/**
	 * The body that reserve() made room for, and the bytes that take() took, begin here; those end at takenTo.
	 */
	at = 0;
	takenTo = 0;
	/** The packet id of the record that reserve() made. */
	lastId = 0;
	/** How many of those are at QoS 0. */
	takenFree = 0;
	/** When expire() has something to do, in ms of the caller's clock; Infinity for never. */
	expireAt = Infinity;
	/** The oldest record that waits, or 0; and the first that made room and is not reported yet, or 0. */
	next = 0;
	ended = 0;
	#limit: number;
	#top: number;
	#rows: Int32Array;
	#free = 1;
	/** Bodies lie in the order of the list. Once some do not, they are looked for by their places. */
	#isSorted = true;
	#endedLast = 0;

	/**
	 * Bodies go to memory[from, limit), and nothing else is written there. Ids leave room for othersMax that are
	 * not records; each row's first one depends on the seed, so that a reboot does not meet ids the broker
	 * remembers.
	 */
	constructor(memory: Uint8Array, from: number, limit: number, recordsMax: number, othersMax = 0, seed = 0) {
		if (!(recordsMax >= 1 && recordsMax + othersMax <= recordsLimit))
			throw new RangeError(
				`an outbox for ${recordsMax} messages is not for 1 to ${recordsLimit - othersMax}`,
			);
		this.recordsMax = recordsMax;
		this.memory = memory;
		this.from = this.#top = from;
		this.#limit = limit;
		let idSize = 2;
		while (idSize < recordsMax + 2 + othersMax) idSize <<= 1;
		this.idSize = idSize;
		this.#rows = new Int32Array((recordsMax + 2) << rowShift);
		for (let record = 1; record <= recordsMax + 1; record++) {
			this.#rows[record << rowShift] = record <= recordsMax ? record + 1 : 0;
			this.#rows[(record << rowShift) + idAt] = record | (seed & packetIdMax & ~(idSize - 1));
		}
	}
	get arenaBytes(): number {
		return this.#limit - this.from;
	}
	/** Bytes of the arena that hold bodies. */
	get usedBytes(): number {
		let bytes = 0;
		for (let record = this.head; record !== 0; record = this.after(record)) bytes += this.bytes(record);
		return bytes;
	}
	/** The first record in the order of the log, or 0. */
	get head(): number {
		return this.#rows[0]!;
	}
	/**
	 * Makes room for a body, to be written to memory from at on before anything else is called, and returns its
	 * record; or 0 when there is no room: then nothing has changed. ttlMs is Infinity, or at most ttlMaxMs; the
	 * key serves Mark.latest. A body that cannot fit in the empty arena is a RangeError. What made room is
	 * reported by report(), which is to be called when the body is written.
	 */
	reserve(bytes: number, marks: number, ttlMs: number, now: number, key: Uint8Array): number {
		const record = this.#free;
		// The last row may be that of a message which has ended, and is being reported.
		if (record === 0) return 0;
		if (marks & latestMark || this.count === this.recordsMax || this.#limit - this.#top < bytes)
			if (!this.makeRoom(bytes, marks, key)) return 0;
		const rows = this.#rows;
		const row = record << rowShift;
		this.#free = rows[row]!;
		this.at = rows[row + placeAt] = this.#top;
		this.#top += bytes;
		const tail = rows[previousAt]!;
		rows[tail << rowShift] = rows[previousAt] = record;
		rows[row] = 0;
		rows[row + previousAt] = tail;
		rows[row + bytesAt] = bytes;
		const id = rows[row + idAt]! + this.idSize;
		this.lastId = rows[row + idAt] = id > packetIdMax ? record : id;
		if (ttlMs !== Infinity) marks = this.limitLife(row, marks, now + ttlMs);
		if (marks & urgentMask) this.urgent++;
		rows[row + marksAt] = marks | waitingBits;
		this.count++;
		this.waiting++;
		if (this.next === 0) this.next = record;
		return record;
	}
	/** Reports what made room. Whoever hears of it may publish at once, and displaces all but this record. */
	report(record: number): void {
		const at = (record << rowShift) + marksAt;
		this.#rows[at]! |= unreported;
		while (this.ended !== 0) {
			const rows = this.#rows;
			const ended = this.ended;
			const row = ended << rowShift;
			this.ended = rows[row]!;
			rows[row] = this.#free;
			this.#free = ended;
			this.onEnd(ended, rows[row + expiryAt] as Outcome, 0);
		}
		this.#rows[at]! &= ~unreported;
	}
	/**
	 * Takes the waiting records which come next and lie one behind the other: they are sent, memory[at, takenTo)
	 * is their bodies. Takes at most that many bytes, bodies of that size, and so many at QoS 1 and 2; false
	 * when that is none. The bodies will lie in a frame from that end on: at QoS 0 end() tells where each ends
	 * there.
	 */
	take(bytesMax: number, bodyBytesMax: number, countMax: number, now: number, end: number): boolean {
		let record = this.next;
		if (record === 0) return false;
		const rows = this.#rows;
		let row = record << rowShift;
		const from = rows[row + placeAt]!;
		const sent = now * partsPerMs;
		const limit = from + bytesMax;
		let to = from;
		let taken = 0;
		let free = 0;
		do {
			const bytes = rows[row + bytesAt]!;
			if (bytes > bodyBytesMax || to + bytes > limit) break;
			const marks = rows[row + marksAt]!;
			if (marks & qosMask) {
				if (taken - free >= countMax) break; // [MQTT-3.3.4-7] [MQTT-4.9.0-2]
				rows[row + sentAt] = sent;
			} else {
				rows[row + sentAt] = end + to + bytes - from;
				free++;
			}
			rows[row + marksAt] = marks ^ toSent;
			if (marks & urgentMask) this.urgent--;
			taken++;
			to += bytes;
			record = rows[row]!;
			row = record << rowShift;
		} while (record !== 0 && rows[row + placeAt] === to);
		this.next = record;
		this.waiting -= taken;
		this.at = from;
		this.takenTo = to;
		this.takenFree = free;
		return taken > 0;
	}
	/** Puts the most urgent record that waits before the others: it is next. */
	promote(): void {
		if (this.urgent === 0) return;
		const rows = this.#rows;
		let best = this.next;
		for (let record = best; record !== 0; record = rows[record << rowShift]!)
			if ((this.marks(record) & priorityMask) > (this.marks(best) & priorityMask)) best = record;
		if (best === this.next) return;
		this.#isSorted = false;
		this.unlink(best);
		const row = best << rowShift;
		const previous = rows[(this.next << rowShift) + previousAt]!;
		rows[row] = this.next;
		rows[row + previousAt] = previous;
		rows[previous << rowShift] = best;
		rows[(this.next << rowShift) + previousAt] = best;
		this.next = best;
	}
	/** The record in flight that has this packet id, or 0. */
	find(id: number): number {
		const record = id & (this.idSize - 1);
		if (record > this.recordsMax + 1) return 0;
		const row = record << rowShift;
		const rows = this.#rows;
		return rows[row + idAt] === id && (rows[row + marksAt]! & stateMask) > waitingBits ? record : 0;
	}
	/** Ends the record, and reports it. */
	finish(record: number, outcome: Outcome, reason: number): void {
		this.drop(record);
		this.#rows[record << rowShift] = this.#free;
		this.#free = record;
		this.onEnd(record, outcome, reason);
	}
	/**
	 * Ends the record in flight with that id as delivered, and reports it; false when there is none at QoS 1.
	 * This is finish() in one piece, because every acknowledgement comes this way.
	 */
	acknowledge(id: number): boolean {
		const rows = this.#rows;
		const record = id & (this.idSize - 1);
		const row = record << rowShift;
		const marks = rows[row + marksAt]!;
		if (rows[row + idAt] !== id || (marks & ackMask) !== ackBits) return false;
		if (marks & expiring && --this.mortal === 0) this.expireAt = Infinity;
		const next = rows[row]!;
		const previous = rows[row + previousAt]!;
		rows[previous << rowShift] = next;
		rows[(next << rowShift) + previousAt] = previous;
		rows[row] = this.#free;
		rows[row + marksAt] = marks & ~stateMask;
		this.#free = record;
		if (--this.count === 0) this.#top = this.from;
		this.onEnd(record, Outcome.delivered, 0);
		return true;
	}
	/** Ends what has waited for longer than it may, and sets expireAt anew [MQTT-4.3.3-7]. */
	expire(now: number): void {
		if (now < this.expireAt) return;
		this.expireAt = Infinity;
		for (let record = this.next; record !== 0;) {
			const left = this.timeLeft(record, now);
			if (left <= 0) this.finish(record, Outcome.expired, 0);
			else if (now + left < this.expireAt) this.expireAt = now + left;
			// Whoever heard of an end may have changed the log.
			record = left <= 0 ? this.next : this.after(record);
		}
	}
	/** Everything in flight waits again, ahead of what waits already. */
	rewind(): void {
		const rows = this.#rows;
		for (let record = this.head; record !== this.next; record = rows[record << rowShift]!) {
			const at = (record << rowShift) + marksAt;
			const marks = rows[at]!;
			rows[at] = (marks & ~stateMask) | waitingBits;
			this.waiting++;
			if (marks & urgentMask) this.urgent++;
			if (marks & expiring) this.expireAt = -Infinity;
		}
		this.next = this.head;
	}
	/** The record behind this one in the log, or 0. */
	after(record: number): number {
		return this.#rows[record << rowShift]!;
	}
	/** Its packet id; also that of the record which has just ended, as are its marks and age. */
	id(record: number): number {
		return this.#rows[(record << rowShift) + idAt]!;
	}
	marks(record: number): number {
		return this.#rows[(record << rowShift) + marksAt]!;
	}
	state(record: number): RecordState {
		return ((this.marks(record) & stateMask) >> stateShift) as RecordState;
	}
	/** Of a record in flight. */
	setState(record: number, state: RecordState): void {
		this.#rows[(record << rowShift) + marksAt] = (this.marks(record) & ~stateMask) | (state << stateShift);
	}
	/** Where the record's body lies in the memory, until the next reserve(). */
	place(record: number): number {
		return this.#rows[(record << rowShift) + placeAt]!;
	}
	bytes(record: number): number {
		return this.#rows[(record << rowShift) + bytesAt]!;
	}
	/** Milliseconds until it expires, or Infinity. Good for 24.8 days (2^31 ms) beyond that. */
	timeLeft(record: number, now: number): number {
		const row = record << rowShift;
		if (!(this.#rows[row + marksAt]! & expiring)) return Infinity;
		return (this.#rows[row + expiryAt]! - now) | 0;
	}
	/** Milliseconds since the record was sent last. */
	age(record: number, now: number): number {
		return ((now * partsPerMs - this.#rows[(record << rowShift) + sentAt]!) | 0) / partsPerMs;
	}
	/** Where a QoS 0 record in flight ends in the frame. */
	end(record: number): number {
		return this.#rows[(record << rowShift) + sentAt]!;
	}
	setEnd(record: number, end: number): void {
		this.#rows[(record << rowShift) + sentAt] = end;
	}
	setSent(record: number, now: number): void {
		this.#rows[(record << rowShift) + sentAt] = now * partsPerMs;
	}
	private limitLife(row: number, marks: number, end: number): number {
		this.mortal++;
		this.#rows[row + expiryAt] = end;
		if (end < this.expireAt) this.expireAt = end;
		return marks | expiring;
	}
	/** Takes the record out of list and counts; its row is not free yet. */
	private drop(record: number): void {
		const rows = this.#rows;
		const row = record << rowShift;
		const marks = rows[row + marksAt]!;
		if ((marks & stateMask) === waitingBits) {
			this.waiting--;
			if (marks & urgentMask) this.urgent--;
			if (this.next === record) this.next = rows[row]!;
		}
		if (marks & expiring && --this.mortal === 0) this.expireAt = Infinity;
		rows[row + marksAt] = marks & ~stateMask;
		this.unlink(record);
		if (--this.count === 0) this.#top = this.from;
	}
	private unlink(record: number): void {
		const rows = this.#rows;
		const row = record << rowShift;
		const next = rows[row]!;
		const previous = rows[row + previousAt]!;
		rows[previous << rowShift] = next;
		rows[(next << rowShift) + previousAt] = previous;
	}
	/**
	 * Ends the records which this message replaces, displaces the oldest it may, and closes the holes; false
	 * when all that would not do: then nothing has changed.
	 */
	private makeRoom(bytes: number, marks: number, key: Uint8Array): boolean {
		if (bytes > this.arenaBytes)
			throw new RangeError(`a message of ${bytes} bytes is over the outbox of ${this.arenaBytes}`);
		if (!canMakeRoom(this, bytes, marks, key)) return false;
		let next = 0;
		for (let record = this.next; record !== 0; record = next) {
			next = this.after(record);
			if (replaces(this, record, marks, key)) this.retire(record, Outcome.replaced);
		}
		let free = this.arenaBytes - this.usedBytes;
		for (let record = this.next; record !== 0; record = next) {
			if (free >= bytes && this.count < this.recordsMax) break;
			next = this.after(record);
			if (!displaces(this, record, marks)) continue;
			free += this.bytes(record);
			this.retire(record, Outcome.displaced);
		}
		if (this.#limit - this.#top >= bytes) return true;
		this.#top = compact(this.memory, this.#rows, this.from, this.#isSorted);
		return true;
	}
	/** Ends the record, which report() will tell. */
	private retire(record: number, outcome: Outcome): void {
		this.drop(record);
		const row = record << rowShift;
		this.#rows[row] = 0;
		this.#rows[row + expiryAt] = outcome;
		if (this.ended === 0) this.ended = record;
		else this.#rows[this.#endedLast << rowShift] = record;
		this.#endedLast = record;
	}
}

function ignore(): void {}
