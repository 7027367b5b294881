import type { Properties } from "../wire/packet.js";
import { isShared } from "../wire/topic.js";
import type { SubscriptionOptions } from "./requests.js";

/** Reason codes of SUBACK [MQTT5 3.9.3]. */
const sharedNotSupported = 0x9e;
const identifiersNotSupported = 0xa1;
const wildcardsNotSupported = 0xa2;

/** What the broker at hand offers, from its CONNACK [MQTT5 3.2.2.3]; before 5.0, everything. */
export class Offer {
	/** Each PUBLISH needs a look of its own: it may have to be held back, or get an alias. */
	limited = false;
	qosMax = 2;
	retain = true;
	packetBytesMax = Infinity;
	receiveMax = 0xffff;
	topicAliasMax = 0;
	wildcards = true;
	identifiers = true;
	shared = true;

	/** A new connection: what its CONNACK does not name has its default. */
	take(properties: Properties | undefined): void {
		this.qosMax = properties?.maximumQoS ?? 2;
		this.retain = properties?.retainAvailable ?? true;
		this.packetBytesMax = properties?.maximumPacketSize ?? Infinity;
		this.receiveMax = properties?.receiveMaximum ?? 0xffff;
		this.topicAliasMax = properties?.topicAliasMaximum ?? 0;
		this.wildcards = properties?.wildcardSubscriptionAvailable ?? true;
		this.identifiers = properties?.subscriptionIdentifiersAvailable ?? true;
		this.shared = properties?.sharedSubscriptionAvailable ?? true;
		this.limited = this.qosMax < 2 || !this.retain || this.packetBytesMax !== Infinity;
	}
	/** The reason code under which this broker refuses the subscription, or 0; nobody refuses to end one. */
	refusal(filter: string, options: SubscriptionOptions | undefined): number {
		if (options === undefined) return 0;
		if (!this.shared && isShared(filter)) return sharedNotSupported;
		if (!this.identifiers && options.properties?.subscriptionIdentifier !== undefined)
			return identifiersNotSupported;
		return !this.wildcards && /[+#]/.test(filter) ? wildcardsNotSupported : 0;
	}
}
