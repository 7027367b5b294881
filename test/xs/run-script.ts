/** Runs a piece of script on godwit-xs, for the tests of the host itself. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineBinary } from "../../hosts/xs/build.js";

export interface RunResult {
	/** The exit code, or 128 + the number of the signal. */
	code: number | null;
	stdout: string;
	stderr: string;
}

export interface RunOptions {
	options?: readonly string[];
	arguments?: readonly string[];
	/** What standard input holds; without it there is none. */
	input?: string;
	/** Sees what was printed so far, each time there is more; may end the process. */
	onOutput?(stdout: string, kill: (signal: NodeJS.Signals) => void): void;
}

/** The limits of an ESP32 in the Moddable SDK. */
export const board = ["--fixed", "--heap", "4928", "--chunks", "78848", "--stack", "512"];

export async function runScript(source: string, run: RunOptions = {}): Promise<RunResult> {
	const folder = mkdtempSync(join(tmpdir(), "godwit-xs-"));
	const path = join(folder, "script.js");
	writeFileSync(path, source);
	const words = [...(run.options ?? []), path, ...(run.arguments ?? [])];
	const child = spawn(engineBinary(), words, {
		stdio: [run.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
	});
	let stdout = "";
	let stderr = "";
	child.stdin?.end(run.input);
	child.stdout!.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
		run.onOutput?.(stdout, signal => child.kill(signal));
	});
	child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", resolve);
	});
	rmSync(folder, { recursive: true, force: true });
	return { code, stdout, stderr };
}

/** The lines of what the script printed; fails loudly when it did not end well. */
export async function linesOf(source: string, run: RunOptions = {}): Promise<string[]> {
	const { code, stdout, stderr } = await runScript(source, run);
	if (code !== 0) throw new Error(`the script ends with code ${code}: ${stdout}${stderr}`);
	return stdout.split("\n").slice(0, -1);
}
