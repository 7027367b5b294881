import type { Alarm, Clock } from "../host.js";

/** The longest time that setTimeout takes; an alarm beyond it rings early, which is allowed. */
const timeoutMax = 0x7fff_ffff;
/** Alarms for "at once" that may ring before the event loop has its turn. */
const ticksMax = 16;

export const nodeClock: Clock = Object.freeze({
	now: () => performance.now(),
	wall: () => Date.now(),
	setWall: (done: (known: boolean) => void) => done(true),
	alarm: (callback: () => void) => new NodeAlarm(callback),
});

/**
 * An alarm at 0 rings as soon as the code that runs is done, with all its promises, so that whatever they
 * publish leaves in one write; but after ticksMax of these in a row the event loop comes first.
 */
class NodeAlarm implements Alarm {
	#timer: NodeJS.Timeout | undefined;
	#immediate: NodeJS.Immediate | undefined;
	#ticks = 0;
	#tickDue = false;
	#ring: () => void;

	constructor(callback: () => void) {
		this.#ring = () => {
			this.#timer = this.#immediate = undefined;
			callback();
		};
	}
	set(time: number): void {
		this.#clear();
		if (time === Infinity) return;
		const ms = time === 0 ? 0 : time - performance.now();
		if (time === 0 && this.#ticks < ticksMax) {
			if (this.#ticks++ === 0) setImmediate(() => (this.#ticks = 0));
			this.#tickDue = true;
			process.nextTick(() => {
				if (!this.#tickDue) return;
				this.#tickDue = false;
				this.#ring();
			});
		} else if (ms <= 0) this.#immediate = setImmediate(this.#ring);
		else this.#timer = setTimeout(this.#ring, Math.min(Math.ceil(ms), timeoutMax));
	}
	#clear(): void {
		this.#tickDue = false;
		if (this.#timer !== undefined) clearTimeout(this.#timer);
		if (this.#immediate !== undefined) clearImmediate(this.#immediate);
		this.#timer = this.#immediate = undefined;
	}
}
