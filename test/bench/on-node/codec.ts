import { generate, parser, writeToStream, type Packet as PeerPacket } from "mqtt-packet";
import { nodeText } from "../../../hosts/node/text.js";
import { Incoming } from "../../../modules/session/incoming.js";
import { FrameReader } from "../../../modules/wire/frame-reader.js";
import { FrameWriter } from "../../../modules/wire/frame-writer.js";
import type { Packet } from "../../../modules/wire/packet.js";
import { readPacket } from "../../../modules/wire/read-packet.js";
import { viewPublish } from "../../../modules/wire/read-publish.js";
import { writePacket } from "../../../modules/wire/write-packet.js";
import { Loops, publishPacket, topicName } from "../loops.js";
import { median, spread } from "../statistics.js";

// Run by Node with --expose-gc and a young generation that holds a whole measurement: prints ns and bytes of
// garbage per operation, the operations taking turns, medians of all rounds.

const rounds = 15;
const roundMs = 25;
const garbageOperations = 10_000;
const payload = Buffer.alloc(32);
const packet = {
	cmd: "publish",
	topic: topicName,
	payload,
	qos: 1,
	dup: false,
	retain: false,
	messageId: 7,
} as const;

const operations = { ...ours(), ...theirs() };
const names = Object.keys(operations) as (keyof typeof operations)[];
const counts = new Map(names.map(name => [name, calibrate(operations[name])]));
const times = new Map(names.map(name => [name, [] as number[]]));
for (let round = 0; round < rounds; round++)
	for (const name of names) times.get(name)!.push(time(operations[name], counts.get(name)!));
const results = names.map(name => [
	name,
	{ ns: median(times.get(name)!), spread: spread(times.get(name)!), bytes: garbage(operations[name]) },
]);
console.log(JSON.stringify(Object.fromEntries(results)));

function ours() {
	const frame = new FrameWriter(nodeText, new Uint8Array(256));
	const reader = new FrameReader(nodeText, 2048, 4);
	const publish = publishPacket(32, 7);
	const puback = Uint8Array.of(0x40, 2, 0, 7);
	const incoming = new Incoming(0);
	const loops = new Loops(nodeText, 1);
	loops.expect(32);
	const batches = new Loops(nodeText, 10);
	batches.expect(32);
	return {
		encode: () => {
			frame.reset();
			writePacket(frame, packet as Packet, 4);
		},
		publish: () => loops.publish(payload),
		publishTen: () => batches.publish(payload),
		decode: () => {
			reader.fill(publish);
			reader.next();
			viewPublish(reader, incoming);
			reader.next();
		},
		decodeObject: () => {
			reader.fill(publish);
			reader.next();
			readPacket(reader);
			reader.next();
		},
		puback: () => {
			reader.fill(puback);
			reader.next();
			reader.word();
			reader.next();
		},
	};
}

function theirs() {
	const sink = { write: () => true } as unknown as NodeJS.WritableStream;
	const reading = parser({ protocolVersion: 4 });
	reading.on("packet", () => {});
	const publish = Buffer.from(publishPacket(32, 7));
	const puback = Buffer.from([0x40, 2, 0, 7]);
	return {
		generate: () => void generate(packet as PeerPacket),
		writeToStream: () => void writeToStream(packet as PeerPacket, sink),
		parse: () => void reading.parse(publish),
		parsePuback: () => void reading.parse(puback),
	};
}

/** How many of them take about the time of a round, once they are warm. */
function calibrate(operation: () => void): number {
	let count = 1000;
	while (time(operation, count) * count < roundMs * 1e6) count *= 2;
	return count;
}

/** Nanoseconds of the processor for one: what else runs here does not count. */
function time(operation: () => void, count: number): number {
	const start = process.cpuUsage();
	for (let i = 0; i < count; i++) operation();
	const { user, system } = process.cpuUsage(start);
	return ((user + system) * 1000) / count;
}

/** Bytes of the heap and of buffers that one leaves behind; what else is allocated here only adds to that. */
function garbage(operation: () => void): number {
	let least = Infinity;
	for (let round = 0; round < rounds; round++) {
		globalThis.gc!();
		const before = process.memoryUsage();
		for (let i = 0; i < garbageOperations; i++) operation();
		const after = process.memoryUsage();
		least = Math.min(least, after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers);
	}
	// memoryUsage() itself leaves a few hundred bytes, once.
	return Math.max(0, Math.round((least - 2048) / garbageOperations));
}
