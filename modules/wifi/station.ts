import type { Alarm, Host, Radio, RadioHandler } from "../../hosts/host.js";
import { networksMax, passwordFault, ssidFault, type WiFiNetwork } from "./wifi-network.js";

export const StationState = Object.freeze({ stopped: 0, waiting: 1, joining: 2, up: 3 });
export type StationState = (typeof StationState)[keyof typeof StationState];

export interface StationOptions {
	/** By priority, the first one first: 1 to networksMax. */
	networks: readonly WiFiNetwork[];
	/** For one attempt to join, address and all. Default: 20 s. */
	joinMs?: number | undefined;
	/** A network that stayed up for so long starts the back-off anew. Default: 30 s. */
	healthyMs?: number | undefined;
}

/** What the station reports. None of these may throw; each may call stop() and start(). */
export interface StationHandler {
	/** Joined, or the address in the same network is another one. */
	onUp(ssid: string, address: string): void;
	/** The network was lost when it was up before, and else could not be joined. The detail is for people. */
	onDown(ssid: string, detail: string, wasUp: boolean): void;
	/** Every network has been tried: so long nothing happens. */
	onWaiting(retryMs: number): void;
}

export const stationDefaults = Object.freeze({ joinMs: 20_000, healthyMs: 30_000 });

/** The longest wait after the first setback in a row, and the longest ever, in ms. */
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

/**
 * Keeps the device in a Wi-Fi network: joins, watches, joins again.
 *
 *     stopped ── start ──> waiting ── alarm ──> joining ── address ──> up
 *                             ^── no answer, or a refusal ──┘           │
 *                             ^── the link drops ───────────────────────┘
 *
 * A round tries each network once, by priority; after a loss the one just lost comes first. A round in vain,
 * or a loss soon after the join, is a setback: a wait with full jitter follows, whose bound doubles with each
 * in a row. Every attempt begins at the alarm, so that no radio can make the station recurse or spin.
 */
export class Station {
	state: StationState = StationState.stopped;
	/** The network joined, or else tried last, and our address in it while up. */
	ssid = "";
	address = "";
	/** While waiting: how long in all. */
	retryMs = 0;
	/** Joins that succeeded, attempts that failed, and networks lost after they were up. */
	joins = 0;
	failures = 0;
	losses = 0;
	readonly #networks: readonly WiFiNetwork[];
	readonly #joinMs: number;
	readonly #healthyMs: number;
	readonly #host: Pick<Host, "clock" | "random">;
	readonly #radio: Radio;
	readonly #handler: StationHandler;
	readonly #alarm: Alarm;
	/** The network that comes first in this round, and how many have had their turn. */
	#first = 0;
	#turn = 0;
	#setbacks = 0;
	#upAt = 0;
	/** Hears of the join under way. What another one hears is stale. */
	#ear: RadioHandler | undefined;

