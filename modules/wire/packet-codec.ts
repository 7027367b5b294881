import { FrameReader } from "./frame-reader.js";
import { FrameFullError, FrameWriter } from "./frame-writer.js";
import type { Packet, PacketLike } from "./packet.js";
import type { Version } from "./packet-type.js";
import { ProtocolError, Violation } from "./protocol-error.js";
import { readPacket } from "./read-packet.js";
import { portableText } from "./text.js";
import { writePacket } from "./write-packet.js";

const firstCapacity = 256;

/** The bytes of a packet. Without a version it is that of a CONNECT, and MQTT 3.1.1 for any other packet. */
export function encode(packet: PacketLike, version: Version = 4): Uint8Array {
	let capacity = firstCapacity;
	for (;;) {
		const frame = new FrameWriter(portableText, new Uint8Array(capacity));
		try {
			writePacket(frame, packet, version);
			return frame.bytes.slice(0, frame.end);
		} catch (error) {
			if (!(error instanceof FrameFullError)) throw error;
			capacity *= 2;
		}
	}
}

/**
 * Bytes in, packets out, wherever the stream was cut:
 *
 *     for (const packet of decoder.feed(chunk)) …
 *
 * A breach of the protocol is a ProtocolError behind the packets that came before it, and from then on.
 * So is a packet over the capacity, in bytes. A CONNECT sets the version for what follows.
 */
export class PacketDecoder {
	#reader: FrameReader;
	/** What the reader has not had room for yet. */
	#chunk: Uint8Array = new Uint8Array();
	#error: unknown;

	constructor(version: Version = 4, capacity = 65_536, text = portableText) {
		this.#reader = new FrameReader(text, capacity, version);
	}
	get version(): Version {
		return this.#reader.version;
	}
	/** The bytes remain the caller's, and must stay as they are until take() has returned undefined. */
	feed(chunk: Uint8Array): this {
		const rest = this.#chunk.length;
		if (rest !== 0) {
			const joined = new Uint8Array(rest + chunk.length);
			joined.set(this.#chunk);
			joined.set(chunk, rest);
			chunk = joined;
		}
		this.#chunk = chunk;
		return this;
	}
	/** The next packet; undefined when it needs more bytes. */
	take(): Packet | undefined {
		if (this.#error) throw this.#error;
		try {
			while (!this.#reader.next()) {
				const chunk = this.#chunk;
				if (chunk.length === 0) return undefined;
				const count = Math.min(this.#reader.room, chunk.length);
				this.#reader.fill(chunk.subarray(0, count));
				this.#chunk = chunk.subarray(count);
				// The chunk is the caller's, who may change it.
				this.#reader.keep();
			}
			const { skipped, bytes } = this.#reader;
			if (skipped !== 0) {
				const sizes = `${skipped} bytes and its header are over ${bytes.length}`;
				throw new ProtocolError(Violation.packetTooLarge, `publish of ${sizes}`);
			}
			return readPacket(this.#reader);
		} catch (error) {
			this.#error = error;
			throw error;
		}
	}
	/** What a for-of loop calls. */
	next(): IteratorResult<Packet, undefined> {
		const value = this.take();
		return value ? { value, done: false } : { value, done: true };
	}
	[Symbol.iterator](): this {
		return this;
	}
}
