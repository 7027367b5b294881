import { checkReach, parseEndpoint } from "../../modules/link/endpoint.js";
import { parseSettings, type Settings } from "../../modules/settings/settings.js";
import { startFirmware } from "../../modules/rounds/firmware.js";
import { EmbeddedBroker } from "../cloud/broker.js";
import type { Host } from "../host.js";
import { simulateWiFi } from "../simulated-radio.js";
import { runOnXS } from "../xs/run.js";
import { readArguments } from "./arguments.js";
import { nodeHost } from "./host.js";

// `npm start`: the firmware's main job on this computer. The README's table lists the options.

const usage = `npm start -- [options]
  --rounds N            end after N rounds; exit code 0 only if every QoS 1 message was acknowledged
  --broker URL          mqtt://host[:port] or ws://host[:port][/path]; several, with commas, take turns.
                        Default: a broker of its own
  --engine node|xs      which engine runs the firmware
  --mqtt 3.1|3.1.1|5    protocol version
  --wifi steady|flaky   a simulated Wi-Fi which stays, or comes and goes
  name=value            as with mcconfig: topic, client, username, brokerpassword, wait, keepalive …`;

const exitUsage = 2;

async function main(): Promise<void> {
	const { engine = "node", help, ...entries } = readArguments(process.argv.slice(2));
	if (help !== undefined) return console.log(usage);
	if (engine !== "node" && engine !== "xs") throw new RangeError(`engine is node or xs, not "${engine}"`);
	const host = nodeHost();
	const settings = parseSettings(entries, { deviceId: host.deviceId });
	for (const url of settings.brokers)
		checkReach(parseEndpoint(url), engine === "xs" ? ["tcp"] : host.network.streams);
	if (entries["broker"] === undefined && settings.version !== 4)
		throw new RangeError(
			`the broker of npm start speaks MQTT 3.1.1 only: for mqtt=${entries["mqtt"]} give --broker URL`,
		);
	const broker = entries["broker"] === undefined ? await EmbeddedBroker.start() : undefined;
	if (broker !== undefined) console.log(`A broker of its own listens at ${broker.url}`);
	const url = broker?.url ?? entries["broker"]!;
	if (engine === "xs") process.exitCode = await runOnXS({ ...entries, broker: url });
	else
		process.exitCode = await runOnNode(
			host,
			parseSettings({ ...entries, broker: url }, { deviceId: host.deviceId }),
		);
	await broker?.stop();
}

function runOnNode(host: Host, settings: Settings): Promise<number> {
	const [simulated, whole] = simulateWiFi(host, settings);
	return new Promise(resolve => {
		startFirmware(simulated, whole, ({ rounds, acknowledged }) => resolve(acknowledged === rounds ? 0 : 1));
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
