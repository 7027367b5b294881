// ECDSA as the books have it, slow and in the open: the other half of what the SDK's library brings.

import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { hexOf } from "../../hosts/ecma419/tls/der.js";
import type { Primitives } from "../../hosts/ecma419/tls/signature.js";

interface Curve {
	readonly p: bigint;
	readonly n: bigint;
	readonly g: Point;
}
type Point = readonly [bigint, bigint] | undefined;

const secp256r1: Curve = {
	p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
	n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
	g: [
		0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
		0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
	],
};
const hashes = { SHA256: sha256, SHA384: sha384, SHA512: sha512 };

export const primitives: Primitives = {
	digest: (name, bytes) => hashes[name](bytes),
	verifyECDSA(curve, point, digest, r, s) {
		if (curve !== "secp256r1") throw new RangeError(`${curve} is not tested`);
		const { n, p, g } = secp256r1;
		const key: Point = [bigOf(point.subarray(1, 33)), bigOf(point.subarray(33))];
		const w = invert(bigOf(s), n);
		const sum = add(times(g, (bigOf(digest) * w) % n, p), times(key, (bigOf(r) * w) % n, p), p);
		return sum !== undefined && sum[0] % n === bigOf(r);
	},
};

function bigOf(bytes: Uint8Array): bigint {
	return BigInt(`0x${hexOf(bytes)}`);
}

function times(point: Point, factor: bigint, p: bigint): Point {
	let sum: Point;
	for (let rest = factor, power = point; rest > 0n; rest >>= 1n, power = add(power, power, p))
		if (rest & 1n) sum = add(sum, power, p);
	return sum;
}

function add(a: Point, b: Point, p: bigint): Point {
	if (a === undefined || b === undefined) return a ?? b;
	if (a[0] === b[0] && (a[1] + b[1]) % p === 0n) return undefined;
	const slope =
		a[0] === b[0] ? 3n * (a[0] * a[0] - 1n) * invert(2n * a[1], p) : (b[1] - a[1]) * invert(b[0] - a[0], p);
	const x = modulo(slope * slope - a[0] - b[0], p);
	return [x, modulo(slope * (a[0] - x) - a[1], p)];
}

function invert(value: bigint, p: bigint): bigint {
	let [r, next, t, nextT] = [p, modulo(value, p), 0n, 1n];
	while (next !== 0n) {
		const quotient = r / next;
		[r, next] = [next, r - quotient * next];
		[t, nextT] = [nextT, t - quotient * nextT];
	}
	return modulo(t, p);
}

function modulo(value: bigint, p: bigint): bigint {
	const rest = value % p;
	return rest < 0n ? rest + p : rest;
}
