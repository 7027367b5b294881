import { Limits } from "./limits.js";

// The service's rules for names. The devices' own checks are written anew on their side, so that each tests
// the other.

const name = /^[0-9A-Za-z_-]+$/;
const group = /^GID[_-][0-9A-Za-z_-]+$/;

export interface ClientId {
	groupId: string;
	deviceId: string;
}

/** Group and device of a client id; undefined if the service would not know it as one. */
export function parseClientId(text: string): ClientId | undefined {
	if (text.length > Limits.clientIdLength) return undefined;
	const parts = text.split("@@@");
	if (parts.length !== 2) return undefined;
	const [groupId = "", deviceId = ""] = parts;
	return isGroupId(groupId) && name.test(deviceId) ? { groupId, deviceId } : undefined;
}

export function isGroupId(text: string): boolean {
	return text.length >= Limits.groupIdLengthMin && text.length <= Limits.groupIdLength && group.test(text);
}

/** Where the service says who of a client's group came and went. */
export function presenceTopic(clientId: string): string {
	return `${parseClientId(clientId)!.groupId}_MQTT`;
}

export function isParentTopic(text: string): boolean {
	return text.length >= Limits.parentTopicLengthMin && text.length <= Limits.topicLength && name.test(text);
}

export function parentOf(topic: string): string {
	const slash = topic.indexOf("/");
	return slash < 0 ? topic : topic.slice(0, slash);
}

/** The client id that a P2P topic addresses; undefined if it is not one. */
export function p2pTarget(topic: string): string | undefined {
	const levels = topic.split("/");
	return levels.length === 3 && levels[1] === "p2p" && !hasWildcard(topic) ? levels[2] : undefined;
}

/**
 * Why a topic cannot be sent to, or a filter cannot be subscribed to; undefined if it can.
 * How the 64 characters count for P2P is not documented: here they do not, since a client id alone may have
 * 64.
 */
export function topicProblem(topic: string, isFilter = false): string | undefined {
	const target = p2pTarget(topic);
	if (target !== undefined)
		return parseClientId(target) ? undefined : "it is P2P, and what it addresses is no client id";
	if (topic.length > Limits.topicLength) return `it has more than ${Limits.topicLength} characters`;
	const levels = topic.split("/");
	for (const [at, level] of levels.entries()) {
		const isWildcard = level === "+" || (level === "#" && at === levels.length - 1);
		const isAllowed = level === "" ? at > 0 : name.test(level) || (isFilter && isWildcard && at > 0);
		if (!isAllowed) return `its level ${at + 1} has other characters than letters, digits, - and _`;
	}
	return undefined;
}

export function hasWildcard(filter: string): boolean {
	return /[+#]/.test(filter);
}

/** Whether a filter takes in a topic; or another filter whole, wildcards and all. */
export function covers(filter: string, topic: string): boolean {
	const wanted = filter.split("/");
	const given = topic.split("/");
	for (const [at, level] of wanted.entries()) {
		if (level === "#") return true;
		const other = given[at];
		if (other === undefined || other === "#") return false;
		if (level !== "+" && level !== other) return false;
	}
	return wanted.length === given.length;
}
