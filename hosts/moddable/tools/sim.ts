import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readArguments } from "../../node/arguments.js";
import { mcconfig, outputFolder, runTool, sdkFolder } from "./sdk.js";

// `npm run sim`: builds for the SDK's desktop simulator, starts it, and shows what the firmware prints.

const usage = `npm run sim -- [options]
  --rounds N          end after N rounds; exit code 0 only if every QoS 1 message was acknowledged
  --broker URL        default mqtt://127.0.0.1
  name=value          any setting of the firmware, as with mcconfig`;

/** What rounds with an end print last. */
const tally = /(\d+) rounds: (\d+) of (\d+) QoS 1 messages acknowledged/;

await runTool(usage, async words => {
	const entries = readArguments(words);
	const simulators = join(sdkFolder(), "build", "simulators");
	if (process.platform !== "linux" && process.platform !== "darwin")
		throw new RangeError("here mcconfig -d -m -p sim starts the simulator itself");
	if (process.platform === "linux" && !process.env["DISPLAY"] && !process.env["WAYLAND_DISPLAY"])
		throw new RangeError("the simulator has a window, and here is no display: try xvfb-run -a npm run sim");
	// Its default target would end all other simulators.
	const settings = Object.entries(entries).map(([name, value]) => `${name}=${value}`);
	await mcconfig(["-d", "-m", "-p", "sim", "-t", "build", ...settings]);
	process.exitCode = await follow(startSimulator(simulators));
});

function startSimulator(simulators: string): ChildProcess {
	if (process.platform === "darwin") {
		const image = join(outputFolder("mac/mc", "debug"), "mc.so");
		return spawn("open", ["-W", "-a", "mcsim", simulators, image], { stdio: ["ignore", "pipe", "inherit"] });
	}
	const image = join(outputFolder("lin/mc", "debug"), "mc.so");
	// It copies the image to this folder, and does not make it.
	mkdirSync(join(homedir(), ".config", "tech.moddable.mcsim"), { recursive: true });
	const words = ["-oL", "-eL", "mcsim", simulators, image];
	return spawn("stdbuf", words, { stdio: ["ignore", "pipe", "inherit"] });
}

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
