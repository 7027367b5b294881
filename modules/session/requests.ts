import { FrameFullError, type FrameWriter } from "../wire/frame-writer.js";
import { PacketType, type Version } from "../wire/packet-type.js";
import type {
	AckProperties,
	PublishPacket,
	SubscribePacket,
	Subscription,
	UnsubscribePacket,
} from "../wire/packet.js";
import { malformed } from "../wire/protocol-error.js";
import { writeClientPacket } from "../wire/write-client-packet.js";
import type { Offer } from "./offer.js";

/**
 * How a subscription is made: QoS, and of 5.0 no local, retain as published, retain handling [MQTT5 3.8.3.1],
 * and the properties of its SUBSCRIBE.
 */
export interface SubscriptionOptions extends Omit<Subscription, "topic"> {
	properties?: SubscribePacket["properties"];
}

/** No answer of the broker: the client was closed before one came. */
export const unanswered = 0x100;

/** One filter to subscribe to, or, without options, to leave. */
export interface Request {
	filter: string;
	options: SubscriptionOptions | undefined;
	/**
	 * The broker's answer: the granted QoS, or a reason code of 0x80 or more, with what it said besides. Also
	 * called for what this broker does not offer, and with unanswered.
	 */
	onAnswer: (code: number, properties?: AckProperties) => void;
}

/**
 * A message to the service itself, at QoS 1. It goes ahead of everything else, and until it is answered no
 * message and no other request is sent. It dies with its connection, unanswered.
 */
export interface Control {
	topic: string;
	payload: string;
	/** The broker's answer: 0, or of 5.0 a reason code; or unanswered. */
	onAnswer: (code: number) => void;
}

interface Asked {
	request: Request | Control;
	id: number;
}

const packetIdMax = 0xffff;
/** Under which a request over the broker's Maximum Packet Size is refused [MQTT-3.2.2-15]. */
const packetTooLarge = 0x95;

/**
 * SUBSCRIBE and UNSUBSCRIBE, one filter each, and controls: sent in order, answered by id. Their ids are
 * those between firstId and idSize, plus any multiple of idSize: the outbox gives out the others, so that
 * none is used twice.
 */
export class Requests {
	readonly max: number;
	/** Requests that wait to be sent, and those that wait for an answer. */
	unsent = 0;
	owed = 0;
	/** Those of them that are controls. */
	controls = 0;
	#offer: Offer;
	#firstId: number;
	#idSize: number;
	#round = 0;
	#waiting: (Request | Control)[] = [];
	#asked: Asked[] = [];

	constructor(max: number, offer: Offer, firstId: number, idSize: number) {
		this.max = max;
		this.#offer = offer;
		this.#firstId = firstId;
		this.#idSize = idSize;
	}
	/** False when too many are unanswered. */
	add(request: Request): boolean {
		if (this.unsent + this.owed >= this.max) return false;
		this.#waiting.push(request);
		this.unsent++;
		return true;
	}
	/** Puts a control in front of the requests; false when too many are unanswered. */
	addControl(control: Control): boolean {
		if (this.unsent + this.owed >= this.max) return false;
		let at = 0;
		while (at < this.#waiting.length && isControl(this.#waiting[at]!)) at++;
		this.#waiting.splice(at, 0, control);
		this.count();
		return true;
	}
	/** The filter that has waited longest for its answer, or for being asked; undefined without any. */
	get firstFilter(): string | undefined {
		const request = this.#asked[0]?.request ?? this.#waiting[0];
		return request === undefined || isControl(request) ? undefined : request.filter;
	}
	/** The connection is gone: what was not answered is asked again, first. */
	lose(): void {
		this.#waiting = this.#asked.map(({ request }) => request).concat(this.#waiting);
		if (this.controls > 0) this.#waiting = this.#waiting.filter(request => !isControl(request));
		this.#asked = [];
		this.count();
	}
	/** The client is closed: nothing will be answered. */
	abandon(): void {
		const requests = this.#asked.map(({ request }) => request).concat(this.#waiting);
		this.#asked = [];
		this.#waiting = [];
		this.count();
		for (const { onAnswer } of requests) onAnswer(unanswered);
	}
	/** Writes the next one; false when there is none, it must wait, or does not fit into the frame now. */
	transmit(frame: FrameWriter, version: Version): boolean {
		while (this.unsent > 0) {
			const request = this.#waiting[0]!;
			if (this.controls > 0 && !isControl(request)) return false;
			const refusal = isControl(request) ? 0 : this.#offer.refusal(request.filter, request.options);
			if (refusal !== 0) {
				this.refuse(refusal);
				continue;
			}
			const id = this.unusedId();
			const from = frame.end;
			try {
				writeClientPacket(frame, packetOf(request, id), version);
			} catch (error) {
				// It fits in an empty frame, which subscribe() has seen to, so it will go out later.
				if (error instanceof FrameFullError && from > frame.start) return false;
				throw error;
			}
			if (frame.end - from > this.#offer.packetBytesMax) {
				frame.end = from;
				this.refuse(packetTooLarge);
				continue;
			}
			this.#waiting.shift();
			this.#asked.push({ request, id });
			this.count();
			return true;
		}
		return false;
	}
	/** SUBACK, UNSUBACK or PUBACK with its one code; nothing, unless that was asked for under that id. */
	answer(id: number, codes: readonly number[], type: PacketType, properties?: AckProperties): void {
		const at = this.#asked.findIndex(asked => asked.id === id);
		if (at < 0 || answerType(this.#asked[at]!.request) !== type) return;
		if (codes.length > 1 || (type === PacketType.suback && codes.length === 0))
			throw malformed(`${codes.length} answers to a request for one filter`);
		const [{ request }] = this.#asked.splice(at, 1) as [Asked];
		this.count();
		request.onAnswer(codes[0] ?? 0, properties);
	}
	/** This broker has said that it does not take the next one: it need not be asked. */
	private refuse(code: number): void {
		const { onAnswer } = this.#waiting.shift()!;
		this.count();
		onAnswer(code);
	}
	private count(): void {
		this.unsent = this.#waiting.length;
		this.owed = this.#asked.length;
		this.controls = 0;
		for (const request of this.#waiting) if (isControl(request)) this.controls++;
		for (const { request } of this.#asked) if (isControl(request)) this.controls++;
	}
	/** Another one each time: at most max are in use, and there are as many in each round. */
	private unusedId(): number {
		this.#round = (this.#round + this.#idSize) & packetIdMax;
		let id = this.#round + this.#firstId;
		while (this.#asked.some(asked => ((asked.id ^ id) & (this.#idSize - 1)) === 0)) id++;
		return id;
	}
}

/** The packet that makes the request; its caller's mistakes are found by writing it to an empty frame. */
export function packetOf(
	request: Request | Control,
	messageId: number,
): SubscribePacket | UnsubscribePacket | PublishPacket {
	if (isControl(request)) {
		const { topic, payload } = request;
		return { cmd: "publish", messageId, topic, payload, qos: 1, dup: false, retain: false };
	}
	const { filter, options } = request;
	if (options === undefined) return { cmd: "unsubscribe", messageId, unsubscriptions: [filter] };
	const { properties, ...rest } = options;
	const packet: SubscribePacket = {
		cmd: "subscribe",
		messageId,
		subscriptions: [{ topic: filter, ...rest }],
	};
	if (properties !== undefined) packet.properties = properties;
	return packet;
}

function isControl(request: Request | Control): request is Control {
	return "payload" in request;
}

function answerType(request: Request | Control): PacketType {
	if (isControl(request)) return PacketType.puback;
	return request.options === undefined ? PacketType.unsuback : PacketType.suback;
}
