import test from "ava";
import { portableText, type Text } from "../../modules/wire/text.js";
import { hex, toHex } from "../support/hex.js";

const texts: [text: string, bytes: string][] = [
	["", ""],
	["a\u007f", "61 7f"],
	["\u0080\u07ff", "c280 dfbf"],
	["\u0800\ud7ff\ue000\uffff", "e0a080 ed9fbf ee8080 efbfbf"],
	["\u{10000}\u{10ffff}", "f0908080 f48fbfbf"],
	["\ufeffa\ufeff", "efbbbf 61 efbbbf"],
];

/** What every Text does, whoever implements it. */
export function textSuite(name: string, text: Text): void {
	test(`${name}: texts and their bytes, both ways`, t => {
		for (const [string, bytes] of texts) {
			const expected = hex(bytes);
			const target = new Uint8Array(expected.length + 2);
			t.is(text.write(string, target, 1, expected.length + 1), expected.length + 1);
			t.is(toHex(target), `00${toHex(expected)}00`);
			t.is(text.read(target, 1, expected.length + 1), string);
			for (let limit = 0; limit < expected.length; limit++)
				t.is(text.write(string, target, 0, limit), -1, `${string} in ${limit}`);
		}
	});

	test(`${name}: texts of any length, with something else than ASCII at their end or not`, t => {
		for (let length = 0; length < 40; length++)
			for (const end of ["", "é", "\u{1f600}"]) {
				const string = "a".repeat(length) + end;
				const bytes = new Uint8Array(length + 6);
				const to = text.write(string, bytes, 1, bytes.length);
				t.is(to, portableText.write(string, new Uint8Array(bytes.length), 1, bytes.length), string);
				t.is(text.read(bytes, 1, to), string);
				if (string !== "") t.is(text.write(string, bytes, 1, to - 1), -1, `${string} cut`);
				t.throws(() => text.write(`${string}\0`, bytes, 1, bytes.length), { instanceOf: TypeError });
				for (const wrong of [0, 0x80, 0xff]) {
					bytes[to] = wrong;
					t.is(text.read(bytes, 1, to + 1), undefined);
				}
			}
	});

	test(`${name}: ill-formed bytes and U+0000 are no text`, t => {
		const short = "00|80|bf|bf bf|f9 80 80 80|c0 80|c1 bf|c2|c2 41";
		const long = "e0 9f bf|e1 80|ed a0 80|ed bf bf|f0 8f bf bf|f4 90 80 80|f5 80 80 80|ff|61 00";
		for (const bytes of `${short}|${long}`.split("|"))
			t.is(text.read(hex(bytes), 0, hex(bytes).length), undefined, bytes);
	});

	test(`${name}: a character cut by the end of a field is no text, whatever follows`, t => {
		t.is(text.read(hex("c3 a9"), 0, 1), undefined);
		t.is(text.read(hex("f0 9f 98 80"), 0, 3), undefined);
	});

	test(`${name}: an unpaired surrogate or U+0000 cannot be written`, t => {
		for (const string of ["\0", "a\ud800", "\udfff", "\udc00b", "\udc00\ud800"])
			t.throws(() => text.write(string, new Uint8Array(9), 0, 9), { instanceOf: TypeError });
	});
}
