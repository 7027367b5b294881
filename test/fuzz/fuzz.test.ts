// node only
// A share of `npm run fuzz` as a user runs it, and that it finds what there is to find.

import test from "ava";
import { compilerAvailable } from "../../hosts/xs/build.js";
import { runScript } from "../support/cli.js";
import { Random } from "../support/random.js";
import { HostileStream } from "./hostile-stream.js";
import { minimise } from "./minimise.js";
import { Mutator, Pool } from "./mutator.js";
import { DecoderTarget } from "./wire-targets.js";
import { portableText } from "../../modules/wire/text.js";

const withEngine = compilerAvailable() || process.env["CI"] === "true" ? test : test.skip;

test("fuzz: some seconds of hostile bytes find nothing", async t => {
	const { code, out, err } = await runScript("test/fuzz/run.ts", ["--seconds", "10"]);
	t.is(code, 0, out + err);
	t.regex(out, /^ok: .*decoder runs/m);
});

withEngine("fuzz: nor do they on XS, in a heap that cannot grow", async t => {
	const { code, out, err } = await runScript("test/fuzz/run.ts", ["--engine", "xs", "--runs", "4000"]);
	t.is(code, 0, out + err);
	t.regex(out, /^ok: 4,000 runs on XS/m);
});

test("fuzz: no difference from mqtt-packet is without a row", async t => {
	const { code, out, err } = await runScript("test/fuzz/run.ts", ["--differential", "5000"]);
	t.is(code, 0, out + err);
	t.regex(out, /0 unexplained/);
});

test("fuzz: a mistake in its options ends it with one plain line and exit code 2", async t => {
	for (const words of [
		["--runs", "many"],
		["--engine", "v8"],
		["--second", "5"],
		["--seconds", "0"],
	]) {
		const { code, err } = await runScript("test/fuzz/run.ts", words);
		t.is(code, 2, err);
		t.notRegex(err, /\n\s+at /);
	}
});

test("fuzz: a text that throws is found, and its input made short", t => {
	const broken = {
		...portableText,
		read: (bytes: Uint8Array, from: number, to: number) => {
			if (to - from === 3) throw new Error("broken");
			return portableText.read(bytes, from, to);
		},
	};
	const random = new Random(1);
	const publish = Uint8Array.of(0x30, 5, 0, 1, 0x61, 0x62, 0x63);
	const pool = new Pool(() => publish, 0);
	const target = new DecoderTarget("broken", 4, broken);
	const mutator = new Mutator();
	const breaks = (input: Uint8Array) => {
		try {
			target.run(input);
			return false;
		} catch {
			return true;
		}
	};
	let runs = 0;
	while (!breaks(mutator.make(random, pool))) if (++runs > 100_000) return t.fail("it is not found");
	t.deepEqual(minimise(mutator.bytes.slice(0, mutator.length), breaks).length, 7);
});

test("fuzz: a stream which is read or written against its contract says so", t => {
	const stream = new HostileStream({ onWritable: () => {}, onReadable: () => {}, onLost: () => {} });
	stream.up(2);
	t.throws(() => stream.write(new Uint8Array(3), 0, 3), { message: /where 2 fit/ });
	t.throws(() => stream.read(0), { message: /a read of nothing/ });
	stream.feed(Uint8Array.of(1), 1);
	t.throws(
		() => {
			for (;;) stream.read(1);
		},
		{ message: /without end/ },
	);
	stream.close();
	t.throws(() => stream.read(1), { message: /closed stream/ });
});
