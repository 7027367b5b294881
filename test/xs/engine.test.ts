// node only
// The XS host: what the engine is, what its counters say, how it ends. Each test runs a piece of script.

import test from "ava";
import { compilerAvailable } from "../../hosts/xs/build.js";
import { board, linesOf, runScript } from "./run-script.js";

const available = compilerAvailable();
const required = process.env["CI"] === "true";
const check = available || required ? test : test.skip;
if (!available) console.error("there is no C compiler (cc), so the XS engine is not tested");

check("a slot is 16 bytes when the engine has 32 bits, 32 otherwise", async t => {
	const [bytes] = await linesOf(`
		const counters = new Float64Array(8);
		engine.memory(counters);
		trace(counters[6], "\\n");
	`);
	t.true(bytes === "16" || bytes === "32", bytes);
});

check("string length counts code points", async t => {
	const lines = await linesOf(`
		trace("\\u{1F600}".length, " ", "a\\ud83d\\ude00b".length, " ", "é😀".length, "\\n");
		trace("😀x".indexOf("x"), " ", "😀".codePointAt(0).toString(16), " ", [..."a😀"].length, "\\n");
		trace(JSON.stringify("😀é"), " ", "😀é".split("").join("|"), " ", /^.$/u.test("😀"), "\\n");
	`);
	t.deepEqual(lines, ["1 3 2", "1 1f600 2", '"😀é" 😀|é true']);
});

check("the global object holds the language, engine and trace, and nothing of a browser", async t => {
	const [keys, missing] = await linesOf(`
		trace(Object.keys(globalThis).join(), "\\n");
		const names = ["console", "setTimeout", "TextEncoder", "print", "lockdown", "harden", "process"];
		trace(names.filter(name => name in globalThis).join(), "\\n");
	`);
	t.is(keys, "");
	t.is(missing, "");
});

check("arguments are the words behind the bundle", async t => {
	const lines = await linesOf(`trace(JSON.stringify(engine.arguments), "\\n");`, {
		arguments: ["--x", "é", ""],
	});
	t.deepEqual(lines, ['["--x","é",""]']);
});

check("standard input comes in lines, then ends", async t => {
	const source = `engine.standardInput(line => trace(JSON.stringify(line) ?? "end", "\\n"));`;
	t.deepEqual(await linesOf(source, { input: "one\n\nté\nlast" }), ['"one"', '""', '"té"', '"last"', "end"]);
});

check("random words differ and use 32 bits", async t => {
	const [distinct, high] = await linesOf(`
		const words = Array.from({ length: 100 }, () => engine.random());
		trace(new Set(words).size, "\\n", words.some(word => word >= 2 ** 31), "\\n");
	`);
	t.true(Number(distinct) > 98);
	t.is(high, "true");
});

check("timers fire in order of time, then of arming", async t => {
	const lines = await linesOf(`
		const { Timer } = engine;
		Timer.set(() => trace("c\\n"), 30);
		Timer.set(() => trace("a\\n"), 10);
		Timer.set(() => trace("b\\n"), 20);
		Timer.clear(Timer.set(() => trace("never\\n"), 5));
		Timer.clear(undefined);
		Timer.set(() => Promise.resolve().then(() => trace("job\\n")));
		Timer.set(() => trace("second\\n"));
		let count = 0;
		const again = Timer.set(id => {
			trace(id === again, " again\\n");
			if (++count < 3) Timer.schedule(id, 0);
			if (count === 3) Timer.clear(id);
		}, 40);
	`);
	t.deepEqual(lines, ["job", "second", "a", "b", "c", "true again", "true again", "true again"]);
});

check("a timer that has fired can be armed again later, and one that is armed moves", async t => {
	const [first, second] = await linesOf(`
		const { Timer, ticks } = engine;
		const start = ticks();
		const later = Timer.set(() => trace(ticks() - start >= 60, "\\n"), 10);
		Timer.schedule(later, 60);
		const fired = Timer.set(() => {}, 0);
		Timer.set(() => { engine.gc(); Timer.schedule(fired, 0); trace("armed\\n"); }, 20);
	`);
	t.deepEqual([first, second], ["armed", "true"]);
});

check("scheduling a timer allocates nothing", async t => {
	const [slots, chunks] = await linesOf(`
		const before = new Float64Array(8), after = new Float64Array(8);
		const timer = engine.Timer.set(() => {}, 0);
		const { schedule } = engine.Timer;
		const run = () => { for (let i = 0; i < 1000; i++) schedule(timer, 1); };
		run();
		engine.memory(before);
		run();
		engine.memory(after);
		trace(after[0] - before[0], "\\n", after[2] - before[2], "\\n");
	`);
	t.deepEqual([slots, chunks], ["0", "0"]);
});

