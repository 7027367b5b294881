import { Mark, RecordState } from "./record.js";

/**
 * A row of the ledger: the next record at 0, the one before, place and size of the body, marks with the
 * state, the end of its life (or its outcome, until that is reported), its packet id, the time of its last
 * sending.
 */
export const previousAt = 1;
export const placeAt = 2;
export const bytesAt = 3;
export const marksAt = 4;
export const expiryAt = 5;
export const idAt = 6;
export const sentAt = 7;
export const rowShift = 3;

/**
 * Marks above those of Mark: it has an end of life; it was accepted by a publish() which has not returned
 * yet; and its state.
 */
export const expiring = 0x100;
export const unreported = 0x8000;
export const stateShift = 12;
export const stateMask = 7 << stateShift;
export const waitingBits = RecordState.waiting << stateShift;
/** From waiting to sent, by exclusive or. */
export const toSent = waitingBits ^ (RecordState.sent << stateShift);
/** What a record at QoS 1 which waits for its PUBACK has of these. */
export const ackMask = stateMask | Mark.qos;
export const ackBits = (RecordState.sent << stateShift) | (1 << Mark.qosShift);

/**
 * Moves all bodies to the front of the arena, in the order in which they lie there, and returns the first
 * free byte. Sorted tells that they lie in the order of the list.
 */
export function compact(memory: Uint8Array, rows: Int32Array, front: number, isSorted: boolean): number {
	let top = front;
	for (let record = lowest(rows, -1, isSorted); record !== 0; record = lowest(rows, record, isSorted)) {
		const row = record << rowShift;
		const at = rows[row + placeAt]!;
		const bytes = rows[row + bytesAt]!;
		if (at !== top) {
			memory.copyWithin(top, at, at + bytes);
			rows[row + placeAt] = top;
		}
		top += bytes;
	}
	return top;
}

/** The record whose body lies next behind this one's (-1: the first of all), or 0. */
function lowest(rows: Int32Array, record: number, isSorted: boolean): number {
	if (isSorted) return rows[record < 0 ? 0 : record << rowShift]!;
	const above = record < 0 ? -1 : rows[(record << rowShift) + placeAt]!;
	let best = 0;
	let least = Infinity;
	for (let other = rows[0]!; other !== 0; other = rows[other << rowShift]!) {
		const at = rows[(other << rowShift) + placeAt]!;
		if (at <= above || at >= least) continue;
		best = other;
		least = at;
	}
	return best;
}
