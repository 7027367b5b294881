import type { TlsOptions } from "../../hosts/host.js";
import { recordsLimit } from "../outbox/record.js";
import type { Authenticator, Credentials } from "../session/session-options.js";
import type { UserProperties, Will } from "../wire/packet.js";
import type { Service } from "./service.js";
import { checkInteger } from "../wire/check.js";
import type { Version } from "../wire/packet-type.js";
import type { Text } from "../wire/text.js";
import { encodeText } from "./encoder.js";

export interface ClientOptions {
	/** One broker, or several whose turns come one after the other. */
	url: string | readonly string[];
	/** Whom to trust, and who we are, at mqtts:// and wss://. */
	tls?: TlsOptions | undefined;
	/** Default: godwit- and the device id. */
	clientId?: string;
	/** 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
	version?: Version;
	/** Start without a former session, and leave none. */
	clean?: boolean;
	username?: string;
	password?: string | Uint8Array;
	/** Asked at every attempt, in place of the two above: a token may have run out. */
	credentials?: (done: (credentials: Credentials | undefined) => void) => void;
	/** The rules of the service that the broker belongs to. */
	service?: Service;
	will?: Will;
	userProperties?: UserProperties;
	authenticator?: Authenticator;
	keepAliveMs?: number;
	/** The most messages in flight, ours and the broker's. */
	window?: number;
	incomingMax?: number;
	/** The most topics that a 5.0 broker may abbreviate; each costs the memory of a topic. */
	topicAliasMax?: number;
	/** The most of our topics that we abbreviate, if a 5.0 broker takes as many. */
	outgoingAliasMax?: number;
	subscriptionsMax?: number;
	/** The most requests that wait for their replies; 5.0 only. */
	repliesMax?: number;
	/** Where replies come to, unless the broker says so. Default: replies/ and the client id. */
	repliesTopic?: string;
	/** Ask a 5.0 broker for the topic under which this client may have replies. */
	requestResponseInformation?: boolean;
	/** Room for messages that are not finished, and for how many. */
	outboxBytes?: number;
	outboxMessages?: number;
	/** One write at most, and the longest CONNECT or SUBSCRIBE. A longer PUBLISH goes out in pieces. */
	frameBytes?: number;
	/** The longest packet that is kept whole. */
	readerBytes?: number;
	/** The longest packet that a 5.0 broker may send, for streams; as much as readerBytes unless it is given. */
	incomingBytesMax?: number;
	/** How long a handler of streams may take from one read() to the next. */
	streamMs?: number;
	/** The longest topic to publish to, and two, together with the properties of a message. */
	scratchBytes?: number;
	/** Go where a broker sends us, over the same scheme: it gets our credentials. */
	followRedirects?: boolean;
	connectMs?: number;
	replyMs?: number;
	ackMs?: number;
	healthyMs?: number;
	sessionExpirySeconds?: number;
}

export interface CloseOptions {
	/** MQTT 5 only. */
	sessionExpirySeconds?: number;
}

/** For a device of some hundred KB; each is a limit, and in the README. */
export const defaults = Object.freeze({
	version: 4 as Version,
	clean: false,
	keepAliveMs: 60_000,
	window: 10,
	incomingMax: 32,
	topicAliasMax: 0,
	outgoingAliasMax: 10,
	repliesMax: 16,
	subscriptionsMax: 32,
	outboxBytes: 8_192,
	outboxMessages: 64,
	frameBytes: 1_460,
	readerBytes: 2_048,
	streamMs: 60_000,
	scratchBytes: 1_024,
	followRedirects: false,
	connectMs: 30_000,
	replyMs: 10_000,
	ackMs: 30_000,
	healthyMs: 30_000,
	sessionExpirySeconds: 3_600,
});

/** No packet is longer: five bytes of header, and the longest remaining length. */
const packetBytesLimit = 0x1000_0004;

/** The least and the most of each number. Packet ids must outnumber what is in flight and asked for. */
const bounds: Readonly<Partial<Record<keyof ClientOptions, readonly [number, number]>>> = Object.freeze({
	keepAliveMs: Object.freeze([0, 65_535_000] as const),
	window: Object.freeze([1, 16_384] as const),
	incomingMax: Object.freeze([1, 16_384] as const),
	repliesMax: Object.freeze([1, 1_024] as const),
	topicAliasMax: Object.freeze([0, 0xffff] as const),
	outgoingAliasMax: Object.freeze([0, 0xffff] as const),
	subscriptionsMax: Object.freeze([1, 8_192] as const),
	outboxBytes: Object.freeze([8, 0x7fff_ffff] as const),
	outboxMessages: Object.freeze([1, recordsLimit] as const),
	frameBytes: Object.freeze([32, 0xfff_ffff] as const),
	readerBytes: Object.freeze([16, 0xfff_ffff] as const),
	streamMs: Object.freeze([1, 0x7fff_ffff] as const),
	scratchBytes: Object.freeze([8, 0xfff_ffff] as const),
	connectMs: Object.freeze([1, 0x7fff_ffff] as const),
	replyMs: Object.freeze([1, 0x7fff_ffff] as const),
	ackMs: Object.freeze([1, 0x7fff_ffff] as const),
	healthyMs: Object.freeze([0, 0x7fff_ffff] as const),
	sessionExpirySeconds: Object.freeze([0, 0xffff_ffff] as const),
});

/** Options where each has a value that must have one. */
export type AllOptions = ClientOptions & Required<Pick<ClientOptions, keyof typeof defaults>>;

/**
 * Throws a RangeError or TypeError that names the setting which is out of its range. The defaults lie behind
 * the options and are not copied, since each copy would take a slot for good.
 */
export function withDefaults(options: ClientOptions): AllOptions {
	const all = { __proto__: defaults, ...options } as unknown as AllOptions;
	for (const [name, [min, max]] of Object.entries(bounds))
		checkInteger(name, all[name as keyof ClientOptions], min, max);
	const { incomingBytesMax, readerBytes } = all;
	if (incomingBytesMax !== undefined)
		checkInteger("incomingBytesMax", incomingBytesMax, readerBytes, packetBytesLimit);
	return all;
}

/** Those of user name and password; undefined when neither is given. */
export function fixedCredentials(options: ClientOptions, text: Text): Credentials | undefined {
	const { username, password } = options;
	if (username === undefined && password === undefined) return undefined;
	return { username, password: typeof password === "string" ? encodeText(text, password) : password };
}
