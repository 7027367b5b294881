import { FrameReader } from "../../modules/wire/frame-reader.js";
import { PacketDecoder } from "../../modules/wire/packet-codec.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { ProtocolError } from "../../modules/wire/protocol-error.js";
import type { Text } from "../../modules/wire/text.js";
import { Fault, stepsMax, type Target } from "./target.js";

const decoderBytes = 512;

/**
 * The packet decoder: packets, then at most one ProtocolError, which it repeats; never more packets than
 * the bytes have room for. The first two bytes of an input choose where the stream is cut.
 */
export class DecoderTarget implements Target {
	readonly name: string;
	#version: Version;
	#text: Text;

	constructor(name: string, version: Version, text: Text) {
		this.name = name;
		this.#version = version;
		this.#text = text;
	}
	run(input: Uint8Array): string {
		const decoder = new PacketDecoder(this.#version, decoderBytes, this.#text);
		let outcome = "";
		let packets = 0;
		try {
			decoder.feed(input);
			for (let packet = decoder.take(); packet !== undefined; packet = decoder.take()) {
				if (++packets > stepsMax(input.length)) throw new Fault("more packets than bytes");
				if (packets < 4) outcome += ` ${packet.cmd}`;
			}
			return outcome;
		} catch (error) {
			if (!(error instanceof ProtocolError)) throw error;
			this.#checkEnd(decoder, error);
			return `${outcome} ! ${kindOf(error)}`;
		}
	}
	/** What is broken stays broken. */
	#checkEnd(decoder: PacketDecoder, error: ProtocolError): void {
		let again: unknown;
		try {
			decoder.feed(pingresp).take();
		} catch (thrown) {
			again = thrown;
		}
		if (again !== error) throw new Fault("goes on after a breach");
	}
}

const pingresp = Uint8Array.of(0xd0, 0);

/** The message without its numbers and names: what kind of breach it is. */
export function kindOf(error: ProtocolError): string {
	return `${error.violation} ${error.message.replace(/\d+/g, "#")}`;
}

/**
 * The frame reader alone, in a small buffer, fed in pieces: it always takes more or gives more, stays
 * within its buffer, and passes over what is too long.
 */
export class ReaderTarget implements Target {
	readonly name: string;
	#version: Version;
	#text: Text;
	#capacity: number;

	constructor(name: string, version: Version, capacity: number, text: Text) {
		this.name = name;
		this.#version = version;
		this.#text = text;
		this.#capacity = capacity;
	}
	run(input: Uint8Array): string {
		const reader = new FrameReader(this.#text, this.#capacity, this.#version);
		let outcome = "";
		let packets = 0;
		let steps = 0;
		let at = 0;
		const piece = 1 + ((input[0] ?? 0) & 31);
		try {
			for (;;) {
				if (++steps > stepsMax(input.length)) throw new Fault("does not come to an end");
				if (reader.next()) {
					this.#check(reader);
					if (++packets < 4) outcome += ` ${reader.type}${reader.skipped > 0 ? " skipped" : ""}`;
					continue;
				}
				if (at === input.length) return outcome;
				if (reader.room === 0) throw new Fault("takes nothing and gives nothing");
				const end = Math.min(at + piece, at + reader.room, input.length);
				reader.fill(input.subarray(at, end));
				at = end;
			}
		} catch (error) {
			if (!(error instanceof ProtocolError)) throw error;
			return `${outcome} ! ${kindOf(error)}`;
		}
	}
	#check(reader: FrameReader): void {
		if (reader.at < 0 || reader.at > reader.end || reader.end > reader.bytes.length)
			throw new Fault(`body at ${reader.at} to ${reader.end} of ${reader.bytes.length}`);
		if (reader.bytes.length > this.#capacity) throw new Fault("the buffer grows");
	}
}
