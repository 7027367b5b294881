// node only
// The stand-in as a user starts it, `npm run cloud`, in a process of its own: with mosquitto's clients, and
// killed.

import test, { type ExecutionContext } from "ava";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { signClientId } from "../../hosts/cloud/credentials.js";
import { defaultPorts } from "../../hosts/cloud/ports.js";
import { connectDevice, type Device, newFolder } from "../support/cloud-bench.js";
import { runScript } from "../support/cli.js";

const script = "hosts/cloud/cloud.ts";
const anyPorts = ["mqtt", "mqtts", "ws", "wss", "http"].flatMap(name => [`--${name}`, "0"]);
const clients = ["mosquitto_pub", "mosquitto_sub", "openssl"];
const areThere = clients.every(name => spawnSync(name, ["--help"]).error === undefined);
const withClients = areThere || process.env["CI"] === "true" ? test : test.skip;

if (!areThere) console.log("mosquitto's clients or openssl are not here: their tests are left out.");

/** What `npm run cloud` prints, by the words in front. */
class Cloud {
	readonly #child: ChildProcess;
	#out = "";
	#waiters: (() => void)[] = [];

	private constructor(child: ChildProcess) {
		this.#child = child;
		child.stdout!.setEncoding("utf8").on("data", (text: string) => {
			this.#out += text;
			for (const look of this.#waiters.splice(0)) look();
		});
	}
	static async start(t: ExecutionContext, folder: string): Promise<Cloud> {
		const child = spawn(process.execPath, ["--import=tsx", script, "--folder", folder, ...anyPorts]);
		t.teardown(() => child.kill("SIGKILL"));
		const cloud = new Cloud(child);
		await cloud.until(/Ctrl\+C ends it/);
		return cloud;
	}
	/** The first group of the pattern, when it has been printed. */
	until(pattern: RegExp): Promise<string> {
		return new Promise((resolve, reject) => {
			const fail = () => reject(new Error(`${pattern} is not printed, but: ${this.#out}`));
			const timer = setTimeout(fail, 60_000);
			const look = () => {
				const found = pattern.exec(this.#out);
				if (!found) return void this.#waiters.push(look);
				clearTimeout(timer);
				resolve(found[1] ?? "");
			};
			look();
		});
	}
	value(name: string): Promise<string> {
		return this.until(new RegExp(`^${name} +(\\S.*)$`, "m"));
	}
	type(line: string): void {
		this.#child.stdin!.write(`${line}\n`);
	}
	async end(signal: "SIGKILL" | "SIGINT"): Promise<number | null> {
		const closed = new Promise<number | null>(resolve => this.#child.once("close", resolve));
		this.#child.kill(signal);
		return closed;
	}
	/** What the printed access point says of a client, and a password made with its secret. */
	async credentials() {
		const clientId = await this.value("A client id");
		const password = signClientId(clientId, await this.value("AccessKey secret"));
		return { clientId, username: await this.value("Its user name"), password };
	}
}

async function join(t: ExecutionContext, cloud: Cloud): Promise<Device> {
	const { port } = new URL(await cloud.value("MQTT"));
	const ports = { mqtt: Number(port), mqtts: 0, ws: 0, wss: 0 };
	const point = { host: "127.0.0.1", ports, authority: { pem: "" } } as Parameters<typeof connectDevice>[1];
	return connectDevice(t, point, { ...(await cloud.credentials()), clean: false, ca: [] });
}

for (const wire of ["MQTT", "MQTT over TLS"])
	withClients(`${wire}: mosquitto's clients send and hear as the printed access point says`, async t => {
		const cloud = await Cloud.start(t, newFolder(t));
		const url = new URL(await cloud.value(wire));
		const { username, password, clientId } = await cloud.credentials();
		// As a user would: by the line that is printed, in a shell.
		const line = await cloud.until(/^ {2}(printf .*)$/m);
		t.is(execFileSync("sh", ["-c", line], { encoding: "utf8" }).trim(), password);
		const tls = url.protocol === "mqtts:" ? ["--cafile", await cloud.value("CA file")] : [];
		const common = ["-h", url.hostname, "-p", url.port, "-u", username, ...tls, "-q", "1"];
		const sub = spawn(
			"mosquitto_sub",
			[...common, "-i", clientId, "-P", password, "-t", "godwit/#", "-C", "2", "-W", "20", "-v"],
			{ stdio: ["ignore", "pipe", "inherit"] },
		);
		let heard = "";
		sub.stdout.setEncoding("utf8").on("data", (text: string) => (heard += text));
		const closed = new Promise<number | null>(resolve => sub.once("close", resolve));
		const asking = setInterval(() => cloud.type("clients"), 100);
		await cloud.until(/godwit\/# \(QoS 1\)/).finally(() => clearInterval(asking));
		cloud.type("send godwit/down from the cloud");
		const messageId = await cloud.until(/Message ID ([0-9A-F]{32})/);
		const sender = "GID_godwit@@@sender";
		const signature = signClientId(sender, await cloud.value("AccessKey secret"));
		execFileSync("mosquitto_pub", [
			...[...common, "-i", sender, "-P", signature],
			...["-t", "godwit/up", "-m", "from mosquitto"],
		]);
		t.is(await closed, 0);
		t.is(heard, "godwit/down from the cloud\ngodwit/up from mosquitto\n");
		cloud.type(`trace ${messageId}`);
		await cloud.until(new RegExp(` sub ${clientId}`));
		const wrong = spawnSync("mosquitto_pub", [
			...[...common, "-i", sender, "-P", "wrong"],
			...["-t", "godwit/up", "-m", "x"],
		]);
		t.regex(String(wrong.stderr), /bad user name or password/);
	});

test("access: the command that is printed makes the firmware a device of it", async t => {
	const cloud = await Cloud.start(t, newFolder(t));
	const line = await cloud.until(/^ {2}npm start -- (.*)$/m);
	const { code, out } = await runScript("hosts/node/cli.ts", [...line.split(" "), "rounds=1"]);
	t.is(code, 0, out);
	t.regex(out, /1 rounds: 1 of 1 QoS 1 messages acknowledged/);
});

test("restart: killed without a word, it has what it acknowledged", async t => {
	const folder = newFolder(t);
	const first = await Cloud.start(t, folder);
	const device = await join(t, first);
	await device.client.subscribeAsync("godwit/#", { qos: 1 });
	await device.leave();
	first.type("topics add alarms ordered");
	await first.until(/alarms ordered/);
	first.type("send godwit/a kept over the end");
	const messageId = await first.until(/Message ID ([0-9A-F]{32})/);
	await first.end("SIGKILL");
	const second = await Cloud.start(t, folder);
	t.is(await second.value("Instance"), await first.value("Instance"));
	const again = await join(t, second);
	await again.arrived(1);
	t.deepEqual(again.payloads, ["kept over the end"]);
	await again.leave();
	second.type("topics");
	await second.until(/alarms ordered/);
	second.type(`trace ${messageId}`);
	await second.until(/pub_mq godwit\n.* kept .*\n.* ServerSend .*\n.* sub /);
	t.is(await second.end("SIGINT"), 0);
});

test("command line: mistakes end with one plain line and exit code 2", async t => {
	const folder = newFolder(t);
	const cloud = await Cloud.start(t, folder);
	const port = new URL(await cloud.value("MQTT")).port;
	const mistakes: readonly [string[], RegExp][] = [
		[["--port", "1"], /^--port is not an option of the cloud$/m],
		[["--mqtt", "x"], /^--mqtt is 0 to 65535, not "x"$/m],
		[["--folder", folder, ...anyPorts], /^the folder .* is in use by another stand-in/m],
		[["--folder", newFolder(t), ...anyPorts, "--mqtt", port], /^port \d+ is in use by another program/m],
	];
	for (const [words, says] of mistakes) {
		const { code, err } = await runScript(script, words);
		t.is(code, 2, err);
		t.regex(err, says);
		t.notRegex(err, /\n\s+at /);
	}
	const { code, out } = await runScript(script, ["--help"]);
	t.is(code, 0);
	t.regex(out, /--folder PATH/);
});

test("README: it tells the ports, and the command's options", t => {
	const readme = readFileSync("README.md", "utf8");
	for (const [name, port] of Object.entries(defaultPorts))
		t.regex(readme, new RegExp(`\\| ${port} \`--${name}\` +\\|`));
});
