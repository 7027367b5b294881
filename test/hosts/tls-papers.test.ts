// node only
// Chains as no honest authority would make them, made here: each with one fault.

import "reflect-metadata";
import test from "ava";
import {
	BasicConstraintsExtension,
	ExtendedKeyUsage,
	ExtendedKeyUsageExtension,
	Extension,
	KeyUsageFlags,
	KeyUsagesExtension,
	SubjectAlternativeNameExtension,
	X509CertificateGenerator,
} from "@peculiar/x509";
import { createSign, generateKeyPairSync, webcrypto } from "node:crypto";
import { parseCertificate } from "../../hosts/ecma419/tls/certificate.js";
import { verifyChain } from "../../hosts/ecma419/tls/chain.js";
import { isUsableKey, verifySignature } from "../../hosts/ecma419/tls/signature.js";
import { TlsFault } from "../../hosts/ecma419/tls/tls-fault.js";
import { ecServer } from "../support/certificate-samples.js";
import { primitives } from "../support/ecdsa.js";
import { hex, toHex } from "../support/hex.js";

type Keys = webcrypto.CryptoKeyPair;

interface Paper {
	der: Uint8Array;
	name: string;
	keys: Keys;
}

interface Wish {
	name?: string;
	/** Undefined: itself. */
	by?: { name: string; keys: Keys };
	keys?: Keys;
	extensions?: Extension[];
	hash?: string;
	from?: Date;
	to?: Date;
}

const now = Date.UTC(2026, 5);
const ec = { name: "ECDSA", namedCurve: "P-256" };
const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const keysOf = (algorithm: object) =>
	webcrypto.subtle.generateKey(algorithm as webcrypto.EcKeyGenParams, true, [
		"sign",
		"verify",
	]) as Promise<Keys>;

async function issue({
	name = "someone",
	by,
	keys,
	extensions = [],
	hash = "SHA-256",
	from,
	to,
}: Wish): Promise<Paper> {
	const own = keys ?? (await keysOf(ec));
	const signer = by?.keys ?? own;
	const certificate = await X509CertificateGenerator.create({
		serialNumber: "41",
		subject: `CN=${name}`,
		issuer: `CN=${by?.name ?? name}`,
		publicKey: own.publicKey,
		signingKey: signer.privateKey,
		signingAlgorithm: { ...signer.privateKey.algorithm, hash } as webcrypto.EcdsaParams,
		notBefore: from ?? new Date(Date.UTC(2026, 0)),
		notAfter: to ?? new Date(Date.UTC(2027, 0)),
		extensions,
	});
	return { der: new Uint8Array(certificate.rawData), name, keys: own };
}

const authority = (pathMax?: number) => new BasicConstraintsExtension(true, pathMax, true);
const forNames = (...names: string[]) =>
	new SubjectAlternativeNameExtension(names.map(value => ({ type: "dns", value }) as const));
const strange = new Extension("1.2.3.4", true, Uint8Array.of(5, 0).buffer);
const constraints = new Extension("2.5.29.30", false, Uint8Array.of(48, 0).buffer);

const root = await issue({ name: "root", extensions: [authority()] });
const leafBy = (by: Paper, more: Wish = {}) =>
	issue({ name: "leaf", by, extensions: [forNames("broker.test")], ...more });
const leafWith = (...extensions: Extension[]) =>
	leafBy(root, { extensions: [forNames("broker.test"), ...extensions] });

function verify(chain: readonly Paper[], trusted: readonly Paper[] = [root], host = "broker.test") {
	const authorities = trusted.map(({ der }) => parseCertificate(der));
	return verifyChain(
		chain.map(({ der }) => der),
		authorities,
		host,
		now,
		primitives,
	);
}

/** A leaf behind one between, made with that. */
async function behind(more: Wish, by = root): Promise<Paper[]> {
	const middle = await issue({ name: "middle", by, ...more });
	return [await leafBy(middle), middle];
}

const between: readonly [string, Wish, RegExp][] = [
	["says nothing of issuing", {}, /may not issue it/],
	["says that it is none", { extensions: [new BasicConstraintsExtension(false)] }, /may not issue it/],
	[
		"may use its key for other things only",
		{ extensions: [authority(), new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)] },
		/may not issue it/,
	],
	[
		"has expired",
		{ extensions: [authority()], to: new Date(Date.UTC(2026, 4)) },
		/an authority .* expired on 2026-05-01/,
	],
	["is not valid yet", { extensions: [authority()], from: new Date(Date.UTC(2026, 6)) }, /not valid before/],
	[
		"has an extension that is unknown",
		{ extensions: [authority(), strange] },
		/an authority .* unknown here/,
	],
	["has name constraints", { extensions: [authority(), constraints] }, /unknown here \(551d1e\)/],
	["is signed with SHA-1", { extensions: [authority()], hash: "SHA-1" }, /too weak or unknown/],
];

for (const [title, more, says] of between)
	test(`certificates: refused is one whose authority ${title}`, async t => {
		const chain = await behind(more);
		t.throws(() => verify(chain), { instanceOf: TlsFault, message: says });
	});

test("certificates: any number of authorities may stand between, in any order", async t => {
	const upper = await issue({ name: "upper", by: root, extensions: [authority()] });
	const [leaf, middle] = await behind({ extensions: [authority(0)] }, upper);
	t.notThrows(() => verify([leaf!, root, upper, middle!]));
	t.throws(() => verify([leaf!, middle!]), { message: /issued by "upper", which is none of our/ });
});

test("certificates: an authority says how many may stand below it, a trusted one as well", async t => {
	const tight = await issue({ name: "tight", extensions: [authority(0)] });
	const leaf = await leafBy(tight);
	t.notThrows(() => verify([leaf], [tight]));
	const chain = await behind({ extensions: [authority()] }, tight);
	t.throws(() => verify(chain, [tight]), { message: /may not issue it/ });
});

