import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { outputFolder, sdkFolder } from "./sdk.js";

/**
 * Starts the SDK's desktop simulator with the debug image that was built last. The environment may name
 * another program in SIMULATOR, which is given the image. A RangeError says why neither can be.
 */
export function startSimulator(): ChildProcess {
	const platform = process.platform === "darwin" ? "mac" : "lin";
	const image = join(outputFolder(`${platform}/mc`, "debug"), "mc.so");
	const stdio: ["ignore", "pipe", "inherit"] = ["ignore", "pipe", "inherit"];
	const [other, ...words] = (process.env["SIMULATOR"] ?? "").split(" ").filter(word => word !== "");
	if (other !== undefined) return spawn(other, words.concat(image), { stdio });
	const simulators = join(sdkFolder(), "build", "simulators");
	if (platform === "mac") return spawn("open", ["-W", "-a", "mcsim", simulators, image], { stdio });
	// It copies the image to this folder, and does not make it.
	mkdirSync(join(homedir(), ".config", "tech.moddable.mcsim"), { recursive: true });
	return spawn("stdbuf", ["-oL", "-eL", "mcsim", simulators, image], { stdio });
}

/** A simulator that cannot be started here is a RangeError which says so. */
export function checkSimulator(): void {
	const { platform, env } = process;
	if (env["SIMULATOR"]) return;
	if (platform !== "linux" && platform !== "darwin")
		throw new RangeError("here mcconfig -d -m -p sim starts the simulator itself");
	if (platform === "linux" && !env["DISPLAY"] && !env["WAYLAND_DISPLAY"])
		throw new RangeError("the simulator has a window, and here is no display: try xvfb-run -a npm run sim");
}
