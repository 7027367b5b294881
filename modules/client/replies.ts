import type { Alarm, Clock } from "../../hosts/host.js";
import type { Session } from "../session/session.js";
import { checkInteger } from "../wire/check.js";
import { topicNameFault } from "../wire/topic.js";
import type { Delivery } from "./delivery.js";
import type { Message } from "./message.js";
import type { PublishOptions } from "./publish-options.js";

/** How long a request waits for its reply, unless it says otherwise. */
const timeoutMsDefault = 10_000;
const timeoutMsMax = 0x7fff_ffff;
/** Correlation data: a word of this client's, and a count. */
const correlationBytes = 8;

export interface RequestOptions extends PublishOptions {
	/** How long to wait for the reply; the request itself expires with that, unless ttlMs says otherwise. */
	timeoutMs?: number;
}

/** What became of a request. */
export type Answer =
	| { outcome: "answered"; message: Message }
	/** No reply, in time or any more. */
	| { outcome: "unanswered"; why: string }
	/** The request did not come as far as the broker. */
	| { outcome: "undelivered"; delivery: Delivery };

interface Open {
	until: number;
	settle: (answer: Answer) => void;
}

/** What requests need of the client. */
export interface Asker {
	publish: (topic: string, payload: string | Uint8Array, options: PublishOptions) => Promise<Delivery>;
	/** Sees to it that replies are heard, and gives their topic; lost tells that they are not any more. */
	listen: (lost: (why: string) => void) => string;
}

/** Requests that wait for their replies: at most so many, each with correlation data of its own. */
export class Replies {
	readonly max: number;
	#asker: Asker;
	#clock: Clock;
	#alarm: Alarm;
	#word: number;
	#count = 0;
	#open = new Map<number, Open>();

	/** The word is random, so that replies to a former client of the same name are not taken for ours. */
	constructor(max: number, clock: Clock, word: number, asker: Asker) {
		this.max = max;
		this.#clock = clock;
		this.#word = word;
		this.#asker = asker;
		this.#alarm = clock.alarm(() => this.onAlarm());
	}
	/** See Client.request(). */
	ask(topic: string, payload: string | Uint8Array, options: RequestOptions): Promise<Answer> {
		const { timeoutMs = timeoutMsDefault, ttlMs = timeoutMs, qos = 1, properties } = options;
		checkInteger("timeoutMs", timeoutMs, 1, timeoutMsMax);
		for (const name of ["responseTopic", "correlationData"] as const)
			if (properties !== undefined && Object.hasOwn(properties, name))
				throw new RangeError(`property ${name} of a request is not the caller's to set`);
		if (this.#open.size >= this.max)
			return Promise.resolve(unanswered(`${this.max} requests are waiting for their replies`));
		const responseTopic = this.#asker.listen(why => this.abandon(why));
		const id = (this.#count = (this.#count + 1) >>> 0);
		const correlationData = new Uint8Array(correlationBytes);
		const view = new DataView(correlationData.buffer);
		view.setUint32(0, this.#word);
		view.setUint32(4, id);
		const delivery = this.#asker.publish(topic, payload, {
			...options,
			qos,
			ttlMs,
			properties: { ...properties, responseTopic, correlationData },
		});
		return new Promise(resolve => {
			this.#open.set(id, { until: this.#clock.now() + timeoutMs, settle: resolve });
			this.arm();
			void delivery.then(result => {
				if (result.outcome !== "delivered") this.end(id, { outcome: "undelivered", delivery: result });
			});
		});
	}
	/** A message to the topic of replies; false when no request waits for it. */
	hear(message: Message): boolean {
		const data = message.properties?.correlationData;
		if (data === undefined || data.length !== correlationBytes) return false;
		const view = new DataView(data.buffer, data.byteOffset);
		return view.getUint32(0) === this.#word && this.end(view.getUint32(4), { outcome: "answered", message });
	}
	/** No replies will come. */
	abandon(why: string): void {
		for (const id of [...this.#open.keys()]) this.end(id, unanswered(why));
	}
	private end(id: number, answer: Answer): boolean {
		const open = this.#open.get(id);
		if (open === undefined) return false;
		this.#open.delete(id);
		this.arm();
		open.settle(answer);
		return true;
	}
	private arm(): void {
		let next = Infinity;
		for (const { until } of this.#open.values()) next = Math.min(next, until);
		this.#alarm.set(next);
	}
	private onAlarm(): void {
		const now = this.#clock.now();
		for (const [id, { until }] of [...this.#open])
			if (now >= until) this.end(id, unanswered("no reply came in time"));
		this.arm();
	}
}

function unanswered(why: string): Answer {
	return { outcome: "unanswered", why };
}

/** Where replies come to: under what the broker gives, or else as it is wanted. */
export function repliesTopic({ handshake, online }: Session, wanted: string | undefined): string {
	const given = online ? handshake.properties?.responseInformation : undefined;
	if (given !== undefined && topicNameFault(given) === undefined)
		return `${given}${given.endsWith("/") ? "" : "/"}replies`;
	return wanted ?? `replies/${handshake.clientId}`;
}
