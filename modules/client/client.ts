import type { Host } from "../../hosts/host.js";
import { parseEndpoint } from "../link/endpoint.js";
import { Link, LinkState, type LinkHandler } from "../link/link.js";
import { Outbox } from "../outbox/outbox.js";
import { Mark, Outcome } from "../outbox/record.js";
import type { Incoming } from "../session/incoming.js";
import type { SubscriptionOptions } from "../session/requests.js";
import type { Source } from "../session/streams.js";
import { checkBytes, checkInteger } from "../wire/check.js";
import { FrameWriter } from "../wire/frame-writer.js";
import { checkTopicName } from "../wire/topic.js";
import { fixedCredentials, withDefaults } from "./client-options.js";
import type { AllOptions, ClientOptions, CloseOptions } from "./client-options.js";
import { lossOf, outboxFull, type Delivery, type DeliveryHandler } from "./delivery.js";
import { Encoder } from "./encoder.js";
import { HealthMeter, type Health } from "./health.js";
import { Intake } from "./intake.js";
import { Message } from "./message.js";
import { checkSource, marksOf, noOptions, type PublishOptions } from "./publish-options.js";
import { Replies, repliesTopic, type Answer, type RequestOptions } from "./replies.js";
import { statusOf, type Status } from "./status.js";
import { Subscribers, type MessageHandler, type StreamHandler, type StreamOptions } from "./subscribers.js";
import { Topic, type TopicOptions } from "./topic.js";

export type { CloseOptions } from "./client-options.js";
export type { IncomingStream } from "./incoming-stream.js";
export type { MessageProperties, PublishOptions } from "./publish-options.js";
export type { MessageHandler, StreamHandler, StreamOptions } from "./subscribers.js";
export type { Source } from "../session/streams.js";
export type { Status } from "./status.js";

/**
 * MQTT as an application sees it: promises, handlers, typed topics. Everything below it is without promises.
 *
 * publish() tells the truth: it throws when the message cannot be sent by anyone's fault but the network's,
 * and else says what became of it when that is known, across as many connections as that takes.
 */
export class Client implements LinkHandler {
	readonly link: Link;
	readonly outbox: Outbox;
	/** Told each time the connection changes its state. */
	onState: (status: Status) => void = ignore;
	/** Hears messages that match no subscription. */
	onStray: MessageHandler = ignore;
	/** Told when a broker refuses a subscription that it, or another one, has granted before: it is gone. */
	onSubscriptionLost: (filter: string, why: string) => void = ignore;
	/**
	 * Told when a handler throws or its promise is rejected; the message is acknowledged all the same. The topic
	 * is empty when it was another callback that threw.
	 */
	onHandlerError: (error: unknown, topic: string) => void = ignore;
	/** Told of a message that was longer than the reader takes, and was passed over. */
	onTooLong: (bytes: number) => void = ignore;
	#host: Host;
	#options: AllOptions;
	#subscribers: Subscribers;
	/** From the first subscription to streams on. */
	#intake: Intake | undefined;
	/** Who hears of a message's end, by its record; and when the message was accepted. */
	#waiting: (DeliveryHandler | undefined)[] = [];
	#since: Float64Array;
	#meter = new HealthMeter();
	#encoder: Encoder;
	#replies: Replies | undefined;

