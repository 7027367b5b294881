/**
 * A message as the storage instance has it. A topic of MQTT is a parent topic there, and the subtopics a
 * property; the payload is untouched.
 */
export interface Message {
	id: string;
	instanceId: string;
	/** The parent topic. */
	topic: string;
	properties: Properties;
	/** Base64. */
	payload: string;
	at: number;
}

export interface Properties {
	/** All behind the parent topic, with its first slash. */
	mqttSecondTopic?: string;
	qoslevel: "0" | "1" | "2";
	cleansessionflag: "true" | "false";
	/** The topic shown to the receiver, where the sender says one; from the storage side only. */
	mqttRealTopic?: string;
	/** Who sent it, if a device did. */
	clientId?: string;
	/** What the storage side tells its messages apart by: of a presence event, its type. */
	tags?: string;
}

/** The topic of MQTT that a message went to. */
export function topicOf(message: Message): string {
	return message.topic + (message.properties.mqttSecondTopic ?? "");
}

/**
 * The topic that its receivers see. What the service shows for P2P by default is not documented: here the
 * topic.
 */
export function shownTopicOf(message: Message): string {
	return message.properties.mqttRealTopic ?? topicOf(message);
}
