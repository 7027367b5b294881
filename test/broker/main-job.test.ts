// node only
// The main job as a user runs it: the command of `npm start` in a process of its own, on each engine, against
// the broker of its own and against mosquitto, which is killed in between. Real sockets and real time.

import test from "ava";
import { compilerAvailable } from "../../hosts/xs/build.js";
import { EmbeddedBroker } from "../../hosts/cloud/broker.js";
import { runScript, runStart } from "../support/cli.js";
import { Mosquitto, withMosquitto } from "../support/mosquitto.js";

const engines = ["node", "xs"];
const rounds = 5;
const withEngine = (engine: string) =>
	engine === "node" || compilerAvailable() || process.env["CI"] === "true" ? test : test.skip;

for (const engine of engines) {
	withEngine(engine)(
		`${engine}: five rounds against the broker of npm start, each message echoed`,
		async t => {
			const { code, out, err } = await runStart(["--engine", engine, "--rounds", `${rounds}`, "wait=10"]);
			t.is(code, 0, out + err);
			checkRounds(t, out);
		},
	);

	for (const version of ["3.1", "3.1.1", "5"]) {
		const run = withMosquitto(withEngine(engine) as typeof test);
		run(`${engine}: five rounds in MQTT ${version} against mosquitto`, async t => {
			const broker = await Mosquitto.start();
			t.teardown(() => broker.stop());
			const words = ["--engine", engine, "--broker", broker.url, "--mqtt", version, "--rounds", `${rounds}`];
			const { code, out, err } = await runStart([...words, "wait=10"]);
			t.is(code, 0, out + err);
			checkRounds(t, out);
		});
	}

	withMosquitto(withEngine(engine) as typeof test)(
		`${engine}: a broker killed in between loses nothing`,
		async t => {
			const broker = await Mosquitto.start();
			t.teardown(() => broker.stop());
			let killed: Promise<void> | undefined;
			const words = ["--engine", engine, "--broker", broker.url, "--rounds", `${rounds}`, "wait=100"];
			const { code, out, err } = await runStart(words, line => {
				if (line.includes(">>>Enter Loop 3")) killed ??= broker.kill().then(() => broker.restart());
			});
			await killed;
			t.is(code, 0, out + err);
			t.regex(out, /Not connected to MQTT server/);
			t.is(count(out, /QoS 1 message acknowledged: packetid \d+, round trip [\d.]+ ms/g), rounds, out);
		},
	);
}

function checkRounds(t: { is: (a: unknown, b: unknown, message?: string) => void }, out: string): void {
	t.is(count(out, /QoS 1 message acknowledged: packetid \d+, round trip [\d.]+ ms/g), rounds, out);
	t.is(
		count(out, /Message arrived: qos 0, retained 0, dup 0; Payload: QoS 0 message \d+ from Godwit!/g),
		rounds,
		out,
	);
	t.is(count(out, /Message arrived: qos 1, .*; Payload: QoS 1 message \d+ from Godwit!/g), rounds, out);
	t.is(count(out, /Finish message count: 2/g), rounds, out);
}

function count(text: string, pattern: RegExp): number {
	return text.match(pattern)?.length ?? 0;
}

test("broker: a port that is in use ends it with one plain line", async t => {
	const broker = await EmbeddedBroker.start();
	t.teardown(() => broker.stop());
	const { code, err } = await runScript("hosts/cloud/main.ts", ["--port", `${broker.port}`]);
	t.is(code, 2);
	t.regex(err, /^The port is in use by another program: .*\n$/);
});
