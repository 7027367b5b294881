import { createRequire } from "node:module";
import { measureSizes, type Sizes } from "./size.js";
import { nodePolyfills } from "./on-xs/peer.js";
import { measureOnEngine } from "./on-xs/run.js";
import type { Cost } from "./on-xs/gauge.js";
import type { Row } from "./table.js";

/** What test/bench/on-xs/link.ts prints. */
interface LinkResults {
	slotBytes: number;
	heap: { slots: number; chunkBytes: number; bufferBytes: number };
	publish1: Cost;
	publish10: Cost;
	publish1024: Cost;
	bare1: Cost;
	bare10: Cost;
	bareReceive: Cost;
	/** Computrons of a native copy of what 1,024 bytes are longer than 32. */
	copy: number;
	stages: { accept: number; send: number; finish: number };
	receive: Cost;
	ping: Cost;
	reconnect: Cost;
	writes1: number;
	writes10: number;
	growth: { slots: number; chunkBytes: number; collections: number };
	stackPeak: number;
}

/** What test/bench/on-xs/client.ts prints. */
type ClientResults = Record<"done1" | "done10" | "text10" | "promise1" | "promise10" | "receive", Cost> & {
	subscription: { slots: number; chunkBytes: number };
};

type PeerResults = Record<"publish" | "publish1024" | "receive" | "ping" | "reconnect", Cost>;

const { version } = createRequire(import.meta.url)("mqtt-packet/package.json") as { version: string };
const codec = `mqtt-packet ${version}, codec alone`;
const quoted = "ECMA-419 client 8.2.3, codec alone, 64-bit, quoted";
/** Slots of a computer have twice the bytes of a board's; the goal for the heap was measured with them. */
const boardSlotBytes = 16;
const largeSlotBytes = 32;

/**
 * The figures which are the same in each run: of the engine, and sizes. Without a peer they take half the
 * time.
 */
export async function exactRows(withPeer: boolean): Promise<Row[]> {
	const link = await measureOnEngine<LinkResults>("test/bench/on-xs/link.ts");
	const flat = await measureOnEngine<LinkResults>("test/bench/on-xs/link.ts", { flat: true });
	const client = await measureOnEngine<ClientResults>("test/bench/on-xs/client.ts");
	const peer = withPeer
		? await measureOnEngine<PeerResults>("test/bench/on-xs/mqtt-packet.ts", nodePolyfills())
		: undefined;
	const rows = [
		...costRows(link, peer),
		...clientRows(link.slotBytes, client),
		...stageRows(link),
		...bareRows(link),
		...heapRows(link, flat.stackPeak),
		...sizeRows(await measureSizes()),
	];
	const isExact = ({ unit, peerName }: Row) =>
		peerName !== quoted && (link.slotBytes === boardSlotBytes || unit === "computrons");
	return rows.map(row => ({ ...row, isExact: isExact(row) }));
}

function costRows(link: LinkResults, peer: PeerResults | undefined): Row[] {
	const { slotBytes } = link;
	const pair = (name: string, ours: Cost, theirs?: Cost, most?: number, mostBytes?: number) =>
		costPair(name, slotBytes, ours, theirs, most, mostBytes);
	const copies = (link.publish1024.computrons - link.publish1.computrons) / link.copy;
	return [
		...pair("XS publish to acknowledged, 32 B, window 1", link.publish1, peer?.publish, 600, 160),
		quotedRow("XS publish to acknowledged, 32 B, window 1", "computrons", link.publish1.computrons, 1_021),
		...pair("XS publish to acknowledged, 32 B, window 10", link.publish10, peer?.publish, 600, 160),
		...pair("XS publish to acknowledged, 1,024 B, window 1", link.publish1024, peer?.publish1024),
		{ name: "XS publish, 1,024 B over 32 B", unit: "native copies", ours: copies, goal: { most: 1.1 } },
		...pair("XS receive and acknowledge, 32 B", link.receive, peer?.receive, 500, 400),
		quotedRow("XS receive and acknowledge, 32 B", "computrons", link.receive.computrons, 2_650),
		...pair("XS keep-alive", link.ping, peer?.ping),
		...pair("XS reconnect, ten in flight", link.reconnect, peer?.reconnect),
		{ name: "writes per publish, window 1", unit: "writes", ours: link.writes1, goal: { most: 1 } },
		{ name: "writes per publish, window 10", unit: "writes", ours: link.writes10, goal: { most: 0.3 } },
	];
}

