import type { Incoming } from "../session/incoming.js";
import type { QoS } from "../wire/packet-type.js";
import type { Properties, UserPropertyPairs } from "../wire/packet.js";
import type { Text } from "../wire/text.js";

const none: readonly never[] = Object.freeze([]);

/** A message that came in. Its payload is a copy, the handler's to keep. */
export class Message {
	readonly topic: string;
	readonly payload: Uint8Array;
	readonly qos: QoS;
	readonly retain: boolean;
	readonly dup: boolean;
	/** 0 at QoS 0. */
	readonly packetId: number;
	readonly properties: Properties | undefined;
	/** In their order, names that come again too; in properties they are by name. */
	readonly userProperties: UserPropertyPairs;
	/** Of the subscriptions that it comes from; none where they have none, and before 5.0. */
	readonly subscriptionIdentifiers: readonly number[];
	#text: Text;

	constructor(incoming: Incoming, text: Text) {
		this.topic = incoming.topic;
		this.payload = incoming.bytes.slice(incoming.from, incoming.to);
		this.qos = incoming.qos;
		this.retain = incoming.retain;
		this.dup = incoming.dup;
		this.packetId = incoming.id;
		this.properties = incoming.properties;
		this.userProperties = incoming.properties === undefined ? none : incoming.pairs!;
		const identifiers = incoming.properties?.subscriptionIdentifier;
		this.subscriptionIdentifiers =
			identifiers === undefined ? none : typeof identifiers === "number" ? [identifiers] : identifiers;
		this.#text = text;
	}
	/** The payload as text, which unlike those of MQTT may hold U+0000; undefined when it is not UTF-8. */
	text(): string | undefined {
		const { payload } = this;
		let text = "";
		let from = 0;
		for (let at = payload.indexOf(0); at >= 0; at = payload.indexOf(0, from)) {
			const part = this.#text.read(payload, from, at);
			if (part === undefined) return undefined;
			text += `${part}\0`;
			from = at + 1;
		}
		const rest = this.#text.read(payload, from, payload.length);
		return rest === undefined ? undefined : text + rest;
	}
	/** The payload as JSON; a SyntaxError when it is not. */
	json(): unknown {
		return JSON.parse(this.text() ?? "");
	}
}
