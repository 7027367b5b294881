import { Mark, ttlMaxMs } from "../outbox/record.js";
import type { Source } from "../session/streams.js";
import { checkInteger } from "../wire/check.js";
import { remainingLengthMax } from "../wire/frame-writer.js";
import type { PublishProperties, UserProperties, UserPropertyPairs } from "../wire/packet.js";
import type { TopicOptions } from "./topic.js";

/**
 * Aliases are the session's matter, subscription identifiers the broker's, and ttlMs gives the expiry.
 * [MQTT-3.3.4-6]
 */
export const ownProperties = Object.freeze([
	"topicAlias",
	"subscriptionIdentifier",
	"messageExpiryInterval",
] as const);

/** What an application may say of a message; ttlMs gives its expiry. */
export type MessageProperties = Omit<PublishProperties, (typeof ownProperties)[number] | "userProperties"> & {
	/** By name, or as pairs in their order. */
	userProperties?: UserProperties | UserPropertyPairs;
};

export interface PublishOptions extends TopicOptions {
	/** MQTT 5 only. */
	properties?: MessageProperties;
}

export const noOptions: PublishOptions = Object.freeze({});

/** The marks of a message with these options; a RangeError names the one that is out of its range. */
export function marksOf(options: PublishOptions): number {
	const { qos, keep, ttlMs, priority } = options;
	let marks = options.retain ? Mark.retain : 0;
	if (qos !== undefined) {
		if (qos !== 0 && qos !== 1 && qos !== 2) throw new RangeError(`QoS ${qos as number} is not 0, 1 or 2`);
		marks |= qos << Mark.qosShift;
	}
	if (priority !== undefined) {
		if (!(priority >= 0 && priority <= 3 && priority % 1 === 0))
			throw new RangeError(`priority ${priority} is not 0 to 3`);
		marks |= priority << Mark.priorityShift;
	}
	if (ttlMs !== undefined && ttlMs !== Infinity && !(ttlMs > 0 && ttlMs <= ttlMaxMs))
		throw new RangeError(`time to live ${ttlMs} is not over 0 and up to ${ttlMaxMs} ms`);
	return keep === undefined ? marks : marks | keepMark(keep);
}

/** Throws a TypeError or RangeError when it is not a source of a payload that a packet can hold. */
export function checkSource(source: Source): void {
	if (typeof source !== "object" || source === null || typeof source.read !== "function")
		throw new TypeError("source has no read()");
	checkInteger("source.bytes", source.bytes, 0, remainingLengthMax);
}

function keepMark(keep: NonNullable<TopicOptions["keep"]>): number {
	if (keep === "all") return 0;
	if (keep === "newest") return Mark.displaceable;
	if (keep === "latest") return Mark.latest;
	throw new RangeError(`keep "${String(keep)}" is not all, newest or latest`);
}
