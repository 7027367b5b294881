// node only
// The arrows of the architecture. A file may import from its own folder and from what its row names;
// type-only imports count as well, because they are knowledge too. The closest row is a file's own.

import test from "ava";
import { posix } from "node:path";
import { blank, findFiles, findImports, readText } from "../support/source.js";

/** Any bare name which is not one of Node's own modules: a package, or a module of the SDK. */
const bare = "(bare)";
const node = "node:";
/** The files which lie in hosts/ itself belong to all hosts. */
const everyHost = ["hosts/host", "hosts/base64", "hosts/simulated-radio", "modules/"];

/** By file or folder. What ends in a slash is all files below, the rest is one file each. */
const arrows: Readonly<Record<string, readonly string[]>> = {
	"modules/wire": [],
	"modules/outbox": [],
	"modules/transport": ["hosts/host"],
	"modules/session": ["modules/wire/", "modules/outbox/"],
	"modules/link": [
		"modules/transport/",
		"modules/session/",
		"modules/outbox/",
		"modules/wire/",
		"hosts/host",
	],
	"modules/client": ["modules/link/", "modules/session/", "modules/outbox/", "modules/wire/", "hosts/host"],
	"modules/cloud": ["modules/client/", "modules/session/", "modules/outbox/", "modules/wire/", "hosts/host"],
	"modules/rounds": ["modules/client/", "modules/cloud/", "modules/settings/", "modules/wifi/", "hosts/host"],
	"modules/wifi": ["hosts/host"],
	"modules/settings": [
		"modules/cloud/",
		"modules/link/endpoint",
		"modules/wire/",
		"modules/wifi/wifi-network",
	],
	"hosts/host": ["modules/wire/text"],
	hosts: everyHost,
	// What hosts with ECMA-419 have in common, whoever implements it.
	"hosts/ecma419": everyHost,
	"hosts/moddable": [...everyHost, "hosts/ecma419/", bare],
	"hosts/moddable/tools": [node, "hosts/node/arguments"],
	"hosts/xs": [...everyHost, "hosts/ecma419/", "hosts/xs/crypto"],
	"hosts/xs/crypto": [...everyHost, bare],
	"hosts/node": [...everyHost, node, "hosts/cloud/", "hosts/xs/run"],
	"hosts/cloud": [...everyHost, node, bare, "hosts/node/arguments"],
	// Tools, run by Node, that make what runs on the engine.
	"hosts/xs/build": [node, "hosts/xs/"],
	"hosts/xs/bundle": [node, "hosts/xs/", "esbuild"],
	"hosts/xs/run": [node, "hosts/xs/"],
	main: [...everyHost, "hosts/moddable/host", "mc/config"],
};

const sources = ["", "modules", "hosts"].flatMap(folder =>
	findFiles(folder, [".ts"]).filter(path => folder !== "" || !path.includes("/")),
);

test("layers: every source has a row", t => {
	t.deepEqual(
		sources.filter(path => rowOf(path) === undefined),
		[],
	);
});

for (const row of Object.keys(arrows)) {
	test(`layers: ${row} knows only ${arrows[row]!.join(", ") || "itself"}`, t => {
		const offenders: string[] = [];
		for (const path of sources.filter(path => rowOf(path) === row)) {
			for (const name of findImports(readText(path)!))
				if (!mayImport(path, name)) offenders.push(`${path}: ${name}`);
		}
		t.deepEqual(offenders, []);
	});
}

test("layers: hosts/host.ts has types only", t => {
	const code = blank(readText("hosts/host.ts")!);
	t.notRegex(code, /\bimport\s+(?!type\b)/);
	t.notRegex(code, /\b(?:const|let|var|function|class)\b/);
});

test("layers: relative imports end in .js", t => {
	const offenders: string[] = [];
	for (const path of [...sources, ...findFiles("test", [".ts"])]) {
		for (const name of findImports(readText(path)!))
			if (name.startsWith(".") && !name.endsWith(".js")) offenders.push(`${path}: ${name}`);
	}
	t.deepEqual(offenders, []);
});

test("layers: a suite which does not say that it is for Node only reaches nothing of Node", t => {
	const offenders: string[] = [];
	for (const path of findFiles("test", [".test.ts"])) {
		if (readText(path)!.startsWith("// node only")) continue;
		for (const name of reach(path)) if (name.startsWith(node)) offenders.push(`${path}: ${name}`);
	}
	t.deepEqual(offenders, []);
});

/** The key in arrows, of the file itself or else of the closest folder. */
function rowOf(path: string): string | undefined {
	for (let at = withoutEnding(path); at !== "."; at = posix.dirname(at))
		if (Object.hasOwn(arrows, at)) return at;
	return undefined;
}

function mayImport(path: string, name: string): boolean {
	const allowed = arrows[rowOf(path)!]!;
	if (!name.startsWith("."))
		return name.startsWith(node) ? allowed.includes(node) : allowed.includes(bare) || allowed.includes(name);
	const target = resolve(path, name);
	const sibling = rowOf(path) !== withoutEnding(path) && rowOf(target) === rowOf(path);
	return (
		sibling || allowed.some(entry => (entry.endsWith("/") ? target.startsWith(entry) : target === entry))
	);
}

/** All that a file imports, and what that imports in turn: bare names and paths. */
function reach(path: string, seen = new Set<string>()): Set<string> {
	for (const name of findImports(readText(path) ?? "")) {
		const target = name.startsWith(".") ? `${resolve(path, name)}.ts` : name;
		if (seen.has(target)) continue;
		seen.add(target);
		if (name.startsWith(".")) reach(target, seen);
	}
	return seen;
}

/** The path that a relative import means, without its ending. */
function resolve(path: string, name: string): string {
	return withoutEnding(posix.join(posix.dirname(path), name));
}

function withoutEnding(path: string): string {
	return path.replace(/\.(?:d\.ts|ts|js)$/, "");
}
