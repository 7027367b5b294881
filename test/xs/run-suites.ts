/**
 * Runs the pure suites of ava on XS: the same files, in one bundle, with the shim in place of ava.
 *
 *     npx tsx test/xs/run-suites.ts [--fixed] [file…]
 *
 * A file named `.node.test.ts`, or whose first line is `// node only`, is left out.
 * Ends with 0 only when every test passed.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../hosts/xs/bundle.js";
import { engineBinary } from "../../hosts/xs/build.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folders = [
	"statements",
	"wire",
	"transport",
	"session",
	"outbox",
	"link",
	"client",
	"wifi",
	"settings",
	"cloud",
	"rounds",
];
/** Pure ones in folders that else belong to Node. */
const files = ["test/hosts/tls-chain.test.ts", "test/hosts/tls-handshake.test.ts"];
const generous = ["--heap", "2000000", "--chunks", "32000000", "--stack", "16384"];
const sumPattern = /^(\d+) passed, (\d+) failed$/m;

/** The suites of the core, by their paths from the root. */
export function findSuites(): string[] {
	const found = folders.flatMap(folder => suitesIn(join(root, "test", folder)));
	return found.map(path => relative(root, path)).concat(files);
}

/** Bundles the suites and runs them. Gives the number of tests that passed; throws when the rest is not 0. */
export async function runSuites(files: readonly string[], options: readonly string[] = []): Promise<number> {
	const folder = join(root, "build", "xs-suites", String(process.pid));
	mkdirSync(folder, { recursive: true });
	const entry = join(folder, "entry.ts");
	const outfile = join(folder, "suites.js");
	const shim = join(root, "test/support/ava-on-xs.ts");
	const imports = [shim, ...files.map(file => join(root, file))].map(
		path => `import ${JSON.stringify(path)};\n`,
	);
	writeFileSync(entry, imports.join(""));
	await bundle(entry, outfile, {
		alias: { ava: shim },
		// Seeds come from the environment on Node; here they are part of the bundle.
		define: { "process.env": JSON.stringify({ SEED: process.env["SEED"] }) },
	});
	const { status, stdout, stderr } = spawnSync(engineBinary(), [...generous, ...options, outfile], {
		encoding: "utf8",
		maxBuffer: 1 << 26,
	});
	process.stdout.write(stdout);
	process.stderr.write(stderr);
	const passed = sumPattern.exec(stdout)?.[1];
	if (status !== 0 || passed === undefined) throw new Error(`the suites end with code ${status}`);
	return Number(passed);
}

function suitesIn(folder: string): string[] {
	let names: string[];
	try {
		names = readdirSync(folder, { recursive: true, encoding: "utf8" });
	} catch {
		return []; // a folder without tests
	}
	const paths = names.filter(name => name.endsWith(".test.ts")).map(name => join(folder, name));
	return paths.sort().filter(path => !isNodeOnly(path));
}

function isNodeOnly(path: string): boolean {
	return path.endsWith(".node.test.ts") || readFileSync(path, "utf8").startsWith("// node only");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const options = process.argv.slice(2).filter(word => word.startsWith("--"));
	const named = process.argv.slice(2).filter(word => !word.startsWith("--"));
	const files = named.length > 0 ? named : findSuites();
	if (files.length === 0) {
		console.error("no suites to run");
		process.exit(1);
	}
	try {
		console.log(`${files.length} suites on XS`);
		await runSuites(files, options);
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	}
}
