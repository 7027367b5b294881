import { createHash, createHmac } from "node:crypto";
import type { Crypto, Hash } from "../host.js";

export const nodeCrypto: Crypto = Object.freeze({
	digest: (hash: Hash, bytes: Uint8Array) => plain(createHash(hash).update(bytes).digest()),
	hmac: (hash: Hash, key: Uint8Array, bytes: Uint8Array) =>
		plain(createHmac(hash, key).update(bytes).digest()),
	encodeBase64: (bytes: Uint8Array) =>
		Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64"),
	decodeBase64(text: string): Uint8Array | undefined {
		const bytes = Buffer.from(text, "base64");
		// Node passes over what is not Base64.
		return bytes.toString("base64") === text ? plain(bytes) : undefined;
	},
});

/** A Buffer's slice() is a view, where that of any other host is a copy. */
function plain(buffer: Buffer): Uint8Array {
	return new Uint8Array(buffer);
}
