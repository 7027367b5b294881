import { quoted } from "../cloud/quoted.js";
import { parseEndpoint } from "../link/endpoint.js";
import type { Version } from "../wire/packet-type.js";
import { topicNameFault } from "../wire/topic.js";
import { networksMax, passwordFault, ssidFault, type WiFiNetwork } from "../wifi/wifi-network.js";
import { countBytes, numberOf, secretOf, textBytesMax, textOf, wrong, type Entries } from "./entries.js";
import {
	checkProfileTopic,
	describeProfile,
	parseProfile,
	profileBroker,
	profileClientId,
	refuseForeign,
	type ProfileSettings,
} from "./profile-settings.js";
import { knownKeys, nearestKey, networkKey } from "./setting-keys.js";

export { settingDefaults } from "./entries.js";

/** What a user may set, in the units of the code. */
export interface Settings {
	/** By priority; none where the network is the platform's own matter. */
	networks: WiFiNetwork[];
	/** Broker URLs, at least one, whose turns come one after the other. */
	brokers: string[];
	topic: string;
	clientId: string;
	username: string | undefined;
	brokerPassword: string | undefined;
	version: Version;
	profile: ProfileSettings;
	/** 0 goes on for ever. */
	rounds: number;
	waitMs: number;
	/** 0 turns pings off. */
	keepAliveMs: number;
	window: number;
	outboxBytes: number;
	wifi: "steady" | "flaky";
}

export interface SettingsOptions {
	/** Fills {deviceId} in topic, client and username. Asked for only there: it may have to be drawn. */
	readonly deviceId: string;
	/** Passes over keys that are not ours: mcconfig's config holds those of others as well. */
	ignoreUnknown?: boolean | undefined;
}

export const brokersMax = 8;
const oldClientIdMax = 23;
const idMark = "{deviceId}";
const mask = "********";
const versions: Readonly<Record<string, Version>> = Object.freeze({ "3.1": 3, "3.1.1": 4, "5": 5, "5.0": 5 });

/**
 * Settings from key=value pairs, of the command line or of mcconfig's config: values are text, or numbers.
 * What is wrong is a RangeError of one plain line, which names the setting, its value unless it is secret,
 * and what is allowed.
 */
export function parseSettings(entries: Entries, options: SettingsOptions): Settings {
	if (!options.ignoreUnknown) refuseUnknown(entries);
	const filled = (text: string) =>
		text.indexOf(idMark) < 0 ? text : text.replaceAll(idMark, options.deviceId);
	const version = parseVersion(entries);
	const profile = parseProfile(entries, filled);
	refuseForeign(entries, profile.kind);
	if (profile.kind !== "plain" && version === 3)
		throw wrong("mqtt", textOf(entries, "mqtt")!, `profile ${profile.kind} takes 3.1.1`);
	const username = textOf(entries, "username");
	const settings: Settings = {
		networks: parseNetworks(entries),
		brokers: parseBrokers(profileBroker(entries, profile) ?? textOf(entries, "broker")!),
		topic: parseTopic(filled(textOf(entries, "topic")!)),
		clientId: profileClientId(profile) ?? parseClientId(filled(textOf(entries, "client")!), version),
		username: username === undefined ? undefined : filled(username),
		brokerPassword: secretOf(entries, "brokerpassword"),
		version,
		profile,
		rounds: numberOf(entries, "rounds", 0, 1_000_000_000),
		waitMs: numberOf(entries, "wait", 0, 86_400_000),
		keepAliveMs: numberOf(entries, "keepalive", 0, 0xffff) * 1_000,
		window: numberOf(entries, "window", 1, 64),
		outboxBytes: numberOf(entries, "outbox", 1_024, 16_777_216),
		wifi: parseWiFi(entries),
	};
	checkProfileTopic(profile, settings.topic);
	if (settings.brokerPassword !== undefined && username === undefined && version < 5)
		throw new RangeError("brokerpassword: it needs a username, except in MQTT 5"); // [MQTT-3.1.2-22, 3.1.1]
	return settings;
}

