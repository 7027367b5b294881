import config from "mc/config";
import Time from "time";
import { moddableHost } from "../../../hosts/moddable/host.js";
import { sdkModule } from "../../../hosts/moddable/sdk-module.js";
import { ecma419Publisher, type ClientConstructor } from "../ecma419-client.js";
import { measureRates, pace, type Rates } from "../xs-rates.js";

// Runs in the simulator with a port and windows in its config: keeps each window full on real sockets, by
// our client and by that of the SDK, over the same class of sockets. Prints the messages acknowledged in a
// second.

const ticks = () => Time.ticks;

export default async function (): Promise<void> {
	try {
		const host = moddableHost(config);
		const port = String(config["port"]);
		const results: (Rates & { peer: number })[] = [];
		for (const window of String(config["windows"]).split("-").map(Number)) {
			const ours = await measureRates(host, port, window, ticks);
			const peer = await ecma419Publisher(
				sdkModule<ClientConstructor>("embedded:network/mqtt/client")!,
				sdkModule("embedded:io/socket/tcp"),
				Number(port),
			);
			results.push({ ...ours, peer: await pace(peer.publish, window, ticks) });
			peer.close();
		}
		trace(`rates ${JSON.stringify(results)}\n`);
	} catch (error) {
		trace(`failed: ${String(error)}\n`);
	}
}
