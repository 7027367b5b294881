/** What a packet id in use is waiting for, named by what is owed next. */
export const Owed = Object.freeze({ nothing: 0, ack: 1, pubrel: 2, pubcomp: 3, answer: 4 });
export type Owed = (typeof Owed)[keyof typeof Owed];

const packetIdMax = 0xffff;
const field = Object.freeze({ id: 0, record: 1, owed: 2, order: 3, sentAt: 4 });
const rowSize = 5;
/** Times of sending are kept in such parts of a ms, modulo 2^32: fine enough for a loopback, hours long. */
const partsPerMs = 64;

/**
 * The packet ids in use, and the one allocator for every packet type that has one [MQTT-2.2.1-3].
 *
 * An id has its slot at id modulo the table's size, and is given out only while that slot is free. So an
 * acknowledgement finds its slot without a search, no two packets share an id, and the table bounds how far the
 * loop for the next id can go. The order of first sending is kept, because resends must follow it [MQTT-4.6.0-1].
 */
export class Flight {
	/** Ids in use. */
	count = 0;
	readonly size: number;
	#slots: Int32Array;
	#lastId: number;
	#lastOrder = 0;

	/** Room for idsMax ids; the first one given out comes after lastId. */
	constructor(idsMax: number, lastId: number) {
		this.size = 1;
		while (this.size < idsMax) this.size <<= 1;
		this.#slots = new Int32Array(this.size * rowSize);
		this.#lastId = lastId;
	}
	/** Gives out an id. The windows of those who ask add up to less than size, so one is free. */
	take(record: number, owed: Owed, now: number): number {
		const slots = this.#slots;
		const mask = this.size - 1;
		let id = this.#lastId;
		let row;
		do {
			id = id === packetIdMax ? 1 : id + 1;
			row = (id & mask) * rowSize;
		} while (slots[row] !== 0);
		this.#lastId = id;
		slots[row] = id;
		slots[row + field.record] = record;
		slots[row + field.owed] = owed;
		slots[row + field.order] = this.#lastOrder = (this.#lastOrder + 1) | 0;
		slots[row + field.sentAt] = now * partsPerMs;
		this.count++;
		return id;
	}
	/** What the id waits for; Owed.nothing when it is not in use. */
	owed(id: number): Owed {
		const row = (id & (this.size - 1)) * rowSize;
		return id !== 0 && this.#slots[row] === id ? (this.#slots[row + field.owed] as Owed) : Owed.nothing;
	}
	setOwed(id: number, owed: Owed): void {
		this.#slots[(id & (this.size - 1)) * rowSize + field.owed] = owed;
	}
	/** The record of an id in use. */
	record(id: number): number {
		return this.#slots[(id & (this.size - 1)) * rowSize + field.record]!;
	}
	/** Milliseconds since the id's packet was sent last. */
	age(id: number, now: number): number {
		const sentAt = this.#slots[(id & (this.size - 1)) * rowSize + field.sentAt]!;
		return ((now * partsPerMs - sentAt) | 0) / partsPerMs;
	}
	resent(id: number, now: number): void {
		this.#slots[(id & (this.size - 1)) * rowSize + field.sentAt] = now * partsPerMs;
	}
	free(id: number): void {
		this.#slots[(id & (this.size - 1)) * rowSize] = 0;
		this.count--;
	}
	/** Of the ids in use first sent after this one (0: of all), the one first sent earliest; 0 when there is none. */
	after(id: number): number {
		const slots = this.#slots;
		const start = id === 0 ? 0 : slots[(id & (this.size - 1)) * rowSize + field.order]!;
		let best = 0;
		let bestAge = -1;
		for (let row = 0; row < slots.length; row += rowSize) {
			if (slots[row] === 0) continue;
			const order = slots[row + field.order]!;
			if (id !== 0 && ((order - start) | 0) <= 0) continue;
			const age = (this.#lastOrder - order) | 0;
			if (age <= bestAge) continue;
			best = slots[row]!;
			bestAge = age;
		}
		return best;
	}
	/** The use an id was put to ends for all of them; returns nothing of what they were for. */
	clear(): void {
		this.#slots.fill(0);
		this.count = 0;
	}
}
