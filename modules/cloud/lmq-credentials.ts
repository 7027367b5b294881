import type { Host } from "../../hosts/host.js";
import type { Credentials } from "../session/session-options.js";
import { encodeText } from "../wire/text.js";

const tokenTypes = Object.freeze(["R", "W", "RW"] as const);
export type TokenType = (typeof tokenTypes)[number];

export function isTokenType(word: unknown): word is TokenType {
	return tokenTypes.indexOf(word as TokenType) >= 0;
}

/** A token, as the application's server applies for it at the service. */
export interface Token {
	type: TokenType;
	token: string;
	/** Milliseconds since 1970; undefined when that is not known. */
	expiresAt?: number | undefined;
}

/** Gives the tokens, at most one of each type; undefined when there are none to be had now. */
export type TokenSource = (done: (tokens: readonly Token[] | undefined) => void) => void;

/** How a client proves to LMQ who it is. */
export type LmqCredential =
	/** With the key of an account, which should not lie in a device; or with a key for this device alone. */
	| { kind: "Signature" | "DeviceCredential"; accessKey: string; secret: string }
	/** With tokens for some topics and some time. */
	| { kind: "Token"; accessKey: string; tokens: TokenSource };

export function lmqUserName(credential: LmqCredential, instance: string): string {
	return `${credential.kind}|${credential.accessKey}|${instance}`;
}

/** User name and password: Base64 of HMAC-SHA1 over the whole client id. */
export function signLmq(
	{ crypto, text }: Host,
	credential: LmqCredential & { secret: string },
	instance: string,
	clientId: string,
): Credentials {
	const mac = crypto.hmac("sha1", encodeText(text, credential.secret), encodeText(text, clientId));
	return {
		username: lmqUserName(credential, instance),
		password: encodeText(text, crypto.encodeBase64(mac)),
	};
}

/** Pairs of type and token. */
export function tokenPassword(tokens: readonly Token[]): string {
	return tokens.map(({ type, token }) => `${type}|${token}`).join("|");
}

/** The tokens of a password of that form; what is none is a RangeError which does not repeat it. */
export function parseTokens(password: string): Token[] {
	const words = password.split("|");
	const tokens: Token[] = [];
	for (let i = 0; i < words.length; i += 2)
		tokens.push({ type: words[i] as TokenType, token: words[i + 1] ?? "" });
	checkTokens(tokens);
	return tokens;
}

/** Tokens that no password can be made of are a RangeError which does not repeat them. */
export function checkTokens(tokens: readonly Token[]): void {
	const seen: string[] = [];
	for (const { type, token } of tokens) {
		if (!isTokenType(type) || token === "" || token.indexOf("|") >= 0)
			throw new RangeError("token: it is R|<token>, W|<token> or RW|<token>, or several with | between two");
		if (seen.indexOf(type) >= 0) throw new RangeError(`token: there are two of type ${type}`);
		seen.push(type);
	}
	if (seen.length === 0) throw new RangeError("token: there is none");
}
