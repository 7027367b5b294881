import { spawn } from "node:child_process";

export interface CliRun {
	code: number;
	out: string;
	err: string;
}

/** Runs the command behind `npm start` in a process of its own; each line of its output may be acted on. */
export function runStart(
	words: readonly string[],
	onLine: (line: string) => void = () => {},
): Promise<CliRun> {
	return runScript("hosts/node/cli.ts", words, onLine);
}

export function runScript(
	script: string,
	words: readonly string[],
	onLine: (line: string) => void = () => {},
): Promise<CliRun> {
	const child = spawn(process.execPath, ["--import=tsx", script, ...words], {
		stdio: ["ignore", "pipe", "pipe"],
	});
	let out = "";
	let err = "";
	let seen = 0;
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		out += text;
		for (let end = out.indexOf("\n", seen); end >= 0; end = out.indexOf("\n", seen)) {
			onLine(out.slice(seen, end));
			seen = end + 1;
		}
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", code => resolve({ code: code ?? -1, out, err }));
	});
}
