import { readArguments } from "../node/arguments.js";
import { EmbeddedBroker } from "./broker.js";

// `npm run broker`: the embedded broker alone, until it is interrupted. It keeps nothing on disk.

const portMax = 0xffff;

try {
	const { port = "1883", ...unknown } = readArguments(process.argv.slice(2));
	const [name] = Object.keys(unknown);
	if (name !== undefined)
		throw new RangeError(`--${name} is not an option of the broker: there is only --port`);
	if (!/^\d+$/.test(port) || Number(port) > portMax)
		throw new RangeError(`port is 0 to ${portMax}, not "${port}"`);
	const broker = await EmbeddedBroker.start(Number(port));
	console.log(`The broker listens at ${broker.url} (MQTT 3.1.1, this computer only). Ctrl+C ends it.`);
} catch (error) {
	const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
	const taken = "The port is in use by another program: give another one with --port, or end that program.";
	console.error(isTaken ? taken : error instanceof Error ? error.message : String(error));
	process.exitCode = 2;
}
