import { Session, type Profiler } from "node:inspector";

/** Pieces of code, [start, end) one behind the other. */
type Ranges = number[];

/** What was executed of each function, by its place: the pieces that were not. */
export type Reached = Map<string, Ranges>;

/**
 * Which code has been reached, by V8's own block coverage, which costs the code nothing that can be
 * measured, and some milliseconds to ask. A function counts as new when it had never been reached, or when
 * pieces of it are that so far had not.
 */
export class Coverage {
	/** How often something was new. */
	finds = 0;
	#session = new Session();
	#part: string;
	/** What was never reached of each function that was. */
	#missing: Reached = new Map();

	/** Only scripts with that in their URL count. */
	constructor(part: string) {
		this.#part = part;
		this.#session.connect();
		this.#session.post("Profiler.enable");
		this.#session.post("Profiler.startPreciseCoverage", { callCount: false, detailed: true });
	}
	/** What was reached since the last call. */
	take(): Reached {
		const reached: Reached = new Map();
		this.#session.post("Profiler.takePreciseCoverage", (error, { result }) => {
			if (error) throw error;
			for (const script of result)
				if (script.url.includes(this.#part)) for (const fn of script.functions) note(fn, reached);
		});
		return reached;
	}
	/** What of it is new, which then is new no more. */
	news(reached: Reached): Reached {
		const news: Reached = new Map();
		for (const [place, missing] of reached) {
			const before = this.#missing.get(place);
			const left = before === undefined ? missing : intersect(before, missing);
			if (before !== undefined && size(left) === size(before)) continue;
			this.#missing.set(place, left);
			news.set(place, before ?? [0, Infinity]);
		}
		if (news.size > 0) this.finds++;
		return news;
	}
	/** Harmless when it has stopped. */
	stop(): void {
		this.#session.disconnect();
	}
}

/** Whether it reaches any of what was new: a piece that was missing before. */
export function reaches(reached: Reached, news: Reached): boolean {
	for (const [place, before] of news) {
		const missing = reached.get(place);
		if (missing === undefined) continue;
		if (before[1] === Infinity || size(intersect(before, missing)) < size(before)) return true;
	}
	return false;
}

function note({ ranges }: Profiler.FunctionCoverage, reached: Reached): void {
	const [whole] = ranges;
	if (whole === undefined || whole.count === 0) return;
	const missing: Ranges = [];
	for (const { startOffset, endOffset, count } of ranges)
		if (count === 0) missing.push(startOffset, endOffset);
	reached.set(`${whole.startOffset}`, missing);
}

function intersect(left: Ranges, right: Ranges): Ranges {
	const both: Ranges = [];
	for (let i = 0, j = 0; i < left.length && j < right.length;) {
		const start = Math.max(left[i]!, right[j]!);
		const end = Math.min(left[i + 1]!, right[j + 1]!);
		if (start < end) both.push(start, end);
		if (left[i + 1]! < right[j + 1]!) i += 2;
		else j += 2;
	}
	return both;
}

function size(ranges: Ranges): number {
	let sum = 0;
	for (let i = 0; i < ranges.length; i += 2) sum += ranges[i + 1]! - ranges[i]!;
	return sum;
}
