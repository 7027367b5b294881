import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { Mosquitto } from "../support/mosquitto.js";
import { board, fitFirmware, leastHeap } from "./fit.js";
import type { Pace } from "./on-node/publish.js";
import { measureOnEngine } from "./on-xs/run.js";
import { median, spread } from "./statistics.js";
import type { Row } from "./table.js";

type Codec = Record<string, { ns: number; spread: number; bytes: number }>;
type Publisher = "godwit" | "mqtt-js" | "raw-socket";

const rounds = 7;
const fitRounds = 20;
const nodeWindows = [1, 10, 100];
const xsWindows = [1, 10, 20];
const windows = [...new Set([...nodeWindows, ...xsWindows])];
const rateGoals = [1.5, 2.5, 2.4];
const youngMB = 128;

const load = createRequire(import.meta.url);
const versionOf = (name: string) => (load(`${name}/package.json`) as { version: string }).version;
const codecName = `mqtt-packet ${versionOf("mqtt-packet")}`;
const clientName = `MQTT.js ${versionOf("mqtt")}`;

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

/** Real sockets to mosquitto: clients take turns, each in a process of its own. */
export async function socketRows(): Promise<Row[]> {
	const broker = await Mosquitto.start(["allow_anonymous true", "max_inflight_messages 0"]);
	const paces: Record<Publisher, Pace[][]> = { godwit: [], "mqtt-js": [], "raw-socket": [] };
	const xs: { client: number; link: number }[][] = [];
	try {
		for (let round = 0; round < rounds; round++) {
			for (const name of Object.keys(paces) as Publisher[]) {
				const words = [name, `${broker.port}`, ...windows.map(String)];
				paces[name].push(await runOnNode<Pace[]>(["--import=tsx"], "publish.ts", words));
			}
			const words = [`${broker.port}`, ...xsWindows.map(String)];
			xs.push(await measureOnEngine("test/bench/on-xs/publish.ts", { words, options: [] }));
		}
	} finally {
		await broker.stop();
	}
	return [...nodeSocketRows(paces), ...xsSocketRows(xs, paces)];
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

function nodeSocketRows(paces: Record<Publisher, Pace[][]>): Row[] {
	return nodeWindows.flatMap((window, i) => {
		const name = `Node QoS 1 to mosquitto, window ${window}`;
		const values = (of: Publisher, key: keyof Pace) => paces[of].map(round => round[i]![key]);
		const pair = (key: keyof Pace, peer: Publisher) => ({
			...paired(name, values("godwit", key), values(peer, key), key === "perSecond"),
			peerName: peer === "mqtt-js" ? clientName : "a raw socket of Node",
		});
		const cpu = "µs of CPU a message";
		const writesMost = [1, 0.3][i];
		return [
			{ ...pair("perSecond", "mqtt-js"), goal: { times: rateGoals[i]! } },
			pair("perSecond", "raw-socket"),
			{ ...pair("cpuMicroseconds", "mqtt-js"), unit: cpu, goal: { times: 2 } },
			{ ...pair("cpuMicroseconds", "raw-socket"), unit: cpu },
			{
				...pair("writes", "mqtt-js"),
				unit: "writes a message",
				...(writesMost !== undefined && { goal: { most: writesMost } }),
			},
		];
	});
}

function xsSocketRows(
	xs: readonly { client: number; link: number }[][],
	paces: Record<Publisher, Pace[][]>,
): Row[] {
	return xsWindows.flatMap((window, i) => {
		const at = windows.indexOf(window);
		const theirs = paces["mqtt-js"].map(round => round[at]!.perSecond);
		return (["client", "link"] as const).map(face => {
			const ours = xs.map(round => round[i]![face]);
			const row = paired(`XS QoS 1 to mosquitto, window ${window}, by the ${face}`, ours, theirs, true);
			return { ...row, peerName: `${clientName} on Node`, ...(face === "client" && { goal: { times: 1 } }) };
		});
	});
}

/** The figures of rounds in which ours and the peer's took turns: what disturbs both leaves their ratio. */
function paired(name: string, ours: readonly number[], theirs: readonly number[], isRate: boolean): Row {
	const ratios = ours.map((own, round) => (isRate ? own / theirs[round]! : theirs[round]! / own));
	return {
		name,
		unit: "acked/s",
		isRate,
		ours: median(ours),
		spread: spread(ours),
		peer: median(theirs),
		ratio: median(ratios),
	};
}

/** Runs a script of on-node/ in a process of its own; gives the line it prints, from JSON. */
async function runOnNode<Result>(
	options: readonly string[],
	script: string,
	words: readonly string[],
): Promise<Result> {
	const child = spawn(process.execPath, [...options, `test/bench/on-node/${script}`, ...words], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	let out = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
	const code = await new Promise<number>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", status => resolve(status ?? -1));
	});
	if (code !== 0) throw new Error(`${script} ${words.join(" ")} ends with code ${code}`);
	return JSON.parse(out) as Result;
}
