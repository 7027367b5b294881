import type { Outbox } from "../outbox/outbox.js";
import { causeNames } from "../link/cause.js";
import type { Link } from "../link/link.js";

/** How many of the last round trips count. */
const samplesMax = 32;

/** How the client fares, in numbers for a log or a report. */
export interface Health {
	online: boolean;
	/** Messages not finished, those of them in flight, and their bytes, with what there is room for. */
	queued: number;
	inFlight: number;
	bytes: number;
	bytesMax: number;
	/** How long the oldest message has been waiting or in flight; 0 when there is none. */
	oldestMs: number;
	/** Over the last acknowledged messages; 0 before the first. */
	roundTripMs: { p50: number; p95: number };
	delivered: number;
	/** What was not delivered, by the word of its outcome. */
	undelivered: { refused: number; expired: number; dropped: number };
	received: number;
	/** Messages longer than the reader, passed over. */
	skipped: number;
	/** Attempts and connections that ended, by cause; only causes that happened. */
	endings: { [cause: string]: number };
	/** Subscriptions that a broker granted, and refused later. */
	subscriptionsLost: number;
	/** Handlers that threw, or whose promise was rejected. */
	handlerErrors: number;
}

/** Counts what the health report tells. */
export class HealthMeter {
	delivered = 0;
	refused = 0;
	expired = 0;
	dropped = 0;
	received = 0;
	skipped = 0;
	subscriptionsLost = 0;
	handlerErrors = 0;
	#samples = new Float32Array(samplesMax);
	#count = 0;

	addRoundTrip(ms: number): void {
		this.#samples[this.#count++ % samplesMax] = ms;
	}
	report(link: Link, outbox: Outbox, oldestMs: number): Health {
		const sorted = this.#samples.slice(0, Math.min(this.#count, samplesMax)).sort();
		const at = (share: number) => (sorted.length === 0 ? 0 : sorted[Math.ceil(sorted.length * share) - 1]!);
		const endings: { [cause: string]: number } = {};
		for (let i = 0; i < causeNames.length; i++)
			if (link.endings[i]! > 0) endings[causeNames[i]!] = link.endings[i]!;
		return {
			online: link.session.online,
			queued: outbox.count,
			inFlight: outbox.count - outbox.waiting,
			bytes: outbox.usedBytes,
			bytesMax: outbox.arenaBytes,
			oldestMs,
			roundTripMs: { p50: at(0.5), p95: at(0.95) },
			delivered: this.delivered,
			undelivered: { refused: this.refused, expired: this.expired, dropped: this.dropped },
			received: this.received,
			skipped: this.skipped,
			endings,
			subscriptionsLost: this.subscriptionsLost,
			handlerErrors: this.handlerErrors,
		};
	}
}
