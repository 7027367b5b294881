/** What must have happened at least once in some fifty worlds, for them to be storms. */
export const stormNames = Object.freeze([
	"repeats",
	"renewals",
	"cuts",
	"silentCuts",
	"restarts",
	"expired",
	"displaced",
	"heard",
	"skipped",
	"streamed",
	"left",
] as const);

/** What happened in one world, or in all of them. */
export class Counts {
	seeds = 0;
	steps = 0;
	connections = 0;
	accepted = 0;
	full = 0;
	delivered = 0;
	refused = 0;
	expired = 0;
	replaced = 0;
	displaced = 0;
	unsendable = 0;
	unknown = 0;
	abandoned = 0;
	unreadable = 0;
	/** PUBLISHes with DUP, and PUBRELs, that went out again. */
	repeats = 0;
	/** Unfinished messages that went out as new ones, since the broker had lost the session. */
	renewals = 0;
	heard = 0;
	skipped = 0;
	/** Messages longer than the reader which were taken piece by piece; those left before their end. */
	streamed = 0;
	left = 0;
	subscribed = 0;
	cuts = 0;
	silentCuts = 0;
	restarts = 0;
	forgotten = 0;
	takeovers = 0;
	pings = 0;
	/** Back-off waits by tenths of their bound. */
	jitter: number[] = new Array<number>(10).fill(0);

	add(other: Counts): void {
		for (const [name, value] of Object.entries(other) as [keyof Counts, number | number[]][]) {
			if (typeof value === "number") (this[name] as number) += value;
			else if (Array.isArray(value)) value.forEach((count, i) => (this.jitter[i]! += count));
		}
	}
	/** One line. */
	summary(): string {
		const words = Object.entries(this)
			.filter(([, value]) => typeof value === "number")
			.map(([name, value]) => `${name} ${value}`);
		return `${words.join(", ")}, jitter ${this.jitter.join("/")}`;
	}
}
