// node only
// The firmware does its rounds in what an ESP32 leaves an application: a heap that does not grow, and a stack
// of 512 slots. Real sockets, and mosquitto at their other end.

import test from "ava";
import { compilerAvailable } from "../../hosts/xs/build.js";
import { Mosquitto, withMosquitto } from "../support/mosquitto.js";
import { board, fitFirmware } from "./fit.js";

const rounds = 10;
/** Half of the heap is the application's: live without its garbage, the firmware leaves as much. */
const share = 0.5;
const withEngine = compilerAvailable() || process.env["CI"] === "true" ? withMosquitto(test) : test.skip;

withEngine("fit: the firmware does its rounds in the heap of an ESP32", async t => {
	const broker = await Mosquitto.start();
	t.teardown(() => broker.stop());
	const { acknowledged, echoes, live, peak } = await fitFirmware(broker.url, rounds);
	t.is(acknowledged, rounds);
	t.is(echoes, 2 * rounds);
	t.true(live.slots < board.slots * share, `${live.slots} slots are live`);
	t.true(live.chunkBytes < board.chunkBytes * share, `${live.chunkBytes} bytes of chunks are live`);
	t.true(peak.stack <= board.stack, `${peak.stack} slots of stack`);
});
