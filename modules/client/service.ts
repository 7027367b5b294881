import type { Client, Status } from "./client.js";
import type { ClientOptions } from "./client-options.js";
import type { Message } from "./message.js";
import type { TopicOptions } from "./topic.js";

/**
 * What one service asks of its clients beyond MQTT: its rules, held against each call, and its own traffic.
 * One client has one of these for itself. onState() and onMessage() may not throw.
 */
export interface Service {
	/** The client's options; those that the service forbids are a RangeError. */
	checkOptions(options: ClientOptions): void;
	/** A message that the service would not take is a RangeError that names the rule. */
	checkPublish(topic: string, payloadBytes: number, options: TopicOptions): void;
	/** The same for a filter that is to be subscribed to, beside so many others. */
	checkSubscribe(filter: string, qos: number, others: number): void;
	/**
	 * A state was entered; at "online" a control goes out before everything else. Gives what to tell the user of
	 * it, in place of the general advice; or "".
	 */
	onState(status: Status, client: Client): string;
	/** Each message, before its handlers; true when it was for the service alone. */
	onMessage(message: Message): boolean;
}
