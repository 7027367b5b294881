import type { Alarm, Clock } from "../host.js";

/** The longest time that setTimeout takes; an alarm beyond it rings early, which is allowed. */
const timeoutMax = 0x7fff_ffff;

export const nodeClock: Clock = Object.freeze({
	now: () => performance.now(),
	wall: () => Date.now(),
	setWall: (done: (known: boolean) => void) => done(true),
	alarm: (callback: () => void) => new NodeAlarm(callback),
});

class NodeAlarm implements Alarm {
	#timer: NodeJS.Timeout | undefined;
	#soon: NodeJS.Immediate | undefined;
	#ring: () => void;

	constructor(callback: () => void) {
		this.#ring = () => {
			this.#timer = this.#soon = undefined;
			callback();
		};
	}
	set(time: number): void {
		clearTimeout(this.#timer);
		clearImmediate(this.#soon);
		this.#timer = this.#soon = undefined;
		if (time === Infinity) return;
		const ms = time - performance.now();
		if (ms <= 0) this.#soon = setImmediate(this.#ring);
		else this.#timer = setTimeout(this.#ring, Math.min(Math.ceil(ms), timeoutMax));
	}
}
