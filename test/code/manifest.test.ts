// node only
// XS finds modules by their names in manifest.json, and puts into flash what "preload" names. mcconfig passes
// silently over what is missing there; a device then lacks a module, or spends its memory on one.

import test from "ava";
import { posix } from "node:path";
import { blank, findFiles, findImports, readText } from "../support/source.js";

interface ManifestPart {
	include?: string[];
	modules?: Record<string, string | string[]>;
	preload?: string | string[];
}
interface Manifest extends ManifestPart {
	platforms?: Record<string, ManifestPart>;
}

/** By name, what is in a module: one with types alone may be listed, a .d.ts must not be. */
type Modules = Map<string, "code" | "types" | "declarations">;

/** Where the modules of a device are. What lies in hosts/ itself belongs to all hosts. */
const folders = ["modules", "hosts/ecma419", "hosts/moddable"];
/** What only an image with TLS has, by a manifest of its own. */
const tlsFolders = /\/tls\//;
const own = /^(?:modules|hosts)\//;
/** Modules with the name of one of the SDK's. */
const standIns = new Map([["hosts/moddable/tls/cipher-suites", "ssl/ciphersuites"]]);
/** Tools for a computer, which start mcconfig. */
const tools = "hosts/moddable/tools/";

const manifest = readManifest("manifest.json");
const manifests = [
	{ name: "manifest", manifest, isPart: (name: string) => !tlsFolders.test(name) },
	{
		name: "manifest_tls",
		manifest: readManifest("manifest_tls.json"),
		isPart: (name: string) => tlsFolders.test(name) && !standIns.has(name),
	},
];

for (const { name, manifest, isPart } of manifests) {
	const modules = new Map([...findModules()].filter(([module]) => isPart(module)));
	test(`${name}: its modules mirror the folders, and are exactly the files that exist`, t => {
		t.deepEqual(findModuleFaults(manifest, modules), []);
	});
	test(`${name}: preload names exactly the modules that are listed`, t => {
		t.deepEqual(findPreloadFaults(manifest, modules), []);
	});
}

test("manifest_tls: it adds to manifest.json, and its stand-ins take the place of the SDK's modules", t => {
	const { include = [], modules = {} } = readManifest("manifest_tls.json");
	t.is(include[0], "./manifest.json");
	for (const [path, name] of standIns) t.is(modules[name], `./${path}`);
});

test("manifest: all that main.ts reaches is listed", t => {
	const { listed } = namesOf(manifest, findModules());
	const reached = reach("main");
	t.true(reached.size > 20, `only ${reached.size} modules are reached`);
	t.deepEqual(
		[...reached].filter(name => !listed.has(name)),
		[],
	);
});

const modules: Modules = new Map([
	["modules/wire/text", "code"],
	["modules/wire/packet", "code"],
	["modules/wire/tool", "code"],
	["hosts/host", "types"],
	["hosts/radio", "code"],
	["hosts/sdk", "declarations"],
]);
const good: Manifest = {
	modules: {
		"*": "./main",
		"text/encoder": "$(MODULES)/data/text/encoder/textencoder",
		"modules/wire/*": "./modules/wire/*",
		"~": ["./modules/wire/tool"],
	},
	preload: ["main", "modules/wire/text", "modules/wire/packet", "text/encoder"],
	platforms: { lin: { modules: { "hosts/radio": "./hosts/radio" }, preload: "hosts/radio" } },
};

const faulty: { title: string; change: Manifest; faults: string[] }[] = [
	{ title: "nothing in a good one", change: {}, faults: [] },
	{ title: "a module that is missing", change: { platforms: {} }, faults: ["hosts/radio is not in modules"] },
	{
		title: "a key that does not mirror its folder",
		change: { modules: { ...good.modules, "wire/*": "./modules/wire/*" } },
		faults: ["wire/*: ./modules/wire/* is not ./wire/*"],
	},
	{
		title: "a folder that does not exist",
		change: { modules: { ...good.modules, "modules/wyre/*": "./modules/wyre/*" } },
		faults: ["modules/wyre/*: there is no such module"],
	},
	{
		title: "an exclusion that excludes nothing",
		change: { modules: { ...good.modules, "~": ["./modules/wire/tool", "./modules/wire/tolo"] } },
		faults: ["~: there is no module modules/wire/tolo"],
	},
	{
		title: "declarations among the modules",
		change: { modules: { ...good.modules, "hosts/*": "./hosts/*" } },
		faults: ["hosts/sdk is a .d.ts, and in modules"],
	},
	{
		title: "a module that is not preloaded, and one that does not exist",
		change: { preload: ["modules/wire/text", "modules/wire/pocket"] },
		faults: ["modules/wire/pocket is preloaded, but not in modules", "modules/wire/packet is not in preload"],
	},
	{
		title: "an excluded module in preload",
		change: { preload: ["modules/wire/text", "modules/wire/packet", "modules/wire/tool"] },
		faults: ["modules/wire/tool is preloaded, but not in modules"],
	},
	{
		title: "a wildcard in preload, which passes over TypeScript",
		change: { preload: ["modules/wire/*", "modules/wire/text", "modules/wire/packet"] },
		faults: ["modules/wire/* is preloaded, but not in modules"],
	},
];

