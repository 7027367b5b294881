import type { Authenticator, Credentials } from "../session/session.js";
import type { UserProperties, Will } from "../wire/packet.js";
import type { Version } from "../wire/packet-type.js";

export interface ClientOptions {
	/** One broker, or several whose turns come one after the other. */
	url: string | readonly string[];
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
	will?: Will;
	userProperties?: UserProperties;
	authenticator?: Authenticator;
	keepAliveMs?: number;
	/** The most messages in flight, ours and the broker's. */
	window?: number;
	incomingMax?: number;
	subscriptionsMax?: number;
	/** Room for messages that are not finished, and for how many. */
	outboxBytes?: number;
	outboxMessages?: number;
	/** One write at most, and the longest CONNECT or SUBSCRIBE. A longer PUBLISH goes out in pieces. */
	frameBytes?: number;
	/** The longest packet that can come in. */
	readerBytes?: number;
	/** The longest topic to publish to, and two, together with the properties of a message. */
	scratchBytes?: number;
	connectMs?: number;
	replyMs?: number;
	ackMs?: number;
	healthyMs?: number;
	sessionExpirySeconds?: number;
}

/** For a device of some hundred KB; each is a limit, and in the README. */
export const defaults = Object.freeze({
	version: 4 as Version,
	clean: false,
	keepAliveMs: 60_000,
	window: 10,
	incomingMax: 32,
	subscriptionsMax: 32,
	outboxBytes: 8_192,
	outboxMessages: 64,
	frameBytes: 1_460,
	readerBytes: 2_048,
	scratchBytes: 1_024,
	connectMs: 30_000,
	replyMs: 10_000,
	ackMs: 30_000,
	healthyMs: 30_000,
	sessionExpirySeconds: 3_600,
});