check("localhost is found, IPv4 first; an unknown name gives undefined; beyond eight is refused", async t => {
	const lines = await linesOf(`
		engine.resolve("localhost", address => trace("localhost ", address, "\\n"));
		engine.resolve("no-such-host.invalid", address => trace("unknown ", address, "\\n"));
		engine.resolve("", address => trace("empty ", address, "\\n"));
	`);
	t.deepEqual(lines.sort(), ["empty undefined", "localhost 127.0.0.1", "unknown undefined"]);
	const many = await linesOf(`
		let found = 0;
		for (let i = 0; i < 20; i++) engine.resolve("127.0.0.1", address => {
			if (address) found++;
			if (++answers === 20) trace(found, "\\n");
		});
		var answers = 0;
	`);
	t.deepEqual(many, ["8"]);
});

check("counters stand still over a loop without garbage, and computrons are the same each time", async t => {
	const [slots, chunks, collections, computrons] = await linesOf(`
		const before = new Float64Array(8), after = new Float64Array(8), bytes = new Uint8Array(64);
		const run = count => { for (let i = 0; i < count; i++) bytes[i & 63] = i; };
		const spend = () => { const start = engine.meter(); run(10000); return engine.meter() - start; };
		const first = spend();
		engine.memory(before);
		const second = spend();
		engine.memory(after);
		trace(after[0] - before[0], "\\n", after[2] - before[2], "\\n", after[5] - before[5], "\\n");
		trace(first === second && first > 100000, "\\n");
	`);
	t.deepEqual([slots, chunks, collections, computrons], ["0", "0", "0", "true"]);
});

check("garbage is counted until it is collected", async t => {
	const [allocated, left, collections] = await linesOf(`
		const before = new Float64Array(8), after = new Float64Array(8);
		const run = () => { for (let i = 0; i < 100; i++) ({ a: i }); };
		run();
		engine.gc();
		engine.memory(before);
		run();
		engine.memory(after);
		trace(after[0] - before[0], "\\n");
		engine.gc();
		engine.memory(after);
		trace(after[0] - before[0], "\\n", after[5] - before[5], "\\n");
	`);
	t.true(Number(allocated) >= 200, allocated);
	t.deepEqual([left, collections], ["0", "1"]);
});

check("a board's limits count from behind the built-ins", async t => {
	const [slots, room] = await linesOf(
		`
		const counters = new Float64Array(8);
		engine.memory(counters);
		trace(counters[7], "\\n");
		const list = [];
		for (let i = 0; i < 2000; i++) list.push({ i });
		trace(list.length, "\\n");
	`,
		{ options: board },
	);
	t.is(slots, "4928");
	t.is(room, "2000");
});

const ends = [
	{
		title: "out of slots",
		code: 11,
		error: /^out of memory$/m,
		source: "const a = []; for (;;) a.push({});",
	},
	{ title: "out of chunks", code: 11, error: /^out of memory$/m, source: "let a = 'x'; for (;;) a += a;" },
	{ title: "stack overflow", code: 12, error: /^stack overflow$/m, source: "const f = () => 1 + f(); f();" },
	{
		title: "an exception",
		code: 15,
		error: /^uncaught exception: Error: no$/m,
		source: "throw new Error('no');",
	},
	{ title: "a value thrown", code: 15, error: /^uncaught exception: 7$/m, source: "throw 7;" },
	{
		title: "an exception in a callback",
		code: 15,
		error: /^uncaught exception: TypeError: .*\n.*\n at deep \(\)/m,
		source: "function deep() { null.x; } engine.Timer.set(() => deep());",
	},
	{
		title: "a rejection",
		code: 15,
		error: /^unhandled rejection: RangeError: r$/m,
		source: "Promise.reject(new RangeError('r'));",
	},
	{
		title: "a rejection in a job",
		code: 15,
		error: /^unhandled rejection: Error: j$/m,
		source: "(async () => { await null; throw new Error('j'); })();",
	},
	{ title: "a handled rejection", code: 0, error: /^$/, source: "Promise.reject(1).catch(() => {});" },
	{ title: "exit", code: 7, error: /^$/, source: "engine.Timer.set(() => {}, 1e6); engine.exit(7);" },
	{ title: "nothing left", code: 0, error: /^$/, source: "engine.Timer.set(() => {}, 1);" },
];

for (const { title, code, error, source } of ends) {
	check(`${title} ends with code ${code}`, async t => {
		const result = await runScript(`trace("printed\\n");${source}`, { options: board });
		t.is(result.code, code, result.stderr);
		t.regex(result.stderr, error);
		t.is(result.stdout, "printed\n");
	});
}

check("a syntax error tells its line, and nothing runs", async t => {
	const { code, stdout, stderr } = await runScript(`trace("up\\n");\nlet 1 = ;`);
	t.is(code, 15);
	t.is(stdout, "");
	t.regex(stderr, /script\.js:2: /);
});

check("a signal ends the process at once", async t => {
	const { code } = await runScript(`trace("up\\n"); engine.Timer.set(() => {}, 1e6);`, {
		onOutput: (_stdout, kill) => kill("SIGTERM"),
	});
	t.is(code, 143);
});
