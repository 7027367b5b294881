import type { Clock } from "../../hosts/host.js";
import { checkTokens, type Token, type TokenSource } from "./lmq-credentials.js";

/** The service announces the end of a token so long before it, once, and without a promise. */
const noticeMs = 300_000;

/**
 * The tokens at hand, from a source of the application. They are kept until shortly before their end, if that
 * is known and so is the date; else the source is asked each time.
 */
export class LmqTokens {
	#source: TokenSource;
	#clock: Clock;
	#tokens: readonly Token[] = [];
	/** On the wall clock: from then on they are not good enough any more. */
	#renewAt = -Infinity;

	constructor(source: TokenSource, clock: Clock) {
		this.#source = source;
		this.#clock = clock;
	}
	/** Milliseconds until they should be renewed; Infinity when nobody knows. */
	get leftMs(): number {
		const wall = this.#clock.wall();
		return wall === undefined || this.#renewAt === -Infinity ? Infinity : this.#renewAt - wall;
	}
	/** The tokens at hand, or new ones. */
	take(done: (tokens: readonly Token[] | undefined) => void): void {
		const wall = this.#clock.wall();
		if (wall !== undefined && wall < this.#renewAt) done(this.#tokens);
		else this.renew(tokens => done(tokens === undefined ? undefined : this.#tokens));
	}
	/** Asks for new ones; gives those of them that are new to us, or undefined when there are none to be had. */
	renew(done: (tokens: readonly Token[] | undefined) => void): void {
		this.#source(tokens => {
			if (tokens === undefined) return done(undefined);
			checkTokens(tokens);
			const former = this.#tokens;
			this.#keep(tokens);
			done(tokens.filter(({ token }) => !former.some(other => other.token === token)));
		});
	}
	/** They are not to be used again. */
	drop(): void {
		this.#tokens = [];
		this.#renewAt = -Infinity;
	}
	#keep(tokens: readonly Token[]): void {
		this.#tokens = tokens;
		this.#renewAt = -Infinity;
		const wall = this.#clock.wall();
		if (wall === undefined) return;
		let endsAt = Infinity;
		for (const { expiresAt = -Infinity } of tokens) endsAt = Math.min(endsAt, expiresAt);
		// Of a short life the second half must do.
		if (endsAt > wall) this.#renewAt = endsAt - Math.min(noticeMs, (endsAt - wall) / 2);
	}
}
