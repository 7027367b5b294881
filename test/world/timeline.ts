/** A law of the world does not hold. */
export class BrokenLaw extends Error {}

/** Something that will happen; without run it was called off. */
export interface Task {
	time: number;
	order: number;
	run: (() => void) | undefined;
}

/** So many steps within one millisecond, or within one run, are a loop that waits for nothing. */
const spinsMax = 30_000;
const stepsMax = 400_000;

/** Virtual time: tasks by (time, order of birth), in a binary heap. */
export class Timeline {
	now: number;
	steps = 0;
	/** Called behind each step. */
	onStep: () => void = () => {};
	#heap: Task[] = [];
	#births = 0;
	#spins = 0;

	constructor(now: number) {
		this.now = now;
	}
	after(ms: number, run: () => void): Task {
		return this.at(this.now + ms, run);
	}
	at(time: number, run: () => void): Task {
		const task: Task = { time: Math.max(time, this.now), order: this.#births++, run };
		const heap = this.#heap;
		let at = heap.length;
		heap.push(task);
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (!precedes(task, heap[parent]!)) break;
			heap[at] = heap[parent]!;
			at = parent;
		}
		heap[at] = task;
		return task;
	}
	/** Lets time go by, to that moment, or until the question is answered with yes. */
	run(until: number, done: () => boolean = never): void {
		while (this.#heap.length > 0 && this.#heap[0]!.time <= until && !done()) {
			const task = this.#take();
			if (task.run === undefined) continue;
			this.#spins = task.time > this.now ? 0 : this.#spins + 1;
			this.now = task.time;
			if (this.#spins > spinsMax) throw new BrokenLaw("the world spins: something is never served");
			if (++this.steps > stepsMax) throw new BrokenLaw("the world does not come to an end");
			task.run();
			this.onStep();
		}
		if (!done()) this.now = Math.max(this.now, until);
	}
	#take(): Task {
		const heap = this.#heap;
		const first = heap[0]!;
		const last = heap.pop()!;
		if (heap.length === 0) return first;
		let at = 0;
		for (;;) {
			let child = 2 * at + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && precedes(heap[child + 1]!, heap[child]!)) child++;
			if (!precedes(heap[child]!, last)) break;
			heap[at] = heap[child]!;
			at = child;
		}
		heap[at] = last;
		return first;
	}
}

function precedes(a: Task, b: Task): boolean {
	return a.time < b.time || (a.time === b.time && a.order < b.order);
}

function never(): boolean {
	return false;
}
