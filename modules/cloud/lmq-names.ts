import { quoted } from "./quoted.js";

/** What LMQ allows, by its documents; see the README. */
export const lmqLimits = Object.freeze({
	clientIdLength: 64,
	topicLength: 64,
	groupIdLengthMin: 7,
	groupIdLength: 64,
	payloadBytes: 65_536,
	subscriptions: 30,
});

const nameText = "0-9 a-z A-Z - and _";
const namePattern = /^[0-9A-Za-z_-]+$/;
const groupPattern = /^GID[_-][0-9A-Za-z_-]+$/;
const instancePattern = /^[0-9A-Za-z_.-]+$/;
/** Between group and device. */
const joint = "@@@";

/** `<group>@@@<device>`; what is not a client id of LMQ is a RangeError that names the rule. */
export function lmqClientId(group: string, device: string): string {
	const { groupIdLengthMin: min, groupIdLength: max, clientIdLength } = lmqLimits;
	if (!groupPattern.test(group) || group.length < min || group.length > max)
		throw new RangeError(
			`group ${quoted(group)}: LMQ's Group IDs begin with GID_ or GID-, and are ${min} to ${max} of ${nameText}`,
		);
	if (!namePattern.test(device))
		throw new RangeError(`device ${quoted(device)}: LMQ's device ids are one or more of ${nameText}`);
	const clientId = `${group}${joint}${device}`;
	if (clientId.length > clientIdLength)
		throw new RangeError(
			`client id ${quoted(clientId)}: with group and device it is ${clientId.length} characters, ` +
				`and LMQ takes at most ${clientIdLength}`,
		);
	return clientId;
}

/** The id of an instance, as the console shows it; anything else is a RangeError. */
export function checkInstance(instance: string): void {
	if (!instancePattern.test(instance))
		throw new RangeError(`instance ${quoted(instance)}: it is the instance's id, such as mqtt-cn-0pp1abcd`);
}

/** The topic on which a client hears what is meant for it alone; it need not subscribe to it. */
export function lmqPeerTopic(parent: string, clientId: string): string {
	const topic = `${parent}/p2p/${clientId}`;
	checkLmqTopic(topic);
	return topic;
}

/** A topic that LMQ does not take is a RangeError that names the rule. */
export function checkLmqTopic(topic: string): void {
	checkLevels("topic", topic, false);
}

/** The same for a filter; + and # may stand for whole levels. */
export function checkLmqFilter(filter: string): void {
	checkLevels("topic filter", filter, true);
}

function checkLevels(what: string, topic: string, isFilter: boolean): void {
	const { topicLength } = lmqLimits;
	const fault = (rule: string) => new RangeError(`${what} ${quoted(topic)}: ${rule}`);
	if (topic.length > topicLength)
		throw fault(`${topic.length} characters, and LMQ takes at most ${topicLength}, subtopics included`);
	const levels = topic.split("/");
	if (levels.length > 1 && levels[1] === "p2p" && !isFilter) return checkPeer(levels, fault);
	for (const level of levels) {
		if (isFilter && (level === "+" || level === "#")) continue;
		if (!namePattern.test(level)) throw fault(`LMQ's levels are one or more of ${nameText}`);
	}
}

function checkPeer(levels: readonly string[], fault: (rule: string) => RangeError): void {
	const [parent = "", , clientId = "", more] = levels;
	const [group = "", device = "", third] = clientId.split(joint);
	const isClientId = groupPattern.test(group) && namePattern.test(device) && third === undefined;
	if (!namePattern.test(parent) || !isClientId || more !== undefined)
		throw fault(`to one client alone it is <parent>/p2p/<Group ID>${joint}<device>`);
}
