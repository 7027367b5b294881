import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { engineBinary } from "../../../hosts/xs/build.js";
import { bundle, type BundleOptions } from "../../../hosts/xs/bundle.js";

export interface EngineRun extends BundleOptions {
	/** Options of godwit-xs. */
	options?: readonly string[];
	words?: readonly string[];
	/** Leaves out the function around the bundle, whose variables would lie on the stack, unlike a board's. */
	flat?: boolean;
}

/** Room for any bench, so that no collection falls into a measurement. */
export const generous = ["--heap", "2000000", "--chunks", "64000000", "--stack", "4096"];

/** Bundles an entry, runs it on the engine, and gives what it printed and its exit code. */
export async function runOnEngine(entry: string, run: EngineRun = {}) {
	const { options = generous, words = [], flat = false, ...rest } = run;
	const binary = engineBinary();
	const folder = mkdtempSync(join(dirname(binary), "bench-"));
	try {
		const script = join(folder, "bench.js");
		await bundle(entry, script, rest);
		if (flat) writeFileSync(script, flatten(readFileSync(script, "utf8")));
		const child = spawn(binary, [...options, script, ...words], { stdio: ["ignore", "pipe", "pipe"] });
		let out = "";
		let err = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
		child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
		const code = await new Promise<number>((resolve, reject) => {
			child.on("error", reject);
			child.on("close", status => resolve(status ?? -1));
		});
		return { code, out, err };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The last line which the entry printed, from JSON. Throws when it did not end well. */
export async function measureOnEngine<Result>(entry: string, run: EngineRun = {}): Promise<Result> {
	const { code, out, err } = await runOnEngine(entry, run);
	if (code !== 0) throw new Error(`${entry} ends with code ${code} on the engine: ${out}${err}`);
	return JSON.parse(out.trim().split("\n").at(-1)!) as Result;
}

function flatten(script: string): string {
	const from = script.indexOf("(() => {\n");
	const to = script.lastIndexOf("})();");
	if (from < 0 || to < from) throw new Error("the bundle has another form than it had");
	return script.slice(0, from) + script.slice(from + "(() => {\n".length, to);
}
