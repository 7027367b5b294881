import type { Transport } from "../../hosts/host.js";
import type { Outbox } from "../outbox/outbox.js";
import type { Session } from "../session/session.js";
import type { FrameWriter } from "../wire/frame-writer.js";

/** The way out: whatever is due goes to the socket, from the frame, or from the log itself. */
export class Outlet {
	/** How many bytes the socket takes. */
	writable = 0;
	#session: Session;
	#outbox: Outbox;
	#frame: FrameWriter;
	#transport: Transport | undefined;
	/** The socket has the frame up to there. */
	#sent: number;

	constructor(session: Session, frame: FrameWriter) {
		this.#session = session;
		this.#outbox = session.sender.outbox;
		this.#frame = frame;
		this.#sent = frame.start;
	}
	open(transport: Transport): void {
		this.#transport = transport;
	}
	lose(): void {
		this.#transport = undefined;
		this.#frame.reset();
		this.#sent = this.#frame.start;
	}
	/** Sends whatever is due and fits. Whoever hears of an end meanwhile may lose the connection. */
	pump(transport: Transport, now: number): void {
		const frame = this.#frame;
		const session = this.#session;
		const sender = session.sender;
		const outbox = this.#outbox;
		if (frame.end === frame.start) {
			if (outbox.next !== 0 && session.takeFront(this.writable, now)) {
				// The place recurs, so that a host can keep a view of it.
				this.writable = transport.write(outbox.memory, outbox.at, outbox.takenTo);
				if (sender.unwritten > 0) sender.flushed(Infinity);
				else if (outbox.next === 0) return;
			}
			if (sender.direct === 0 && !session.due) return;
		} else if (sender.direct === 0 && !session.due) {
			// PUBACKs of what has just come in.
			const isLast = sender.unwritten === 0;
			if (!this.flush(transport) || isLast) return;
		}
		do {
			let isWritten = false;
			while ((isWritten = session.transmit(frame, now)) && session.due);
			if (frame.end > frame.start) {
				// Only whoever hears of an end makes something due that was not.
				const isLast = isWritten && sender.unwritten === 0 && sender.direct === 0;
				if (!this.flush(transport) || isLast) return;
			} else {
				const count = Math.min(sender.directLeft, this.writable);
				if (count === 0) return;
				const from = outbox.place(sender.direct) + outbox.bytes(sender.direct) - sender.directLeft;
				this.writable = transport.write(outbox.memory, from, from + count);
				session.wrote(count, now);
			}
		} while ((sender.direct !== 0 || session.due) && this.#transport === transport);
	}
	/** Writes what is in the frame; false when the socket has not taken all of it. */
	private flush(transport: Transport): boolean {
		const frame = this.#frame;
		const sender = this.#session.sender;
		let to = this.#sent;
		// The socket may say that it takes more than it had said before.
		while (to < frame.end && this.writable > 0) {
			const from = to;
			to = frame.end - from > this.writable ? from + this.writable : frame.end;
			this.writable = transport.write(frame.bytes, from, to);
		}
		this.#sent = to;
		const isWhole = to === frame.end;
		if (isWhole) frame.end = this.#sent = frame.start;
		if (sender.unwritten > 0) sender.flushed(to);
		return isWhole;
	}
}
