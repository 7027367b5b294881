import type { Radio, RadioHandler } from "../../hosts/host.js";
import type { StationHandler } from "../../modules/wifi/station.js";
import type { WiFiNetwork } from "../../modules/wifi/wifi-network.js";
import type { VirtualClock } from "./virtual-clock.js";

/** How long a network takes to say yes or no. */
export const answerMs = 500;

/** What comes of a join: an address, a refusal, nothing at all, or an exception. */
type Air = "good" | "gone" | "mute" | "broken";

/** Answers a join by what the air says of the network; remembers every handler it was ever given. */
export class AirRadio implements Radio {
	readonly air: { [ssid: string]: Air } = {};
	readonly joins: string[] = [];
	readonly handlers: RadioHandler[] = [];
	leaves = 0;
	#clock: VirtualClock;
	#cancel = () => {};

	constructor(clock: VirtualClock) {
		this.#clock = clock;
	}
	join({ ssid }: WiFiNetwork, handler: RadioHandler): void {
		this.#cancel();
		this.joins.push(`${this.#clock.now()} ${ssid}`);
		this.handlers.push(handler);
		const air = this.air[ssid] ?? "good";
		if (air === "broken") throw new Error("no radio");
		if (air === "mute") return;
		this.#cancel = this.#clock.after(answerMs, () => {
			if (air === "good") handler.onUp("10.0.0.2");
			else handler.onDown("not found");
		});
	}
	leave(): void {
		this.leaves++;
		this.#cancel();
	}
	signal(): number {
		return -60;
	}
	/** The link drops now. */
	drop(): void {
		this.handlers.at(-1)!.onDown("out of reach");
	}
}

/** Writes down what the station reports, with the time. */
export class StationDiary implements StationHandler {
	readonly lines: string[] = [];
	#clock: VirtualClock;

	constructor(clock: VirtualClock) {
		this.#clock = clock;
	}
	onUp(ssid: string, address: string): void {
		this.#write(`${ssid} up ${address}`);
	}
	onDown(ssid: string, detail: string, wasUp: boolean): void {
		this.#write(`${ssid} ${wasUp ? "lost" : "failed"}: ${detail}`);
	}
	onWaiting(retryMs: number): void {
		this.#write(`waiting ${retryMs}`);
	}
	#write(line: string): void {
		this.lines.push(`${this.#clock.now()} ${line}`);
	}
}
