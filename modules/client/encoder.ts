import type { Properties } from "../wire/packet.js";
import { PacketType, type Version } from "../wire/packet-type.js";
import { FrameWriter } from "../wire/frame-writer.js";
import type { Text } from "../wire/text.js";
import { writeProperties } from "../wire/properties.js";
import { topicNameFault } from "../wire/topic.js";
import { ownProperties, type MessageProperties } from "./publish-options.js";

const topicBytesMax = 0xffff;

/**
 * Turns what the application says of a message into bytes; topic and properties share one scratch buffer. The
 * topic stays in front there, since most messages go where the one before them went.
 */
export class Encoder {
	#version: Version;
	#scratch: FrameWriter;
	#topic = "";
	/** The last topic with its length word; undefined when there is none in the scratch. */
	#topicBytes: Uint8Array | undefined;

	/** The scratch is a buffer of its own: from a part of the log's, XS copies to the log by way of a third. */
	constructor(text: Text, version: Version, scratchBytes: number) {
		this.#version = version;
		this.#scratch = new FrameWriter(text, new Uint8Array(scratchBytes));
	}
	/** The topic with its length word, good until the next call. */
	topic(topic: string): Uint8Array {
		const scratch = this.#scratch;
		const last = this.#topicBytes;
		if (last !== undefined && topic === this.#topic) {
			scratch.end = last.length;
			return last;
		}
		const fault = topicNameFault(topic);
		if (fault !== undefined) throw new RangeError(fault);
		this.#topicBytes = undefined;
		scratch.reset();
		const { bytes, limit } = scratch;
		const end = scratch.text.write(topic, bytes, 2, limit);
		if (end < 0) throw new RangeError(`topic is over the ${limit - 2} bytes that scratchBytes allows`);
		// [MQTT-4.7.3-3] [MQTT-4.7.3-3, 3.1.1]
		if (end - 2 > topicBytesMax) throw new RangeError(`topic of ${end - 2} bytes is over 65,535`);
		scratch.word(end - 2);
		scratch.end = end;
		this.#topic = topic;
		return (this.#topicBytes = bytes.subarray(0, end));
	}
	/** Behind the topic in the scratch, and good as long as that. */
	properties(properties: MessageProperties): Uint8Array {
		if (this.#version !== 5) throw new TypeError("properties of a message need MQTT 5");
		for (const name of ownProperties)
			if (Object.hasOwn(properties, name))
				throw new RangeError(`property ${name} is not the caller's to set`);
		const scratch = this.#scratch;
		const from = scratch.end;
		writeProperties(scratch, PacketType.publish, properties as Properties);
		const length = scratch.end - from;
		const lengthBytes = length < 0x81 ? 1 : length < 0x4002 ? 2 : 3;
		return scratch.bytes.subarray(from + lengthBytes, scratch.end);
	}
	/** Behind the topic and properties in the scratch if there is room, and good as long as they. */
	payload(text: string): Uint8Array {
		const { bytes, end, limit, text: encoding } = this.#scratch;
		const textEnd = text.includes("\0") ? -1 : encoding.write(text, bytes, end, limit);
		return textEnd < 0 ? encodeText(encoding, text) : bytes.subarray(end, textEnd);
	}
}

/** A payload or password, which may hold U+0000, unlike the texts of MQTT itself. */
export function encodeText(encoding: Text, text: string): Uint8Array {
	// At most three bytes a UTF-16 unit, and four a code point, whichever of them length counts.
	const bytes = new Uint8Array(text.length * 4);
	let end = 0;
	let from = 0;
	for (let at = text.indexOf("\0"); at >= 0; at = text.indexOf("\0", from)) {
		end = encoding.write(text.slice(from, at), bytes, end, bytes.length) + 1;
		from = at + 1;
	}
	return bytes.subarray(0, encoding.write(from === 0 ? text : text.slice(from), bytes, end, bytes.length));
}
