import type { UserProperties, Will } from "../wire/packet.js";
import type { Version } from "../wire/packet-type.js";

/**
 * Enhanced authentication [MQTT5 4.12]: a method of 5.0 which answers the broker's challenges. What it throws
 * ends the connection as a fault, and the next attempt follows.
 */
export interface Authenticator {
	method: string;
	/** The data for CONNECT, or for a re-authentication: once for each. */
	start(): Uint8Array | undefined;
	/** The data that answers the broker's. */
	answer(data: Uint8Array | undefined): Uint8Array | undefined;
	/** The broker has accepted us; its last data, by which it may have to prove itself. Throws to refuse it. */
	finish?(data: Uint8Array | undefined): void;
}

export interface Credentials {
	username?: string | undefined;
	password?: Uint8Array | undefined;
}

export interface SessionOptions {
	version: Version;
	/** May be empty where the broker assigns one. */
	clientId: string;
	/** Start without a former session, and leave none. */
	clean: boolean;
	/** 0 to 65,535,000, rounded up to seconds; 0 turns pings off. */
	keepAliveMs: number;
	/** How long a PINGRESP may take, and how long the oldest acknowledgement. */
	replyMs: number;
	ackMs: number;
	/** The most QoS 1 and 2 messages in flight, of ours and of the broker's. */
	window: number;
	incomingMax: number;
	/** The most topics that a 5.0 broker may abbreviate; each costs the memory of a topic. */
	topicAliasMax: number;
	/** The most of our topics that we abbreviate, if a 5.0 broker takes as many; 0 when it is not given. */
	outgoingAliasMax?: number;
	/** The most subscriptions asked for and not answered. */
	requestsMax: number;
	/** How long a 5.0 broker keeps the session after the connection is gone, in seconds. */
	sessionExpirySeconds: number;
	will?: Will | undefined;
	/** Ask a 5.0 broker for its Response Information. */
	requestResponseInformation?: boolean | undefined;
	userProperties?: UserProperties | undefined;
	authenticator?: Authenticator | undefined;
}
