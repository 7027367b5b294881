// node only
// Points by the numbers, and by another library.

import test from "ava";
import { createECDH } from "node:crypto";
import { curves, isPoint, type CurveName } from "../../hosts/ecma419/tls/curve.js";
import { hex } from "../support/hex.js";

/** The y of the point whose x is 0. */
const roots = {
	secp256r1: "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4",
	secp384r1:
		"c306610fb0ae5a159cf45c06069f22a6c5eb3641c602d42dea2c4b4f75550793" + "406d80d2b91ad54f9048bd487af1ade1",
};
const opensslNames = { secp256r1: "prime256v1", secp384r1: "secp384r1" } as const;

for (const name of Object.keys(curves) as CurveName[]) {
	test(`points: ${name}: those of OpenSSL lie on it, and with any bit changed they do not`, t => {
		for (let i = 0; i < 20; i++) {
			const point = new Uint8Array(createECDH(opensslNames[name]).generateKeys());
			t.true(isPoint(name, point));
			for (let at = 0; at < point.length; at += 7) {
				const other = point.slice();
				other[at]! ^= 1 << (i % 8);
				t.false(isPoint(name, other), `byte ${at}`);
			}
		}
	});
	test(`points: ${name}: a coordinate is below the prime, and nothing else is a point`, t => {
		const { bytes, prime, b } = curves[name];
		const zero = "00".repeat(bytes);
		t.false(isPoint(name, hex(`04 ${zero} ${zero}`)));
		t.false(isPoint(name, hex(`04 ${prime} ${zero}`)));
		t.false(isPoint(name, hex("00")));
		t.false(isPoint(name, hex("")));
		t.false(isPoint(name, hex(`04 ${b}`)));
		const root = roots[name];
		t.true(isPoint(name, hex(`04 ${zero} ${root}`)));
		t.false(isPoint(name, hex(`04 ${prime} ${root}`)));
	});
}
