import { Journal } from "./journal.js";
import { Bounds } from "./limits.js";
import type { Store } from "./store.js";

/** What happened to a message. The first four are the service's words. */
export type MessageAction = "pub_mqtt" | "pub_mq" | "ServerSend" | "sub" | "kept" | "dropped";

export interface MessageStep {
	messageId: string;
	at: number;
	action: MessageAction;
	clientId?: string;
	topic?: string;
	qos?: number;
	note?: string;
}

export interface DeviceStep {
	clientId: string;
	channelId: string;
	at: number;
	/** connect: it asked to; close: we, or the network, ended it; disconnect: it did. note: whatever else. */
	action: "connect" | "close" | "disconnect" | "note";
	note: string;
}

/** One is connect, disconnect (the client took its leave) or tcpclean (its connection is gone). */
export interface PresenceEvent {
	clientId: string;
	time: number;
	eventType: "connect" | "disconnect" | "tcpclean";
	channelId: string;
	clientIp: string;
}

/**
 * What can be asked about later: the ways of messages and devices, and who came and went. Bounded, on disk.
 */
export class Trace {
	#messages: Journal<MessageStep>;
	#devices: Journal<DeviceStep>;
	#presence: Journal<PresenceEvent>;

	private constructor(
		messages: Journal<MessageStep>,
		devices: Journal<DeviceStep>,
		presence: Journal<PresenceEvent>,
	) {
		this.#messages = messages;
		this.#devices = devices;
		this.#presence = presence;
	}
	static async open(store: Store): Promise<Trace> {
		return new Trace(
			await Journal.open(store, "messageStep", Bounds.traceSteps),
			await Journal.open(store, "deviceStep", Bounds.deviceSteps),
			await Journal.open(store, "presence", Bounds.presenceEvents),
		);
	}
	message(step: MessageStep): void {
		this.#messages.append(step.at, step);
	}
	device(step: DeviceStep): void {
		this.#devices.append(step.at, step);
	}
	presence(event: PresenceEvent): void {
		this.#presence.append(event.time, event);
	}
	ofMessage(messageId: string): MessageStep[] {
		return this.#messages.where(step => step.messageId === messageId);
	}
	/** The steps in which a client had a part, of all messages. */
	ofClient(clientId: string, max: number): MessageStep[] {
		return this.#messages.where(step => step.clientId === clientId, max);
	}
	ofDevice(clientId: string): DeviceStep[] {
		return this.#devices.where(step => step.clientId === clientId);
	}
	/** The events of a group: what the service sends to the topic <GroupID>_MQTT. */
	ofGroup(groupId: string, max: number): PresenceEvent[] {
		const head = `${groupId}@@@`;
		return this.#presence.where(event => event.clientId.startsWith(head), max);
	}
	/** When a client came or went last. */
	lastChange(clientId: string): PresenceEvent | undefined {
		return this.#presence.where(event => event.clientId === clientId, 1)[0];
	}
}
