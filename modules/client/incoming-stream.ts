import type { QoS } from "../wire/packet-type.js";
import type { Properties } from "../wire/packet.js";
import type { Message } from "./message.js";

/** A message that came in, of any length, whose payload is taken piece by piece. */
export class IncomingStream {
	readonly topic: string;
	readonly qos: QoS;
	readonly retain: boolean;
	readonly dup: boolean;
	/** 0 at QoS 0. */
	readonly packetId: number;
	readonly properties: Properties | undefined;
	readonly subscriptionIdentifiers: readonly number[];
	/** The length of the whole payload. */
	readonly bytes: number;
	#read: () => Promise<Uint8Array | undefined>;

	constructor(head: Message, bytes: number, read: () => Promise<Uint8Array | undefined>) {
		this.topic = head.topic;
		this.qos = head.qos;
		this.retain = head.retain;
		this.dup = head.dup;
		this.packetId = head.packetId;
		this.properties = head.properties;
		this.subscriptionIdentifiers = head.subscriptionIdentifiers;
		this.bytes = bytes;
		this.#read = read;
	}
	/**
	 * The next piece of the payload, good until the next read(); undefined at its end. What is not asked for
	 * stays in the socket, and nothing behind it is read. It is rejected when the connection ends first: at QoS
	 * 1 and 2 the message then comes again from its start, to a handler that is called anew.
	 */
	read(): Promise<Uint8Array | undefined> {
		return this.#read();
	}
}

/** A message that is here, as a stream of one piece. */
export function streamOf(message: Message): IncomingStream {
	let rest = message.payload.length === 0 ? undefined : message.payload;
	return new IncomingStream(message, message.payload.length, () => {
		const piece = rest;
		rest = undefined;
		return Promise.resolve(piece);
	});
}
