import Time from "time";
import type { Random } from "../host.js";

/**
 * Even numbers for back-off and first packet ids; not for keys.
 *
 * Math.random() is the hardware's generator on ESP32, and on the other platforms one that begins alike at
 * every start on every device: all of them would come back together. So it is mixed with an xorshift
 * generator whose seed holds what tells devices and starts apart (an id, date, ticks), and the ticks of
 * each call.
 */
export class ModdableRandom implements Random {
	#state: number;

	constructor(seed: string) {
		let state = 0x811c_9dc5;
		for (const text of [seed, String(Date.now()), String(Time.ticks)])
			for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x0100_0193);
		this.#state = state | 1;
	}
	word(): number {
		let state = this.#state ^ Time.ticks;
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		this.#state = state === 0 ? 1 : state;
		// A float has more bits than the generators below: each gives the 16 best of its own.
		const high = (Math.random() * 0x1_0000) | 0;
		const low = (Math.random() * 0x1_0000) | 0;
		return (state ^ ((high << 16) | low)) >>> 0;
	}
}
