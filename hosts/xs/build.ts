/**
 * Compiles the XS engine with our host around it, on first use.
 *
 * The engine's sources come in a package of the registry and are used where they are. A binary is kept for
 * each set of sources, flags and compiler; whoever comes second to a compilation waits for it.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const cache = fileURLToPath(new URL("../../build/xs/", import.meta.url));
const jobsMax = 8;
const pollMs = 100;

const defines = [
	'-DXSPLATFORM=\\"platform.h\\"',
	"-DmxRun=1",
	"-DmxParse=1",
	"-DmxSloppy=1",
	"-DmxMetering=1",
	"-DmxBoundsCheck=1",
	"-DmxMinusZero=1",
	"-DmxStringNormalize=1",
	"-DmxRegExpUnicodePropertyEscapes=1",
];
const common = ["-O2", "-std=gnu11", "-D_GNU_SOURCE", "-fno-common"];
const libraries = ["-lm", "-lpthread"];

let binary: string | undefined;

/** Whether there is a C compiler that makes programs which run here. */
export function compilerAvailable(): boolean {
	return wordSize() !== undefined;
}

/** The path of the engine, compiled first if need be. Throws when there is no compiler. */
export function engineBinary(): string {
	if (binary !== undefined) return binary;
	const word = wordSize();
	if (word === undefined) {
		throw new Error(
			"the XS engine needs a C compiler called cc: on Debian or Ubuntu `apt install gcc libc6-dev` " +
				"(and gcc-multilib, for slots of 16 bytes as on a board), on macOS `xcode-select --install`",
		);
	}
	const engine = enginePackage();
	const flags = [...common, ...word, ...defines, ...includes(engine.folder)];
	const folder = join(cache, digest(engine.version, flags));
	const path = join(folder, "godwit-xs");
	if (!existsSync(path)) underLock(folder, path, () => compile(engine.folder, flags, folder, path));
	binary = path;
	return path;
}

/** The compiler's options for 32 bits where it can, none for its own word, undefined without a compiler. */
function wordSize(): string[] | undefined {
	mkdirSync(cache, { recursive: true });
	for (const options of [["-m32"], []]) {
		const program = join(cache, `probe-${process.pid}`);
		const input = '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n';
		const made = spawnSync("cc", [...options, "-x", "c", "-", "-o", program], { input });
		const runs = made.status === 0 && spawnSync(program).status === 0;
		rmSync(program, { force: true });
		if (runs) return options;
	}
	return undefined;
}

function enginePackage(): { folder: string; version: string } {
	const manifest = createRequire(import.meta.url).resolve("@agoric/xsnap/package.json");
	const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
	return { folder: join(dirname(manifest), "moddable", "xs"), version };
}

function includes(engine: string): string[] {
	const folders = [here, join(engine, "includes"), join(engine, "platforms"), join(engine, "sources")];
	return folders.map(folder => `"-I${folder}"`);
}

function digest(version: string, flags: readonly string[]): string {
	const hash = createHash("sha256");
	hash.update(spawnSync("cc", ["--version"]).stdout);
	hash.update([version, ...flags].join("\n"));
	for (const name of sources(here, /\.[ch]$/)) hash.update(readFileSync(name));
	return hash.digest("hex").slice(0, 16);
}

function sources(folder: string, pattern: RegExp): string[] {
	const names = readdirSync(folder).filter(name => pattern.test(name));
	return names.sort().map(name => join(folder, name));
}

/** Runs the work in one process at a time; the others find the path when it is done. */
function underLock(folder: string, path: string, work: () => void): void {
	const lock = `${folder}.lock`;
	const clock = new Int32Array(new SharedArrayBuffer(4));
	for (;;) {
		try {
			writeFileSync(lock, String(process.pid), { flag: "wx" });
			break;
		} catch {
			if (existsSync(path)) return;
			if (!holderLives(lock)) rmSync(lock, { force: true });
			Atomics.wait(clock, 0, 0, pollMs);
		}
	}
	try {
		if (!existsSync(path)) work();
	} finally {
		rmSync(lock, { force: true });
	}
}

function holderLives(lock: string): boolean {
	try {
		const holder = Number(readFileSync(lock, "utf8"));
		if (holder === 0) return true; // not written yet
		process.kill(holder, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

function compile(engine: string, flags: readonly string[], folder: string, path: string): void {
	console.error("compiling the XS engine, once: about 20 s");
	const scratch = `${folder}.${process.pid}`;
	mkdirSync(scratch, { recursive: true });
	try {
		writeFileSync(join(scratch, "flags"), flags.join("\n"));
		const files = [...sources(join(engine, "sources"), /\.c$/), ...sources(here, /\.c$/)];
		const jobs = String(Math.min(availableParallelism(), jobsMax));
		// The largest files first, so that no processor is idle at the end.
		const sized = files.map(file => ({ file, bytes: readFileSync(file).length }));
		const input = sized.sort((a, b) => b.bytes - a.bytes).map(({ file }) => file);
		run("xargs", ["-0", "-n", "1", "-P", jobs, "cc", "@flags", "-w", "-c"], scratch, input.join("\0"));
		const objects = sources(scratch, /\.o$/);
		run("cc", ["@flags", ...objects, ...libraries, "-o", "godwit-xs"], scratch, "");
		mkdirSync(folder, { recursive: true });
		renameSync(join(scratch, "godwit-xs"), path);
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
}

function run(command: string, args: string[], cwd: string, input: string): void {
	const { status, stderr, error } = spawnSync(command, args, { cwd, input, encoding: "utf8" });
	if (status !== 0) throw new Error(`the XS engine does not compile: ${error?.message ?? stderr}`);
}
