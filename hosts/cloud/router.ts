import { randomUUID } from "node:crypto";
import type { Channel } from "./channel.js";
import type { Core } from "./core.js";
import { Limits } from "./limits.js";
import { type Message, type Properties, topicOf } from "./message.js";
import { p2pTarget, parentOf, presenceTopic, topicProblem } from "./names.js";
import { wantedQoS } from "./session.js";
import type { MessageAction, PresenceEvent } from "./trace.js";

export interface Send {
	topic: string;
	payload: string | Uint8Array;
	/** Default: 1. */
	qos?: 0 | 1 | 2;
	/** For P2P: false keeps it for a receiver who is not there. Default: true. */
	cleanSession?: boolean;
	/** The topic to show to the receiver. */
	realTopic?: string;
}

export interface Sent {
	messageId: string;
	requestId: string;
}

/**
 * Brings messages from devices and from the cloud's side into the storage, and from there to their
 * receivers.
 */
export class Router {
	#core: Core;

	constructor(core: Core) {
		this.#core = core;
	}
	/** A device's PUBLISH, allowed already. Resolves when it is kept, and may be acknowledged. */
	async accept(channel: Channel, topic: string, payload: Uint8Array, qos: 0 | 1 | 2): Promise<void> {
		const { clientId, session } = channel;
		const id = this.#core.ids.next(this.#core.clock.now());
		this.#step(id, "pub_mqtt", { clientId, topic, qos });
		if (payload.length > Limits.payloadBytes)
			this.#step(id, "dropped", {
				clientId,
				note: `${payload.length} bytes are more than ${Limits.payloadBytes}`,
			});
		else {
			const { instanceId, isClean } = session;
			this.#store(id, { instanceId, topic, payload, qos, isClean, clientId });
		}
		await this.#core.store.saved();
	}
	/** A message from the cloud's side; RangeError if it cannot be sent. */
	async send(instanceId: string, send: Send): Promise<Sent> {
		const { topic, qos = 1, cleanSession = true, realTopic } = send;
		const { registry, ids, clock, store } = this.#core;
		registry.storageOf(instanceId);
		const payload = typeof send.payload === "string" ? Buffer.from(send.payload) : send.payload;
		const problem = topicProblem(topic);
		if (problem) throw new RangeError(`nothing can be sent to "${topic}": ${problem}`);
		if (!registry.topic(instanceId, parentOf(topic)))
			throw new RangeError(`there is no parent topic "${parentOf(topic)}": create it first`);
		const shown = realTopic === undefined ? undefined : topicProblem(realTopic);
		if (shown) throw new RangeError(`"${realTopic}" cannot be shown as the topic: ${shown}`);
		if (payload.length > Limits.payloadBytes)
			throw new RangeError(`a message has ${Limits.payloadBytes} bytes at most, not ${payload.length}`);
		const id = ids.next(clock.now());
		this.#store(id, { instanceId, topic, payload, qos, isClean: cleanSession, realTopic });
		await store.saved();
		return { messageId: id, requestId: randomUUID().toUpperCase() };
	}
	/** To the topic <GroupID>_MQTT, if somebody has created it. */
	tellPresence(instanceId: string, event: PresenceEvent): void {
		const { registry, ids } = this.#core;
		const topic = presenceTopic(event.clientId);
		if (!registry.isUsable(instanceId) || !registry.topic(instanceId, topic)) return;
		const payload = Buffer.from(JSON.stringify(event));
		const id = ids.next(event.time);
		this.#store(id, { instanceId, topic, payload, qos: 1, isClean: true, tags: event.eventType });
	}

	#store(
		id: string,
		given: {
			instanceId: string;
			topic: string;
			payload: Uint8Array;
			qos: 0 | 1 | 2;
			isClean: boolean;
			clientId?: string;
			realTopic?: string | undefined;
			tags?: string;
		},
	): void {
		const { instanceId, topic, payload, qos, isClean, clientId, realTopic, tags } = given;
		const parent = parentOf(topic);
		const properties: Properties = {
			...(topic.length > parent.length && { mqttSecondTopic: topic.slice(parent.length) }),
			qoslevel: `${qos}`,
			cleansessionflag: `${isClean}`,
			...(realTopic !== undefined && { mqttRealTopic: realTopic }),
			...(clientId !== undefined && { clientId }),
			...(tags !== undefined && { tags }),
		};
		const at = this.#core.clock.now();
		const message: Message = {
			id,
			instanceId,
			topic: parent,
			properties,
			payload: Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString("base64"),
			at,
		};
		this.#core.messages.add(message);
		this.#step(id, "pub_mq", { topic: parent, ...(clientId !== undefined && { clientId }) });
		this.#deliver(message, qos, isClean);
	}
	#deliver(message: Message, qos: 0 | 1 | 2, isClean: boolean): void {
		const { sessions, channels } = this.#core;
		const topic = topicOf(message);
		const target = p2pTarget(topic);
		if (target !== undefined) return this.#deliverP2p(message, target, qos, isClean);
		let receivers = 0;
		for (const session of sessions.of(message.instanceId)) {
			const wanted = wantedQoS(session, topic);
			if (wanted === undefined) continue;
			receivers++;
			const level = Math.min(qos, wanted);
			const channel = channels.get(session.clientId);
			if (level === 1 && !session.isClean) this.#keep(message, session.clientId, channel, false);
			else if (channel) channel.push(message, level);
			else
				this.#step(message.id, "dropped", { clientId: session.clientId, note: "not online, and not kept" });
		}
		if (receivers === 0) this.#step(message.id, "dropped", { note: "nobody subscribes to it" });
	}
	/** The sender's setting decides whether it is kept, whatever session the receiver has. */
	#deliverP2p(message: Message, target: string, qos: 0 | 1 | 2, isClean: boolean): void {
		const found = this.#core.channels.get(target);
		const channel = found?.session.instanceId === message.instanceId ? found : undefined;
		if (qos === 1 && !isClean) this.#keep(message, target, channel, true);
		else if (qos === 2 && !isClean)
			this.#step(message.id, "dropped", { clientId: target, note: "QoS 2 is not for persistent sessions" });
		else if (channel) channel.push(message, qos);
		else this.#step(message.id, "dropped", { clientId: target, note: "not online, and not kept" });
	}
	#keep(message: Message, clientId: string, channel: Channel | undefined, isP2p: boolean): void {
		const { offline, clock } = this.#core;
		const waiting = { clientId, instanceId: message.instanceId, messageId: message.id, isP2p };
		const key = offline.add(waiting, clock.now());
		if (channel) channel.pushKept(message, key);
		else this.#step(message.id, "kept", { clientId, note: "not online" });
	}
	#step(
		messageId: string,
		action: MessageAction,
		more: { clientId?: string; topic?: string; qos?: number; note?: string },
	): void {
		this.#core.trace.message({ messageId, at: this.#core.clock.now(), action, ...more });
	}
}
