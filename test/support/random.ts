/** Numbers that look random and come again for the same seed, on every engine (xorshift32). */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = Math.imul(seed, 0x9e37_79b1) || 1;
		for (let i = 0; i < 4; i++) this.word();
	}
	/** 0 to 0xffff_ffff. */
	word(): number {
		let x = this.#state;
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		this.#state = x;
		return x >>> 0;
	}
	/** A whole number from 0 up to, and without, that bound. */
	below(bound: number): number {
		return this.word() % bound;
	}
	/** True once in that many times. */
	once(times: number): boolean {
		return this.below(times) === 0;
	}
	bytes(count: number): Uint8Array {
		const bytes = new Uint8Array(count);
		for (let i = 0; i < count; i++) bytes[i] = this.below(256);
		return bytes;
	}
	pick<T>(list: readonly T[]): T {
		return list[this.below(list.length)]!;
	}
}
