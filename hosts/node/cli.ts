import { checkReach, parseEndpoint, streamOf, type Endpoint } from "../../modules/link/endpoint.js";
import { parseSettings, type Settings } from "../../modules/settings/settings.js";
import { startFirmware } from "../../modules/rounds/firmware.js";
import type { Tally } from "../../modules/rounds/rounds.js";
import { startOwnCloud } from "./own-cloud.js";
import { EmbeddedBroker } from "../cloud/broker.js";
import type { Host, TlsOptions } from "../host.js";
import { simulateWiFi } from "../simulated-radio.js";
import { runOnXS } from "../xs/run.js";
import { readArguments } from "./arguments.js";
import { nodeHost } from "./host.js";
import { readTlsFiles } from "./tls-files.js";

// `npm start`: the firmware's main job on this computer. The README's table lists the options.

const usage = `npm start -- [options]
  --rounds N            end after N rounds; exit code 0 only if every QoS 1 message was acknowledged
  --broker URL          mqtt://host[:port], mqtts://host[:port], ws://host[:port][/path] or wss://…;
                        several, with commas, take turns. Default: a broker of its own
  --ca FILE             for TLS, whom to trust in place of this computer's own list; PEM or DER
  --cert FILE, --key FILE  for TLS, a certificate of our own, and its key; PEM or DER
  --engine node|xs      which engine runs the firmware
  --mqtt 3.1|3.1.1|5    protocol version
  --profile plain|lmq|azure  the service that the broker belongs to; lmq starts a cloud of its own unless
                        broker or instance is given
  --wire mqtt|mqtts|ws|wss  how to reach a cloud
  --wifi steady|flaky   a simulated Wi-Fi which stays, or comes and goes
  name=value            as with mcconfig: topic, client, username, brokerpassword, wait, keepalive …`;

const exitUsage = 2;

type Entries = Readonly<Record<string, string>>;

async function main(): Promise<void> {
	const { engine = "node", help, ca, cert, key, ...entries } = readArguments(process.argv.slice(2));
	if (help !== undefined) return console.log(usage);
	if (engine !== "node" && engine !== "xs") throw new RangeError(`engine is node or xs, not "${engine}"`);
	const host = nodeHost();
	const tls = readTlsFiles({ ca, cert, key });
	if (entries["profile"] === "lmq" && entries["broker"] === undefined && entries["instance"] === undefined)
		return startWithOwnCloud(host, engine, entries, tls);
	const settings = parseSettings(entries, { deviceId: host.deviceId });
	for (const url of settings.brokers) checkEngine(engine, parseEndpoint(url), host);
	if (settings.profile.kind !== "plain") {
		process.exitCode = await run(host, engine, entries, tls);
		return;
	}
	if (entries["broker"] === undefined && settings.version !== 4)
		throw new RangeError(
			`the broker of npm start speaks MQTT 3.1.1 only: for mqtt=${entries["mqtt"]} give --broker URL`,
		);
	const broker = entries["broker"] === undefined ? await EmbeddedBroker.start() : undefined;
	if (broker !== undefined) console.log(`A broker of its own listens at ${broker.url}`);
	const url = broker?.url ?? entries["broker"]!;
	process.exitCode = await run(host, engine, { ...entries, broker: url }, tls);
	await broker?.stop();
}

/** Profile lmq without an access point: the stand-in cloud is one, with all that a device needs to use it. */
async function startWithOwnCloud(
	host: Host,
	engine: string,
	entries: Entries,
	tls: TlsOptions | undefined,
): Promise<void> {
	if (tls !== undefined)
		throw new RangeError(
			"ca, cert, key: the cloud of its own brings its authority, and asks for no certificate",
		);
	if (!["3.1.1", undefined].includes(entries["mqtt"]))
		throw new RangeError(`mqtt "${entries["mqtt"]}": the cloud of its own speaks 3.1.1 only`);
	const cloud = await startOwnCloud(entries);
	try {
		for (const url of parseSettings(cloud.entries, { deviceId: host.deviceId }).brokers)
			checkEngine(engine, parseEndpoint(url), host);
		console.log(cloud.introduction);
		process.exitCode = await run(host, engine, cloud.entries, cloud.tls);
	} finally {
		await cloud.stop();
	}
}

function run(host: Host, engine: string, entries: Entries, tls: TlsOptions | undefined): Promise<number> {
	if (engine === "xs") return runOnXS(entries);
	return runOnNode(host, parseSettings(entries, { deviceId: host.deviceId }), tls);
}

function checkEngine(engine: string, endpoint: Endpoint, host: Host): void {
	if (engine === "xs" && streamOf(endpoint) === "tls")
		throw new RangeError(`broker URL "${endpoint.url}": --engine xs has no TLS; use mqtt:// or ws://`);
	checkReach(endpoint, host.network.streams);
}

function runOnNode(host: Host, settings: Settings, tls: TlsOptions | undefined): Promise<number> {
	const [simulated, whole] = simulateWiFi(host, settings);
	return new Promise(resolve => {
		const end = ({ rounds, acknowledged }: Tally) => resolve(acknowledged === rounds ? 0 : 1);
		startFirmware(simulated, whole, end, tls);
	});
}

// Whoever reads us may have heard enough: `| head` is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code !== "EPIPE") throw error;
	process.exit();
});

try {
	await main();
} catch (error) {
	if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
	console.error(`${error.message}\nnpm start -- --help lists the options.`);
	process.exitCode = exitUsage;
}