	/** Connects nothing yet: start() does. A setting out of its range is a RangeError. */
	constructor(host: Host, options: ClientOptions) {
		const all = withDefaults(options);
		all.service?.checkOptions(all);
		const urls = typeof all.url === "string" ? [all.url] : all.url;
		if (urls.length === 0) throw new RangeError("no broker URL is given");
		const { outboxBytes, outboxMessages, frameBytes, scratchBytes } = all;
		const requestsMax = 2 * all.subscriptionsMax;
		const memory = new Uint8Array(outboxBytes + frameBytes);
		this.#host = host;
		this.#options = all;
		this.outbox = new Outbox(memory, 0, outboxBytes, outboxMessages, requestsMax, host.random.word());
		this.outbox.onEnd = (record, outcome, reason) => this.onEnd(record, outcome, reason);
		this.#since = new Float64Array(outboxMessages + 2);
		const frame = new FrameWriter(host.text, memory, outboxBytes);
		this.#encoder = new Encoder(host.text, all.version, scratchBytes);
		const fixed = fixedCredentials(all, host.text);
		// One object for both: each copy of it would stay.
		const settings = Object.assign(all, {
			endpoints: urls.map(parseEndpoint),
			clientId: all.clientId ?? `godwit-${host.deviceId}`,
			requestsMax,
			credentials: all.credentials ?? (fixed && (done => done(fixed))),
		});
		this.link = new Link(host, this.outbox, frame, this, Object.assign(settings, { session: settings }));
		this.#subscribers = new Subscribers(this.link, all.version, this);
		if (fixed !== undefined) this.link.session.check(frame, fixed);
	}
	/** Begins to connect, and keeps at it. */
	start(): void {
		this.link.start();
	}
	/**
	 * Says farewell, and ends what is not delivered as dropped, and what is not answered as refused. A 5.0
	 * broker that hears the farewell keeps the session for as long as is given here: a TypeError before 5.0, and
	 * a RangeError for a session that was opened with an expiry of 0 [MQTT5 3.14.2.2.2].
	 */
	close(options: CloseOptions = {}): void {
		this.link.stop(this.checkExpiry(options.sessionExpirySeconds));
		this.link.session.requests.abandon();
		this.#replies?.abandon("the client was closed");
		for (let record = this.outbox.head; record !== 0; record = this.outbox.head)
			this.outbox.finish(record, Outcome.abandoned, 0);
	}
	/**
	 * Takes a message, and tells what became of it. The caller's mistakes throw at once, with nothing changed: a
	 * topic that is empty, too long or has a wildcard, an unpaired surrogate, a message over the outbox, a time
	 * to live out of range.
	 *
	 * With a function it makes no promise: the function is called once, and never before publish() returns.
	 * That may be within a later call of publish() or close(), whose room or end it was.
	 */
	publish(topic: string, payload: string | Uint8Array, options?: PublishOptions): Promise<Delivery>;
	publish(
		topic: string,
		payload: string | Uint8Array,
		options: PublishOptions,
		done: DeliveryHandler,
	): undefined;
	publish(
		topic: string,
		payload: string | Uint8Array,
		options: PublishOptions = noOptions,
		done?: DeliveryHandler,
	): Promise<Delivery> | undefined {
		const { ttlMs = Infinity, properties } = options;
		if (done !== undefined && typeof done !== "function") throw new TypeError("done is not a function");
		const marks = marksOf(options);
		const topicBytes = this.#encoder.topic(topic);
		const encoded = properties === undefined ? undefined : this.#encoder.properties(properties);
		const bytes =
			typeof payload === "string" ? this.#encoder.payload(payload) : checkBytes("payload", payload);
		this.#options.service?.checkPublish(topic, bytes.length, options);
		return this.accepted(this.link.publish(topicBytes, bytes, marks, ttlMs, encoded), done);
	}
	/**
	 * Publishes a message that need not fit in RAM: the outbox holds its topic and properties, and its payload
	 * is read from the source piece by piece, each time that it is sent. Everything else is as by publish(). A
	 * source that fails, or ends before its length, ends the message as dropped; when half of it is in the
	 * socket, the connection ends as well, and is made anew. The source is released when the message has ended.
	 */
	publishStream(topic: string, source: Source, options: PublishOptions = noOptions): Promise<Delivery> {
		const { ttlMs = Infinity, properties } = options;
		const marks = marksOf(options);
		checkSource(source);
		const topicBytes = this.#encoder.topic(topic);
		this.#options.service?.checkPublish(topic, source.bytes, options);
		const encoded = properties === undefined ? undefined : this.#encoder.properties(properties);
		const { streams } = this.link.session.sender;
		const now = this.#host.clock.now();
		const record = streams.publish(topicBytes, source, marks, ttlMs, now, encoded);
		if (record !== 0) this.link.wake();
		return this.promised(record);
	}
	/**
	 * Publishes to that topic with a topic for the reply, at QoS 1 unless told otherwise, and gives the reply.
	 * That none comes in time is an outcome. It needs MQTT 5: before that the application has to agree on topic
	 * and correlation by its payloads.
	 */
	request(topic: string, payload: string | Uint8Array, options: RequestOptions = {}): Promise<Answer> {
		if (this.#options.version < 5) throw new TypeError("request() needs MQTT 5");
		this.#replies ??= new Replies(this.#options.repliesMax, this.#host.clock, this.#host.random.word(), {
			publish: (name, bytes, rest) => this.publish(name, bytes, rest),
			listen: lost => this.listen(lost),
		});
		return this.#replies.ask(topic, payload, options);
	}
	/** Publishes a reply to a message that asks for one by its response topic, at that message's QoS. */
	reply(request: Message, payload: string | Uint8Array, options: PublishOptions = {}): Promise<Delivery> {
		const { responseTopic, correlationData } = request.properties ?? {};
		if (responseTopic === undefined) throw new TypeError(`the message to ${request.topic} asks for no reply`);
		const properties = { ...options.properties };
		if (correlationData !== undefined) properties.correlationData = correlationData;
		return this.publish(responseTopic, payload, { qos: request.qos, ...options, properties });
	}
	/** A kind of message, with names in braces for the levels that vary. */
	topic<Value, const Template extends string = string>(
		template: Template,
		options: TopicOptions = {},
	): Topic<Value, Template> {
		return new Topic<Value, Template>(template, options, (topic, payload, rest) =>
			this.publish(topic, payload, rest),
		);
	}
	/**
	 * Asks for what matches the filter, and keeps asking brokers that have forgotten. The promise gives the QoS
	 * granted, or is rejected when the broker refuses, or the client is closed first. A bad filter, one too
	 * many, and options of 5.0 before 5.0 throw at once.
	 *
	 * With stream: true the handler takes the payload piece by piece, of any length. Of several such
	 * handlers the first one gets a message that is longer than the reader, and those without it do not hear it.
	 */
	subscribe(filter: string, options: StreamOptions, handler: StreamHandler): Promise<number>;
	subscribe(filter: string, options: SubscriptionOptions, handler: MessageHandler): Promise<number>;
	subscribe(
		filter: string,
		options: SubscriptionOptions,
		handler: MessageHandler | StreamHandler,
	): Promise<number> {
		const others = this.link.subscriptions.countBeside(filter);
		this.#options.service?.checkSubscribe(filter, options.qos, others);
		if ((options as Partial<StreamOptions>).stream === true) {
			const { streamMs } = this.#options;
			this.#intake ??= new Intake(this.#host, this.link, this.#subscribers, streamMs, this);
		}
		return this.#subscribers.add(filter, options, handler);
	}
	/**
	 * Leaves a filter, which nobody hears any more. The promise is settled when the broker has said so, false
	 * when it was not subscribed; it is rejected when the broker refuses, or the client is closed first.
	 */
	unsubscribe(filter: string): Promise<boolean> {
		return this.#subscribers.remove(filter);
	}
	/**
	 * Proves anew to a 5.0 broker who we are, by the authenticator, on the connection at hand. False when there
	 * is none, when it is under way, or when the connection ends before the broker has accepted: then onState
	 * tells why. Without an authenticator it is a TypeError.
	 */
	reauthenticate(): Promise<boolean> {
		let settle: (accepted: boolean) => void = () => {};
		if (!this.link.session.reauthenticate(accepted => settle(accepted))) return Promise.resolve(false);
		this.link.wake();
		return new Promise(resolve => {
			settle = resolve;
		});
	}
	/**
	 * Sends a message to the service itself, at QoS 1, ahead of all others: until the broker has acknowledged
	 * it, with a code that is 0 before 5.0, nothing else goes out. False when there is no connection, or too
	 * much is unanswered.
	 */
	control(topic: string, payload: string, onAnswer: (code: number) => void): boolean {
		checkTopicName(topic);
		const control = { topic, payload, onAnswer };
		this.link.session.check(this.link.frame, control);
		if (!this.link.session.control(control)) return false;
		this.link.wake();
		return true;
	}
	health(): Health {
		const { head } = this.outbox;
		const oldestMs = head === 0 ? 0 : this.#host.clock.now() - this.#since[head]!;
		return this.#meter.report(this.link, this.outbox, oldestMs);
	}
	/** For the link. */
	onLinkState(): void {
		if (this.link.state !== LinkState.online) this.#intake?.lose();
		const status = statusOf(this.link);
		try {
			const { service } = this.#options;
			if (service !== undefined) status.advice = service.onState(status, this);
			this.onState(status);
		} catch (error) {
			this.onFailed(error, "");
		}
	}
	/** For the link: true when all handlers are done. */
	onMessage(): boolean {
		const { incoming } = this.link.session;
		const message = new Message(incoming, this.#host.text);
		this.#meter.received++;
		if (this.#options.service?.onMessage(message)) return true;
		const pending = this.#subscribers.hand(message, this.onStray);
		if (pending === undefined) return true;
		this.acknowledgeAfter(pending, incoming);
		return false;
	}
	/** For the link. */
	onLong(): boolean {
		if (this.#intake?.begin() !== true) return false;
		this.#meter.received++;
		return true;
	}
	/** For the link. */
	onPiece(): void {
		this.#intake?.onPiece();
	}
	/** For the link. */
	onSkipped(bytes: number): void {
		this.#meter.skipped++;
		try {
			this.onTooLong(bytes);
		} catch (error) {
			this.onFailed(error, "");
		}
	}
	/** For the subscribers. */
	onRefused(filter: string, why: string): void {
		this.#meter.subscriptionsLost++;
		try {
			this.onSubscriptionLost(filter, why);
		} catch (error) {
			this.onFailed(error, "");
		}
	}
	/** The application's callback failed: it hears of it, and nothing comes through to the link. */
	onFailed(error: unknown, topic: string): void {
		this.#meter.handlerErrors++;
		try {
			this.onHandlerError(error, topic);
		} catch {
			// Who fails here as well has been told.
		}
	}
	/** Hears replies at a topic of this client's, and returns it. */
	private listen(lost: (why: string) => void): string {
		const topic = repliesTopic(this.link.session, this.#options.repliesTopic);
		if (this.#subscribers.has(topic)) return topic;
		const heard = this.subscribe(topic, { qos: 1 }, message => {
			if (!this.#replies!.hear(message)) return this.onStray(message);
		});
		heard.catch((error: unknown) => lost((error as Error).message));
		return topic;
	}
	private acknowledgeAfter(pending: Promise<void>[], { token, id, qos }: Incoming): void {
		void Promise.all(pending).then(() => {
			if (qos > 0) this.link.acknowledge(token, id, qos);
		});
	}
	private accepted(record: number, done: DeliveryHandler | undefined): Promise<Delivery> | undefined {
		if (done === undefined) return this.promised(record);
		if (record === 0) return this.refuseLater(done);
		this.#waiting[record] = done;
		this.#since[record] = this.#host.clock.now();
		return undefined;
	}
	private promised(record: number): Promise<Delivery> {
		if (record === 0) {
			this.#meter.refused++;
			return Promise.resolve(outboxFull);
		}
		this.#since[record] = this.#host.clock.now();
		return new Promise(resolve => {
			this.#waiting[record] = resolve;
		});
	}
	private refuseLater(done: DeliveryHandler): undefined {
		void this.promised(0)
			.then(done)
			.catch((error: unknown) => this.onFailed(error, ""));
	}
	private checkExpiry(seconds: number | undefined): number | undefined {
		if (seconds === undefined) return undefined;
		const { version, clean, sessionExpirySeconds } = this.#options;
		if (version < 5) throw new TypeError("sessionExpirySeconds at the end needs MQTT 5");
		checkInteger("sessionExpirySeconds", seconds, 0, 0xffff_ffff);
		if (seconds > 0 && (clean || sessionExpirySeconds === 0))
			throw new RangeError("sessionExpirySeconds: a session without expiry cannot be given one at its end");
		return seconds;
	}
	private onEnd(record: number, outcome: Outcome, reason: number): void {
		const outbox = this.outbox;
		const session = this.link.session;
		const meter = this.#meter;
		const marks = outbox.marks(record);
		if (marks & Mark.streamed) session.sender.streams.release(record);
		const done = this.#waiting[record];
		this.#waiting[record] = undefined;
		let packetId = 0;
		let roundTripMs = 0;
		if (outcome <= Outcome.refused && marks & Mark.qos) {
			packetId = outbox.id(record);
			roundTripMs = outbox.age(record, this.#host.clock.now());
			meter.addRoundTrip(roundTripMs);
		}
		const delivery: Delivery =
			outcome === Outcome.delivered
				? { outcome: "delivered", packetId, roundTripMs }
				: lossOf(outcome, reason, session.sender.streams.fault, session.ackProperties);
		meter[delivery.outcome]++;
		if (done === undefined) return;
		try {
			done(delivery);
		} catch (error) {
			this.onFailed(error, "");
		}
	}
}

function ignore(): void {}
