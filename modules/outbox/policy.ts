import type { Outbox } from "./outbox.js";
import { Mark } from "./record.js";
import { unreported } from "./rows.js";

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
