// node only
// One packet after the other, against npm mqtt-packet: what each writes, what each makes of it, and what
// each says to the same bytes when some of them are changed.

import { parser } from "mqtt-packet";
import { PacketDecoder, encode } from "../../modules/wire/packet-codec.js";
import type { Packet } from "../../modules/wire/packet.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { ProtocolError } from "../../modules/wire/protocol-error.js";
import { toHex } from "../support/hex.js";
import { randomPacket } from "../support/packets.js";
import { Random } from "../support/random.js";
import {
	explainReading,
	explainTheirRefusal,
	explainWriting,
	explainOurRefusal,
} from "./known-differences.js";
import { Mutator, Pool } from "./mutator.js";
import { theirEncoding } from "./oracle.js";

const missesMax = 10;

/** What one of the two made of the bytes. */
export interface Reading {
	packets: Packet[];
	/** Empty when nothing is wrong with them. */
	error: string;
}

/** Decodes with ours. */
export function readOurs(bytes: Uint8Array, version: Version): Reading {
	const decoder = new PacketDecoder(version);
	const packets: Packet[] = [];
	try {
		for (const packet of decoder.feed(bytes)) packets.push(packet);
		return { packets, error: "" };
	} catch (error) {
		if (!(error instanceof ProtocolError)) throw error;
		return { packets, error: error.message };
	}
}

/** Decodes with mqtt-packet, which fills in the fields of a PUBLISH for every type. */
export function readTheirs(bytes: Uint8Array, version: Version): Reading {
	const packets: Packet[] = [];
	let error = "";
	const reader = parser({ protocolVersion: version });
	reader.on("packet", packet => packets.push(packet as unknown as Packet));
	reader.on("error", (thrown: Error) => (error ||= thrown.message));
	try {
		reader.parse(Buffer.from(bytes));
	} catch (thrown) {
		error ||= String(thrown);
	}
	return { packets, error };
}

const filledIn = Object.freeze(["length", "qos", "dup", "retain", "topic", "payload"]);

/** Whether their packet says what ours says. */
export function isSamePacket(theirs: Packet, ours: Packet): boolean {
	const fields: Record<string, unknown> = { ...theirs };
	delete fields["length"];
	if (theirs.cmd !== "publish") for (const name of filledIn) delete fields[name];
	if (theirs.cmd === "unsuback") fields["granted"] ??= [];
	return isAlike(fields, ours);
}

export function isAlike(left: unknown, right: unknown): boolean {
	if (left === right) return true;
	if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
	if (left instanceof Uint8Array) return right instanceof Uint8Array && Buffer.compare(left, right) === 0;
	if (Array.isArray(left) !== Array.isArray(right)) return false;
	const [a, b] = [left as Record<string, unknown>, right as Record<string, unknown>];
	for (const name of Object.keys(a)) if (!isAlike(a[name], b[name])) return false;
	for (const name of Object.keys(b)) if (a[name] === undefined && b[name] !== undefined) return false;
	return true;
}

/**
 * Counts what was compared, and what was explained by which row; the first difference without a row is
 * kept.
 */
export class Differential {
	packets = 0;
	mutated = 0;
	bothRefuse = 0;
	readonly explained = new Map<string, number>();
	/** After ten of them the comparison is given up. */
	readonly unexplained: string[] = [];
	#version: Version;
	#seed: number;
	#pool: Pool;
	#mutator = new Mutator();

	constructor(version: Version, seed: number) {
		this.#version = version;
		this.#seed = seed;
		const random = new Random(seed);
		this.#pool = new Pool(() => encode(randomPacket(random, version), version).subarray(0, 300), 0);
	}
	/** The next packet and the next changed bytes; false at a difference that no row explains. */
	next(): boolean {
		const random = new Random(this.#seed + this.packets++);
		this.#compareWritten(randomPacket(random, this.#version));
		this.#compareRead(this.#mutator.make(random, this.#pool));
		return this.unexplained.length < missesMax;
	}
	#compareWritten(packet: Packet): void {
		const version = this.#version;
		const ours = encode(packet, version);
		const known = explainWriting(packet);
		if (known !== undefined) return this.#explain(known);
		const theirs = theirEncoding(packet, version);
		if (Buffer.compare(ours, theirs) !== 0) return this.#miss("written otherwise", ours);
		// The bytes are the same, so that one reading of each shows both ways.
		const read = readOurs(theirs, version);
		if (read.error !== "" || read.packets.length !== 1 || !isAlike(read.packets[0], packet))
			return this.#miss(`ours reads otherwise ${read.error}`, theirs);
		const theirRead = readTheirs(ours, version);
		if (
			theirRead.error !== "" ||
			theirRead.packets.length !== 1 ||
			!isSamePacket(theirRead.packets[0]!, packet)
		)
			this.#miss(`theirs reads otherwise ${theirRead.error}`, ours);
	}
	#compareRead(bytes: Uint8Array): void {
		const version = this.#version;
		this.mutated++;
		const ours = readOurs(bytes, version);
		const theirs = readTheirs(bytes, version);
		if (ours.error !== "" && theirs.error !== "") {
			this.bothRefuse++;
			return;
		}
		const count = Math.min(ours.packets.length, theirs.packets.length);
		for (let i = 0; i < count; i++) {
			const [our, their] = [ours.packets[i]!, theirs.packets[i]!];
			if (isSamePacket(their, our)) continue;
			const known = explainReading(our, their);
			if (known === undefined)
				return this.#miss(`read otherwise: ${print(our)} is not ${print(their)}`, bytes);
			// What follows a packet that was read otherwise may differ for that reason.
			return this.#explain(known);
		}
		if (ours.error !== "") {
			const known = explainOurRefusal(ours.error);
			return known === undefined ? this.#miss(`we refuse alone: ${ours.error}`, bytes) : this.#explain(known);
		}
		if (theirs.error !== "") {
			const known = explainTheirRefusal(
				theirs.error,
				ours.packets[count],
				version,
				this.#isRefusedWithMore(bytes),
			);
			return known === undefined
				? this.#miss(`they refuse alone: ${theirs.error}`, bytes)
				: this.#explain(known);
		}
		if (ours.packets.length !== theirs.packets.length)
			this.#miss(`${ours.packets.length} packets are not ${theirs.packets.length}`, bytes);
	}
	#isRefusedWithMore(bytes: Uint8Array): boolean {
		const longer = new Uint8Array(bytes.length + 1);
		longer.set(bytes);
		return readOurs(longer, this.#version).error !== "";
	}
	#explain(name: string): void {
		this.explained.set(name, (this.explained.get(name) ?? 0) + 1);
	}
	#miss(what: string, bytes: Uint8Array): void {
		this.unexplained.push(`version ${this.#version}, packet ${this.packets}: ${what}: ${toHex(bytes)}`);
	}
}

function print(packet: Packet): string {
	return JSON.stringify(packet, (_, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value));
}
