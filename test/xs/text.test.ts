// node only
// engine.encode and engine.decode against the tables of UTF-8 [RFC 3629] and against Node.

import test from "ava";
import { compilerAvailable } from "../../hosts/xs/build.js";
import { linesOf } from "./run-script.js";

const check = compilerAvailable() || process.env["CI"] === "true" ? test : test.skip;

const texts = [
	"",
	"a",
	"a/b",
	"é",
	"߿",
	"ࠀ",
	"€",
	"\ud7ff",
	"\ue000",
	"\uffff",
	"😀",
	"\u{10ffff}",
	"aé€😀z",
];

const malformed = [
	{ title: "U+0000", bytes: "61 00" },
	{ title: "a lone continuation", bytes: "80" },
	{ title: "an overlong NUL", bytes: "c0 80" },
	{ title: "an overlong of two", bytes: "c1 bf" },
	{ title: "an overlong of three", bytes: "e0 9f bf" },
	{ title: "an overlong of four", bytes: "f0 8f bf bf" },
	{ title: "the first surrogate", bytes: "ed a0 80" },
	{ title: "the last surrogate", bytes: "ed bf bf" },
	{ title: "a pair of surrogates", bytes: "ed a0 bd ed b8 80" },
	{ title: "beyond 10FFFF", bytes: "f4 90 80 80" },
	{ title: "five bytes", bytes: "f8 88 80 80 80" },
	{ title: "FF", bytes: "ff" },
	{ title: "two of two bytes missing", bytes: "c3" },
	{ title: "the third of three missing", bytes: "e2 82" },
	{ title: "the fourth of four missing", bytes: "f0 9f 98" },
	{ title: "a continuation that is none", bytes: "c3 28" },
	{ title: "a third byte that is none", bytes: "e2 82 28" },
];

check("encode gives UTF-8, and decode the text again", async t => {
	const lines = await linesOf(`
		const bytes = new Uint8Array(32).subarray(4);
		for (const text of ${JSON.stringify(texts)}) {
			bytes.fill(0xff);
			const end = engine.encode(text, bytes, 2, 28);
			const short = engine.encode(text, bytes, 2, end - 1 < 2 ? 2 : end - 1);
			trace(bytes.subarray(2, end).join(), " ", engine.decode(bytes, 2, end) === text, " ",
				short, " ", bytes[1], " ", bytes[end], "\\n");
		}
	`);
	t.deepEqual(
		lines,
		texts.map(text => `${[...Buffer.from(text)].join()} true ${text === "" ? 2 : -1} 255 255`),
	);
});

for (const { title, bytes } of malformed) {
	check(`decode refuses ${title}`, async t => {
		const list = bytes.split(" ").map(byte => `0x${byte}`);
		const lines = await linesOf(`
			const bytes = Uint8Array.of(0x61, ${list.join(", ")});
			trace(engine.decode(bytes, 1, bytes.length), " ", engine.decode(bytes, 0, bytes.length), "\\n");
		`);
		t.deepEqual(lines, ["undefined undefined"]);
	});
}

check("decode sees no byte behind the end", async t => {
	const lines = await linesOf(`
		const bytes = Uint8Array.of(0xf0, 0x9f, 0x98, 0x80);
		for (let to = 0; to <= 4; to++) trace(engine.decode(bytes, 0, to), "\\n");
	`);
	t.deepEqual(lines, ["", "undefined", "undefined", "undefined", "😀"]);
});

check("encode refuses what the wire must not carry, and writes nothing", async t => {
	const lines = await linesOf(`
		const bytes = new Uint8Array(16);
		for (const text of ["a\\0", "\\ud800", "x\\udfff", "\\ude00\\ud83d", "\\ud83d"]) {
			try { engine.encode(text, bytes, 0, 16); } catch (error) { trace(String(error), "\\n"); }
		}
		trace(bytes.some(byte => byte !== 0), "\\n");
	`);
	const lone = "TypeError: text holds an unpaired surrogate";
	t.deepEqual(lines, ["TypeError: text holds U+0000", lone, lone, lone, lone, "false"]);
});

check("two halves put together are one character", async t => {
	const lines = await linesOf(`
		const bytes = new Uint8Array(16);
		const end = engine.encode("a" + "\\ud83d" + "\\ude00" + "b", bytes, 0, 6);
		trace(engine.decode(bytes, 0, end), " ", engine.encode("\\ud83d" + "\\ude00", bytes, 0, 3), "\\n");
	`);
	t.deepEqual(lines, ["a😀b -1"]);
});

check("encode and decode refuse a range outside of the view", async t => {
	const lines = await linesOf(`
		const bytes = new Uint8Array(4);
		const calls = [
			() => engine.encode("a", bytes, 0, 5), () => engine.encode("a", bytes, -1, 4),
			() => engine.encode("a", bytes, 3, 2), () => engine.decode(bytes, 0, 5),
			() => engine.decode(bytes, 2, 1), () => engine.decode(bytes, -1, 1),
			() => engine.encode(1, bytes, 0, 4), () => engine.encode("a", [], 0, 4),
		];
		for (const call of calls) try { call(); trace("none\\n"); } catch (error) { trace(error.name, "\\n"); }
	`);
	t.deepEqual(lines, [...Array<string>(6).fill("RangeError"), "TypeError", "TypeError"]);
});

check("encode allocates nothing, decode only the string", async t => {
	const lines = await linesOf(`
		const bytes = new Uint8Array(64), before = new Float64Array(8), after = new Float64Array(8);
		const { encode, decode } = engine;
		let text;
		const run = () => { encode("plant/a1/climate", bytes, 0, 64); };
		const read = () => { text = decode(bytes, 0, 16); };
		for (const call of [run, read]) {
			call();
			engine.memory(before);
			for (let i = 0; i < 100; i++) call();
			engine.memory(after);
			trace(after[0] - before[0], " ", (after[2] - before[2]) / 100 < 48, " ", text, "\\n");
		}
	`);
	t.deepEqual(lines, ["0 true undefined", "0 true plant/a1/climate"]);
});
