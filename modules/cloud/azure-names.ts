import { quoted } from "./quoted.js";

/** What Azure IoT Hub allows, by its documents; see the README. */
export const hubLimits = Object.freeze({
	messageBytes: 262_144,
	keepAliveMs: 1_177_000,
	deviceIdLength: 128,
});

/** Where a device belongs, and its key. */
export interface HubIdentity {
	hostName: string;
	deviceId: string;
	/** In Base64. */
	key: string;
}

const form = "HostName=…;DeviceId=…;SharedAccessKey=…";
const names = Object.freeze(["HostName", "DeviceId", "SharedAccessKey"]);

/** A device's connection string. What is none is a RangeError, which repeats nothing of it. */
export function parseConnectionString(text: string): HubIdentity {
	const parts: Record<string, string> = {};
	for (const part of text.split(";")) {
		if (part === "") continue;
		const equals = part.indexOf("=");
		const name = part.slice(0, Math.max(equals, 0));
		if (name === "SharedAccessKeyName")
			throw wrong("it is one of the hub's own policies; take that of the device");
		if (names.indexOf(name) < 0 || parts[name] !== undefined) throw wrong(`its form is ${form}`);
		parts[name] = part.slice(equals + 1);
	}
	for (const name of names) if (!parts[name]) throw wrong(`${name} is missing; its form is ${form}`);
	const [hostName, deviceId, key] = names.map(name => parts[name]!) as [string, string, string];
	if (!/^[0-9A-Za-z.-]+$/.test(hostName)) throw wrong("HostName is no name of a host");
	if (!/^[0-9A-Za-z._%*?!(),:=@$'-]+$/.test(deviceId) || deviceId.length > hubLimits.deviceIdLength)
		throw wrong("DeviceId has characters that IoT Hub does not allow, or is too long");
	return { hostName, deviceId, key };
}

/** Where a device of a hub sends and listens. */
export function hubTopics(deviceId: string) {
	return Object.freeze({
		telemetry: `devices/${deviceId}/messages/events/`,
		commands: `devices/${deviceId}/messages/devicebound/`,
		twinAnswers: "$iothub/twin/res/",
		twinGet: "$iothub/twin/GET/?$rid=",
		twinReport: "$iothub/twin/PATCH/properties/reported/?$rid=",
		twinDesired: "$iothub/twin/PATCH/properties/desired/",
		methods: "$iothub/methods/POST/",
		methodAnswer: "$iothub/methods/res/",
	});
}
export type HubTopics = ReturnType<typeof hubTopics>;

/** A topic that the hub does not take from this device is a RangeError. */
export function checkHubTopic(topic: string, topics: HubTopics): void {
	for (const start of [topics.telemetry, topics.twinGet, topics.twinReport, topics.methodAnswer])
		if (topic.startsWith(start)) return;
	throw new RangeError(
		`topic ${quoted(topic)}: IoT Hub takes telemetry on ${topics.telemetry}, and no other`,
	);
}

/** The same for a filter. */
export function checkHubFilter(filter: string, topics: HubTopics): void {
	for (const start of [topics.commands, topics.twinAnswers, topics.twinDesired, topics.methods])
		if (filter === `${start}#`) return;
	throw new RangeError(
		`topic filter ${quoted(filter)}: IoT Hub lets this device hear ${topics.commands}#, ` +
			`${topics.twinAnswers}#, ${topics.twinDesired}# and ${topics.methods}#`,
	);
}

/** Names and values as they stand in a topic or behind it: a=b&c=d, each of them encoded. */
export function encodeBag(bag: Readonly<Record<string, string>>): string {
	return Object.keys(bag)
		.map(name => `${encodeURIComponent(name)}=${encodeURIComponent(bag[name]!)}`)
		.join("&");
}

/** The same the other way; what is not well encoded is left as it is. */
export function decodeBag(text: string): Record<string, string> {
	const bag: Record<string, string> = {};
	for (const pair of text.replace(/^\?/, "").split("&")) {
		if (pair === "") continue;
		const equals = pair.indexOf("=");
		const name = equals < 0 ? pair : pair.slice(0, equals);
		bag[decode(name)] = equals < 0 ? "" : decode(pair.slice(equals + 1));
	}
	return bag;
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function wrong(rule: string): RangeError {
	return new RangeError(`connection: ${rule}`);
}
