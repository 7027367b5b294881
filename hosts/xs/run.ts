import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { engineBinary } from "./build.js";
import { bundle } from "./bundle.js";

/** Runs the firmware on the XS engine, with these settings, until it ends; gives its exit code. */
export async function runOnXS(entries: Readonly<Record<string, string>>): Promise<number> {
	const binary = engineBinary();
	// A folder of its own: several may run at a time, and none may read what another one is writing.
	const folder = mkdtempSync(join(dirname(binary), "run-"));
	try {
		const script = join(folder, "firmware.js");
		await bundle("hosts/xs/main.ts", script);
		const words = Object.keys(entries).map(name => `${name}=${entries[name]}`);
		const child = spawn(binary, [script, ...words], { stdio: ["ignore", "inherit", "inherit"] });
		// Who ends us ends the firmware too; Ctrl+C reaches both by itself.
		const end = () => child.kill("SIGTERM");
		process.once("SIGTERM", end).once("SIGHUP", end);
		const [code] = (await once(child, "exit")) as [number | null];
		return code ?? 1;
	} finally {
		rmSync(folder, { recursive: true });
	}
}
