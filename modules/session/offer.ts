import type { Properties } from "../wire/packet.js";

/** What the broker at hand offers, from its CONNACK [MQTT5 3.2.2.3]; before 5.0, everything. */
export class Offer {
	/** Some PUBLISH may have to be held back. */
	limited = false;
	qosMax = 2;
	retain = true;
	packetBytesMax = Infinity;
	receiveMax = 0xffff;
	topicAliasMax = 0;

	/** A new connection: what its CONNACK does not name has its default. */
	take(properties: Properties | undefined): void {
		this.qosMax = properties?.maximumQoS ?? 2;
		this.retain = properties?.retainAvailable ?? true;
		this.packetBytesMax = properties?.maximumPacketSize ?? Infinity;
		this.receiveMax = properties?.receiveMaximum ?? 0xffff;
		this.topicAliasMax = properties?.topicAliasMaximum ?? 0;
		this.limited = this.qosMax < 2 || !this.retain || this.packetBytesMax !== Infinity;
	}
}
