import type { Transport } from "../../hosts/host.js";
import type { Session } from "../session/session.js";
import type { FrameReader } from "../wire/frame-reader.js";
import type { LinkHandler } from "./link-options.js";

const end = new Uint8Array(0);

/** What the inlet asks of its link. */
export interface InletLink {
	/**
	 * How many bytes are to be read, by the inlet or, in its next turn, by the link; Infinity for those in the
	 * reader, or when nobody knows.
	 */
	unread: number;
	wake(): void;
	breach(error: unknown): void;
}

/**
 * The way in of a message that is longer than the reader, and that a handler takes piece by piece. What it
 * has not asked for stays in the socket, and with it everything behind: that is the back-pressure.
 */
export class Inlet {
	#session: Session;
	#reader: FrameReader;
	#handler: LinkHandler;
	#link: InletLink;
	#transport: Transport | undefined;
	#isAwaited = false;

	constructor(session: Session, reader: FrameReader, handler: LinkHandler, link: InletLink) {
		this.#session = session;
		this.#reader = reader;
		this.#handler = handler;
		this.#link = link;
	}
	/** A message has begun: whoever wants it says so now. */
	open(transport: Transport): void {
		this.#transport = transport;
		this.#session.takeLong();
		if (this.#handler.onLong?.() !== true) this.close(false);
	}
	/**
	 * The next piece, good until the next call: an empty one at the end, when session.incoming.token is that for
	 * Link.acknowledge(). When nothing has come yet it is undefined, and onPiece() follows; or onLinkState(), if
	 * the connection ends.
	 */
	pull(now: number): Uint8Array | undefined {
		const reader = this.#reader;
		const transport = this.#transport;
		if (transport === undefined) return undefined;
		try {
			while (!reader.piece()) {
				if (reader.left === 0) return this.end();
				const bytes = transport.read(reader.room);
				if (bytes === undefined) {
					this.#isAwaited = true;
					this.#link.unread = 0;
					return undefined;
				}
				this.#session.pulse.heardAt = now;
				reader.fill(bytes);
			}
			return reader.bytes.subarray(reader.at, reader.end);
		} catch (error) {
			this.#link.breach(error);
			return undefined;
		}
	}
	/** Bytes have come while the session is not ready to read on. */
	offer(): void {
		if (!this.#isAwaited) return;
		this.#isAwaited = false;
		this.#handler.onPiece?.();
	}
	/** The rest is passed over; then the message is acknowledged, and told of unless it was wanted. */
	close(isWanted: boolean): void {
		if (this.#transport === undefined) return;
		if (this.#reader.left > 0) {
			this.lose();
			this.#session.passLong(isWanted);
			this.goOn();
			return;
		}
		const { incoming, receiver } = this.#session;
		if (this.end() === end && incoming.qos > 0)
			receiver.acknowledge(incoming.token, incoming.id, incoming.qos);
	}
	/** The connection is gone, or the message at its end. */
	lose(): void {
		this.#transport = undefined;
		this.#isAwaited = false;
	}
	private goOn(): void {
		this.#link.unread = Infinity;
		this.#link.wake();
	}
	private end(): Uint8Array | undefined {
		this.lose();
		try {
			this.#session.endLong();
			this.goOn();
			return end;
		} catch (error) {
			this.#link.breach(error);
			return undefined;
		}
	}
}
