import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { decodeBase64, encodeBase64 } from "../base64.js";
import type { Crypto, Hash } from "../host.js";

const hashes = Object.freeze({ sha1, sha256 });

/** Hashes in script, by a library: the engine itself has none. */
export const portableCrypto: Crypto = Object.freeze({
	digest: (hash: Hash, bytes: Uint8Array) => hashes[hash](bytes),
	hmac: (hash: Hash, key: Uint8Array, bytes: Uint8Array) => hmac(hashes[hash], key, bytes),
	encodeBase64,
	decodeBase64,
});
