import type { FrameReader } from "../wire/frame-reader.js";
import type { QoS } from "../wire/packet-type.js";
import type { Properties } from "../wire/packet.js";
import { ProtocolError, Violation, breach } from "../wire/protocol-error.js";
import type { PublishView } from "../wire/read-publish.js";

const nothing = new Uint8Array(0);

/**
 * The message at hand, its payload in place: bytes[from, to) of the reader, good until the handler returns.
 * One object serves for all messages. It keeps the topics for which the broker uses aliases, as long as the
 * connection lasts.
 */
export class Incoming implements PublishView {
	topic = "";
	bytes: Uint8Array = nothing;
	from = 0;
	to = 0;
	qos: QoS = 0;
	retain = false;
	dup = false;
	id = 0;
	alias = 0;
	/** For Session.receiver.acknowledge(), at QoS 1 and 2. */
	token = -1;
	properties: Properties | undefined;
	pairs: [string, string][] | undefined;
	/** The body length of a message that was passed over, because it is longer than the reader. */
	skippedBytes = 0;
	/** The length of the payload of a message longer than the reader, from its beginning to its end; else 0. */
	payloadBytes = 0;
	#aliasMax: number;
	#topics: (string | undefined)[] = [];

	/** The Topic Alias Maximum that we announce. */
	constructor(aliasMax: number) {
		this.#aliasMax = aliasMax;
	}
	/** Takes the alias in, for its topic or in the place of it; nobody else is to see it. */
	resolve(): void {
		const { alias, topic } = this;
		delete this.properties!.topicAlias;
		// [MQTT-3.3.2-10]
		if (alias > this.#aliasMax)
			throw new ProtocolError(
				Violation.topicAliasInvalid,
				`topic alias ${alias} is over our maximum of ${this.#aliasMax}`,
			);
		if (topic !== "") this.#topics[alias] = topic;
		else if (this.#topics[alias] === undefined) throw breach(`topic alias ${alias} was never given a topic`);
		else this.topic = this.#topics[alias]!;
	}
	/** The PUBLISH that the reader has passed over. */
	skip(packet: FrameReader): void {
		this.qos = ((packet.flags >> 1) & 3) as QoS;
		this.dup = (packet.flags & 8) !== 0;
		this.id = packet.skippedId;
		this.skippedBytes = packet.skipped;
		if (this.qos > 0 && this.id === 0) throw breach("packet id 0");
	}
	/** Aliases end with the connection [MQTT-3.3.2-7]. */
	lose(): void {
		this.#topics.length = 0;
		this.payloadBytes = 0;
	}
}
