import { Digest } from "crypt";
import { decodeBase64, encodeBase64 } from "../base64.js";
import type { Crypto, Hash } from "../host.js";

const blockBytes = 64;
const digestNames = Object.freeze({ sha1: "SHA1", sha256: "SHA256" } as const);

/** The SDK's digests. It has no HMAC, and its Base64 decoder passes over what is not Base64. */
export const moddableCrypto: Crypto = Object.freeze({ digest, hmac, encodeBase64, decodeBase64 });

function digest(hash: Hash, bytes: Uint8Array): Uint8Array {
	return digestOf(hash, bytes);
}

function hmac(hash: Hash, key: Uint8Array, bytes: Uint8Array): Uint8Array {
	const short = key.length > blockBytes ? digestOf(hash, key) : key;
	const inner = new Uint8Array(blockBytes).fill(0x36);
	const outer = new Uint8Array(blockBytes).fill(0x5c);
	for (let i = 0; i < short.length; i++) {
		inner[i]! ^= short[i]!;
		outer[i]! ^= short[i]!;
	}
	return digestOf(hash, outer, digestOf(hash, inner, bytes));
}

function digestOf(hash: Hash, first: Uint8Array, second?: Uint8Array): Uint8Array {
	const digest = new Digest(digestNames[hash]);
	// The SDK's typings know only ArrayBuffer here; its code takes any view.
	digest.write(first as unknown as ArrayBuffer);
	if (second !== undefined) digest.write(second as unknown as ArrayBuffer);
	return new Uint8Array(digest.close());
}
