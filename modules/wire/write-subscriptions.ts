import { checkInteger } from "./check.js";
import type { FrameWriter } from "./frame-writer.js";
import type { Subscription, SubscribePacket, UnsubscribePacket } from "./packet.js";
import { PacketType, type Version } from "./packet-type.js";
import { isShared, topicFilterFault } from "./topic.js";
import { openRequest, writeOptional } from "./write-fields.js";

export function writeSubscribe(frame: FrameWriter, packet: SubscribePacket, version: Version): void {
	const { subscriptions } = packet;
	openRequest(frame, PacketType.subscribe, packet, version);
	writeOptional(frame, PacketType.subscribe, packet.properties, version);
	checkList("subscriptions", subscriptions);
	for (const subscription of subscriptions) {
		writeFilter(frame, subscription.topic, version);
		frame.byte(optionsOf(subscription, version));
	}
	frame.close();
}

export function writeUnsubscribe(frame: FrameWriter, packet: UnsubscribePacket, version: Version): void {
	const { unsubscriptions } = packet;
	openRequest(frame, PacketType.unsubscribe, packet, version);
	writeOptional(frame, PacketType.unsubscribe, packet.properties, version);
	checkList("unsubscriptions", unsubscriptions);
	for (const filter of unsubscriptions) writeFilter(frame, filter, version);
	frame.close();
}

export function checkList(name: string, list: unknown): void {
	if (!Array.isArray(list)) throw new TypeError(`${name} is not an array`);
	// [MQTT-3.8.3-2] [MQTT-3.10.3-2] [MQTT-3.8.3-3, 3.1.1] [MQTT-3.10.3-2, 3.1.1]
	if (list.length === 0) throw new RangeError(`${name} is empty`);
}

function writeFilter(frame: FrameWriter, filter: string, version: Version): void {
	const fault = topicFilterFault(filter, version);
	if (fault) throw new RangeError(fault);
	// [MQTT-3.8.3-1] [MQTT-3.10.3-1] [MQTT-3.8.3-1, 3.1.1] [MQTT-3.10.3-1, 3.1.1]
	frame.string(filter);
}

function optionsOf(subscription: Subscription, version: Version): number {
	const { topic, nl, rap, rh } = subscription;
	const qos = checkInteger("qos", subscription.qos, 0, 2);
	if (!nl && !rap && !rh) return qos;
	if (version < 5) throw new RangeError("nl, rap or rh before MQTT 5");
	// [MQTT-3.8.3-4]
	if (nl && isShared(topic)) throw new RangeError(`nl for the shared subscription ${topic}`);
	// [MQTT-3.8.3-5] [MQTT-3-8.3-4, 3.1.1]
	return qos | (nl ? 4 : 0) | (rap ? 8 : 0) | (checkInteger("rh", rh ?? 0, 0, 2) << 4);
}
