import type { Version } from "./packet-type.js";
import { badText } from "./text.js";

const bytesMax = 0xffff;
const sharePrefix = "$share/";

/** Throws unless a message can be published to that topic. */
export function checkTopicName(topic: string): void {
	const fault = topicNameFault(topic);
	if (fault) throw new RangeError(fault);
	checkBytes("topic", topic);
}

/** Throws unless that filter can be subscribed to; shared subscriptions have rules of their own in MQTT 5. */
export function checkTopicFilter(filter: string, version: Version): void {
	const fault = topicFilterFault(filter, version);
	if (fault) throw new RangeError(fault);
	checkBytes("topic filter", filter);
}

/**
 * What is wrong with a topic name, apart from what cannot be written as a string at all; undefined if
 * nothing.
 */
export function topicNameFault(topic: string): string | undefined {
	if (typeof topic !== "string") throw new TypeError("topic is not a string");
	// [MQTT-4.7.3-1] [MQTT-4.7.3-1, 3.1.1]
	if (topic === "") return "topic is empty";
	if (topic.includes("+") || topic.includes("#")) return `topic ${topic} holds a wildcard`;
	return undefined;
}

/** The same for a topic filter [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.8.2-1] [MQTT-4.8.2-2]. */
export function topicFilterFault(filter: string, version: Version): string | undefined {
	if (typeof filter !== "string") throw new TypeError("topic filter is not a string");
	if (filter === "") return "topic filter is empty";
	const levels = filter.split("/");
	const last = levels.length - 1;
	for (let i = 0; i <= last; i++) {
		const level = levels[i]!;
		// [MQTT-4.7.1-1] [MQTT-4.7.1-2, 3.1.1]
		if (level.includes("#") && (level !== "#" || i < last))
			return `topic filter ${filter} has # elsewhere than alone at its end`;
		// [MQTT-4.7.1-2] [MQTT-4.7.1-3, 3.1.1]
		if (level.includes("+") && level !== "+") return `topic filter ${filter} has + within a level`;
	}
	if (version < 5 || !isShared(filter)) return undefined;
	const name = levels[1]!;
	// [MQTT-4.8.2-1] [MQTT-4.8.2-2]
	if (name === "" || name === "+" || name === "#") return `topic filter ${filter} has no share name`;
	if (last < 2 || (last === 2 && levels[2] === "")) return `topic filter ${filter} shares nothing`;
	return undefined;
}

/** Whether MQTT 5 takes the filter for a shared subscription: $share, a name, and what is shared. */
export function isShared(filter: string): boolean {
	return filter.startsWith(sharePrefix);
}

/** The filter which a shared subscription shares; any other filter as it is. */
export function unshared(filter: string): string {
	return isShared(filter) ? filter.slice(filter.indexOf("/", sharePrefix.length) + 1) : filter;
}

/** Whether a message of that topic belongs to a subscription of that (unshared) filter [MQTT5 4.7]. */
export function matches(filter: string, topic: string): boolean {
	if (filter === topic) return true;
	const levels = filter.split("/");
	const names = topic.split("/");
	// Topics that begin with $ are the server's own: a wildcard in front does not reach them [MQTT-4.7.2-1].
	if ((levels[0] === "+" || levels[0] === "#") && topic.startsWith("$")) return false;
	for (let i = 0; i < levels.length; i++) {
		const level = levels[i];
		if (level === "#") return true; // and "a/#" is "a" as well
		if (i === names.length || (level !== "+" && level !== names[i])) return false;
	}
	return levels.length === names.length;
}

function checkBytes(name: string, text: string): void {
	let count = 0;
	for (const character of text) {
		const code = character.codePointAt(0)!;
		if (code === 0 || (code >= 0xd800 && code <= 0xdfff)) throw new TypeError(`${name}: ${badText(code)}`);
		count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
	}
	// [MQTT-4.7.3-3] [MQTT-4.7.3-3, 3.1.1]
	if (count > bytesMax) throw new RangeError(`${name} of ${count} bytes is over 65,535`);
}
