import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithUs, freePort, kill, untilListens } from "./broker-process.js";

/** An Erlang machine and all of ejabberd take a while to start. */
const startMs = 90_000;
const libraries = "/usr/lib";

const config = (port: number) => `hosts: [localhost]
loglevel: error
listen:
  - {port: ${port}, ip: "127.0.0.1", module: mod_mqtt}
host_config:
  localhost:
    auth_method: [anonymous]
    anonymous_protocol: login_anon
    allow_multiple_connections: true
modules:
  mod_mqtt: {}
`;

/** Where its compiled modules are, as Debian installs them. */
function findModules(): string | undefined {
	for (const machine of existsSync(libraries) ? readdirSync(libraries) : []) {
		if (!machine.endsWith("-linux-gnu")) continue;
		for (const name of readdirSync(join(libraries, machine))) {
			const folder = join(libraries, machine, name, "ebin");
			if (name.startsWith("ejabberd-") && existsSync(join(folder, "mod_mqtt.beam"))) return folder;
		}
	}
	return undefined;
}

export function ejabberdAvailable(): boolean {
	return findModules() !== undefined;
}

/**
 * A real ejabberd on 127.0.0.1, of which only mod_mqtt is used. It is an Erlang machine without a name: it
 * joins no others, and needs no port but that of MQTT.
 */
export class Ejabberd {
	readonly port: number;
	#folder: string;
	#child: ChildProcess | undefined;

	private constructor(port: number, folder: string) {
		this.port = port;
		this.#folder = folder;
	}
	static async start(): Promise<Ejabberd> {
		const modules = findModules();
		if (modules === undefined) throw new Error("there is no ejabberd");
		const port = await freePort();
		const folder = mkdtempSync(join(tmpdir(), "godwit-ejabberd-"));
		mkdirSync(join(folder, "spool"));
		writeFileSync(join(folder, "ejabberd.yml"), config(port));
		const broker = new Ejabberd(port, folder);
		const words = [
			"-noinput",
			"-pa",
			modules,
			"-mnesia",
			"dir",
			`"${join(folder, "spool")}"`,
			"-s",
			"ejabberd",
		];
		const env = {
			...process.env,
			HOME: folder,
			EJABBERD_CONFIG_PATH: join(folder, "ejabberd.yml"),
			EJABBERD_LOG_PATH: join(folder, "ejabberd.log"),
			ERL_CRASH_DUMP: join(folder, "crash"),
		};
		const child = spawn("erl", words, { stdio: "ignore", env, cwd: folder });
		broker.#child = child;
		endWithUs(child);
		await untilListens(child, port, startMs).catch(async (error: unknown) => {
			await broker.stop();
			throw error;
		});
		return broker;
	}
	get url(): string {
		return `mqtt://127.0.0.1:${this.port}`;
	}
	async stop(): Promise<void> {
		const child = this.#child;
		this.#child = undefined;
		await kill(child);
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
