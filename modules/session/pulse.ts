/** How long bytes that keep coming can put off a PINGRESP that is due, in reply times. */
const patience = 4;

/**
 * The clocks of a connection [MQTT-3.1.2-20].
 *
 * A ping falls due by what we sent: nothing for most of the keep-alive time. A second clock watches what we
 * heard: when an acknowledgement is outstanding and nothing comes, or nothing has come for a keep-alive time
 * although we send, a ping falls due as well; so a silent cut is found. Times are ms of the caller's clock.
 */
export class Pulse {
	/** The last bytes went out, or came in. */
	sentAt = 0;
	heardAt = 0;
	/** The last acknowledgement came, or the first packet that asks for one went out. */
	progressAt = 0;
	/** A PINGREQ is to be sent. */
	pingDue = false;
	/** When tick() must run next: at times too early, never too late. */
	deadline = Infinity;
	readonly replyMs: number;
	readonly ackMs: number;
	#askMs: number;
	#pingAfterMs = Infinity;
	#askedAt = Infinity;

	/** A reply to a ping must come within replyMs, and some acknowledgement that is owed within ackMs. */
	constructor(replyMs: number, ackMs: number) {
		this.replyMs = replyMs;
		this.ackMs = ackMs;
		this.#askMs = Math.min(replyMs, ackMs);
	}
	/**
	 * A connection begins. A keep-alive of 0 asks for no pings, but the broker is still watched while it owes.
	 */
	start(keepAliveMs: number, now: number): void {
		this.stop();
		this.sentAt = this.heardAt = this.progressAt = this.deadline = now;
		this.#pingAfterMs =
			keepAliveMs === 0 ? Infinity : Math.max(keepAliveMs - this.replyMs, (keepAliveMs * 3) / 4);
	}
	stop(): void {
		this.pingDue = false;
		this.#askedAt = this.deadline = Infinity;
	}
	/** Something that asks for an acknowledgement went out, while nothing else was owed. */
	ask(now: number): void {
		this.progressAt = now;
		if (now + this.#askMs < this.deadline) this.deadline = now + this.#askMs;
	}
	/**
	 * The socket goes on taking a packet in pieces. The broker cannot acknowledge it before its end, and a ping
	 * cannot go out before that either.
	 */
	write(now: number): void {
		this.sentAt = this.progressAt = now;
		if (this.pingDue && this.#askedAt !== Infinity) this.#askedAt = now;
	}
	/** PINGRESP. */
	answer(): void {
		this.#askedAt = Infinity;
	}
	/**
	 * Why the connection is dead, or undefined. Owing tells that an acknowledgement is outstanding, deaf that we
	 * ourselves leave bytes unread: then silence proves nothing. Torn tells that a packet has come in part:
	 * nothing else can come before its end, but its bytes prove that the broker is there.
	 */
	tick(now: number, owing: boolean, deaf: boolean, torn: boolean): string | undefined {
		if (torn) {
			this.progressAt = Math.max(this.progressAt, this.heardAt);
			if (this.#askedAt !== Infinity) this.#askedAt = Math.max(this.#askedAt, this.heardAt);
		}
		if (deaf) {
			this.heardAt = this.progressAt = now;
			if (this.#askedAt !== Infinity) this.#askedAt = now;
		}
		let deadline = Infinity;
		if (owing) {
			deadline = this.progressAt + this.ackMs;
			if (now >= deadline) return `no acknowledgement for ${this.ackMs / 1000} s`;
		}
		// [MQTT-3.1.2-20] [MQTT-3.1.2-23, 3.1.1]
		const idleAt = this.sentAt + this.#pingAfterMs;
		if (this.#askedAt === Infinity) {
			let quietAt = this.heardAt + this.#pingAfterMs;
			// The silence before something was owed does not count for it.
			if (owing) quietAt = Math.min(quietAt, Math.max(this.heardAt, this.progressAt) + this.replyMs);
			const due = Math.min(idleAt, quietAt);
			if (now < due) {
				this.deadline = Math.min(deadline, due);
				return undefined;
			}
			// Asked from here on, whether or not the socket takes the PINGREQ: a full one is no excuse.
			this.#askedAt = now;
			this.pingDue = true;
		} else if (now >= idleAt) this.pingDue = true;
		const replyBy = Math.min(
			Math.max(this.#askedAt, this.heardAt) + this.replyMs,
			this.#askedAt + patience * this.replyMs,
		);
		if (now >= replyBy) return `no PINGRESP for ${this.replyMs / 1000} s`;
		this.deadline = Math.min(deadline, replyBy, this.pingDue ? now + this.#pingAfterMs : idleAt);
		return undefined;
	}
}
