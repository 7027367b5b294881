import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedBroker } from "../../hosts/cloud/broker.js";
import { nodeHost } from "../../hosts/node/host.js";
import { compilerAvailable, engineBinary } from "../../hosts/xs/build.js";
import { bundle } from "../../hosts/xs/bundle.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { Ejabberd, ejabberdAvailable } from "../support/ejabberd.js";
import { Mosquitto, mosquittoAvailable } from "../support/mosquitto.js";
import { runScenarios, type Result } from "./scenario.js";
import { scenarios } from "./scenarios.js";

export interface Column {
	/** Engine where it is not Node, broker and version. */
	name: string;
	broker: "mosquitto" | "aedes" | "ejabberd";
	version: Version;
	engine: "node" | "xs";
}

const versionNames = Object.freeze({ 3: "3.1", 4: "3.1.1", 5: "5.0" });
/** So that the broker has a keep-alive and a maximum packet size to ask for. */
const asking = ["allow_anonymous true", "max_keepalive 10", "max_packet_size 300000"];
/** Slots, bytes and stack for some hundred clients at a time, each with room for the largest message. */
const generous = ["--heap", "4000000", "--chunks", "200000000", "--stack", "16384"];

function column(broker: Column["broker"], version: Version, engine: Column["engine"] = "node"): Column {
	const name = `${broker} ${versionNames[version]}`;
	return { name: engine === "xs" ? `XS, ${name}` : name, broker, version, engine };
}

export const columns: readonly Column[] = Object.freeze([
	column("mosquitto", 3),
	column("mosquitto", 4),
	column("mosquitto", 5),
	column("aedes", 4),
	column("ejabberd", 4),
	column("ejabberd", 5),
	column("mosquitto", 3, "xs"),
	column("mosquitto", 4, "xs"),
	column("mosquitto", 5, "xs"),
]);

/** What the column needs and this computer does not have. */
export function missing({ broker, engine }: Column): string | undefined {
	if (broker === "mosquitto" && !mosquittoAvailable()) return "mosquitto is not installed";
	if (broker === "ejabberd" && !ejabberdAvailable()) return "ejabberd is not installed";
	return engine === "xs" && !compilerAvailable() ? "there is no C compiler" : undefined;
}

/** Runs all scenarios of a column against a broker of its own. */
export async function runColumn({ broker, version, engine }: Column): Promise<Result[]> {
	const running = await startBroker(broker, version);
	try {
		if (engine === "node") return await runScenarios(scenarios, nodeHost(), running.url, version);
		return await runOnXS(running.url, version);
	} finally {
		await running.stop();
	}
}

function startBroker(
	broker: Column["broker"],
	version: Version,
): Promise<{ url: string; stop(): Promise<void> }> {
	if (broker === "aedes") return EmbeddedBroker.start();
	if (broker === "ejabberd") return Ejabberd.start();
	return version === 5 ? Mosquitto.start(asking) : Mosquitto.start();
}

async function runOnXS(url: string, version: Version): Promise<Result[]> {
	const folder = mkdtempSync(join(tmpdir(), "godwit-interop-"));
	try {
		const script = join(folder, "interop.js");
		await bundle("test/interop/on-xs.ts", script);
		const words = [...generous, script, url, String(version)];
		const child = spawn(engineBinary(), words, { stdio: ["ignore", "pipe", "inherit"] });
		let out = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
		const [code] = (await once(child, "close")) as [number | null];
		if (code !== 0) throw new Error(`the engine ends with code ${code}: ${out}`);
		return JSON.parse(out.slice(out.indexOf("["))) as Result[];
	} finally {
		rmSync(folder, { recursive: true });
	}
}
