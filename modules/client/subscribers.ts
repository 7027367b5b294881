import type { Link } from "../link/link.js";
import { unanswered, type Request, type SubscriptionOptions } from "../session/requests.js";
import type { AckProperties } from "../wire/packet.js";
import type { Version } from "../wire/packet-type.js";
import { explain } from "../wire/reason-code.js";
import { checkTopicFilter, matches, unshared } from "../wire/topic.js";
import { streamOf, type IncomingStream } from "./incoming-stream.js";
import type { Message } from "./message.js";

/** A handler is done when it returns, or when its promise is settled: then the message is acknowledged. */
export type MessageHandler = (message: Message) => void | Promise<void>;

/** The same of a message that is taken piece by piece; what it has not read then is passed over. */
export type StreamHandler = (stream: IncomingStream) => void | Promise<void>;

/** For messages of any length: a StreamHandler takes them. */
export interface StreamOptions extends SubscriptionOptions {
	stream: true;
}

const nobody = () => {};

class Subscriber {
	readonly filter: string;
	readonly handler: MessageHandler;
	/** Takes messages that are longer than the reader. */
	readonly onStream: StreamHandler | undefined;
	/** The promise of subscribe(), until the first answer. */
	asked: { resolve: (granted: number) => void; reject: (error: Error) => void } | undefined;
	/** What its messages match: without the share of a shared subscription. */
	#pattern: string;
	#identifier: number | undefined;

	constructor(filter: string, options: SubscriptionOptions, handler: MessageHandler | StreamHandler) {
		const isStream = (options as Partial<StreamOptions>).stream === true;
		this.filter = filter;
		this.onStream = isStream ? (handler as StreamHandler) : undefined;
		this.handler = isStream
			? message => (handler as StreamHandler)(streamOf(message))
			: (handler as MessageHandler);
		this.#pattern = unshared(filter);
		this.#identifier = options.properties?.subscriptionIdentifier;
	}
	/** A message with identifiers is for those of them, and for who has none and whose filter matches. */
	hears({ topic, subscriptionIdentifiers: identifiers }: Message): boolean {
		if (this.#identifier !== undefined && identifiers.length > 0 && !identifiers.includes(this.#identifier))
			return false;
		return matches(this.#pattern, topic);
	}
}

export interface FailureHandler {
	/** A handler threw, or its promise was rejected. May not throw. */
	onFailed(error: unknown, topic: string): void;
}

export interface SubscribersHandler extends FailureHandler {
	/** A broker refuses what one has granted: nobody hears the filter any more. */
	onRefused(filter: string, why: string): void;
}

/** Who hears which messages, and what became of asking for them. */
export class Subscribers {
	/** In the order in which they were subscribed. */
	list: readonly Subscriber[] = [];
	#link: Link;
	#version: Version;
	#handler: SubscribersHandler;

	constructor(link: Link, version: Version, handler: SubscribersHandler) {
		this.#link = link;
		this.#version = version;
		this.#handler = handler;
	}
	has(filter: string): boolean {
		return this.list.some(subscriber => subscriber.filter === filter);
	}
	/**
	 * Calls those who hear the message, or the stray handler when nobody does. Gives the promises that are to be
	 * waited for, which are never rejected; undefined when all are done.
	 */
	hand(message: Message, stray: MessageHandler): Promise<void>[] | undefined {
		const { list } = this;
		let pending: Promise<void>[] | undefined;
		let isHeard = false;
		for (let i = 0; i < list.length; i++) {
			const subscriber = list[i]!;
			if (!subscriber.hears(message)) continue;
			isHeard = true;
			pending = this.call(subscriber.handler, message, pending);
		}
		return isHeard ? pending : this.call(stray, message, pending);
	}
	/** See Client.subscribe(). */
	add(
		filter: string,
		options: SubscriptionOptions,
		handler: MessageHandler | StreamHandler,
	): Promise<number> {
		const { session, frame, subscriptions } = this.#link;
		checkTopicFilter(filter, this.#version);
		session.check(frame, { filter, options, onAnswer: nobody });
		const subscriber = new Subscriber(filter, options, handler);
		subscriptions.add(filter, options, (code, properties) => this.answered(subscriber, code, properties));
		this.list = this.list.filter(other => other.filter !== filter).concat(subscriber);
		this.#link.wake();
		return new Promise((resolve, reject) => {
			subscriber.asked = { resolve, reject };
		});
	}
	/** See Client.unsubscribe(). */
	remove(filter: string): Promise<boolean> {
		let settle: Request["onAnswer"] = nobody;
		const isAsked = this.#link.subscriptions.remove(filter, (code, properties) => settle(code, properties));
		if (!isAsked) return Promise.resolve(false);
		this.list = this.list.filter(other => other.filter !== filter);
		this.#link.wake();
		return new Promise((resolve, reject) => {
			settle = (code, properties) => {
				if (code < 0x80) resolve(true);
				else reject(new Error(`leaving "${filter}" ${refusal(code, properties)}`));
			};
		});
	}
	private call(
		handler: MessageHandler,
		message: Message,
		pending: Promise<void>[] | undefined,
	): Promise<void>[] | undefined {
		try {
			const done = handler(message);
			if (done instanceof Promise) return this.await(done, message.topic, pending);
		} catch (error) {
			this.#handler.onFailed(error, message.topic);
		}
		return pending;
	}
	/** A function of its own, since what a closure holds is a slot at each call. */
	private await(done: Promise<void>, topic: string, pending: Promise<void>[] = []): Promise<void>[] {
		pending.push(done.catch((error: unknown) => this.#handler.onFailed(error, topic)));
		return pending;
	}
	private answered(subscriber: Subscriber, code: number, properties: AckProperties | undefined): void {
		const { filter, asked } = subscriber;
		subscriber.asked = undefined;
		if (code < 0x80) return asked?.resolve(code);
		this.list = this.list.filter(other => other !== subscriber);
		const why = refusal(code, properties);
		if (asked === undefined) this.#handler.onRefused(filter, why);
		else asked.reject(new Error(`subscription "${filter}" ${why}`));
	}
}

function refusal(code: number, properties: AckProperties | undefined): string {
	if (code === unanswered) return "was not answered before the client was closed";
	return `was refused: ${explain(code, properties)}`;
}
