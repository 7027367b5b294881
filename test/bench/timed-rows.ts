import { createRequire } from "node:module";
import { Mosquitto } from "../support/mosquitto.js";
import { board, fitFirmware, leastHeap } from "./fit.js";
import { runOnNode } from "./on-node/run.js";
import type { Row } from "./table.js";

type Codec = Record<string, { ns: number; spread: number; bytes: number }>;

const fitRounds = 20;
const youngMB = 128;

const load = createRequire(import.meta.url);
const versionOf = (name: string) => (load(`${name}/package.json`) as { version: string }).version;
const codecName = `mqtt-packet ${versionOf("mqtt-packet")}`;

/** The codec on Node: nanoseconds of the processor, and garbage. */
export async function codecRows(): Promise<Row[]> {
	const young = [`--max-semi-space-size=${youngMB}`, `--min-semi-space-size=${youngMB}`];
	const codec = await runOnNode<Codec>([...young, "--expose-gc", "--import=tsx"], "codec.ts", []);
	const row = (name: string, ours: string, peer: string, what: string, times?: number): Row => ({
		name: `Node ${name}`,
		unit: "ns",
		ours: codec[ours]!.ns,
		spread: codec[ours]!.spread,
		peer: codec[peer]!.ns,
		peerName: `${codecName} ${what}`,
		...(times !== undefined && { goal: { times } }),
	});
	const bytes = (name: string, ours: string, peer: string, most?: number): Row => ({
		name: `Node ${name}`,
		unit: "bytes of garbage",
		ours: codec[ours]!.bytes,
		peer: codec[peer]!.bytes,
		peerName: codecName,
		...(most !== undefined && { goal: { most } }),
	});
	return [
		row("encode PUBLISH QoS 1, 32 B", "encode", "generate", "generate", 8),
		row("encode PUBLISH QoS 1, 32 B", "encode", "writeToStream", "writeToStream", 3),
		bytes("encode PUBLISH QoS 1, 32 B", "encode", "generate", 0),
		row("publish to acknowledged in the link, 32 B", "publish", "generate", "generate, no PUBACK"),
		bytes("publish to acknowledged in the link, 32 B", "publish", "generate"),
		row("ten of these in one turn", "publishTen", "generate", "generate, only one"),
		row("decode PUBLISH QoS 1 for a handler", "decode", "parse", "parse", 10),
		bytes("decode PUBLISH QoS 1 for a handler", "decode", "parse"),
		row("decode PUBLISH QoS 1 to an object", "decodeObject", "parse", "parse"),
		row("decode PUBACK", "puback", "parsePuback", "parse", 30),
		bytes("decode PUBACK", "puback", "parsePuback"),
	];
}

/** The firmware in the heap of a board. */
export async function fitRows(): Promise<Row[]> {
	const broker = await Mosquitto.start();
	try {
		const { peak, live } = await fitFirmware(broker.url, fitRounds);
		const least = await leastHeap(broker.url, fitRounds);
		const row = (what: string, unit: string, ours: number, most: number): Row => ({
			name: `XS rounds in the heap of an ESP32, beyond the modules: ${what}`,
			unit,
			ours,
			goal: { most },
		});
		return [
			row("peak with garbage", "slots", peak.slots, board.slots),
			row("peak with garbage", "bytes of chunks", peak.chunkBytes, board.chunkBytes),
			row("peak", "slots of stack", peak.stack, board.stack),
			row("the least that does", "slots", least.slots, board.slots),
			row("the least that does", "bytes of chunks", least.chunkBytes, board.chunkBytes),
			row("live at the end", "slots", live.slots, board.slots),
			row("live at the end", "bytes of chunks", live.chunkBytes, board.chunkBytes),
		];
	} finally {
		await broker.stop();
	}
}
