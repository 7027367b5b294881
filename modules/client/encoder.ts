import type { Properties } from "../wire/packet.js";
import { PacketType, type Version } from "../wire/packet-type.js";
import { FrameWriter } from "../wire/frame-writer.js";
import type { Text } from "../wire/text.js";
import { checkTopicName } from "../wire/topic.js";
import { writeProperties } from "../wire/properties.js";
import { ownProperties, type MessageProperties } from "./publish-options.js";

/** Turns what the application says of a message into bytes; topic and properties share one scratch buffer. */
export class Encoder {
	#text: Text;
	#version: Version;
	#scratch: FrameWriter;

	constructor(text: Text, version: Version, scratchBytes: number) {
		this.#text = text;
		this.#version = version;
		this.#scratch = new FrameWriter(text, new Uint8Array(scratchBytes));
	}
	/** The topic with its length word, good until the next call. */
	topic(topic: string): Uint8Array {
		checkTopicName(topic);
		const scratch = this.#scratch;
		scratch.reset();
		const end = this.#text.write(topic, scratch.bytes, 2, scratch.limit);
		if (end < 0)
			throw new RangeError(`topic is over the ${scratch.limit - 2} bytes that scratchBytes allows`);
		scratch.word(end - 2);
		return scratch.bytes.subarray(0, (scratch.end = end));
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
	/** A payload or password, which may hold U+0000, unlike the texts of MQTT itself. */
	text(text: string): Uint8Array {
		// At most three bytes a UTF-16 unit, and four a code point, whichever of them length counts.
		const bytes = new Uint8Array(text.length * 4);
		let end = 0;
		let from = 0;
		for (let at = text.indexOf("\0"); at >= 0; at = text.indexOf("\0", from)) {
			end = this.#text.write(text.slice(from, at), bytes, end, bytes.length) + 1;
			from = at + 1;
		}
		return bytes.subarray(
			0,
			this.#text.write(from === 0 ? text : text.slice(from), bytes, end, bytes.length),
		);
	}
}
