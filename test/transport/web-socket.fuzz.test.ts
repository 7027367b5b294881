// Any cut of any stream gives the same bytes, both ways; and any bytes at all, in the answer to the upgrade
// or behind it, give bytes or one loss: never an exception, never a word after the loss, never a loop.

import test from "ava";
import { hex, toHex } from "../support/hex.js";
import { Random } from "../support/random.js";
import { WebBench, frame, framesOf, http, upgraded } from "../support/web-bench.js";

const given = process.env["SEED"];
const seeds = given ? [Number(given)] : Array.from({ length: 150 }, (_, i) => i + 1);

interface Script {
	frames: string;
	payload: string;
	pings: string[];
}

/** Messages in pieces, with control frames between them. */
function makeFrames(random: Random): Script {
	const script: Script = { frames: "", payload: "", pings: [] };
	for (let messages = 1 + random.below(6); messages > 0; messages--) {
		const pieces = 1 + random.below(3);
		for (let piece = 0; piece < pieces; piece++) {
			const payload = toHex(random.bytes(random.pick([0, 1, 5, 125, 126, 300])));
			const opcode = piece === 0 ? 2 : 0;
			script.frames += frame(piece === pieces - 1 ? 0x80 | opcode : opcode, payload);
			script.payload += payload;
			if (!random.once(3)) continue;
			const control = toHex(random.bytes(random.pick([0, 3, 125])));
			const isPing = random.once(2);
			script.frames += frame(isPing ? 0x89 : 0x8a, control);
			if (isPing) script.pings.push(`8a ${control}`.trim());
		}
	}
	return script;
}

/** Hands the bytes in by pieces, with the wire below open for as many bytes as chance has it. */
function feed(bench: WebBench, bytes: string, random: Random): void {
	for (let at = 0; at < bytes.length && bench.wire.closed === 0;) {
		const end = Math.min(bytes.length, at + 2 * (1 + random.below(random.pick([2, 9, 300]))));
		bench.reads = !random.once(4);
		bench.readMax = 1 + random.below(40);
		bench.wire.readMax = 1 + random.below(40);
		bench.feed(bytes.slice(at, end));
		if (random.once(4)) bench.wire.up(1 + random.below(random.pick([3, 50, 500])));
		at = end;
	}
	bench.drain();
	for (let i = 0; i < 40 && bench.wire.closed === 0; i++) bench.wire.up(100);
	bench.settle();
}

test("WebSocket fuzz: any cut of a stream gives the same bytes", t => {
	for (const seed of seeds) {
		const random = new Random(seed);
		const script = makeFrames(random);
		const bench = new WebBench();
		bench.wire.up();
		const request = bench.wire.sent();
		feed(bench, http(upgraded) + script.frames, random);
		t.true(request.endsWith("0d0a0d0a"));
		t.is(bench.received, script.payload, `SEED=${seed}`);
		t.false(bench.noted().includes("lost"), `SEED=${seed}`);
		const answers = framesOf(hex(bench.wire.sent()));
		t.is(answers.at(-1), script.pings.at(-1), `SEED=${seed}`);
		for (const answer of answers) t.true(script.pings.includes(answer), `SEED=${seed}`);
	}
});

test("WebSocket fuzz: whatever is written, as it is allowed, goes out in frames and in order", t => {
	for (const seed of seeds) {
		const random = new Random(seed);
		const bench = new WebBench(random.pick([1, 7, 130, 1_000]));
		bench.open();
		let written = "";
		for (let i = 0; i < 60; i++) {
			bench.host.word = random.word();
			if (random.once(6)) bench.feed(frame(0x89, "70"));
			if (random.once(2)) bench.wire.up(1 + random.below(random.pick([4, 40, 2_000])));
			for (let rounds = random.below(4); rounds > 0 && bench.writable > 0; rounds--) {
				const payload = toHex(random.bytes(1 + random.below(bench.writable)));
				bench.write(payload);
				written += payload;
			}
		}
		for (let i = 0; i < 50; i++) bench.wire.up(100);
		const frames = framesOf(hex(bench.wire.sent()));
		const data = frames.filter(text => text.startsWith("82 ")).map(text => text.slice(3));
		t.is(data.join(""), written, `SEED=${seed}`);
		t.true(frames.every(text => text.startsWith("82 ") || text === "8a 70"));
	}
});

test("WebSocket fuzz: any bytes changed give bytes, or one loss and no more", t => {
	let losses = 0;
	for (const seed of seeds) {
		const random = new Random(seed);
		const bench = new WebBench();
		const bytes = hex(http(upgraded) + makeFrames(random).frames);
		const from = random.once(2) ? 0 : http(upgraded).length / 2;
		for (let i = 1 + random.below(4); i > 0; i--)
			bytes[from + random.below(bytes.length - from)] = random.below(256);
		bench.wire.up();
		bench.wire.sent();
		feed(bench, toHex(bytes), random);
		const notes = bench.notes.filter(note => note.startsWith("lost"));
		t.true(notes.length <= 1, `SEED=${seed}`);
		if (notes.length === 0) continue;
		losses++;
		t.is(bench.notes.at(-1), notes[0], `SEED=${seed}: a word after the loss`);
		t.is(bench.wire.closed, 1, `SEED=${seed}`);
		t.true(notes[0]!.length < 200);
	}
	t.true(losses > 0 || seeds.length === 1, "no change was noticed, so this proves nothing");
});

test("WebSocket fuzz: noise is no server", t => {
	for (const seed of seeds) {
		const random = new Random(seed);
		const bench = new WebBench();
		bench.wire.up();
		feed(bench, toHex(random.bytes(2_000)), random);
		t.regex(bench.noted(), /^lost: [ -~]+$/, `SEED=${seed}`);
	}
});
