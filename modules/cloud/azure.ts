import type { Alarm, Host } from "../../hosts/host.js";
import type { Client, Status } from "../client/client.js";
import type { ClientOptions } from "../client/client-options.js";
import type { Service } from "../client/service.js";
import type { TopicOptions } from "../client/topic.js";
import type { Credentials } from "../session/session-options.js";
import { encodeText } from "../wire/text.js";
import {
	checkHubFilter,
	checkHubTopic,
	hubLimits,
	hubTopics,
	type HubIdentity,
	type HubTopics,
} from "./azure-names.js";

export interface IoTHubOptions extends HubIdentity {
	/** How long each token is good for. */
	tokenSeconds?: number;
}

const apiVersion = "2021-04-12";
const tokenSecondsDefault = 3_600;
const tokenSecondsMin = 60;
/** The share of a token's life after which the connection is made anew. */
const renewShare = 0.8;
const lookMs = 60_000;
const soonMs = 60_000;
/** So many short connections in a row are no accident. */
const alikeMin = 2;

/**
 * Azure IoT Hub, as its client sees it: who we are there, tokens that are renewed before they end, and what
 * the hub does not take. Spread `options` into those of the client; an application talks to HubDevice.
 */
export class IoTHub implements Service {
	readonly topics: HubTopics;
	readonly #host: Host;
	readonly #identity: HubIdentity;
	readonly #key: Uint8Array;
	readonly #tokenSeconds: number;
	readonly #alarm: Alarm;
	#client: Client | undefined;
	/** On the wall clock. */
	#renewAt = Infinity;
	#onlineAt = 0;
	#short = 0;

	/** A key that is not Base64, or a life of tokens under a minute, is a RangeError. */
	constructor(host: Host, { tokenSeconds = tokenSecondsDefault, ...identity }: IoTHubOptions) {
		const key = host.crypto.decodeBase64(identity.key);
		if (key === undefined || key.length === 0)
			throw new RangeError("connection: SharedAccessKey is not Base64");
		if (!(tokenSeconds >= tokenSecondsMin)) throw new RangeError(`tokenSeconds: ${tokenSecondsMin} or more`);
		this.#host = host;
		this.#identity = identity;
		this.#key = key;
		this.#tokenSeconds = tokenSeconds;
		this.topics = hubTopics(identity.deviceId);
		this.#alarm = host.clock.alarm(() => this.#look());
	}
	get options(): Pick<ClientOptions, "clientId" | "credentials" | "service" | "version"> {
		return {
			clientId: this.#identity.deviceId,
			version: 4,
			credentials: done => this.#prove(done),
			service: this,
		};
	}
	checkOptions({ url, clientId, version, keepAliveMs }: ClientOptions): void {
		if (clientId !== this.#identity.deviceId)
			throw new RangeError("clientId: to IoT Hub it is the device id, and nothing else");
		if (version !== 4) throw new RangeError("version: IoT Hub takes MQTT 3.1.1 only");
		if (!(keepAliveMs! > 0 && keepAliveMs! <= hubLimits.keepAliveMs))
			throw new RangeError(`keepAliveMs: IoT Hub takes 1 to ${hubLimits.keepAliveMs / 1000} s`);
		for (const one of typeof url === "string" ? [url] : url)
			if (!/^(?:mqtts|wss):/.test(one))
				throw new RangeError(`broker URL: IoT Hub takes mqtts:// and wss:// only`);
	}
	checkPublish(topic: string, payloadBytes: number, { qos = 0, retain }: TopicOptions): void {
		checkHubTopic(topic, this.topics);
		if (qos === 2) throw new RangeError("QoS 2: IoT Hub closes the connection; use QoS 0 or 1");
		if (retain) throw new RangeError("retain: IoT Hub keeps no messages for later subscribers");
		const bytes = payloadBytes + topic.length;
		if (bytes > hubLimits.messageBytes)
			throw new RangeError(`a message of ${bytes} bytes: IoT Hub takes at most ${hubLimits.messageBytes}`);
	}
	checkSubscribe(filter: string, qos: number): void {
		checkHubFilter(filter, this.topics);
		if (qos === 2) throw new RangeError("QoS 2: IoT Hub grants QoS 0 and 1 only");
	}
	onState(status: Status, client: Client): string {
		const { state, cause, detail } = status;
		const now = this.#host.clock.now();
		const lastedMs = this.#client === undefined ? Infinity : now - this.#onlineAt;
		this.#client = undefined;
		if (state === "online") {
			this.#client = client;
			this.#onlineAt = now;
			this.#look();
			return "";
		}
		this.#alarm.set(Infinity);
		if (state !== "waiting" || detail === "") return "";
		return this.#explain(cause, detail, lastedMs);
	}
	onMessage(): boolean {
		return false;
	}
	#explain(cause: string, detail: string, lastedMs: number): string {
		if (cause === "refused" || detail.endsWith("before CONNACK"))
			return "Check the connection string and this device's date, and that the device is enabled in the hub.";
		if (cause === "credentials") return "A token needs the date: check that this network has a time server.";
		this.#short = cause === "closed" && lastedMs < soonMs ? this.#short + 1 : 0;
		if (this.#short < alikeMin) return "";
		return `Another device may use the device id ${this.#identity.deviceId}: each needs one of its own.`;
	}
	/** At each attempt: a new token, for which the date must be known. */
	#prove(done: (credentials: Credentials | undefined) => void): void {
		const { clock } = this.#host;
		if (clock.wall() !== undefined) return done(this.#sign(clock.wall()!));
		clock.setWall(() => {
			const wall = clock.wall();
			done(wall === undefined ? undefined : this.#sign(wall));
		});
	}
	#sign(wall: number): Credentials {
		const { crypto, text } = this.#host;
		const { hostName, deviceId } = this.#identity;
		const expiry = Math.floor(wall / 1000) + this.#tokenSeconds;
		this.#renewAt = wall + this.#tokenSeconds * 1000 * renewShare;
		const resource = encodeURIComponent(`${hostName}/devices/${deviceId}`);
		const mac = crypto.hmac("sha256", this.#key, encodeText(text, `${resource}\n${expiry}`));
		const signature = encodeURIComponent(crypto.encodeBase64(mac));
		const token = `SharedAccessSignature sr=${resource}&sig=${signature}&se=${expiry}`;
		return {
			username: `${hostName}/${deviceId}/?api-version=${apiVersion}`,
			password: encodeText(text, token),
		};
	}
	/** While online: the hub ends a connection with its token, so it is made anew before. */
	#look(): void {
		if (this.#client === undefined) return;
		const leftMs = this.#renewAt - (this.#host.clock.wall() ?? 0);
		if (leftMs > 0) return this.#alarm.set(this.#host.clock.now() + Math.min(leftMs, lookMs));
		const { link } = this.#client;
		link.stop();
		link.start();
	}
}
