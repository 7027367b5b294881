import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BundleOptions } from "../../../hosts/xs/bundle.js";
import { imageFolder } from "../../../hosts/moddable/tools/sdk.js";

// Images of the bench, built by mcconfig as the firmware is, and whatever runs them.

const root = fileURLToPath(new URL("../../../", import.meta.url));
const peerPath = "examples/io/tcp/mqttclient/mqttclient";
const peerName = "embedded:network/mqtt/client";

/** Modules of the bench which its entries import. */
const shared = [
	"test/bench/ecma419-client",
	"test/bench/keep-full",
	"test/bench/loops",
	"test/bench/stub-host",
	"test/bench/xs-rates",
];

/** What of manifest.json we read. */
interface Manifest {
	creation: object;
	modules: Record<string, string | string[]>;
	preload: string[];
}

/** Whether there is an SDK to build with. */
export function hasSDK(): boolean {
	return Boolean(process.env["MODDABLE"]) && spawnSync("mcconfig", ["-?"]).error === undefined;
}

/** For a bundle with the SDK's client. */
export function peerBundle(): BundleOptions {
	const local = (name: string) => fileURLToPath(new URL(`../on-xs/${name}.ts`, import.meta.url));
	return {
		alias: {
			[peerName]: join(process.env["MODDABLE"]!, `${peerPath}.js`),
			timer: local("sdk-timer"),
			time: local("sdk-time"),
		},
	};
}

/** Builds a release image with that entry in test/bench/on-sdk, and gives its path. */
export function buildImage(entry: string, platform: "pico" | "lin", settings: readonly string[]): string {
	const name = `godwit-bench-${entry}`;
	const folder = mkdtempSync(join(tmpdir(), "godwit-bench-"));
	try {
		writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifestOf(entry, name)));
		const words = ["-m", "-p", platform === "lin" ? "sim" : platform, "-t", "build", ...settings];
		const { status, stdout, stderr } = spawnSync("mcconfig", words, { cwd: folder, encoding: "utf8" });
		if (status !== 0)
			throw new Error(`mcconfig does not build ${entry}: ${stdout.slice(-2000)}${stderr.slice(-2000)}`);
	} finally {
		rmSync(folder, { recursive: true });
	}
	return platform === "lin"
		? join(imageFolder("lin/mc", "release", name), "mc.so")
		: join(imageFolder(platform, "release", name), `xs_${platform}.elf`);
}

/** That of the firmware, with another entry, and the SDK's client beside ours. */
function manifestOf(entry: string, name: string): object {
	const { modules, preload, creation, ...rest } = JSON.parse(
		readFileSync(join(root, "manifest.json"), "utf8"),
	) as Manifest;
	const { "*": _main, ...kept } = modules;
	const main = `test/bench/on-sdk/${entry}`;
	const mine = [main, ...shared];
	const placed = Object.entries({
		...kept,
		...Object.fromEntries(mine.map(module => [module, `./${module}`])),
		[peerName]: `$(MODDABLE)/${peerPath}`,
	}).map(([key, value]) => [key, [value].flat().map(path => path.replace(/^\.\//, root))]);
	return {
		...rest,
		build: { NAME: name },
		creation: { ...creation, main },
		modules: Object.fromEntries(placed) as object,
		preload: [...preload.filter(module => module !== "main"), ...mine, peerName],
	};
}

/**
 * Runs a command line in which {image} and {seconds} stand for those, and gives what it printed when it ends,
 * or has printed that text.
 */
export function runImage(command: string, image: string, seconds: number, last: string): Promise<string> {
	const words = command
		.split(" ")
		.map(word => word.replace("{image}", image).replace("{seconds}", `${seconds}`));
	const [program, ...rest] = words;
	return new Promise((resolve, reject) => {
		const child = spawn(program!, rest, { stdio: ["ignore", "pipe", "inherit"], cwd: dirname(image) });
		let out = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			out += text;
			if (out.includes(last)) child.kill();
		});
		child.on("error", reject);
		child.on("close", () => {
			if (out.includes(last)) resolve(out);
			else reject(new Error(`${command} ends too soon: ${out}`));
		});
	});
}
