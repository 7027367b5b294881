import type { Alarm, Host } from "../../hosts/host.js";
import type { Client, Status } from "../client/client.js";
import type { ClientOptions } from "../client/client-options.js";
import type { Message } from "../client/message.js";
import type { Service } from "../client/service.js";
import type { TopicOptions } from "../client/topic.js";
import type { Credentials } from "../session/session-options.js";
import { encodeText } from "../wire/text.js";
import { LmqAdvice } from "./lmq-advice.js";
import { lmqUserName, signLmq, tokenPassword, type LmqCredential, type Token } from "./lmq-credentials.js";
import { checkInstance, checkLmqFilter, checkLmqTopic, lmqClientId, lmqLimits } from "./lmq-names.js";
import { LmqTokens } from "./lmq-tokens.js";
import { quoted } from "./quoted.js";

export interface LmqOptions {
	instance: string;
	group: string;
	device: string;
	credential: LmqCredential;
	/** Asks at each connection to keep our messages in order; their parent topic must be an ordered one. */
	ordered?: boolean;
}

/** How long to wait before the source of tokens is asked again, when it had none. */
const tokenRetryMs = 30_000;
/** The longest time for one alarm, since the wall clock may be set meanwhile. */
const lookMs = 60_000;
const uploadTopic = "$SYS/uploadToken";
const expireTopic = "$SYS/tokenExpireNotice";
const invalidTopic = "$SYS/tokenInvalidNotice";
const orderTopic = "$SYS/enableOrderMsg";

/**
 * Alibaba Cloud's message queue for MQTT, as its client sees it: who we are there, what it does not take, and
 * the life of tokens. Spread `options` into those of the client.
 *
 * Offline messages of a persistent session, and messages to this client alone, come without being asked for;
 * the latter on topics that match no subscription: Client.onStray hears them.
 */
export class Lmq implements Service {
	readonly clientId: string;
	readonly #host: Host;
	readonly #options: LmqOptions;
	readonly #advice: LmqAdvice;
	readonly #tokens: LmqTokens | undefined;
	readonly #alarm: Alarm;
	#client: Client | undefined;
	#clean = false;
	#renewing = false;

	/** A name or id that LMQ does not take is a RangeError. */
	constructor(host: Host, options: LmqOptions) {
		const { instance, group, device, credential } = options;
		checkInstance(instance);
		this.clientId = lmqClientId(group, device);
		this.#host = host;
		this.#options = options;
		const identity = { kind: credential.kind, instance, group, clientId: this.clientId };
		this.#advice = new LmqAdvice(identity, host.text);
		this.#tokens = credential.kind === "Token" ? new LmqTokens(credential.tokens, host.clock) : undefined;
		this.#alarm = host.clock.alarm(() => this.#look());
	}
	get options(): Pick<ClientOptions, "clientId" | "credentials" | "service" | "subscriptionsMax"> {
		return {
			clientId: this.clientId,
			credentials: done => this.#prove(done),
			service: this,
			subscriptionsMax: lmqLimits.subscriptions,
		};
	}
	checkOptions({
		clientId,
		clean = false,
		version,
		will,
		keepAliveMs,
		subscriptionsMax,
	}: ClientOptions): void {
		if (clientId !== this.clientId) throw new RangeError(`clientId: to LMQ this client is ${this.clientId}`);
		if (will !== undefined) throw new RangeError("will: LMQ supports none");
		if (version === 3) throw new RangeError("version: LMQ takes MQTT 3.1.1, and 5.0 in its higher editions");
		if (keepAliveMs === 0) throw new RangeError("keepAliveMs: LMQ needs pings; 60 to 90 s are advised");
		if (subscriptionsMax! > lmqLimits.subscriptions)
			throw new RangeError(`subscriptionsMax: LMQ allows ${lmqLimits.subscriptions} for one client`);
		this.#clean = clean;
	}
	checkPublish(topic: string, payloadBytes: number, options: TopicOptions): void {
		checkLmqTopic(topic);
		this.#checkQoS(options.qos ?? 0);
		if (options.retain) throw new RangeError("retain: LMQ keeps no messages for later subscribers");
		if (payloadBytes > lmqLimits.payloadBytes)
			throw new RangeError(
				`payload of ${payloadBytes} bytes: LMQ drops what is over ${lmqLimits.payloadBytes}`,
			);
		this.#advice.onPublish(topic, options, this.#host.clock.now());
	}
	checkSubscribe(filter: string, qos: number, others: number): void {
		checkLmqFilter(filter);
		this.#checkQoS(qos);
		if (others >= lmqLimits.subscriptions)
			throw new RangeError(
				`subscription ${quoted(filter)}: LMQ allows ${lmqLimits.subscriptions} for one client, and drops more`,
			);
	}
	onState(status: Status, client: Client): string {
		const now = this.#host.clock.now();
		const wasOnline = this.#client !== undefined;
		this.#client = undefined;
		if (status.state === "online") {
			this.#client = client;
			this.#advice.onOnline(now);
			if (this.#options.ordered) client.control(orderTopic, '{"order":"true"}', () => {});
			this.#look();
			return "";
		}
		this.#alarm.set(Infinity);
		if (status.state !== "waiting" || status.detail === "") return "";
		if (status.cause === "refused") this.#tokens?.drop();
		return this.#advice.explain(status, wasOnline, client, now);
	}
	onMessage(message: Message): boolean {
		const { topic } = message;
		if (topic === expireTopic) this.#renew();
		else if (topic === invalidTopic) this.#hearInvalid(message);
		else return false;
		return true;
	}
	#checkQoS(qos: number): void {
		if (qos === 2 && !this.#clean)
			throw new RangeError("QoS 2: LMQ supports it only without a session to keep (clean)");
	}
	/** At each attempt. */
	#prove(done: (credentials: Credentials | undefined) => void): void {
		const { credential, instance } = this.#options;
		if (credential.kind !== "Token") return done(signLmq(this.#host, credential, instance, this.clientId));
		this.#tokens!.take(tokens => {
			if (tokens === undefined) return done(undefined);
			done({
				username: lmqUserName(credential, instance),
				password: encodeText(this.#host.text, tokenPassword(tokens)),
			});
		});
	}
	/** While online: renews the tokens when it is time to, and else looks again later. */
	#look(): void {
		if (this.#tokens === undefined || this.#client === undefined) return;
		const { leftMs } = this.#tokens;
		if (leftMs <= 0) this.#renew();
		else if (leftMs < Infinity) this.#lookIn(Math.min(leftMs, lookMs));
	}
	#lookIn(ms: number): void {
		this.#alarm.set(this.#host.clock.now() + ms);
	}
	/** New tokens go up in place of the old ones, which are good until then. */
	#renew(): void {
		if (this.#renewing || this.#tokens === undefined) return;
		this.#renewing = true;
		this.#tokens.renew(fresh => {
			this.#renewing = false;
			if (this.#client === undefined) return;
			if (fresh === undefined || fresh.length === 0) return this.#lookIn(tokenRetryMs);
			for (const token of fresh) this.#upload(this.#client, token);
			this.#look();
		});
	}
	/** Not taken without a connection: the next one begins with the new token. */
	#upload(client: Client, { token, type }: Token): void {
		client.control(uploadTopic, JSON.stringify({ token, type }), () => {});
	}
	#hearInvalid(message: Message): void {
		this.#tokens?.drop();
		let notice: { code?: unknown; type?: unknown } | null | undefined;
		try {
			notice = message.json() as typeof notice;
		} catch {
			notice = undefined;
		}
		this.#advice.onTokenInvalid(notice?.type, notice?.code);
	}
}
