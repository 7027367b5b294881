// node only
import test from "ava";
import { portableText } from "../../modules/wire/text.js";
import { Random } from "../support/random.js";

// Every code point, and random bytes, held against the platform's own encoder and strict decoder.

test("each code point is written and read as the platform does", t => {
	const target = new Uint8Array(4);
	const encoder = new TextEncoder();
	let wrong = 0;
	for (let code = 1; code <= 0x10_ffff; code++) {
		if (code === 0xd800) code = 0xe000;
		const text = String.fromCodePoint(code);
		const end = portableText.write(text, target, 0, 4);
		const expected = encoder.encode(text);
		if (end !== expected.length || expected.some((byte, i) => byte !== target[i])) wrong++;
		if (portableText.read(target, 0, end) !== text) wrong++;
	}
	t.is(wrong, 0);
});

test("random bytes are text exactly if the platform's strict decoder takes them and none is 0", t => {
	const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
	const random = new Random(1);
	const leads = [0x61, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5];
	let taken = 0;
	for (let i = 0; i < 200_000; i++) {
		const bytes = random.bytes(1 + random.below(5));
		bytes[0] = random.pick(leads);
		for (let k = 1; k < bytes.length; k++) if (!random.once(5)) bytes[k] = 0x80 | (bytes[k]! & 0x3f);
		let expected: string | undefined;
		try {
			expected = bytes.includes(0) ? undefined : decoder.decode(bytes);
		} catch {
			expected = undefined;
		}
		if (expected !== undefined) taken++;
		if (portableText.read(bytes, 0, bytes.length) !== expected) t.fail(Array.from(bytes).join(" "));
	}
	t.true(taken > 1000 && taken < 199_000, `${taken} taken`);
});
