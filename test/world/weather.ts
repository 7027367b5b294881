import type { Random } from "../support/random.js";

/** Every kind of trouble, by name; a seed has some of them. */
export const kinds = Object.freeze([
	"cut",
	"cutByte",
	"silent",
	"halfSilent",
	"chop",
	"delay",
	"narrow",
	"name",
	"refuse",
	"blackhole",
	"slowGreeting",
	"noGreeting",
	"busy",
	"badCredentials",
	"noCredentials",
	"restart",
	"forget",
	"expire",
	"muteAcks",
	"mutePings",
	"slowAcks",
	"takeover",
	"kick",
	"network",
	"nap",
	"refuseMessages",
	"refuseFilters",
	"offer",
	"burst",
	"lateAlarms",
	"badSources",
] as const);
export type Kind = (typeof kinds)[number];

/**
 * The weather of one seed: a random subset of the kinds ("swarm testing": what hides behind other trouble
 * shows when that is absent), each at a strength of its own. Under a clear sky there is none.
 */
export class Weather {
	/** Mean time between two strokes of trouble that come by themselves, in ms. */
	readonly strokeMs: number;
	/** Settings of the kinds which have one. */
	readonly chopBytes: number;
	readonly delayMs: number;
	readonly narrowBytes: number;
	clear = false;
	#random: Random;
	#on: Set<Kind>;

	constructor(random: Random, only?: readonly Kind[]) {
		this.#random = random;
		const times = random.pick([2, 3, 6]);
		this.#on = new Set(only ?? kinds.filter(() => random.once(times)));
		this.strokeMs = random.pick([300, 2_000, 5_000, 20_000]);
		this.chopBytes = random.pick([1, 3, 10, 60]);
		this.delayMs = random.pick([2, 30, 300, 3_000]);
		this.narrowBytes = random.pick([2, 7, 40, 200]);
	}
	get names(): string {
		return [...this.#on].join(" ");
	}
	/** Bytes can take seconds. */
	get slow(): boolean {
		return this.#on.has("delay") || this.#on.has("narrow");
	}
	/** The kind is one of this seed's, under a clear sky as well. */
	knows(kind: Kind): boolean {
		return this.#on.has(kind);
	}
	has(kind: Kind): boolean {
		return !this.clear && this.#on.has(kind);
	}
	/** Whether the kind strikes at this occasion: once in that many times. */
	strikes(kind: Kind, times: number): boolean {
		return this.has(kind) && this.#random.once(times);
	}
	/** One of these kinds which this seed has, or undefined. */
	pick(list: readonly Kind[]): Kind | undefined {
		const here = list.filter(kind => this.has(kind));
		return here.length === 0 ? undefined : this.#random.pick(here);
	}
}
