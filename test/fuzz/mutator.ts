import type { Random } from "../support/random.js";

/** The longest input. */
export const inputBytesMax = 1_024;
/** Valid inputs that mutations begin with. */
const bankSize = 400;
const mutationsMax = 4;
/** Bytes at which something begins or ends. */
const edges = Object.freeze([0, 1, 2, 3, 4, 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xff]);

/** Inputs worth to begin with: valid ones, kept seeds, and what has shown something new. */
export class Pool {
	readonly bank: readonly Uint8Array[];
	readonly found: Uint8Array[] = [];
	readonly max: number;

	/** Bytes at the front which choose how the rest is fed, and belong to no packet. */
	readonly headBytes: number;

	constructor(draw: () => Uint8Array, headBytes: number, max = 400) {
		this.bank = Array.from({ length: bankSize }, draw);
		this.headBytes = headBytes;
		this.max = max;
	}
	/** Keeps a copy; when there are too many, in the place of another one. */
	add(input: Uint8Array, random: Random): void {
		if (this.found.length < this.max) this.found.push(input.slice());
		else this.found[random.below(this.max)] = input.slice();
	}
	pick(random: Random): Uint8Array {
		const list = this.found.length > 0 && random.once(2) ? this.found : this.bank;
		return list[random.below(list.length)]!;
	}
}

/**
 * Makes hostile bytes in one buffer: of a valid packet or of a former find, bits are flipped, bytes set to
 * edges, pieces doubled, moved, cut out and spliced with others, and the length at the front made right or
 * left wrong. One in twenty is noise.
 */
export class Mutator {
	readonly bytes = new Uint8Array(inputBytesMax);
	length = 0;

	/** The bytes are good until the next call. */
	make(random: Random, pool: Pool): Uint8Array {
		this.length = 0;
		if (random.once(20)) this.#noise(random);
		else {
			this.#append(pool.pick(random));
			if (random.once(3)) this.#append(pool.pick(random));
			for (let left = 1 + random.below(mutationsMax); left > 0; left--) this.#mutate(random, pool);
			if (!random.once(3)) this.#mendLength(pool.headBytes);
			if (random.once(4)) this.#append(pool.pick(random));
		}
		return this.bytes.subarray(0, this.length);
	}
	#noise(random: Random): void {
		this.length = random.below(64);
		for (let at = 0; at < this.length; at++) this.bytes[at] = random.below(256);
	}
	#append(piece: Uint8Array): void {
		const count = Math.min(piece.length, inputBytesMax - this.length);
		this.bytes.set(count === piece.length ? piece : piece.subarray(0, count), this.length);
		this.length += count;
	}
	#mutate(random: Random, pool: Pool): void {
		if (this.length === 0) return this.#append(pool.pick(random));
		const { bytes } = this;
		const at = random.below(this.length);
		switch (random.below(9)) {
			case 0:
				bytes[at]! ^= 1 << random.below(8);
				return;
			case 1:
				bytes[at] = edges[random.below(edges.length)]!;
				return;
			case 2:
				bytes[at] = random.below(256);
				return;
			case 3:
				bytes[at]! += random.once(2) ? 1 : -1;
				return;
			case 4:
				return this.#remove(at, 1 + random.below(Math.min(8, this.length - at)));
			case 5: {
				const count = 1 + random.below(Math.min(16, this.length - at));
				return this.#insert(at, bytes.slice(at, at + count));
			}
			case 6: {
				const other = pool.pick(random);
				const from = random.below(other.length + 1);
				return this.#insert(at, other.subarray(from, from + 1 + random.below(16)));
			}
			case 7:
				this.length = at;
				return this.#append(pool.pick(random).subarray(at));
			default:
				this.length = at;
		}
	}
	#remove(at: number, count: number): void {
		this.bytes.copyWithin(at, at + count, this.length);
		this.length -= count;
	}
	#insert(at: number, piece: Uint8Array): void {
		const count = Math.min(piece.length, inputBytesMax - this.length);
		if (count === 0) return;
		this.bytes.copyWithin(at + count, at, this.length);
		this.bytes.set(count === piece.length ? piece : piece.subarray(0, count), at);
		this.length += count;
	}
	/** Has the first packet end where the bytes end. */
	#mendLength(from: number): void {
		const body = this.length - from - 2;
		if (body < 0) return;
		if (body < 128) this.bytes[from + 1] = body;
		else {
			this.bytes[from + 1] = (body - 1) | 0x80;
			this.bytes[from + 2] = (body - 1) >> 7;
		}
	}
}
