import { spawn } from "node:child_process";

/** Runs a script of on-node/ in a process of its own; gives the line it prints, from JSON. */
export function runOnNode<Result>(
	options: readonly string[],
	script: string,
	words: readonly string[],
): Promise<Result> {
	return runForJSON(process.execPath, [...options, `test/bench/on-node/${script}`, ...words]);
}

/** Runs a program; gives the line it prints, from JSON. */
export async function runForJSON<Result>(program: string, words: readonly string[]): Promise<Result> {
	const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
	let out = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
	const code = await new Promise<number>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", status => resolve(status ?? -1));
	});
	if (code !== 0) throw new Error(`${program} ${words.join(" ")} ends with code ${code}`);
	return JSON.parse(out) as Result;
}
