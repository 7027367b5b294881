import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { Mosquitto } from "../support/mosquitto.js";
import type { Pace } from "./on-node/publish.js";
import { runForJSON, runOnNode } from "./on-node/run.js";
import { measureOnEngine } from "./on-xs/run.js";
import { buildImage, hasSDK, peerBundle, runImage } from "./on-sdk/build.js";
import { median, spread } from "./statistics.js";
import type { Row } from "./table.js";
import type { Rates } from "./xs-rates.js";

type Publisher = "godwit" | "mqtt-js" | "raw-socket";

const rounds = 7;
const simRounds = 3;
const simSeconds = 30;
const nodeWindows = [1, 10, 100];
const xsWindows = [1, 10, 20];
const windows = [...new Set([...nodeWindows, ...xsWindows])];
const rateGoals = [1.5, 2.5, 2.4];
const { version } = createRequire(import.meta.url)("mqtt/package.json") as { version: string };
const clientName = `MQTT.js ${version}`;
const sdkClientName = "ECMA-419 client 8.2.3, same TCP";

/** One round's figures, by window. */
interface Paces extends Record<Publisher, Pace[][]> {
	c: Pace[][];
	xs: Rates[][];
	/** Of the SDK's client on XS; empty without the SDK. */
	sdk: number[][];
}

/** Real sockets to mosquitto: clients take turns, each in a process of its own. */
export async function socketRows(): Promise<Row[]> {
	const broker = await Mosquitto.start(["allow_anonymous true", "max_inflight_messages 0"]);
	const folder = mkdtempSync(join(tmpdir(), "godwit-raw-"));
	const paces: Paces = { godwit: [], "mqtt-js": [], "raw-socket": [], c: [], xs: [], sdk: [] };
	try {
		const rawSocket = compile(folder);
		for (let round = 0; round < rounds; round++) {
			const words = [`${broker.port}`, ...windows.map(String)];
			for (const name of ["godwit", "mqtt-js", "raw-socket"] as const)
				paces[name].push(await runOnNode<Pace[]>(["--import=tsx"], "publish.ts", [name, ...words]));
			paces.c.push(await runForJSON<Pace[]>(rawSocket, words));
			const run = { words: [`${broker.port}`, ...xsWindows.map(String)], options: [] };
			paces.xs.push(await measureOnEngine("test/bench/on-xs/publish.ts", run));
			if (hasSDK())
				paces.sdk.push(
					await measureOnEngine("test/bench/on-xs/publish-peer.ts", { ...run, ...peerBundle() }),
				);
		}
	} finally {
		await broker.stop();
		rmSync(folder, { recursive: true });
	}
	return [...nodeSocketRows(paces), ...xsSocketRows(paces)];
}

/** The publisher in C, which shows what is left when no engine runs. */
function compile(folder: string): string {
	const path = join(folder, "raw-socket");
	const words = ["-O2", "-o", path, "test/bench/on-node/raw-socket.c"];
	const { status, stderr } = spawnSync("gcc", words, { encoding: "utf8" });
	if (status !== 0) throw new Error(`gcc does not compile the raw socket: ${stderr}`);
	return path;
}

/**
 * The simulator's own build and sockets, which look for bytes every 20 ms. The broker sends small segments at
 * once, as otherwise it waits for an acknowledgement of ours, which only another message would carry.
 */
export async function simulatorRows(command: string): Promise<Row[]> {
	const broker = await Mosquitto.start([
		"allow_anonymous true",
		"max_inflight_messages 0",
		"set_tcp_nodelay true",
	]);
	try {
		const image = buildImage("sim", "lin", [`port=${broker.port}`, `windows=${xsWindows.join("-")}`]);
		const results: (Rates & { peer: number })[][] = [];
		for (let round = 0; round < simRounds; round++) {
			const out = await runImage(command, image, simSeconds, "]\n");
			results.push(JSON.parse(out.slice(out.indexOf("["))) as (Rates & { peer: number })[]);
		}
		return xsWindows.map((window, i) => {
			const name = `simulator QoS 1 to mosquitto, window ${window}, by the link`;
			const values = (key: "link" | "peer") => results.map(round => round[i]![key]);
			return { ...paired(name, values("link"), values("peer"), true), peerName: sdkClientName };
		});
	} finally {
		await broker.stop();
	}
}

function nodeSocketRows(paces: Paces): Row[] {
	return nodeWindows.flatMap((window, i) => {
		const name = `Node QoS 1 to mosquitto, window ${window}`;
		const values = (of: Publisher | "c", key: keyof Pace) => paces[of].map(round => round[i]![key]);
		const pair = (key: keyof Pace, peer: Publisher | "c") => ({
			...paired(name, values("godwit", key), values(peer, key), key === "perSecond"),
			peerName: peer === "mqtt-js" ? clientName : peer === "c" ? "a raw socket in C" : "a raw socket of Node",
		});
		const cpu = "µs of CPU a message";
		const writesMost = [1, 0.3][i];
		return [
			{ ...pair("perSecond", "mqtt-js"), goal: { times: rateGoals[i]! } },
			pair("perSecond", "raw-socket"),
			pair("perSecond", "c"),
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

function xsSocketRows({ xs, sdk, c, "mqtt-js": mqttJS }: Paces): Row[] {
	return xsWindows.flatMap((window, i) => {
		const name = `XS QoS 1 to mosquitto, window ${window}`;
		const at = windows.indexOf(window);
		const ofLink = xs.map(round => round[i]!.link);
		const onNode = (["client", "link"] as const).map(face => {
			const ours = xs.map(round => round[i]![face]);
			const theirs = mqttJS.map(round => round[at]!.perSecond);
			const row = paired(`${name}, by the ${face}`, ours, theirs, true);
			return { ...row, peerName: `${clientName} on Node`, ...(face === "client" && { goal: { times: 1 } }) };
		});
		const limit = paired(
			`${name}, by the link`,
			ofLink,
			c.map(round => round[at]!.perSecond),
			true,
		);
		const rows: Row[] = [...onNode, { ...limit, peerName: "a raw socket in C" }];
		if (sdk.length === 0) return rows;
		const peer = paired(
			`${name}, by the link`,
			ofLink,
			sdk.map(round => round[i]!),
			true,
		);
		return [...rows, { ...peer, peerName: sdkClientName, ...(window === 10 && { goal: { times: 2 } }) }];
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
