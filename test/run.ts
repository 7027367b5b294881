// Every test that needs no SDK, as `npm test`: the suites on Node by ava, then the pure suites from the same
// files on the XS engine, where a C compiler is at hand. A tool that is missing is said and skipped, and
// required when CI=true. The last line is the sum of both: N passed, N failed.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { compilerAvailable } from "../hosts/xs/build.js";
import { mosquittoAvailable } from "./support/mosquitto.js";

interface Count {
	passed: number;
	failed: number;
	skipped: number;
}

/** Runs a command and hands each line of its output to a reader; gives the exit code. */
function run(command: string, words: string[], onLine: (line: string) => void): Promise<number> {
	const child = spawn(command, words, { stdio: ["ignore", "pipe", "inherit"] });
	createInterface({ input: child.stdout }).on("line", onLine);
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", code => resolve(code ?? 1));
	});
}

/** ava by TAP: only what failed or was skipped is shown. */
async function runOnNode(files: string[]): Promise<Count> {
	const count = { passed: 0, failed: 0, skipped: 0 };
	let shown = false;
	const code = await run("npx", ["--no-install", "ava", "--tap", ...files], line => {
		if (/^ok .*# SKIP/.test(line)) count.skipped++;
		else if (line.startsWith("ok ")) count.passed++;
		else if (line.startsWith("not ok ")) count.failed++;
		if (/^(not )?ok |^# |^1\.\./.test(line)) shown = line.startsWith("not ok ") || line.includes("# SKIP");
		if (shown) console.log(line);
	});
	if (code !== 0 && count.failed === 0) count.failed = 1;
	console.log(`on Node: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
	return count;
}

async function runOnXS(): Promise<Count> {
	if (!compilerAvailable()) {
		if (process.env["CI"] === "true") return { passed: 0, failed: 1, skipped: 0 };
		console.log(
			"on XS: skipped, because there is no C compiler (on Debian: apt-get install gcc gcc-multilib)",
		);
		return { passed: 0, failed: 0, skipped: 1 };
	}
	const count = { passed: 0, failed: 0, skipped: 0 };
	const code = await run(process.execPath, ["--import=tsx", "test/xs/run-suites.ts"], line => {
		const sum = /^(\d+) passed, (\d+) failed/.exec(line);
		if (sum === null) return console.log(line);
		count.passed = Number(sum[1]);
		count.failed = Number(sum[2]);
	});
	if ((code !== 0 && count.failed === 0) || count.passed === 0) count.failed = Math.max(1, count.failed);
	console.log(`on XS: ${count.passed} passed, ${count.failed} failed`);
	return count;
}

if (!mosquittoAvailable() && process.env["CI"] !== "true")
	console.log(
		"there is no mosquitto, so nothing is tested against it (on Debian: apt-get install mosquitto)",
	);

const files = process.argv.slice(2);
const counts = [await runOnNode(files), ...(files.length === 0 ? [await runOnXS()] : [])];
const sum = (of: keyof Count) => counts.reduce((total, count) => total + count[of], 0);
if (sum("skipped") > 0) console.log(`${sum("skipped")} skipped`);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 && sum("passed") > 0 ? 0 : 1;
