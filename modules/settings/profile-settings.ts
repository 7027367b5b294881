import { parseConnectionString, type HubIdentity } from "../cloud/azure-names.js";
import { parseTokens, type Token } from "../cloud/lmq-credentials.js";
import { checkInstance, checkLmqTopic, lmqClientId } from "../cloud/lmq-names.js";
import { secretOf, textOf, wrong, type Entries } from "./entries.js";
import { lmqKeys, type PlainKey } from "./setting-keys.js";

export interface LmqSettings {
	kind: "lmq";
	instance: string;
	group: string;
	device: string;
	credential:
		| { kind: "Signature" | "DeviceCredential"; accessKey: string; secret: string }
		| { kind: "Token"; accessKey: string; tokens: readonly Token[] };
}

/** Which service the broker belongs to, and who we are there. */
export type ProfileSettings = { kind: "plain" } | LmqSettings | ({ kind: "azure" } & HubIdentity);

type Wire = "mqtt" | "mqtts" | "ws" | "wss";

const mask = "********";
const credentials = Object.freeze({
	signature: "Signature",
	device: "DeviceCredential",
	token: "Token",
} as const);

/** The keys that each profile has no use for, since it decides them itself. */
const foreign: Readonly<Record<ProfileSettings["kind"], readonly PlainKey[]>> = Object.freeze({
	plain: Object.freeze([...lmqKeys, "wire", "connection"] as const),
	lmq: Object.freeze(["client", "username", "brokerpassword", "connection"] as const),
	azure: Object.freeze([...lmqKeys, "client", "username", "brokerpassword", "topic"] as const),
});

export function parseProfile(entries: Entries, filled: (text: string) => string): ProfileSettings {
	const name = textOf(entries, "profile")!;
	if (name === "plain") return { kind: "plain" };
	if (name === "lmq") return parseLmq(entries, filled);
	if (name !== "azure") throw wrong("profile", name, "plain, lmq or azure");
	const connection = secretOf(entries, "connection");
	if (connection === undefined)
		throw new RangeError(
			"profile azure: it needs connection=HostName=…;DeviceId=…;SharedAccessKey=…, as the portal shows it",
		);
	return { kind: "azure", ...parseConnectionString(connection) };
}

/** A key that the profile does not go by would have no effect: that is a RangeError. */
export function refuseForeign(entries: Entries, kind: ProfileSettings["kind"]): void {
	for (const key of foreign[kind]) {
		if (entries[key] === undefined) continue;
		const owner =
			kind !== "plain" ? kind : key === "connection" ? "azure" : key === "wire" ? "lmq or azure" : "lmq";
		throw new RangeError(
			kind === "plain" ? `${key}: it needs profile=${owner}` : `${key}: profile=${owner} has no use for it`,
		);
	}
}

/** The broker's URL where the profile knows it; one that is set goes before. */
export function profileBroker(entries: Entries, profile: ProfileSettings): string | undefined {
	const wire = parseWire(entries, profile.kind);
	const isSet = entries["broker"] !== undefined;
	if (isSet && entries["wire"] !== undefined)
		throw new RangeError("wire: the URL of broker names it already");
	if (isSet || profile.kind === "plain") return undefined;
	if (profile.kind === "lmq") return `${wire}://${profile.instance}.mqtt.aliyuncs.com`;
	return `${wire}://${profile.hostName}${wire === "wss" ? "/$iothub/websocket" : ""}`;
}

export function profileClientId(profile: ProfileSettings): string | undefined {
	if (profile.kind === "lmq") return lmqClientId(profile.group, profile.device);
	return profile.kind === "azure" ? profile.deviceId : undefined;
}

/** A topic which the profile's service does not take is a RangeError. */
export function checkProfileTopic(profile: ProfileSettings, topic: string): void {
	if (profile.kind === "lmq") checkLmqTopic(topic);
}

/** As lines of key=value; secrets are masked. */
export function describeProfile(profile: ProfileSettings): string[] {
	const lines = [`profile=${profile.kind}`];
	if (profile.kind === "azure") lines.push(`connection=${mask}`);
	if (profile.kind !== "lmq") return lines;
	const { instance, group, device, credential } = profile;
	const name = Object.keys(credentials).find(
		key => credentials[key as keyof typeof credentials] === credential.kind,
	);
	lines.push(`instance=${instance}`, `group=${group}`, `device=${device}`);
	lines.push(`credential=${name}`, `accesskey=${credential.accessKey}`);
	return lines.concat(credential.kind === "Token" ? `token=${mask}` : `secret=${mask}`);
}

function parseLmq(entries: Entries, filled: (text: string) => string): LmqSettings {
	for (const key of ["instance", "group", "accesskey"] as const)
		if (textOf(entries, key) === undefined) throw new RangeError(`profile lmq: it needs ${key}`);
	const [instance, group, accessKey] = [
		textOf(entries, "instance")!,
		textOf(entries, "group")!,
		textOf(entries, "accesskey")!,
	];
	const device = filled(textOf(entries, "device")!);
	checkInstance(instance);
	lmqClientId(group, device);
	if (accessKey.indexOf("|") >= 0) throw wrong("accesskey", accessKey, "no key holds a |");
	return { kind: "lmq", instance, group, device, credential: parseCredential(entries, accessKey) };
}

function parseCredential(entries: Entries, accessKey: string): LmqSettings["credential"] {
	const secret = secretOf(entries, "secret");
	const token = secretOf(entries, "token");
	const name = textOf(entries, "credential") ?? (token === undefined ? "signature" : "token");
	if (!Object.hasOwn(credentials, name)) throw wrong("credential", name, "signature, device or token");
	const kind = credentials[name as keyof typeof credentials];
	const [needed, other] = kind === "Token" ? (["token", "secret"] as const) : (["secret", "token"] as const);
	if (!secretOf(entries, needed)) throw new RangeError(`profile lmq: credential ${name} needs ${needed}`);
	if (secretOf(entries, other) !== undefined)
		throw new RangeError(`${other}: credential ${name} has no use for it`);
	if (kind === "Token") return { kind, accessKey, tokens: parseTokens(token!) };
	return { kind, accessKey, secret: secret! };
}

function parseWire(entries: Entries, kind: ProfileSettings["kind"]): Wire {
	const wire = textOf(entries, "wire") ?? (kind === "azure" ? "mqtts" : "mqtt");
	const wires = kind === "azure" ? ["mqtts", "wss"] : ["mqtt", "mqtts", "ws", "wss"];
	if (wires.indexOf(wire) >= 0) return wire as Wire;
	throw wrong("wire", wire, `${kind === "azure" ? "to IoT Hub it is " : ""}${wires.join(", ")}`);
}
