import test from "ava";
import { FrameHead } from "../../modules/transport/frame-head.js";
import { hex } from "../support/hex.js";

/** Heads one behind the other, without their payload: what they come to. */
function read(text: string, cut: number): string[] {
	const bytes = hex(text);
	const head = new FrameHead();
	const said: string[] = [];
	for (let at = 0; at < bytes.length;) {
		if (head.need === 0) head.next();
		const count = Math.min(cut, head.need, bytes.length - at);
		head.feed(bytes.subarray(at, at + count));
		at += count;
		if (head.fault !== undefined) return [...said, `${head.code} ${head.fault}`];
		if (head.need === 0) said.push(`${head.opcode} ${head.payloadBytes}${head.isControl ? " control" : ""}`);
	}
	return said;
}

const good: [string, string, string[]][] = [
	["an empty frame", "82 00", ["2 0"]],
	["the longest length of one byte", "82 7d", ["2 125"]],
	["the shortest and the longest of two", "82 7e 007e  82 7e ffff", ["2 126", "2 65535"]],
	["the shortest of eight", "82 7f 0000000000010000", ["2 65536"]],
	["one of 4 GB and more", "82 7f 0000000100000001", ["2 4294967297"]],
	["the longest of eight", "82 7f 7fffffffffffffff", ["2 9223372036854776000"]],
	["a message in pieces", "02 03  00 00  80 7d  82 01", ["2 3", "0 0", "0 125", "2 1"]],
	[
		"control frames between the pieces",
		"02 03  89 7d  8a 00  00 01  88 02  80 01",
		["2 3", "9 125 control", "10 0 control", "0 1", "8 2 control", "0 1"],
	],
];
for (const [title, bytes, said] of good)
	test(`frame head: ${title}`, t => {
		for (const cut of [1, 2, 3, 99]) t.deepEqual(read(bytes, cut), said);
	});

const reserved = "1002 a WebSocket frame with reserved bits";
const masked = "1002 a WebSocket frame that is masked, from a server";
const notShortest = "1002 a WebSocket frame whose length is not written in the shortest way";
const longControl = "1002 a WebSocket control frame of more than 125 bytes";
const inPieces = "1002 a WebSocket control frame in pieces";
const within = "1002 a WebSocket message begins within another one";
const bad: [string, string, string[]][] = [
	["reserved bit 1", "c2 00", [reserved]],
	["reserved bit 2", "a2 00", [reserved]],
	["reserved bit 3", "92 00", [reserved]],
	["a mask", "82 81 00000000 00", [masked]],
	["text", "81 00", ["1003 a WebSocket frame of text, where MQTT is binary"]],
	...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((type): [string, string, string[]] => [
		`type ${type}`,
		`8${type.toString(16)} 00`,
		[`1002 a WebSocket frame of unknown type ${type}`],
	]),
	["a ping in pieces", "09 00", [inPieces]],
	["a close in pieces", "08 00", [inPieces]],
	["a ping of 126 bytes", "89 7e 007e", [longControl]],
	["a pong of 65,536 bytes", "8a 7f 0000000000010000", [longControl]],
	["a length of two bytes below 126", "82 7e 007d", [notShortest]],
	["a length of eight bytes below 65,536", "82 7f 000000000000ffff", [notShortest]],
	[
		"a length with the highest bit",
		"82 7f 8000000000000000",
		["1002 a WebSocket frame longer than there can be"],
	],
	["a piece of nothing", "80 00", ["1002 a WebSocket frame continues a message that has not begun"]],
	[
		"a piece behind the last one",
		"02 00 80 00 80 00",
		["2 0", "0 0", "1002 a WebSocket frame continues a message that has not begun"],
	],
	["a message within another", "02 00 82 00", ["2 0", within]],
	["a first piece within another message", "02 00 00 00 02 00", ["2 0", "0 0", within]],
];
for (const [title, bytes, said] of bad)
	test(`frame head: a breach: ${title}`, t => {
		for (const cut of [1, 2, 3, 99]) t.deepEqual(read(bytes, cut), said);
	});
