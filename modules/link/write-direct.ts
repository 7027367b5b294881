import type { Transport } from "../../hosts/host.js";
import type { Session } from "../session/session.js";

/** Writes as much of the direct packet as there is room for, from the log itself; returns the room left. */
export function writeDirect(session: Session, transport: Transport, room: number, now: number): number {
	const { sender } = session;
	const { outbox, direct, directLeft } = sender;
	const count = directLeft < room ? directLeft : room;
	const from = outbox.place(direct) + outbox.bytes(direct) - directLeft;
	const left = transport.write(outbox.memory, from, from + count);
	session.wrote(count, now);
	return left;
}
