import { engineHost } from "../../../hosts/xs/host.js";
import { measureRates, type Rates } from "../xs-rates.js";

// Runs on the engine with a port and windows as its words: keeps each window full on real sockets, and prints
// the messages acknowledged in a second.

const [port, ...windows] = engine.arguments;
const host = engineHost();

void run();

async function run(): Promise<void> {
	const results: Rates[] = [];
	for (const window of windows.map(Number))
		results.push(await measureRates(host, port!, window, () => engine.ticks()));
	trace(`${JSON.stringify(results)}\n`);
	engine.exit(0);
}
