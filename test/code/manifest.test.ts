// node only
// XS finds modules by their names in manifest.json, and puts into flash what "preload" names. mcconfig passes
// silently over what is missing there; a device then lacks a module, or spends its memory on one.

import test from "ava";
import { blank, findFiles, readText } from "../support/source.js";

interface ManifestPart {
	modules?: Record<string, string | string[]>;
	preload?: string | string[];
}
interface Manifest extends ManifestPart {
	platforms?: Record<string, ManifestPart>;
}

/** Where the modules of a device are. What lies in hosts/ itself belongs to all hosts. */
const folders = ["modules", "hosts/ecma419", "hosts/moddable"];
/** Tools for a computer, which start mcconfig. */
const tools = "hosts/moddable/tools/";

test("manifest: its modules mirror the folders, and are exactly the files that exist", t => {
	const text = readText("manifest.json");
	if (text === undefined) return t.fail("there is no manifest.json");
	t.deepEqual(findModuleFaults(JSON.parse(text) as Manifest, findModules()), []);
});

test("manifest: preload names exactly the modules that exist", t => {
	const text = readText("manifest.json");
	if (text === undefined) return t.fail("there is no manifest.json");
	t.deepEqual(findPreloadFaults(JSON.parse(text) as Manifest, findModules()), []);
});

const modules = new Map([
	["modules/wire/text", true],
	["modules/wire/packet", true],
	["hosts/host", false],
	["hosts/radio", true],
]);
const good: Manifest = {
	modules: {
		"*": "./main",
		"text/encoder": "$(MODULES)/data/text/encoder/textencoder",
		"modules/wire/*": "./modules/wire/*",
	},
	preload: ["modules/wire/text", "modules/wire/packet", "text/encoder"],
	platforms: { lin: { modules: { "hosts/radio": "./hosts/radio" }, preload: "hosts/radio" } },
};

const faulty: { title: string; change: Manifest; faults: string[] }[] = [
	{ title: "nothing in a good one", change: {}, faults: [] },
	{
		title: "a module that is missing, and one preloaded without being there",
		change: { platforms: {} },
		faults: ["hosts/radio is not in modules", "hosts/radio is not in preload"],
	},
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
		title: "a module that is left out, and preloaded all the same",
		change: { modules: { ...good.modules, "~": ["./modules/wire/text"] } },
		faults: ["modules/wire/text is preloaded, but does not exist"],
	},
	{
		title: "a module left out that does not exist",
		change: { modules: { ...good.modules, "~": "./modules/wire/tixt" } },
		faults: ["./modules/wire/tixt is left out, but does not exist"],
	},
	{
		title: "a module that is not preloaded, and one that does not exist",
		change: { preload: ["modules/wire/text", "modules/wire/pocket"] },
		faults: ["modules/wire/pocket is preloaded, but does not exist", "modules/wire/packet is not in preload"],
	},
	{
		title: "a wildcard in preload, which passes over TypeScript",
		change: { preload: ["modules/wire/*", "modules/wire/text", "modules/wire/packet"] },
		faults: ["modules/wire/* is preloaded, but does not exist"],
	},
];

for (const { title, change, faults } of faulty) {
	test(`manifest: the rule finds ${title}`, t => {
		const manifest = { ...good, ...change };
		t.deepEqual([...findModuleFaults(manifest, modules), ...findPreloadFaults(manifest, modules)], faults);
	});
}

/** The modules of a device by name, and whether they have code: those of types alone need not be listed. */
function findModules(): Map<string, boolean> {
	const found = new Map<string, boolean>();
	const shared = findFiles("hosts", [".ts"]).filter(path => path.split("/").length === 2);
	for (const path of [...folders.flatMap(findIn), ...shared]) {
		if (path.endsWith(".d.ts") || path.startsWith(tools)) continue;
		const code = blank(readText(path)!);
		const hasCode = /\b(?:const|let|function|class)\b/.test(code) || /\bexport\s+default\b/.test(code);
		found.set(path.replace(/\.ts$/, ""), hasCode);
	}
	return found;
}

function findIn(folder: string): string[] {
	try {
		return findFiles(folder, [".ts"]);
	} catch {
		return []; // not built yet
	}
}

function findModuleFaults(manifest: Manifest, known: Map<string, boolean>): string[] {
	const left = leftOut(manifest);
	const faults = left
		.filter(name => !known.has(name))
		.map(name => `./${name} is left out, but does not exist`);
	const listed = new Set<string>(left);
	for (const { modules = {} } of partsOf(manifest)) {
		for (const [key, value] of Object.entries(modules)) {
			for (const source of typeof value === "string" ? [value] : value) {
				if (!/^\.\/(?:modules|hosts)\//.test(source) || key === "~" || source === "./hosts/moddable/main")
					continue;
				if (source !== `./${key}`) faults.push(`${key}: ${source} is not ./${key}`);
				const names = [...known.keys()].filter(name => isNamedBy(name, source.slice(2)));
				if (names.length === 0) faults.push(`${key}: there is no such module`);
				for (const name of names) listed.add(name);
			}
		}
	}
	for (const [name, hasCode] of known)
		if (hasCode && !listed.has(name)) faults.push(`${name} is not in modules`);
	return faults;
}

function findPreloadFaults(manifest: Manifest, known: Map<string, boolean>): string[] {
	const faults: string[] = [];
	const left = leftOut(manifest);
	const listed = new Set<string>(left);
	for (const { preload = [] } of partsOf(manifest)) {
		for (const name of typeof preload === "string" ? [preload] : preload) {
			listed.add(name);
			if (/^(?:modules|hosts)\//.test(name) && (!known.has(name) || left.includes(name)))
				faults.push(`${name} is preloaded, but does not exist`);
		}
	}
	for (const [name, hasCode] of known)
		if (hasCode && !listed.has(name)) faults.push(`${name} is not in preload`);
	return faults;
}

/** What "~" takes out of the image: modules for tests and tools. Declarations are no modules in any case. */
function leftOut(manifest: Manifest): string[] {
	const sources = [manifest.modules?.["~"] ?? []].flat();
	return sources.map(source => source.slice(2)).filter(name => name !== "hosts/moddable/sdk");
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