test("certificates: a trusted one that is no authority, or has expired, issues nothing", async t => {
	const plain = await issue({ name: "plain" });
	const old = await issue({ name: "old", extensions: [authority()], to: new Date(Date.UTC(2026, 4)) });
	for (const [one, says] of [
		[plain, /may not issue it/],
		[old, /expired on/],
	] as const) {
		const leaf = await leafBy(one);
		t.throws(() => verify([leaf], [one]), { message: says });
	}
});

test("certificates: who has the key, but not the name of the issuer, is not it", async t => {
	const leaf = await leafBy(root);
	const namesake = await issue({ name: "other", keys: root.keys, extensions: [authority()] });
	t.throws(() => verify([leaf], [namesake]), { message: /issued by "root", which is none of our/ });
});

test("certificates: two that vouch for each other lead nowhere", async t => {
	const [one, two] = [await keysOf(ec), await keysOf(ec)];
	const extensions = [authority()];
	const chain = [
		await leafBy({ name: "one", keys: one } as Paper),
		await issue({ name: "one", keys: one, by: { name: "two", keys: two }, extensions }),
		await issue({ name: "two", keys: two, by: { name: "one", keys: one }, extensions }),
	];
	t.throws(() => verify(chain), { message: /none of our authorities/ });
});

const leaves: readonly [string, () => Promise<Paper>, RegExp][] = [
	[
		"for clients only",
		() => leafWith(new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])),
		/is not for a server/,
	],
	[
		"for other uses of its key",
		() => leafWith(new KeyUsagesExtension(KeyUsageFlags.keyEncipherment, true)),
		/is not for a server/,
	],
	[
		"with an extension that is unknown",
		() => leafWith(strange),
		/an extension that is unknown here \(2a0304\)/,
	],
	["with an extension twice", () => leafWith(forNames("other.test")), /malformed/],
	[
		"for a star of one label",
		() => leafBy(root, { extensions: [forNames("*.test")] }),
		/is for \*\.test, not for/,
	],
	["signed with SHA-1", () => leafBy(root, { hash: "SHA-1" }), /too weak or unknown here/],
	[
		"with a key of P-521",
		async () => leafBy(root, { keys: await keysOf({ ...ec, namedCurve: "P-521" }) }),
		/has a key that is/,
	],
	[
		"with RSA of 1,024 bits",
		async () =>
			leafBy(root, {
				keys: await keysOf({ ...rsa, modulusLength: 1_024, publicExponent: Uint8Array.of(1, 0, 1) }),
			}),
		/has a key that is too weak/,
	],
	[
		"with an exponent of 3",
		async () =>
			leafBy(root, {
				keys: await keysOf({ ...rsa, modulusLength: 2_048, publicExponent: Uint8Array.of(3) }),
			}),
		/low exponent/,
	],
];

for (const [title, make, says] of leaves)
	test(`certificates: refused is one ${title}`, async t => {
		const leaf = await make();
		t.throws(() => verify([leaf]), { instanceOf: TlsFault, message: says });
	});

test("certificates: years of two digits are those from 1950 to 2049", async t => {
	const old = await leafBy(root, { from: new Date(Date.UTC(1960, 0)), to: new Date(Date.UTC(2049, 0)) });
	t.notThrows(() => verify([old]));
});

test("certificates: what is not signed must say the same as what is", t => {
	const identifier = "06082a8648ce3d040302";
	const at = toHex(ecServer).lastIndexOf(identifier) / 2 + identifier.length / 2 - 1;
	const other = ecServer.slice();
	other[at]!++;
	t.throws(() => parseCertificate(other), { message: /two algorithms/ });
	t.throws(() => parseCertificate(Uint8Array.of(...ecServer, 0)), { message: /bytes behind/ });
});

test("certificates: a key off its curve is none", t => {
	const key = parseCertificate(ecServer).key as { point: Uint8Array };
	const at = toHex(ecServer).indexOf(toHex(key.point)) / 2;
	const other = ecServer.slice();
	other[at + 20]! ^= 1;
	t.is(parseCertificate(other).key.kind, "other");
});

test("RSA signature: it is as long as the key, and below it", t => {
	const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
	const modulus = new Uint8Array(Buffer.from(publicKey.export({ format: "jwk" }).n!, "base64url"));
	const key = { kind: "rsa", modulus, exponent: 0x1_0001 } as const;
	const n = BigInt(`0x${toHex(modulus)}`);
	let tried = 0;
	for (let i = 0; tried === 0; i++) {
		const message = Uint8Array.of(i >> 8, i);
		const signature = new Uint8Array(createSign("sha256").update(message).sign(privateKey));
		const isGood = (bytes: Uint8Array) =>
			verifySignature("2a864886f70d01010b", key, message, bytes, primitives);
		const over = (BigInt(`0x${toHex(signature)}`) + n).toString(16).padStart(512, "0");
		if (over.length > 512) continue;
		tried++;
		t.true(isGood(signature));
		t.false(isGood(hex(over)));
		t.false(isGood(Uint8Array.of(0, ...signature)));
	}
});

test("RSA keys: those taken", t => {
	const isTaken = (bytes: number, exponent: number) =>
		isUsableKey({ kind: "rsa", modulus: new Uint8Array(bytes).fill(0xff), exponent });
	t.deepEqual(
		[255, 256, 1_024, 1_025].map(bytes => isTaken(bytes, 65_537)),
		[false, true, true, false],
	);
	t.deepEqual(
		[1, 2, 3, 4].map(exponent => isTaken(256, exponent)),
		[false, false, true, false],
	);
});