for (const { title, change, faults } of faulty) {
	test(`manifest: the rule finds ${title}`, t => {
		const changed = { ...good, ...change };
		t.deepEqual([...findModuleFaults(changed, modules), ...findPreloadFaults(changed, modules)], faults);
	});
}

function readManifest(path: string): Manifest {
	return JSON.parse(readText(path) ?? "{}") as Manifest;
}

function findModules(): Modules {
	const found: Modules = new Map();
	const shared = findFiles("hosts", [".ts"]).filter(path => path.split("/").length === 2);
	for (const path of [...folders.flatMap(folder => findFiles(folder, [".ts"])), ...shared]) {
		if (path.startsWith(tools)) continue;
		const hasCode = /\b(?:const|let|function|class)\b/.test(blank(readText(path)!));
		// In JavaScript, because it is partly in C.
		const isTyped = readText(path.replace(/\.d\.ts$/, ".js")) !== undefined;
		const isDeclared = path.endsWith(".d.ts") && !isTyped;
		const what = isDeclared ? "declarations" : hasCode ? "code" : "types";
		found.set(path.replace(/(?:\.d)?\.ts$/, ""), what);
	}
	return found;
}

function findModuleFaults(manifest: Manifest, known: Modules): string[] {
	const { listed, excluded, faults } = namesOf(manifest, known);
	for (const [name, what] of known) {
		if (what === "code" && !listed.has(name) && !excluded.has(name)) faults.push(`${name} is not in modules`);
		if (what === "declarations" && listed.has(name)) faults.push(`${name} is a .d.ts, and in modules`);
	}
	return faults;
}

function findPreloadFaults(manifest: Manifest, known: Modules): string[] {
	const { listed } = namesOf(manifest, known);
	const preloaded = new Set(partsOf(manifest).flatMap(({ preload = [] }) => preload));
	const faults: string[] = [];
	for (const name of preloaded)
		if (own.test(name) && !listed.has(name)) faults.push(`${name} is preloaded, but not in modules`);
	for (const name of listed)
		if (known.get(name) === "code" && !preloaded.has(name)) faults.push(`${name} is not in preload`);
	return faults;
}

/** What a manifest lists on any platform, what it excludes, and what is wrong with its keys. */
function namesOf(manifest: Manifest, known: Modules) {
	const listed = new Set<string>();
	const excluded = new Set<string>();
	const faults: string[] = [];
	const entries = partsOf(manifest).flatMap(({ modules = {} }) => Object.entries(modules));
	for (const [key, value] of entries) {
		for (const source of [value].flat()) {
			const pattern = source.replace(/^\.\//, "");
			if (pattern === source || !own.test(pattern) || standIns.has(pattern)) continue; // the SDK's, or main
			if (key === "~") {
				excluded.add(pattern);
				if (!known.has(pattern)) faults.push(`~: there is no module ${pattern}`);
				continue;
			}
			if (pattern !== key) faults.push(`${key}: ${source} is not ./${key}`);
			const names = [...known.keys()].filter(name => isNamedBy(name, pattern));
			if (names.length === 0) faults.push(`${key}: there is no such module`);
			for (const name of names) listed.add(name);
		}
	}
	for (const name of excluded) listed.delete(name);
	return { listed, excluded, faults };
}

function partsOf(manifest: Manifest): ManifestPart[] {
	return [manifest, ...Object.values(manifest.platforms ?? {})];
}

/** One star stands for one file of that folder. */
function isNamedBy(name: string, pattern: string): boolean {
	if (!pattern.endsWith("/*")) return name === pattern;
	const folder = pattern.slice(0, -1);
	return name.startsWith(folder) && !name.slice(folder.length).includes("/");
}

/** Our own modules that a module needs when it runs, and those which they need. */
function reach(name: string, seen = new Set<string>()): Set<string> {
	for (const target of findImports(readText(`${name}.ts`) ?? "", false)) {
		if (!target.startsWith(".")) continue;
		const path = posix.join(posix.dirname(name), target).replace(/\.js$/, "");
		if (seen.has(path)) continue;
		seen.add(path);
		reach(path, seen);
	}
	return seen;
}
