import { FrameFullError, type FrameWriter } from "../wire/frame-writer.js";
import type { Version } from "../wire/packet-type.js";
import type { SubscribePacket, Subscription, UnsubscribePacket } from "../wire/packet.js";
import { malformed } from "../wire/protocol-error.js";
import { writePacket } from "../wire/write-packet.js";
import { Owed, type Flight } from "./flight.js";

/** How a subscription is made: QoS, and of 5.0 no local, retain as published, retain handling [MQTT5 3.8.3.1]. */
export type SubscriptionOptions = Omit<Subscription, "topic">;

/** One filter to subscribe to, or, without options, to leave. */
export interface Request {
	filter: string;
	options: SubscriptionOptions | undefined;
	/** The broker's answer: the granted QoS, or a reason code of 0x80 or more. */
	onAnswer: (code: number) => void;
}

/** SUBSCRIBE and UNSUBSCRIBE, one filter each, sent in order and answered by id. */
export class Requests {
	readonly max: number;
	#flight: Flight;
	#waiting: Request[] = [];
	#asked: Request[] = [];
	#ids: number[] = [];

	constructor(max: number, flight: Flight) {
		this.max = max;
		this.#flight = flight;
	}
	get count(): number {
		return this.#waiting.length + this.#asked.length;
	}
	get unsent(): boolean {
		return this.#waiting.length > 0;
	}
	/** False when too many are unanswered. */
	add(request: Request): boolean {
		if (this.count >= this.max) return false;
		this.#waiting.push(request);
		return true;
	}
	/** The connection is gone: what was not answered is asked again, first. */
	lose(): void {
		for (const id of this.#ids) if (this.#flight.owed(id) === Owed.answer) this.#flight.free(id);
		this.#waiting = this.#asked.concat(this.#waiting);
		this.#asked = [];
		this.#ids = [];
	}
	/** Writes the next one; false when it does not fit behind what is in the frame. */
	transmit(frame: FrameWriter, version: Version, now: number): boolean {
		const request = this.#waiting[0]!;
		const messageId = this.#flight.take(0, Owed.answer, now);
		try {
			writePacket(frame, packetOf(request, messageId), version);
		} catch (error) {
			// It fits in an empty frame, which subscribe() has seen to, so it will go out later.
			this.#flight.free(messageId);
			if (error instanceof FrameFullError && frame.end > frame.start) return false;
			throw error;
		}
		this.#waiting.shift();
		this.#asked.push(request);
		this.#ids.push(messageId);
		return true;
	}
	/** SUBACK or UNSUBACK with its one code; ignored when nothing was asked under that id. */
	answer(id: number, codes: readonly number[], subscribed: boolean): void {
		const at = this.#ids.indexOf(id);
		if (at < 0 || (this.#asked[at]!.options !== undefined) !== subscribed) return;
		if (codes.length > 1 || (subscribed && codes.length === 0))
			throw malformed(`${codes.length} answers to a request for one filter`);
		const request = this.#asked[at]!;
		this.#flight.free(id);
		this.#asked.splice(at, 1);
		this.#ids.splice(at, 1);
		request.onAnswer(codes[0] ?? 0);
	}
}

/** The packet that makes the request; its caller's mistakes are found by writing it to an empty frame. */
export function packetOf(
	{ filter, options }: Request,
	messageId: number,
): SubscribePacket | UnsubscribePacket {
	if (options === undefined) return { cmd: "unsubscribe", messageId, unsubscriptions: [filter] };
	return { cmd: "subscribe", messageId, subscriptions: [{ topic: filter, ...options }] };
}
