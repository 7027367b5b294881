import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestFn } from "ava";
import { endWithUs, freePort, kill, untilListens } from "./broker-process.js";

/** How long a broker may take to listen. */
const startMs = 5_000;
/** Debian puts it where a user's path does not lead. */
const path = `${process.env["PATH"]}:/usr/sbin:/usr/local/sbin`;

export function mosquittoAvailable(): boolean {
	return spawnSync("mosquitto", ["-h"], { env: { ...process.env, PATH: path } }).error === undefined;
}

/** A test that needs mosquitto: skipped where there is none, but for CI, which must have it. */
export function withMosquitto(test: TestFn): TestFn | TestFn["skip"] {
	return mosquittoAvailable() || process.env["CI"] === "true" ? test : test.skip;
}

/** A real mosquitto on 127.0.0.1, which can be killed and started again on its port. */
export class Mosquitto {
	readonly port: number;
	#folder: string;
	#child: ChildProcess | undefined;

	private constructor(port: number, folder: string) {
		this.port = port;
		this.#folder = folder;
	}
	/** More lines for its configuration may follow; without any, everybody is let in. */
	static async start(lines: readonly string[] = ["allow_anonymous true"]): Promise<Mosquitto> {
		const port = await freePort();
		const folder = mkdtempSync(join(tmpdir(), "godwit-mosquitto-"));
		const config = [`listener ${port} 127.0.0.1`, "persistence false", ...lines];
		writeFileSync(join(folder, "mosquitto.conf"), `${config.join("\n")}\n`);
		const broker = new Mosquitto(port, folder);
		await broker.restart();
		return broker;
	}
	get url(): string {
		return `mqtt://127.0.0.1:${this.port}`;
	}
	async restart(): Promise<void> {
		const config = join(this.#folder, "mosquitto.conf");
		this.#child = spawn("mosquitto", ["-c", config], {
			stdio: "ignore",
			env: { ...process.env, PATH: path },
		});
		endWithUs(this.#child);
		await untilListens(this.#child, this.port, startMs);
	}
	/** As a power cut would: without a farewell to anyone. */
	async kill(): Promise<void> {
		const child = this.#child;
		this.#child = undefined;
		await kill(child);
	}
	async stop(): Promise<void> {
		await this.kill();
		rmSync(this.#folder, { recursive: true });
	}
}
