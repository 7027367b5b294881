import test from "ava";
import type { Random } from "../../hosts/host.js";

/** What every Random does, whoever implements it. */
export function randomSuite(name: string, random: Random): void {
	test(`${name}: words are whole numbers of 32 bits, with each bit set about half of the time`, t => {
		const words = 4_000;
		const ones = new Array<number>(32).fill(0);
		for (let i = 0; i < words; i++) {
			const word = random.word();
			if (!Number.isInteger(word) || word < 0 || word > 0xffff_ffff) t.fail(String(word));
			for (let bit = 0; bit < 32; bit++) ones[bit]! += (word >>> bit) & 1;
		}
		// Seven standard deviations: by chance in one run of ten billion.
		for (const count of ones) t.true(Math.abs(count - words / 2) < 222, String(ones));
	});
}
