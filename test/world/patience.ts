import { Cause } from "../../modules/link/cause.js";
import { LinkState, type Link } from "../../modules/link/link.js";
import type { Counts } from "./counts.js";
import { lateMaxMs } from "./host.js";
import { BrokenLaw, type Timeline } from "./timeline.js";

/** The longest first wait and the longest of all, by cause: law 8, as users are told. */
const waits: { [cause in keyof typeof Cause]: [number, number] } = {
	name: [1_000, 60_000],
	unreachable: [1_000, 60_000],
	refused: [10_000, 600_000],
	busy: [5_000, 120_000],
	closed: [2_000, 60_000],
	silent: [1_000, 60_000],
	duplicate: [30_000, 600_000],
	protocol: [5_000, 300_000],
	credentials: [5_000, 300_000],
	network: [1_000, 1_000],
	fault: [5_000, 60_000],
	tls: [5_000, 300_000],
	moved: [10_000, 600_000],
};
const bounds = Object.values(waits);
const doublingsMax = 16;

/**
 * Law 8: each wait lies under a bound that doubles with each failure in a row, and starts anew only behind a
 * connection that lasted; the next attempt comes when the wait is over, neither sooner nor later. And none of
 * the states on the way to a connection lasts for longer than the time for all of them.
 */
export class Patience {
	/** The link was stopped or held since it last failed: then it may dial later. */
	excused = true;
	failures = 0;
	#time: Timeline;
	#counts: Counts;
	#healthyMs: number;
	#connectMs: number;
	#state: LinkState = LinkState.stopped;
	#onlineAt = 0;
	#dialledAt = 0;
	#dueAt = 0;

	constructor(time: Timeline, counts: Counts, healthyMs: number, connectMs: number) {
		this.#time = time;
		this.#counts = counts;
		this.#healthyMs = healthyMs;
		this.#connectMs = connectMs;
	}
	/** The link has entered a state. */
	enter({ state, cause, retryMs, detail }: Link): void {
		const { now } = this.#time;
		const former = this.#state;
		this.#state = state;
		if (state === LinkState.online) this.#onlineAt = now;
		if (state === LinkState.resolving) this.#dial(now);
		if (state === LinkState.stopped) this.excused = true;
		if (state !== LinkState.waiting || former === LinkState.stopped) return;
		const isTorn = cause === Cause.fault && detail.includes("its source failed");
		if ((cause === Cause.fault && !isTorn) || cause === Cause.protocol)
			throw new BrokenLaw(`the link fails by itself: ${detail}`);
		if (former === LinkState.online && now - this.#onlineAt >= this.#healthyMs) this.failures = 0;
		if (cause !== Cause.network) this.failures++;
		const [first, longest] = bounds[cause]!;
		const doublings = Math.min(Math.max(this.failures, 1) - 1, doublingsMax);
		const bound = Math.min(longest, first * 2 ** doublings);
		if (!(retryMs >= 0 && retryMs < bound))
			throw new BrokenLaw(`law 8: a wait of ${retryMs} ms, the bound is ${bound}`);
		this.#counts.jitter[Math.floor((retryMs / bound) * 10)]!++;
		this.#dueAt = now + retryMs;
		this.excused = false;
	}
	check(): void {
		const { now } = this.#time;
		const state = this.#state;
		if (state === LinkState.waiting && !this.excused && now > this.#dueAt + lateMaxMs)
			throw new BrokenLaw("law 8: the wait is over, and nothing happens");
		const connecting = state > LinkState.waiting && state < LinkState.online;
		if (connecting && now > this.#dialledAt + this.#connectMs + lateMaxMs)
			throw new BrokenLaw(`law 6: no CONNACK in ${this.#connectMs} ms, and nothing happens`);
	}
	#dial(now: number): void {
		this.#dialledAt = now;
		if (now < this.#dueAt && !this.excused)
			throw new BrokenLaw(`law 8: an attempt ${this.#dueAt - now} ms too soon`);
	}
}