function clientRows(slotBytes: number, client: ClientResults): Row[] {
	const pair = (how: string, window: number, cost: Cost) =>
		costPair(`XS client publish, told by a ${how}, 32 B, window ${window}`, slotBytes, cost);
	return [
		...pair("function", 1, client.done1),
		...pair("function", 10, client.done10),
		...pair("promise", 1, client.promise1),
		...pair("promise", 10, client.promise10),
		...costPair("XS client publish of text, told by a function, 32 B, window 10", slotBytes, client.text10),
		...costPair("XS client receive, heard by a handler, 32 B", slotBytes, client.receive),
		{ name: "XS a granted subscription", unit: "slots", ours: client.subscription.slots },
		{ name: "XS a granted subscription", unit: "bytes of chunks", ours: client.subscription.chunkBytes },
	];
}

function costPair(
	name: string,
	slotBytes: number,
	ours: Cost,
	theirs?: Cost,
	most?: number,
	mostBytes?: number,
): Row[] {
	const bytes = ({ slots, chunkBytes }: Cost) => slots * slotBytes + chunkBytes;
	return [
		{
			name,
			unit: "computrons",
			ours: ours.computrons,
			...(theirs && { peer: theirs.computrons, peerName: codec }),
			...(most && { goal: { most } }),
		},
		{
			name,
			unit: "bytes of garbage",
			ours: bytes(ours),
			...(theirs && { peer: bytes(theirs), peerName: codec }),
			...(mostBytes && { goal: { most: mostBytes } }),
		},
	];
}

function quotedRow(name: string, unit: string, ours: number, peer: number): Row {
	return { name, unit, ours, peer, peerName: quoted };
}

function stageRows({ stages }: LinkResults): Row[] {
	const row = (what: string, ours: number): Row => ({
		name: `XS publish, 32 B, window 1: ${what}`,
		unit: "computrons",
		ours,
	});
	return [
		row("accept, encode and log", stages.accept),
		row("the turn that sends", stages.send),
		row("PUBACK to the end", stages.finish),
	];
}

/** What no code can do without, by test/bench/bare-link.ts. */
function bareRows({ bare1, bare10, bareReceive }: LinkResults): Row[] {
	const row = (what: string, { computrons }: Cost): Row => ({
		name: `XS the barest code: ${what}`,
		unit: "computrons",
		ours: computrons,
	});
	return [
		row("publish to acknowledged, 32 B, window 1", bare1),
		row("publish to acknowledged, 32 B, window 10", bare10),
		row("receive and acknowledge, 32 B", bareReceive),
	];
}

function heapRows({ heap, growth }: LinkResults, stackPeak: number): Row[] {
	const live = heap.slots * largeSlotBytes + heap.chunkBytes - heap.bufferBytes;
	const row = (name: string, unit: string, ours: number, most?: number): Row => ({
		name,
		unit,
		ours,
		...(most !== undefined && { goal: { most } }),
	});
	return [
		row("XS connected client", "slots", heap.slots),
		row("XS connected client", "bytes of chunks", heap.chunkBytes),
		row("XS connected client, its buffers in that", "bytes of chunks", heap.bufferBytes),
		row("XS connected client without its buffers, slots of 32 B", "bytes", live, 2_560),
		row("XS growth in 100,000 publishes", "slots", growth.slots, 0),
		row("XS growth in 100,000 publishes", "bytes of chunks", growth.chunkBytes, 0),
		row("XS collections in 100,000 publishes", "collections", growth.collections, 0),
		row("XS stack peak of all these rows", "slots", stackPeak, 512),
	];
}

function sizeRows({ wire, stack, peer, wireBytecode, stackBytecode }: Sizes): Row[] {
	const peerName = `mqtt-packet ${version} with its packages`;
	const rows: Row[] = [
		{ name: "size of the codec, minified", unit: "bytes", ours: wire, peer, peerName },
		{ name: "size of codec, session, outbox, link, minified", unit: "bytes", ours: stack },
	];
	if (wireBytecode === undefined || stackBytecode === undefined) return rows;
	return [
		...rows,
		{ name: "size of the codec, bytecode", unit: "bytes", ours: wireBytecode, goal: { most: 12_288 } },
		{
			name: "size of codec, session, outbox, link, bytecode",
			unit: "bytes",
			ours: stackBytecode,
			goal: { most: 28_672 },
		},
	];
}
