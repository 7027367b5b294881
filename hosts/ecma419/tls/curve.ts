import { hexOf } from "./der.js";

interface CurveNumbers {
	/** Of a coordinate. */
	readonly bytes: number;
	readonly prime: string;
	readonly b: string;
	readonly order: string;
}

/** The curves that are taken, with their numbers as hex [SEC 2 2.4.2, 2.5.1]. */
export const curves: Readonly<Record<"secp256r1" | "secp384r1", CurveNumbers>> = Object.freeze({
	secp256r1: Object.freeze({
		bytes: 32,
		prime: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
		b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
		order: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
	}),
	secp384r1: Object.freeze({
		bytes: 48,
		prime:
			"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe" + "ffffffff0000000000000000ffffffff",
		b:
			"b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a" + "c656398d8a2ed19d2a85c8edd3ec2aef",
		order:
			"ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf" + "581a0db248b0a77aecec196accc52973",
	}),
});
export type CurveName = keyof typeof curves;

const uncompressed = 4;

/** Whether the bytes are an uncompressed point of the curve: y² = x³ - 3x + b, both below the prime. */
export function isPoint(name: CurveName, bytes: Uint8Array): boolean {
	const curve = curves[name];
	if (bytes.length !== 1 + 2 * curve.bytes || bytes[0] !== uncompressed) return false;
	const x = numberOf(hexOf(bytes.subarray(1, 1 + curve.bytes)));
	const y = numberOf(hexOf(bytes.subarray(1 + curve.bytes)));
	const prime = numberOf(curve.prime);
	return x < prime && y < prime && (y * y - x * x * x + 3n * x - numberOf(curve.b)) % prime === 0n;
}

export function numberOf(hex: string): bigint {
	return BigInt(`0x${hex}`);
}
