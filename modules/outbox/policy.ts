import type { Outbox } from "./outbox.js";
import { Mark } from "./record.js";
import { unreported } from "./rows.js";

/** Whether there is room for so many bytes, once all has ended that a message with these marks may end. */
export function canMakeRoom(outbox: Outbox, bytes: number, marks: number, key: Uint8Array): boolean {
	let free = outbox.arenaBytes - outbox.usedBytes;
	let rowsFree = outbox.recordsMax - outbox.count;
	for (let record = outbox.next; record !== 0; record = outbox.after(record)) {
		if (!replaces(outbox, record, marks, key) && !displaces(outbox, record, marks)) continue;
		free += outbox.bytes(record);
		rowsFree++;
	}
	return free >= bytes && rowsFree > 0;
}

/** Whether a message with these marks and that key takes the place of a record that waits. */
export function replaces(outbox: Outbox, record: number, marks: number, key: Uint8Array): boolean {
	const own = outbox.marks(record);
	if (!(marks & Mark.latest) || (own & (Mark.latest | unreported)) !== Mark.latest) return false;
	const at = outbox.place(record) + ((own >> Mark.keyShift) & Mark.keyMask);
	for (let i = 0; i < key.length; i++) if (outbox.memory[at + i] !== key[i]) return false;
	return true;
}

/** Whether a record that waits makes room for a message with these marks. */
export function displaces(outbox: Outbox, record: number, marks: number): boolean {
	const own = outbox.marks(record);
	if (!(marks & Mark.displaceable) || (own & (Mark.displaceable | unreported)) !== Mark.displaceable)
		return false;
	return (own & Mark.priority) <= (marks & Mark.priority);
}
