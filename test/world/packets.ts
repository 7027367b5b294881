import { PacketDecoder, encode } from "../../modules/wire/packet-codec.js";
import type { Packet, PublishPacket } from "../../modules/wire/packet.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { BrokenLaw } from "./timeline.js";

export { encode };

/** Cuts a stream into packets, and tells how many bytes each has. */
export class PacketStream {
	#decoder: PacketDecoder;
	#held = new Uint8Array(512);
	#count = 0;
	/** The most aliases that the receiver takes; undefined leaves them as they are. */
	aliasMax: number | undefined;
	#topics = new Map<number, string>();

	constructor(version: Version) {
		this.#decoder = new PacketDecoder(version, 0x1_0000);
	}
	/** Puts the topic in the place of its alias: 1 to aliasMax [MQTT-3.3.2-8] [MQTT-3.3.2-9]. */
	#resolve(packet: PublishPacket): void {
		const alias = packet.properties?.topicAlias;
		if (alias === undefined) return;
		if (alias > this.aliasMax!)
			throw new BrokenLaw(`law 5: topic alias ${alias}, the broker takes ${this.aliasMax}`);
		if (packet.topic !== "") this.#topics.set(alias, packet.topic);
		const topic = this.#topics.get(alias);
		if (topic === undefined) throw new BrokenLaw(`topic alias ${alias} was never given a topic`);
		packet.topic = topic;
		delete packet.properties!.topicAlias;
	}
	/** The last packet has begun and not ended. */
	get torn(): boolean {
		return this.#count > 0;
	}
	feed(bytes: Uint8Array, each: (packet: Packet, bytes: number) => void): void {
		if (this.#count + bytes.length > this.#held.length) {
			const held = new Uint8Array(2 * (this.#count + bytes.length));
			held.set(this.#held.subarray(0, this.#count));
			this.#held = held;
		}
		this.#held.set(bytes, this.#count);
		this.#count += bytes.length;
		const all = this.#held.subarray(0, this.#count);
		let at = 0;
		for (let end = packetEnd(all, at); end >= 0; end = packetEnd(all, at)) {
			const packet = this.#decoder.feed(all.slice(at, end)).take();
			if (packet === undefined) throw new BrokenLaw("a packet whose length is not its own");
			if (packet.cmd === "publish" && this.aliasMax !== undefined) this.#resolve(packet);
			each(packet, end - at);
			at = end;
		}
		if (at === 0) return;
		this.#held.copyWithin(0, at, this.#count);
		this.#count -= at;
	}
}

/** Where the packet at that offset ends, or -1 while it is not whole. */
function packetEnd(bytes: Uint8Array, at: number): number {
	let length = 0;
	for (let i = 1; i <= 4; i++) {
		if (at + i >= bytes.length) return -1;
		const byte = bytes[at + i]!;
		length += (byte & 0x7f) << (7 * (i - 1));
		if (byte > 0x7f) continue;
		const end = at + i + 1 + length;
		return end <= bytes.length ? end : -1;
	}
	throw new BrokenLaw("a remaining length over four bytes");
}

const idBytes = 4;

/** A payload of that size which names the message, and whose every byte can be checked. */
export function payloadOf(uid: number, size: number): Uint8Array {
	const payload = new Uint8Array(size);
	if (size < idBytes) return payload;
	for (let i = 0; i < idBytes; i++) payload[i] = uid >>> (24 - 8 * i);
	for (let i = idBytes; i < size; i++) payload[i] = (uid + i) * 7;
	return payload;
}

/** Messages too small for a name in their payload have it in their topic. */
export function topicOf(uid: number, size: number, topic: string): string {
	return size < idBytes ? `${topic}/${uid}` : topic;
}

/** Which message a PUBLISH carries; not one byte of it may be wrong. */
export function uidOf({ topic, payload }: PublishPacket): number {
	const bytes = payload as Uint8Array;
	if (bytes.length < idBytes) return Number(topic.slice(topic.lastIndexOf("/") + 1));
	const uid = ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
	for (let i = idBytes; i < bytes.length; i++)
		if (bytes[i] !== (((uid + i) * 7) & 0xff)) throw new BrokenLaw(`message ${uid} is damaged at byte ${i}`);
	return uid;
}
