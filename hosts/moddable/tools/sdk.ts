import { spawn } from "node:child_process";
import { join } from "node:path";

/** The name of the image, from manifest.json. */
export const imageName = "godwit";

const exitUsage = 2;
const noSDK = `This needs the Moddable SDK, which is not set up here: MODDABLE names no folder. To get it:
npm install -g xs-dev typescript, then xs-dev setup, and for a board also xs-dev setup --device esp32
(or pico); open a new terminal, so that MODDABLE and the PATH are set, and try again. Without the SDK,
npm start runs the same firmware on this computer, and npm start -- --engine xs on the SDK's engine.`;

/** The folder of the SDK; without one it says how to get it, and ends with exit code 2. */
export function sdkFolder(): string {
	const folder = process.env["MODDABLE"];
	if (folder !== undefined && folder !== "") return folder;
	console.error(noSDK);
	process.exit(exitUsage);
}

/** Builds with mcconfig, and ends the process when that fails. */
export async function mcconfig(words: readonly string[]): Promise<void> {
	const code = await run("mcconfig", words);
	if (code !== 0) process.exit(code);
}

/** Where mcconfig puts what it builds. */
export function outputFolder(platform: string, kind: "debug" | "release"): string {
	return imageFolder(platform, kind, imageName);
}

export function imageFolder(platform: string, kind: "debug" | "release", name: string): string {
	return join(sdkFolder(), "build", "bin", ...platform.split("/"), kind, name);
}

/** The exit code of a command, which shares our terminal. */
export function run(command: string, words: readonly string[]): Promise<number> {
	return new Promise(resolve => {
		const child = spawn(command, words, { stdio: "inherit" });
		child.on("error", error => {
			console.error(`${command} does not start: ${error.message}`);
			resolve(exitUsage);
		});
		child.on("exit", code => resolve(code ?? 1));
	});
}

/**
 * Runs a tool; a wrong word on its command line is one plain line, with the way to use it, and exit code
 * 2.
 */
export async function runTool(usage: string, tool: (words: string[]) => Promise<void>): Promise<void> {
	const words = process.argv.slice(2);
	if (words.includes("--help")) return console.log(usage);
	try {
		await tool(words);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		console.error(`${error.message}\n${usage}`);
		process.exitCode = exitUsage;
	}
}
