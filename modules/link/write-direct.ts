import type { Transport } from "../../hosts/host.js";
import type { Sender } from "../session/sender.js";

/**
 * Writes from the log what lies at its front: a place that recurs, of which a host can keep a view. Returns
 * the room that is left.
 */
export function writeFront({ outbox }: Sender, transport: Transport): number {
	return transport.write(outbox.memory, outbox.at, outbox.takenTo);
}

/** Writes so many bytes of the direct packet, from the log itself; returns the room that is left. */
export function writeDirect(
	{ outbox, direct, directLeft }: Sender,
	transport: Transport,
	count: number,
): number {
	const from = outbox.place(direct) + outbox.bytes(direct) - directLeft;
	return transport.write(outbox.memory, from, from + count);
}
