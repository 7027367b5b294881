import Time from "time";
import Timer from "timer";
import { guarded, type FaultHandler } from "../ecma419/guarded.js";
import type { Alarm, Clock } from "../host.js";
import { askTime } from "./sntp.js";

/** A date before this one is no date: the clock has not been set. */
const firstDate = Date.UTC(2024, 0);
/** The longest that a timer runs; a later alarm is set again on the way. */
const timerMs = 3_600_000;

/** The SDK's time and timers as a Clock. */
export class ModdableClock implements Clock {
	#onFault: FaultHandler;
	#timeServer: string | undefined;
	#ticks = Time.ticks | 0;
	#now = 0;

	/** Without a time server the date is what the platform says, or not known. */
	constructor(timeServer: string | undefined, onFault: FaultHandler) {
		this.#timeServer = timeServer;
		this.#onFault = onFault;
	}
	/** Time.ticks begins again every 49 days, so its steps are added up. A step back counts as none. */
	now(): number {
		const ticks = Time.ticks | 0;
		const step = (ticks - this.#ticks) | 0;
		if (step > 0) {
			this.#now += step;
			this.#ticks = ticks;
		}
		return this.#now;
	}
	wall(): number | undefined {
		const date = Date.now();
		return date < firstDate ? undefined : date;
	}
	setWall(done: (known: boolean) => void): void {
		const end = () => done(this.wall() !== undefined);
		if (this.wall() !== undefined || this.#timeServer === undefined) Timer.set(guarded(end, this.#onFault));
		else askTime(this.#timeServer, end, this.#onFault);
	}
	alarm(callback: () => void): Alarm {
		return new TimerAlarm(this, callback, this.#onFault);
	}
}

/**
 * One timer, set again and again, which allocates nothing. It is always a repeating one whose two
 * intervals are equal: others are removed, or doubled by the simulator, when they are set from within
 * their own callback.
 */
class TimerAlarm implements Alarm {
	#clock: Clock;
	#callback: () => void;
	#timer: Timer;
	#due = Infinity;

	constructor(clock: Clock, callback: () => void, onFault: FaultHandler) {
		this.#clock = clock;
		this.#callback = callback;
		this.#timer = Timer.repeat(
			guarded<unknown>(() => this.#ring(), onFault),
			timerMs,
		);
		Timer.schedule(this.#timer);
	}
	set(time: number): void {
		this.#due = time;
		if (time === Infinity) return Timer.schedule(this.#timer);
		const ms = Math.ceil(time - this.#clock.now());
		const interval = ms < 1 ? 1 : ms > timerMs ? timerMs : ms;
		Timer.schedule(this.#timer, interval, interval);
	}
	#ring(): void {
		if (this.#clock.now() < this.#due) return this.set(this.#due);
		this.set(Infinity);
		this.#callback();
	}
}
