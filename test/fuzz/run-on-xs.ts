import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { engineBinary } from "../../hosts/xs/build.js";
import { bundle } from "../../hosts/xs/bundle.js";
import { hex } from "../support/hex.js";
import { describe } from "./run-on-node.js";

/** Of one fixed size: what grows, ends it. */
const heap = ["--fixed", "--heap", "400000", "--chunks", "16000000", "--stack", "8192"];
const findingMark = "FINDING ";

/**
 * The same farm on the XS engine, in a heap that cannot grow. False when there was a finding, or it did
 * not end.
 */
export async function runOnXS(runs: number, seed: number): Promise<boolean> {
	const folder = mkdtempSync(join(tmpdir(), "godwit-fuzz-"));
	try {
		const script = join(folder, "fuzz.js");
		await bundle("test/fuzz/on-xs.ts", script);
		const words = [...heap, script, String(runs), String(seed)];
		const child = spawn(engineBinary(), words, { stdio: ["ignore", "pipe", "inherit"] });
		const end = () => child.kill("SIGKILL");
		process.once("exit", end);
		createInterface({ input: child.stdout }).on("line", line => console.log(say(line)));
		const [code] = (await once(child, "close")) as [number | null];
		process.off("exit", end);
		console.log(
			code === 0 ? `ok: ${runs.toLocaleString("en")} runs on XS` : `FAILED: XS ends with code ${code}`,
		);
		return code === 0;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function say(line: string): string {
	if (!line.startsWith(findingMark)) return line;
	const { target, error, input } = JSON.parse(line.slice(findingMark.length)) as Record<string, string>;
	return describe({ target: target!, error: error!, input: hex(input!) });
}