/** The settings as lines of key=value; secrets are masked. */
export function describeSettings(settings: Settings): string[] {
	const lines: string[] = [];
	settings.networks.forEach(({ ssid, password }, i) => {
		const secret = password === "" ? " (an open network)" : mask;
		lines.push(`${networkKey("ssid", i + 1)}=${ssid}`, `${networkKey("password", i + 1)}=${secret}`);
	});
	lines.push(
		`broker=${settings.brokers.join(",")}`,
		`topic=${settings.topic}`,
		`client=${settings.clientId}`,
	);
	if (settings.username !== undefined) lines.push(`username=${settings.username}`);
	if (settings.brokerPassword !== undefined) lines.push(`brokerpassword=${mask}`);
	return lines.concat(
		`mqtt=${Object.keys(versions).find(name => versions[name] === settings.version)}`,
		...describeProfile(settings.profile),
		`rounds=${settings.rounds}`,
		`wait=${settings.waitMs}`,
		`keepalive=${settings.keepAliveMs / 1_000}`,
		`window=${settings.window}`,
		`outbox=${settings.outboxBytes}`,
		`wifi=${settings.wifi}`,
	);
}

function refuseUnknown(entries: Entries): void {
	const keys = knownKeys();
	for (const key of Object.keys(entries)) {
		if (keys.indexOf(key) >= 0) continue;
		// Its value stays untold: a mistyped password is one as well.
		throw new RangeError(`there is no setting ${quoted(key)}: did you mean ${nearestKey(key, keys)}?`);
	}
}

function parseNetworks(entries: Entries): WiFiNetwork[] {
	const networks: WiFiNetwork[] = [];
	for (let number = 1; number <= networksMax; number++) {
		const ssidKey = networkKey("ssid", number);
		const passwordKey = networkKey("password", number);
		const ssid = textOf(entries, ssidKey);
		const password = secretOf(entries, passwordKey);
		if (ssid === undefined && password === undefined) continue;
		if (ssid === undefined) throw new RangeError(`${passwordKey}: it needs ${ssidKey} as well`);
		const badSSID = ssidFault(ssid);
		if (badSSID !== undefined) throw wrong(ssidKey, ssid, badSSID);
		const badPassword = passwordFault(password ?? "");
		if (badPassword !== undefined) throw new RangeError(`${passwordKey}: ${badPassword}`);
		networks.push({ ssid, password: password ?? "" });
	}
	return networks;
}

function parseBrokers(text: string): string[] {
	// Looked at before anything else, so that no message repeats it.
	if (text.indexOf("@") >= 0)
		throw new RangeError("broker: a URL takes no user name and password; set username and brokerpassword");
	const urls = text.split(",").map(url => url.trim());
	if (urls.length > brokersMax) throw wrong("broker", text, `at most ${brokersMax} URLs`);
	for (const url of urls) {
		if (url === "") throw wrong("broker", text, "one URL, or several with a comma between two");
		parseEndpoint(url);
	}
	return urls;
}

function parseTopic(topic: string): string {
	if (topicNameFault(topic) !== undefined || countBytes(topic) < 0)
		throw wrong("topic", topic, `1 to ${textBytesMax} bytes without + and #`);
	return topic;
}

function parseClientId(clientId: string, version: Version): string {
	const max = version === 3 ? oldClientIdMax : textBytesMax;
	const bytes = countBytes(clientId);
	if (bytes >= 1 && bytes <= max) return clientId;
	throw wrong("client", clientId, `1 to ${max} bytes${version === 3 ? " in MQTT 3.1" : ""}`);
}

function parseVersion(entries: Entries): Version {
	const text = textOf(entries, "mqtt")!;
	if (!Object.hasOwn(versions, text)) throw wrong("mqtt", text, "3.1, 3.1.1 or 5");
	return versions[text]!;
}

function parseWiFi(entries: Entries): "steady" | "flaky" {
	const text = textOf(entries, "wifi")!;
	if (text === "steady" || text === "flaky") return text;
	throw wrong("wifi", text, "steady or flaky");
}
