import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { readArguments } from "../../node/arguments.js";
import { embedFiles, manifestFor } from "./certificates.js";
import { mcconfig, runTool, sdkFolder } from "./sdk.js";
import { checkSimulator, startSimulator } from "./simulator.js";

// `npm run sim`: builds for the SDK's desktop simulator, starts it, and shows what the firmware prints.

const usage = `npm run sim -- [options]
  --rounds N          end after N rounds; exit code 0 only if every QoS 1 message was acknowledged
  --broker URL        default mqtt://127.0.0.1
  --ca FILE           for mqtts:// and wss://: the authority to trust (also --cert and --key, of our own)
  name=value          any setting of the firmware, as with mcconfig`;

/** What rounds with an end print last. */
const tally = /(\d+) rounds: (\d+) of (\d+) QoS 1 messages acknowledged/;

await runTool(usage, async words => {
	const entries = readArguments(words);
	sdkFolder();
	checkSimulator();
	// Its default target would end all other simulators.
	const settings = Object.entries(entries).map(([name, value]) => `${name}=${embedFiles(name, value)}`);
	await mcconfig(["-d", "-m", "-p", "sim", "-t", "build", manifestFor(entries), ...settings]);
	process.exitCode = await follow(startSimulator());
});

/** Shows the lines, without those of the instrumentation, until the tally comes or the simulator ends. */
function follow(simulator: ChildProcess): Promise<number> {
	return new Promise(resolve => {
		const lines = createInterface({ input: simulator.stdout! });
		lines.on("line", line => {
			if (/^instruments|^$/.test(line)) return;
			console.log(line);
			const found = tally.exec(line);
			if (found === null) return;
			simulator.kill();
			resolve(found[2] === found[3] ? 0 : 1);
		});
		simulator.on("error", error => {
			console.error(`The simulator does not start: ${error.message}`);
			resolve(2);
		});
		simulator.on("exit", code => resolve(code ?? 0));
		process.on("SIGINT", () => simulator.kill());
	});
}
