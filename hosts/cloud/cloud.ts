import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readArguments } from "../node/arguments.js";
import { HttpInterface } from "./http.js";
import { wires } from "./listeners.js";
import { defaultPorts } from "./ports.js";
import { describeAccess, endWords, runLine } from "./prompt.js";
import { StandIn } from "./stand-in.js";

// `npm run cloud`: the stand-in alone, with a prompt, until it is told to end or interrupted.

const usage = `npm run cloud -- [options]
  --folder PATH                     where it keeps all; default: ~/.godwit/cloud
  --mqtt, --mqtts, --ws, --wss N    ports of the four wires; 0 takes any free one
  --http N                          port of the interface for programs`;

const portMax = 0xffff;
const exitUsage = 2;

type PortName = keyof typeof defaultPorts;

async function main(): Promise<void> {
	const {
		help,
		folder = join(homedir(), ".godwit", "cloud"),
		...given
	} = readArguments(process.argv.slice(2));
	if (help !== undefined) return console.log(usage);
	for (const name of Object.keys(given))
		if (!Object.hasOwn(defaultPorts, name)) throw new RangeError(`--${name} is not an option of the cloud`);
	const port = (name: PortName) => readPort(name, given[name] ?? String(defaultPorts[name]));
	const ports = Object.fromEntries(wires.map(wire => [wire, port(wire)]));
	const cloud = await StandIn.start({ folder, ports, onFailure: fail });
	const http = await HttpInterface.start(cloud, port("http"), console.error).catch(async error => {
		await cloud.close();
		throw error;
	});
	console.log(`The stand-in cloud listens, on this computer only. It keeps all in ${folder}.\n`);
	console.log(`${describeAccess(cloud)}\nFor programs             ${http.url}/api/access-point\n`);
	console.log("help lists what can be done here; Ctrl+C ends it.");
	await prompt(cloud);
	await http.close();
	await cloud.close();
}

/**
 * Line by line, until the word to end, the end of the input, or an interrupt. Without a terminal it goes on.
 */
async function prompt(cloud: StandIn): Promise<void> {
	const reader = createInterface({ input: process.stdin, output: process.stdout, prompt: "cloud> " });
	const ended = new Promise<void>(resolve => {
		reader.once("SIGINT", resolve);
		process.once("SIGINT", resolve).once("SIGTERM", resolve);
		let turn = Promise.resolve();
		const show = async (line: string) => {
			if (endWords.includes(line.trim())) return resolve();
			const text = await runLine(cloud, line);
			if (text !== "") console.log(text);
			reader.prompt();
		};
		reader.on("line", line => (turn = turn.then(() => show(line)).catch(fail)));
		// A terminal that goes takes the cloud with it; an input that was empty from the start does not.
		reader.once("close", () => void (process.stdin.isTTY && turn.then(resolve)));
		if (process.stdin.isTTY) reader.prompt();
	});
	await ended;
	reader.close();
}

function readPort(name: string, text: string): number {
	if (!/^\d+$/.test(text) || Number(text) > portMax)
		throw new RangeError(`--${name} is 0 to ${portMax}, not "${text}"`);
	return Number(text);
}

/** As a rule nothing more can be kept: better to end than to acknowledge what would be forgotten. */
function fail(error: unknown): void {
	console.error("The cloud failed, and ends:", error);
	process.exit(1);
}

try {
	await main();
} catch (error) {
	console.error(error instanceof RangeError ? `${error.message}\n--help lists the options.` : error);
	process.exitCode = error instanceof RangeError ? exitUsage : 1;
}
