import { encode } from "../../modules/wire/packet-codec.js";
import { PacketType, type Version } from "../../modules/wire/packet-type.js";
import type { Text } from "../../modules/wire/text.js";
import { hex } from "../support/hex.js";
import { packetOf, randomPacket } from "../support/packets.js";
import { Random } from "../support/random.js";
import { frame, http, upgraded } from "../support/web-bench.js";
import { corpus } from "./corpus/corpus.js";
import { LinkTarget } from "./link-target.js";
import { Mutator, Pool } from "./mutator.js";
import type { Target } from "./target.js";
import { WebTarget } from "./web-target.js";
import { DecoderTarget, ReaderTarget } from "./wire-targets.js";

/** The longest valid packet that mutations begin with. */
const packetBytesMax = 300;
/** Of sixteen runs, how many are the decoder's; the reader, the link and the WebSocket share the others. */
export const decoderShare = 13;
export const round = 16;
const readerCapacity = 48;

export interface Lane {
	target: Target;
	pool: Pool;
	/** Outcomes seen. */
	outcomes: Set<string>;
}

/** What went wrong, and the bytes that did it. */
export interface Finding {
	target: string;
	input: Uint8Array;
	error: string;
}

/**
 * All targets, each with its pool, in a fixed rotation: run n is the same for the same seed and the same
 * pools.
 */
export class Farm {
	runs = 0;
	decoderRuns = 0;
	/** Inputs kept because their outcome, or the code that they reached, was new. */
	kept = 0;
	finding: Finding | undefined;
	/** The last input that ran, and where: good until the next run. */
	input: Uint8Array = new Uint8Array(0);
	lane: Lane | undefined;
	#seed: number;
	#decoders: Lane[];
	#others: Lane[];
	#mutator = new Mutator();

	constructor(seed: number, text: Text) {
		this.#seed = seed;
		const random = new Random(seed);
		this.#decoders = versions.map(version => decoderLane(random, version, text));
		this.#others = [
			...versions.map(version => readerLane(random, version, text)),
			...versions.map(version => linkLane(random, version, text)),
			linkLane(random, 5, text, "m"),
			webLane(random, text),
		];
		for (const { target, pool } of this.lanes)
			for (const [name, bytes] of corpus) if (name === target.name) pool.add(hex(bytes), random);
	}
	get lanes(): readonly Lane[] {
		return [...this.#decoders, ...this.#others];
	}
	/** Makes one input and runs it; false when that is a finding. */
	run(): boolean {
		const at = this.runs++;
		const random = new Random(this.#seed + at);
		const turn = at % round;
		const isDecoder = turn < decoderShare;
		const lanes = isDecoder ? this.#decoders : this.#others;
		const count = isDecoder ? at : Math.floor(at / round) * (round - decoderShare) + turn - decoderShare;
		const lane = lanes[count % lanes.length]!;
		this.lane = lane;
		this.input = this.#mutator.make(random, lane.pool);
		if (!isDecoder) return this.#try(lane, random);
		// To make an input costs more than to decode it: each is tried in every version.
		this.decoderRuns += this.#decoders.length;
		for (const decoder of this.#decoders) if (!this.#try(decoder, random)) return false;
		return true;
	}
	#try({ target, pool, outcomes }: Lane, random: Random): boolean {
		try {
			const outcome = target.run(this.input);
			if (!outcomes.has(outcome) && outcomes.size < outcomesMax) {
				outcomes.add(outcome);
				this.keep(this.input, pool, random);
			}
			return true;
		} catch (error) {
			this.finding = { target: target.name, input: this.input.slice(), error: String(error) };
			return false;
		}
	}
	keep(input: Uint8Array, pool: Pool, random: Random): void {
		this.kept++;
		pool.add(input, random);
	}
}

const versions = [3, 4, 5] as const;
/** So that the outcomes, too, have a bound. */
const outcomesMax = 500;

/** A fresh one, for a finding to be tried again. */
export function makeTarget(name: string, text: Text): Target {
	const lane = new Farm(1, text).lanes.find(({ target }) => target.name === name);
	if (lane === undefined) throw new RangeError(`there is no target ${name}`);
	return lane.target;
}

export const targetNames = Object.freeze([
	...versions.flatMap(version => [`decoder ${version}`, `reader ${version}`, `link ${version}`]),
	"link 5 with AUTH",
	"WebSocket",
]);

function validPacket(random: Random, version: Version): Uint8Array {
	for (;;) {
		const packet = randomPacket(random, version);
		if (packet.cmd === "publish" && packet.payload.length > packetBytesMax) continue;
		const bytes = encode(packet, version);
		if (bytes.length <= packetBytesMax) return bytes;
	}
}

function decoderLane(random: Random, version: Version, text: Text): Lane {
	const pool = new Pool(() => validPacket(random, version), 0);
	return { target: new DecoderTarget(`decoder ${version}`, version, text), pool, outcomes: new Set() };
}

function readerLane(random: Random, version: Version, text: Text): Lane {
	const pool = new Pool(() => validPacket(random, version), 0);
	const target = new ReaderTarget(`reader ${version}`, version, readerCapacity, text);
	return { target, pool, outcomes: new Set() };
}

/** What brokers send, with small packet ids: those are the ones in flight. */
const served = Object.freeze([2, 3, 3, 4, 5, 6, 7, 9, 11, 13, 14, 15]) as readonly PacketType[];

function linkLane(random: Random, version: Version, text: Text, method = ""): Lane {
	const draw = () => {
		for (;;) {
			const type = random.pick(served);
			if (type === PacketType.auth && version < 5) continue;
			const packet = packetOf(random, type, version);
			if (packet.cmd === "publish" && packet.payload.length > packetBytesMax) continue;
			const bytes = encode(packet, version);
			const input = new Uint8Array(1 + bytes.length);
			input[0] = random.below(256);
			input.set(bytes, 1);
			if (input.length <= packetBytesMax) return input;
		}
	};
	const name = method === "" ? `link ${version}` : `link ${version} with AUTH`;
	return {
		target: new LinkTarget(name, version, text, method),
		pool: new Pool(draw, 1),
		outcomes: new Set(),
	};
}

function webLane(random: Random, text: Text): Lane {
	const first = [0x82, 0x82, 0x02, 0x00, 0x80, 0x89, 0x8a, 0x88, 0x81, 0x01];
	const draw = () => {
		let bytes = "";
		for (let left = 1 + random.below(4); left > 0; left--) {
			const payload = random.bytes(random.pick([0, 1, 2, 5, 60, 125, 126]));
			bytes += frame(
				random.pick(first),
				[...payload].map(byte => byte.toString(16).padStart(2, "0")).join(""),
			);
		}
		if (random.once(8)) bytes = http(upgraded.filter(() => !random.once(9))) + bytes;
		const head = random.below(256);
		return hex(`${head.toString(16).padStart(2, "0")}${bytes}`).slice(0, packetBytesMax);
	};
	return { target: new WebTarget("WebSocket", text), pool: new Pool(draw, 1), outcomes: new Set() };
}