	/** Joins nothing yet: start() does. Networks that no radio can join are a RangeError or TypeError. */
	constructor(
		host: Pick<Host, "clock" | "random">,
		radio: Radio,
		handler: StationHandler,
		{ networks, joinMs = stationDefaults.joinMs, healthyMs = stationDefaults.healthyMs }: StationOptions,
	) {
		checkNetworks(networks);
		if (!(joinMs > 0 && joinMs < Infinity)) throw new RangeError(`joinMs ${joinMs} is not over 0`);
		if (!(healthyMs >= 0)) throw new RangeError(`healthyMs ${healthyMs} is not 0 or more`);
		this.#networks = networks.map(({ ssid, password }) => ({ ssid, password }));
		this.#joinMs = joinMs;
		this.#healthyMs = healthyMs;
		this.#host = host;
		this.#radio = radio;
		this.#handler = handler;
		this.#alarm = host.clock.alarm(() => this.#onAlarm());
	}
	/** Signal strength in dBm; undefined while there is none, or the radio does not know. */
	get signal(): number | undefined {
		return this.state === StationState.up ? this.#radio.signal() : undefined;
	}
	/** Begins to join; harmless when it has begun. */
	start(): void {
		if (this.state !== StationState.stopped) return;
		this.#first = this.#turn = this.#setbacks = 0;
		this.#wait(0);
	}
	/** Leaves the network, and reports nothing more; harmless when stopped. */
	stop(): void {
		if (this.state === StationState.stopped) return;
		this.state = StationState.stopped;
		this.#leave();
		this.#alarm.set(Infinity);
	}
	#onAlarm(): void {
		if (this.state === StationState.waiting) this.#join();
		else if (this.state === StationState.joining) this.#onDown(`no answer in ${this.#joinMs / 1000} s`);
	}
	#join(): void {
		const network = this.#networks[this.#current()]!;
		const ear: RadioHandler = {
			onUp: address => {
				if (this.#ear === ear) this.#onUp(address);
			},
			onDown: detail => {
				if (this.#ear === ear) this.#onDown(detail);
			},
		};
		this.#ear = ear;
		this.state = StationState.joining;
		this.ssid = network.ssid;
		this.retryMs = 0;
		this.#alarm.set(this.#host.clock.now() + this.#joinMs);
		try {
			this.#radio.join(network, ear);
		} catch (error) {
			ear.onDown(String(error));
		}
	}
	#onUp(address: string): void {
		if (this.state === StationState.up && address === this.address) return;
		if (this.state === StationState.joining) {
			this.state = StationState.up;
			this.joins++;
			this.#first = this.#current();
			this.#turn = 0;
			this.#upAt = this.#host.clock.now();
			this.#alarm.set(Infinity);
		}
		this.address = address;
		this.#handler.onUp(this.ssid, address);
	}
	#onDown(detail: string): void {
		const wasUp = this.state === StationState.up;
		const ready = wasUp ? this.#countLoss() : this.#countFailure();
		this.#leave();
		this.#wait(ready ? 0 : this.#backOff());
		this.#handler.onDown(this.ssid, detail, wasUp);
		if (this.state === StationState.waiting && this.retryMs > 0) this.#handler.onWaiting(this.retryMs);
	}
	/** True when the next attempt may follow at once; and so for the other. */
	#countLoss(): boolean {
		this.losses++;
		if (this.#host.clock.now() - this.#upAt < this.#healthyMs) return false;
		this.#setbacks = 0;
		return true;
	}
	#countFailure(): boolean {
		this.failures++;
		if (++this.#turn < this.#networks.length) return true;
		this.#first = this.#turn = 0;
		return false;
	}
	#backOff(): number {
		const bound = Math.min(longestWaitMs, firstWaitMs * 2 ** this.#setbacks++);
		return Math.floor((bound * this.#host.random.word()) / 0x1_0000_0000);
	}
	/** The index of the network whose turn it is: the first one of the round, then the others by priority. */
	#current(): number {
		if (this.#turn === 0) return this.#first;
		return this.#turn <= this.#first ? this.#turn - 1 : this.#turn;
	}
	#wait(ms: number): void {
		this.state = StationState.waiting;
		this.retryMs = ms;
		this.#alarm.set(this.#host.clock.now() + ms);
	}
	#leave(): void {
		this.#ear = undefined;
		this.address = "";
		try {
			this.#radio.leave();
		} catch {
			// It is given up in any case, and the next join says what is wrong.
		}
	}
}

function checkNetworks(networks: readonly WiFiNetwork[]): void {
	if (networks.length === 0) throw new RangeError("no Wi-Fi network is given");
	if (networks.length > networksMax)
		throw new RangeError(`${networks.length} Wi-Fi networks are more than ${networksMax}`);
	for (const { ssid, password } of networks) {
		if (typeof ssid !== "string") throw new TypeError("an SSID is not a string");
		if (typeof password !== "string")
			throw new TypeError(`Wi-Fi network "${ssid}": the password is not a string`);
		const fault = ssidFault(ssid) ?? passwordFault(password);
		if (fault !== undefined) throw new RangeError(`Wi-Fi network "${ssid}": ${fault}`);
	}
}
