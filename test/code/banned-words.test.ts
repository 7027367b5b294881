// node only
// What the core must not say. Comments and texts are not looked at, but for the marks of unfinished work.

import test from "ava";
import { blank, findFiles, readText } from "../support/source.js";

interface Ban {
	title: string;
	words: RegExp;
	/** Folders, or files in the root, in which it holds. */
	where: readonly string[];
	except?: readonly string[];
}

const everywhere = ["modules/", "hosts/", "main.ts"];

const bans: readonly Ban[] = [
	{
		title: "modules look at no clock: time is an argument",
		words: /\b(?:Date\s*\.\s*now|performance)\b|\bnew\s+Date\s*(?:\(\s*\)|(?!\s*\())/,
		where: ["modules/"],
	},
	{
		title: "modules have no timers: alarms are a port",
		words: /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/,
		where: ["modules/"],
	},
	{ title: "modules print nothing", words: /\b(?:console|trace)\b/, where: ["modules/"] },
	{
		title: "modules draw nothing by chance: it is a port",
		words: /\bMath\s*\.\s*random\b/,
		where: ["modules/"],
	},
	{
		title: "modules use no globals of Node or the web",
		words: /\b(?:Buffer|process|globalThis|TextEncoder|TextDecoder|URL|fetch|require)\b/,
		where: ["modules/"],
	},
	{
		title: "promises live in the client, and in what applications do with it",
		words: /\b(?:async|await|Promise)\b/,
		where: ["modules/"],
		except: ["modules/client/", "modules/rounds/", "modules/cloud/azure-device"],
	},
	{ title: "no enum and no namespace", words: /\b(?:enum|namespace)\s+\w+\s*\{/, where: everywhere },
	{ title: "no any", words: /(?::|<|\bas|\||&|,|=>|=)\s*any\b(?!\s*[(:=.])|\bany\s*\[\]/, where: everywhere },
	{
		title: "no name is assigned to an error: Error.prototype is frozen on XS",
		words: /\bthis\s*\.\s*name\s*=(?!=)/,
		where: everywhere,
	},
	{
		title: "no default export but that of main, no debugger, no silenced checks",
		words: /\bexport\s+default\b|\bdebugger\b/,
		where: ["modules/", "hosts/"],
		except: ["hosts/moddable/"],
	},
];

/** Two @ mark what is open; three are in each client id of LMQ. */
const marks = /\b(?:TODO|FIXME|XXX)\b|(?<!@)@@(?!@)|@ts-(?:ignore|expect-error|nocheck)/;

for (const ban of bans) {
	test(`words: ${ban.title}`, t => {
		const offenders: string[] = [];
		for (const path of sourcesIn(ban)) offenders.push(...linesWith(ban.words, path, blank(readText(path)!)));
		t.deepEqual(offenders, []);
	});
}

test("words: nothing is marked as unfinished", t => {
	const offenders: string[] = [];
	for (const path of findFiles("", [".ts", ".c", ".h"])) {
		if (path === "test/code/banned-words.test.ts") continue;
		offenders.push(...linesWith(marks, path, readText(path)!));
	}
	t.deepEqual(offenders, []);
});

const examples: readonly [string, string[]][] = [
	["const a = Date.now();", ["modules look at no clock: time is an argument"]],
	["const a = new Date();", ["modules look at no clock: time is an argument"]],
	["const a = new Date(wall).toISOString();", []],
	["trace(a);", ["modules print nothing"]],
	["retrace(a);", []],
	["let a: any;", ["no any"]],
	["let a = b as any;", ["no any"]],
	["const a: Map<string, any> = b;", ["no any"]],
	["function f(a: any[]): void {}", ["no any"]],
	["export enum A { b }", ["no enum and no namespace"]],
	["this.name = a;", ["no name is assigned to an error: Error.prototype is frozen on XS"]],
	["if (this.name === a) b();", []],
	["new Uint8Array(new ArrayBuffer(1));", []],
	["Buffer.from(a);", ["modules use no globals of Node or the web"]],
];

for (const [source, titles] of examples) {
	test(`words: ${source} breaks ${titles.length} rules`, t => {
		t.deepEqual(
			bans.filter(({ words }) => words.test(source)).map(({ title }) => title),
			titles,
		);
	});
}

function sourcesIn({ where, except = [] }: Ban): string[] {
	return findFiles("", [".ts"]).filter(
		path => where.some(start => path.startsWith(start)) && !except.some(start => path.startsWith(start)),
	);
}

function linesWith(words: RegExp, path: string, text: string): string[] {
	const offenders: string[] = [];
	text.split("\n").forEach((line, i) => {
		const found = words.exec(line);
		if (found) offenders.push(`${path}:${i + 1}: ${found[0].trim()}`);
	});
	return offenders;
}
