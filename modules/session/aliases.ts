import { varintBytes, type FrameWriter } from "../wire/frame-writer.js";

const topicAlias = 0x23;
/** An alias takes so many bytes, and no topic is shorter than its length word. */
export const aliasBytes = 3;
/** How many bytes of a topic, from its end, go into its hash. */
const hashedBytes = 8;
/** How many topics without an alias are remembered, at least. */
const recentMin = 8;

/**
 * Topic aliases of one connection [MQTT5 3.3.2.3.4]: a topic has its own from the second time on that it
 * comes within a while, for as long as there are any. What is compared is bytes, as they lie in the log.
 */
export class Aliases {
	#max: number;
	#topics: Uint8Array[] = [];
	#hashes: number[] = [];
	/** Hashes of the topics that came last and have no alias. */
	#recent: Int32Array;
	#recentAt = 0;

	/** Aliases are 1 to max [MQTT-3.3.2-8]. */
	constructor(max: number) {
		this.#max = max;
		this.#recent = new Int32Array(max + recentMin);
	}
	/**
	 * The alias of the topic whose length word is memory[at]: below 0 when the broker does not know it and its
	 * topic must go along, which makes it known; 0 when there is none.
	 */
	take(memory: Uint8Array, at: number): number {
		const length = (memory[at]! << 8) | memory[at + 1]!;
		const from = at + 2;
		if (length <= aliasBytes) return 0;
		let hash = length;
		for (let i = from + Math.max(0, length - hashedBytes); i < from + length; i++)
			hash = (hash * 31 + memory[i]!) | 0;
		for (let i = this.#hashes.indexOf(hash); i >= 0; i = this.#hashes.indexOf(hash, i + 1))
			if (equals(this.#topics[i]!, memory, from, length)) return i + 1;
		if (this.#topics.length === this.#max) return 0;
		if (!this.#recent.includes(hash)) {
			this.#recent[this.#recentAt] = hash;
			this.#recentAt = (this.#recentAt + 1) % this.#recent.length;
			return 0;
		}
		this.#hashes.push(hash);
		return -this.#topics.push(memory.slice(from, from + length));
	}
}

/** Writes the PUBLISH of 5.0 that is memory[from, to) with that alias; below 0 with its topic as well. */
export function writeAliased(
	frame: FrameWriter,
	memory: Uint8Array,
	from: number,
	to: number,
	topicAt: number,
	alias: number,
): void {
	const isKnown = alias > 0;
	const topicBytes = 2 + ((memory[topicAt]! << 8) | memory[topicAt + 1]!);
	const idAt = topicAt + topicBytes;
	const idBytes = memory[from]! & 6 ? 2 : 0;
	let at = idAt + idBytes;
	let propertyBytes = aliasBytes;
	for (let shift = 0; ; shift += 7) {
		propertyBytes += (memory[at]! & 0x7f) << shift;
		if (memory[at++]! < 0x80) break;
	}
	const bytes = (isKnown ? 2 : topicBytes) + idBytes + varintBytes(propertyBytes) + aliasBytes + to - at;
	frame.byte(memory[from]!);
	frame.varint(bytes);
	if (isKnown) frame.word(0);
	else frame.copy(memory, topicAt, idAt);
	frame.copy(memory, idAt, idAt + idBytes);
	frame.varint(propertyBytes);
	frame.byte(topicAlias);
	frame.word(Math.abs(alias));
	frame.copy(memory, at, to);
}

function equals(topic: Uint8Array, memory: Uint8Array, from: number, length: number): boolean {
	if (topic.length !== length) return false;
	for (let i = 0; i < length; i++) if (topic[i] !== memory[from + i]) return false;
	return true;
}
