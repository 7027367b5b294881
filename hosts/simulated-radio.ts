/**
 * Radios for places without Wi-Fi: a computer, the simulator, an engine on a desk. They reach no network and
 * stop none; what they say is what a station is to be tried with. Time and chance are the host's ports.
 */

import type { Settings } from "../modules/settings/settings.js";
import type { Alarm, Clock, Host, Radio, RadioHandler, Random } from "./host.js";

/** What a simulated network says of itself. */
const homeAddress = "127.0.0.1";
const steadySignal = -50;
const steadyJoinMs = 100;

/** What a flaky radio may do: bounds in ms, both included, and signal in dBm. */
export const flakiness = Object.freeze({
	/** Of a hundred joins so many fail, and so many are never answered. */
	failPercent: 25,
	mutePercent: 5,
	joinMinMs: 100,
	joinMaxMs: 3_000,
	/** How long a network stays up. */
	upMinMs: 2_000,
	upMaxMs: 60_000,
	signalMin: -90,
	signalMax: -60,
});

/** The network that is joined where none is set. */
const homeNetwork = Object.freeze({ ssid: "simulated", password: "" });

/** A host without Wi-Fi, with the radio that the settings ask for, and a network to join. */
export function simulateWiFi(host: Host, settings: Settings): [Host, Settings] {
	const { clock, random } = host;
	const radio = settings.wifi === "flaky" ? new FlakyRadio(clock, random) : new SteadyRadio(clock);
	const networks = settings.networks.length > 0 ? settings.networks : [homeNetwork];
	return [
		{ ...host, radio },
		{ ...settings, networks },
	];
}

/** Any network is there, and stays. */
export class SteadyRadio implements Radio {
	#clock: Clock;
	#address: string;
	#alarm: Alarm;
	#handler: RadioHandler | undefined;
	#up = false;

	constructor(clock: Clock, address = homeAddress) {
		this.#clock = clock;
		this.#address = address;
		this.#alarm = clock.alarm(() => this.#onAlarm());
	}
	join(_network: { ssid: string; password: string }, handler: RadioHandler): void {
		this.#up = false;
		this.#handler = handler;
		this.#alarm.set(this.#clock.now() + steadyJoinMs);
	}
	leave(): void {
		this.#up = false;
		this.#handler = undefined;
		this.#alarm.set(Infinity);
	}
	signal(): number | undefined {
		return this.#up ? steadySignal : undefined;
	}
	#onAlarm(): void {
		if (this.#handler === undefined || this.#up) return;
		this.#up = true;
		this.#handler.onUp(this.#address);
	}
}

/** Joins fail, or are never answered, and links drop, all by the numbers of the random source. */
export class FlakyRadio implements Radio {
	#clock: Clock;
	#random: Random;
	#address: string;
	#alarm: Alarm;
	#handler: RadioHandler | undefined;
	#up = false;

	constructor(clock: Clock, random: Random, address = homeAddress) {
		this.#clock = clock;
		this.#random = random;
		this.#address = address;
		this.#alarm = clock.alarm(() => this.#onAlarm());
	}
	join(_network: { ssid: string; password: string }, handler: RadioHandler): void {
		this.#up = false;
		this.#handler = handler;
		const isMute = this.#between(1, 100) <= flakiness.mutePercent;
		this.#ringIn(isMute ? Infinity : this.#between(flakiness.joinMinMs, flakiness.joinMaxMs));
	}
	leave(): void {
		this.#up = false;
		this.#handler = undefined;
		this.#ringIn(Infinity);
	}
	signal(): number | undefined {
		return this.#up ? this.#between(flakiness.signalMin, flakiness.signalMax) : undefined;
	}
	#onAlarm(): void {
		if (this.#handler === undefined) return;
		if (this.#up) this.#drop(this.#handler, "the signal is lost");
		else if (this.#between(1, 100) <= flakiness.failPercent)
			this.#drop(this.#handler, "the network is not found");
		else {
			this.#up = true;
			this.#ringIn(this.#between(flakiness.upMinMs, flakiness.upMaxMs));
			this.#handler.onUp(this.#address);
		}
	}
	#drop(handler: RadioHandler, detail: string): void {
		this.leave();
		handler.onDown(detail);
	}
	#ringIn(ms: number): void {
		this.#alarm.set(this.#clock.now() + ms);
	}
	/** A whole number, evenly from min to max. */
	#between(min: number, max: number): number {
		return min + Math.floor(((max - min + 1) * this.#random.word()) / 0x1_0000_0000);
	}
}
