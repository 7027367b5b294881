import type { Duplex } from "node:stream";

/** The header's first byte, and the four that its length may take. */
const headerBytesMax = 5;

/**
 * Holds what is read from a stream against the longest packet that may come: the engine keeps a packet until
 * it is whole, and knows no bound. Once a longer one begins, nothing can be read any more.
 */
export function limitPackets(stream: Duplex, bytesMax: number, onLonger: (bytes: number) => void): void {
	const read = stream.read.bind(stream);
	const packets = new PacketLengths();
	stream.read = size => {
		const chunk = read(size) as Uint8Array | null;
		const bytes = chunk === null ? 0 : packets.take(chunk);
		if (bytes <= bytesMax) return chunk;
		stream.read = () => null;
		onLonger(bytes);
		return null;
	};
}

/** Follows the packets of a stream by their lengths alone, over any cut of its bytes. */
export class PacketLengths {
	#headerBytes = 0;
	#length = 0;
	#left = 0;

	/** The longest of the packets whose header ends within these bytes, header included; 0 if none does. */
	take(bytes: Uint8Array): number {
		let longest = 0;
		for (let at = 0; at < bytes.length;) {
			if (this.#left > 0) {
				const passed = Math.min(this.#left, bytes.length - at);
				this.#left -= passed;
				at += passed;
				continue;
			}
			const byte = bytes[at++]!;
			if (this.#headerBytes++ === 0) continue;
			this.#length += (byte & 0x7f) * 0x80 ** (this.#headerBytes - 2);
			// A length that does not end there is malformed, which the engine finds as well.
			if (byte >= 0x80 && this.#headerBytes < headerBytesMax) continue;
			longest = Math.max(longest, this.#headerBytes + this.#length);
			this.#left = this.#length;
			this.#headerBytes = this.#length = 0;
		}
		return longest;
	}
}
