import { createHmac, timingSafeEqual } from "node:crypto";
import { parseClientId } from "./names.js";
import type { Registry } from "./registry.js";
import { type Token, type Tokens, tokenTypes } from "./tokens.js";

/** Return codes of CONNACK. The service documents none; these are the standard's. */
export const Refusal = Object.freeze({ identifier: 2, unavailable: 3, credentials: 4, notAuthorized: 5 });

export interface Refused {
	code: (typeof Refusal)[keyof typeof Refusal];
	why: string;
}

/** What a client may do, from its CONNECT on. */
export interface Grant {
	mode: "Signature" | "Token" | "DeviceCredential";
	instanceId: string;
	groupId: string;
	account: string;
	/** In token mode only; it may be empty until one is uploaded. */
	tokens: Token[];
}

/** Base64 of HMAC-SHA1 of the whole client id: the password of the modes Signature and DeviceCredential. */
export function signClientId(clientId: string, secret: string): string {
	return createHmac("sha1", secret).update(clientId, "utf8").digest("base64");
}

/** Checks what a CONNECT says of its client. */
export function checkConnect(
	registry: Registry,
	tokens: Tokens,
	connect: { clientId: string; username: string | undefined; password: string | undefined },
	now: number,
): Grant | Refused {
	const { clientId, username = "", password = "" } = connect;
	const form = parseClientId(clientId);
	if (!form) return { code: Refusal.identifier, why: "the client id has not the service's form" };
	const [mode, keyId, instanceId, more] = username.split("|");
	if (keyId === undefined || instanceId === undefined || more !== undefined)
		return { code: Refusal.credentials, why: "the user name has not three parts" };
	if (!registry.instances.get(instanceId))
		return { code: Refusal.notAuthorized, why: "there is no such instance" };
	if (!registry.isUsable(instanceId))
		return { code: Refusal.unavailable, why: "the instance has no storage" };
	const found = checkPassword(registry, tokens, { mode, keyId, instanceId, clientId, password }, now);
	if (typeof found === "string") return { code: Refusal.credentials, why: found };
	const group = registry.group(instanceId, form.groupId);
	if (!group) return { code: Refusal.notAuthorized, why: `the group ${form.groupId} is unknown` };
	if (group.account !== found.account)
		return { code: Refusal.notAuthorized, why: `the group ${form.groupId} is another account's` };
	return { ...found, instanceId, groupId: form.groupId };
}

function checkPassword(
	registry: Registry,
	tokens: Tokens,
	given: { mode: string | undefined; keyId: string; instanceId: string; clientId: string; password: string },
	now: number,
): Pick<Grant, "mode" | "account" | "tokens"> | string {
	const { mode, keyId, instanceId, clientId, password } = given;
	if (mode === "Signature" || mode === "Token") {
		const key = registry.keys.get(keyId);
		if (!key) return "the access key is unknown";
		const { account } = key;
		if (mode === "Signature")
			return isSignature(password, clientId, key.secret)
				? { mode, account, tokens: [] }
				: "the signature is wrong";
		const valid = checkTokens(tokens, password, instanceId, account, now);
		return typeof valid === "string" ? valid : { mode, account, tokens: valid };
	}
	if (mode !== "DeviceCredential") return "the mode is not Signature, Token or DeviceCredential";
	const device = registry.devices.get(keyId);
	if (device?.instanceId !== instanceId || device.clientId !== clientId)
		return "the device credential is not this client's";
	return isSignature(password, clientId, device.secret)
		? { mode, account: device.account, tokens: [] }
		: "the signature is wrong";
}

/** Pairs of type and token, in any order; without any, one must be uploaded before anything else. */
function checkTokens(
	tokens: Tokens,
	password: string,
	instanceId: string,
	account: string,
	now: number,
): Token[] | string {
	if (password === "") return [];
	const parts = password.split("|");
	if (parts.length % 2 !== 0 || parts.length > 2 * tokenTypes.length)
		return "the password has not pairs of type and token";
	const valid: Token[] = [];
	for (let at = 0; at < parts.length; at += 2) {
		const [type = "", text = ""] = parts.slice(at, at + 2);
		if (valid.some(other => other.type === type)) return `there are two ${type} tokens`;
		const token = tokens.check(text, type, instanceId, account, now);
		if (typeof token === "number") return `the ${type} token is invalid, code ${token}`;
		valid.push(token);
	}
	return valid;
}

function isSignature(password: string, clientId: string, secret: string): boolean {
	const given = Buffer.from(password);
	const right = Buffer.from(signClientId(clientId, secret));
	return given.length === right.length && timingSafeEqual(given, right);
}
