import type { PublicKey } from "./certificate.js";
import { curves, numberOf, type CurveName } from "./curve.js";
import { DerReader, hexOf, Tag } from "./der.js";

export type HashName = "SHA256" | "SHA384" | "SHA512";

/** What the engine's library has to bring: all else is reckoned here. */
export interface Primitives {
	digest(name: HashName, bytes: Uint8Array): Uint8Array;
	/** Whether r and s, each as long as a coordinate and between 1 and the order, sign the digest. */
	verifyECDSA(curve: CurveName, point: Uint8Array, digest: Uint8Array, r: Uint8Array, s: Uint8Array): boolean;
}

/** What an algorithm is called in certificates, as hex. */
const rsaSignatures = "2a864886f70d01010";
const ecSignatures = "2a8648ce3d04030";
/** By the last digit. MD5 and SHA-1 are not among them: their collisions can be made. */
const rsaHashes: Readonly<Record<string, HashName>> = Object.freeze({
	b: "SHA256",
	c: "SHA384",
	d: "SHA512",
});
const ecHashes: Readonly<Record<string, HashName>> = Object.freeze({ 2: "SHA256", 3: "SHA384", 4: "SHA512" });
/** In RSA, what stands before the digest [RFC 8017 9.2]. */
const digestInfos: Readonly<Record<HashName, string>> = Object.freeze({
	SHA256: "3031300d060960864801650304020105000420",
	SHA384: "3041300d060960864801650304020205000430",
	SHA512: "3051300d060960864801650304020305000440",
});

/** In bytes: below it a key can be broken, above it the reckoning takes a board too long. */
const modulusBytesMin = 256;
const modulusBytesMax = 1_024;

export function isKnownAlgorithm(algorithm: string): boolean {
	return hashOf(algorithm, "rsa") !== undefined || hashOf(algorithm, "ec") !== undefined;
}

function hashOf(algorithm: string, kind: PublicKey["kind"]): HashName | undefined {
	const prefix = kind === "rsa" ? rsaSignatures : ecSignatures;
	if (kind === "other" || !algorithm.startsWith(prefix)) return undefined;
	return (kind === "rsa" ? rsaHashes : ecHashes)[algorithm.slice(prefix.length)];
}

/** Whether a key is of a kind and length that signatures are taken from. */
export function isUsableKey(key: PublicKey): boolean {
	if (key.kind !== "rsa") return key.kind === "ec";
	const { length } = key.modulus;
	return (
		length >= modulusBytesMin && length <= modulusBytesMax && key.exponent >= 3 && key.exponent % 2 === 1
	);
}

/** Whether the signature over the bytes was made with the key; the algorithm is one that is known. */
export function verifySignature(
	algorithm: string,
	key: PublicKey,
	signed: Uint8Array,
	signature: Uint8Array,
	primitives: Primitives,
): boolean {
	const hash = hashOf(algorithm, key.kind);
	if (hash === undefined || !isUsableKey(key)) return false;
	const digest = primitives.digest(hash, signed);
	if (key.kind === "rsa")
		return verifyRSA(key.modulus, key.exponent, digestInfos[hash] + hexOf(digest), signature);
	if (key.kind !== "ec") return false;
	const numbers = readSignature(signature, key.curve);
	if (numbers === undefined) return false;
	const { r, s } = numbers;
	return primitives.verifyECDSA(key.curve, key.point, digest.subarray(0, r.length), r, s);
}

/**
 * The two numbers of an ECDSA signature, as long as a coordinate. Undefined unless both are from 1 to the
 * order: two zeros would pass for a signature of everything where nobody looks at that.
 */
export function readSignature(signature: Uint8Array, curve: CurveName) {
	try {
		const pair = new DerReader(signature).enter(Tag.sequence);
		const r = fit(pair.magnitude(), curves[curve].order);
		const s = fit(pair.magnitude(), curves[curve].order);
		return r === undefined || s === undefined || pair.more ? undefined : { r, s };
	} catch {
		return undefined;
	}
}

function fit(number: Uint8Array, order: string): Uint8Array | undefined {
	const bytes = order.length / 2;
	const value = numberOf(hexOf(number));
	if (number.length > bytes || value === 0n || value >= numberOf(order)) return undefined;
	const whole = new Uint8Array(bytes);
	whole.set(number, bytes - number.length);
	return whole;
}

/** PKCS #1 1.5: compared as a whole with the one encoding there is, since looser readings can be forged. */
function verifyRSA(modulus: Uint8Array, exponent: number, info: string, signature: Uint8Array): boolean {
	const bytes = modulus.length;
	if (signature.length !== bytes) return false;
	const filling = "ff".repeat(bytes - 3 - info.length / 2);
	const order = numberOf(hexOf(modulus));
	const number = numberOf(hexOf(signature));
	return number < order && power(number, exponent, order) === numberOf(`0001${filling}00${info}`);
}

function power(base: bigint, exponent: number, modulus: bigint): bigint {
	let result = 1n;
	for (let bit = 2 ** Math.floor(Math.log2(exponent)); bit >= 1; bit /= 2) {
		result = (result * result) % modulus;
		if (Math.floor(exponent / bit) % 2 === 1) result = (result * base) % modulus;
	}
	return result;
}
