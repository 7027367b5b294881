import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, transform } from "esbuild";
import { nodePolyfills } from "./on-xs/peer.js";

/** Bytes of minified script and of XS bytecode, the latter only where there is xsc. */
export interface Sizes {
	wire: number;
	/** Codec, session, outbox and link. */
	stack: number;
	peer: number;
	wireBytecode: number | undefined;
	stackBytecode: number | undefined;
}

const wire = ["modules/wire/"];
const stack = [...wire, "modules/session/", "modules/outbox/", "modules/link/"];

/** Of what the firmware uses: what nobody reaches is not in its bundle, and not in its manifest. */
export async function measureSizes(): Promise<Sizes> {
	const firmware = await contributions("hosts/xs/main.ts", {});
	const peer = await contributions("test/bench/on-xs/mqtt-packet.ts", nodePolyfills());
	const bytecode = await compileModules([...firmware.keys()].filter(path => within(stack, path)));
	return {
		wire: sum(firmware, wire),
		stack: sum(firmware, stack),
		peer: sum(peer, [""]) - sum(peer, ["test/", "modules/", "hosts/"]),
		wireBytecode: bytecode && sum(bytecode, wire),
		stackBytecode: bytecode && sum(bytecode, stack),
	};
}

/** What each source has left in the minified bundle of an entry. */
async function contributions(entry: string, options: object): Promise<Map<string, number>> {
	const { metafile } = await build({
		entryPoints: [entry],
		bundle: true,
		minify: true,
		write: false,
		metafile: true,
		format: "iife",
		target: "es2022",
		platform: "neutral",
		mainFields: ["module", "main"],
		conditions: ["import", "default"],
		logLevel: "silent",
		...options,
	});
	const [output] = Object.values(metafile.outputs);
	const inputs = Object.entries(output!.inputs).map(
		([path, { bytesInOutput }]) => [path, bytesInOutput] as const,
	);
	return new Map(inputs.filter(([, bytes]) => bytes > 0));
}

/** The bytecode of each module as mcconfig makes it for a release; undefined without xsc. */
async function compileModules(paths: readonly string[]): Promise<Map<string, number> | undefined> {
	if (spawnSync("xsc", ["-?"]).error !== undefined) return undefined;
	const folder = mkdtempSync(join(tmpdir(), "godwit-size-"));
	const sizes = new Map<string, number>();
	try {
		for (const path of paths) {
			const source = readFileSync(path, "utf8");
			const { code } = await transform(source, { loader: "ts", target: "es2022" });
			const script = join(folder, "module.js");
			writeFileSync(script, code);
			const { status, stderr } = spawnSync("xsc", ["-e", "-o", folder, "-r", "module", script]);
			if (status !== 0) throw new Error(`xsc cannot compile ${path}: ${stderr.toString()}`);
			sizes.set(path, statSync(join(folder, "module.xsb")).size);
		}
	} finally {
		rmSync(folder, { recursive: true });
	}
	return sizes;
}

function within(folders: readonly string[], path: string): boolean {
	return folders.some(folder => path.startsWith(folder));
}

function sum(sizes: ReadonlyMap<string, number>, folders: readonly string[]): number {
	let total = 0;
	for (const [path, bytes] of sizes) if (within(folders, path)) total += bytes;
	return total;
}
