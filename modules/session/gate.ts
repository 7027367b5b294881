import type { Receiver } from "./receiver.js";

/** How often to look whether a jam or an overrun is over. */
const pollMs = 1_000;

/**
 * Whether the handlers at work let more of the broker's bytes be read.
 *
 * A 5.0 broker keeps to our Receive Maximum. Before that the bytes of a broker that sends more stay in the
 * socket, and that may jam: handlers wait for acknowledgements which lie there as well, behind messages for
 * which there is no room. When that lasts, reading goes on, and what there is no room for is an overrun.
 */
export class Gate {
	/** Read while fewer handlers are at work. */
	pendingMax: number;
	/** When tick() must run next, for the gate's sake. */
	deadline = Infinity;
	#receiver: Receiver;
	#usualMax: number;
	#ackMs: number;
	/** As pendingMax, but for a message that is longer than the reader. */
	#openMax: number;
	#overrunAt = Infinity;
	/** Since when, and behind which message, all is kept out. */
	#jamAt = 0;
	#jamToken = -1;

	constructor(receiver: Receiver, usualMax: number, ackMs: number) {
		this.#receiver = receiver;
		this.#usualMax = this.#openMax = this.pendingMax = usualMax;
		this.#ackMs = ackMs;
	}
	/** Nothing is read before open(), and no jam is looked for: no count of messages is that. */
	close(): void {
		this.pendingMax = -1;
	}
	open(): void {
		this.pendingMax = this.#openMax;
	}
	/** The connection is gone. */
	lose(): void {
		this.#overrunAt = this.deadline = Infinity;
		this.#jamToken = -1;
		this.#openMax = this.pendingMax = this.#usualMax;
	}
	/**
	 * Why the connection must be made anew, or undefined. Owing and deaf are those of Pulse.tick(). With
	 * deadline, the caller calls it again in time.
	 */
	tick(now: number, owing: boolean, deaf: boolean): string | undefined {
		this.deadline = Infinity;
		if (this.#receiver.overrun) return this.watchOverrun(now);
		const { pending, oldest } = this.#receiver;
		if (this.#openMax !== this.#usualMax) this.watchJam(now);
		else if (!owing || !deaf || pending !== this.pendingMax) this.#jamToken = -1;
		else if (oldest !== this.#jamToken) {
			this.#jamToken = oldest;
			this.#jamAt = now;
			this.deadline = now + this.#ackMs;
		} else if (now < this.#jamAt + this.#ackMs) this.deadline = this.#jamAt + this.#ackMs;
		else {
			this.#openMax = this.pendingMax = Infinity;
			this.deadline = now + pollMs;
		}
		return undefined;
	}
	/** Reading goes on because of a jam, until there is room again. */
	private watchJam(now: number): void {
		if (this.#receiver.pending >= this.#usualMax) {
			this.deadline = now + pollMs;
			return;
		}
		this.#openMax = this.#usualMax;
		if (this.pendingMax > 0) this.pendingMax = this.#usualMax;
	}
	/** The connection is made anew when what was taken is done, or the broker does not release it in time. */
	private watchOverrun(now: number): string | undefined {
		const { max, settled, pending } = this.#receiver;
		this.#overrunAt = Math.min(this.#overrunAt, now);
		if (settled || (pending === 0 && now - this.#overrunAt >= this.#ackMs))
			return `more than ${max} messages unacknowledged: the others come on another connection`;
		this.deadline = now + pollMs;
		return undefined;
	}
}
