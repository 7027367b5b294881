import type { Alarm, Clock } from "../../hosts/host.js";

/** More callbacks than this in one run, and nothing will ever come of it. */
const stepsMax = 1_000_000;
const wallAnswerMs = 50;

interface Task extends Alarm {
	time: number;
	order: number;
	run(): void;
}

/**
 * Time as a list of what is due. run() lets it go by: callbacks come in the order of their times, and at one
 * time in the order in which they were set. A program that spins is stopped with an error which says so.
 */
export class VirtualClock implements Clock {
	/** The date at time 0, and whether it is known from the start. */
	readonly epoch: number;
	#wallKnown: boolean;
	#now = 0;
	#births = 0;
	#tasks: Task[] = [];

	constructor(epoch = 1_700_000_000_000, wallKnown = true) {
		this.epoch = epoch;
		this.#wallKnown = wallKnown;
	}
	now(): number {
		return this.#now;
	}
	wall(): number | undefined {
		return this.#wallKnown ? this.epoch + this.#now : undefined;
	}
	setWall(done: (known: boolean) => void): void {
		this.after(wallAnswerMs, () => {
			this.#wallKnown = true;
			done(true);
		});
	}
	alarm(callback: () => void): Alarm {
		const task: Task = {
			time: Infinity,
			order: 0,
			run: callback,
			set: time => {
				if (Number.isNaN(time)) throw new TypeError("an alarm is set to no time at all");
				task.time = time;
				task.order = ++this.#births;
			},
		};
		this.#tasks.push(task);
		return task;
	}
	/** Calls back once, that much later. The function returned calls it off. */
	after(ms: number, callback: () => void): () => void {
		const cancel = () => {
			this.#tasks = this.#tasks.filter(other => other !== task);
		};
		const task = this.alarm(() => {
			cancel();
			callback();
		});
		task.set(this.#now + ms);
		return cancel;
	}
	/** When the next callback is due; Infinity when nothing is. */
	get next(): number {
		return this.#due()?.time ?? Infinity;
	}
	/** Lets time go by, up to that moment, and calls back whatever is due until then. */
	run(until: number): void {
		for (let steps = 0; ; steps++) {
			const task = this.#due();
			if (task === undefined || task.time > until) break;
			this.#now = Math.max(this.#now, task.time);
			if (steps === stepsMax)
				throw new Error(`the world spins at ${this.#now} ms: some deadline is never served`);
			task.time = Infinity;
			task.run();
		}
		this.#now = Math.max(this.#now, until);
	}
	#due(): Task | undefined {
		let first: Task | undefined;
		for (const task of this.#tasks) {
			if (task.time === Infinity) continue;
			if (first && (task.time > first.time || (task.time === first.time && task.order > first.order)))
				continue;
			first = task;
		}
		return first;
	}
}
