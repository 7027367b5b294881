import test from "ava";
import { parseCertificate } from "../../hosts/ecma419/tls/certificate.js";
import { verifyChain } from "../../hosts/ecma419/tls/chain.js";
import { readSignature, type Primitives } from "../../hosts/ecma419/tls/signature.js";
import { TlsFault } from "../../hosts/ecma419/tls/tls-fault.js";
import {
	ecAuthority,
	ecServer,
	rsaAuthority,
	rsaServer,
	selfSigned,
} from "../support/certificate-samples.js";
import { primitives } from "../support/ecdsa.js";
import { hex, toHex } from "../support/hex.js";

const mid2026 = Date.UTC(2026, 5);

interface Case {
	title: string;
	chain?: Uint8Array[];
	trusted?: Uint8Array[];
	host?: string;
	now?: number;
}

const good: Case[] = [
	{ title: "a leaf and its authority" },
	{ title: "a leaf alone", chain: [ecServer] },
	{ title: "RSA", chain: [rsaServer, rsaAuthority], trusted: [ecAuthority, rsaAuthority] },
	{ title: "a name in other letters", host: "BROKER.test" },
	{ title: "one label for a star", host: "one.wild.test" },
	{ title: "an address", host: "10.1.2.3" },
	{ title: "a certificate that is trusted itself", chain: [selfSigned], trusted: [selfSigned] },
	{ title: "what is sent besides", chain: [ecServer, rsaServer, rsaAuthority, ecAuthority] },
];

const bad: (Case & { says: RegExp })[] = [
	{ title: "no certificate", chain: [], says: /has no certificate/ },
	{ title: "too many", chain: new Array<Uint8Array>(9).fill(ecServer), says: /more than 8/ },
	{ title: "bytes that are none", chain: [hex("30 03 02 01 01")], says: /malformed/ },
	{ title: "another authority", trusted: [rsaAuthority], says: /none of our authorities/ },
	{ title: "self-signed", chain: [selfSigned], says: /self-signed/ },
	{
		title: "self-signed before a good chain",
		chain: [selfSigned, ecServer, ecAuthority],
		says: /self-signed/,
	},
	{ title: "self-signed before our authority", chain: [selfSigned, ecAuthority], says: /self-signed/ },
	{
		title: "another name",
		host: "broker.example",
		says: /is for broker.test, \*.wild.test.*not for broker.example/,
	},
	{ title: "two labels for a star", host: "a.b.wild.test", says: /not for a.b.wild.test/ },
	{ title: "no label for a star", host: "wild.test", says: /not for wild.test/ },
	{ title: "an empty label for a star", host: ".wild.test", says: /not for .wild.test/ },
	{ title: "another address", host: "10.1.2.4", says: /not for 10.1.2.4/ },
	{ title: "an address of IPv6", host: "::1", says: /not for ::1/ },
	{
		title: "too early",
		now: Date.UTC(2025, 5),
		says: /not valid before 2026-01-01, and today is 2025-06-01/,
	},
	{ title: "expired", now: Date.UTC(2028, 0), says: /expired on 2027-01-01, and today is 2028-01-01/ },
	{
		title: "expired, though it is trusted itself",
		chain: [selfSigned],
		trusted: [selfSigned],
		now: Date.UTC(2028, 0),
		says: /^the broker's certificate expired on/,
	},
	{ title: "an authority as a leaf", chain: [ecAuthority], says: /is for no name at all/ },
	{
		title: "a changed signature",
		chain: [changed(ecServer, -1), ecAuthority],
		says: /none of our authorities/,
	},
	{
		title: "a changed signature of RSA",
		chain: [changed(rsaServer, -9)],
		trusted: [rsaAuthority],
		says: /none of our/,
	},
	{ title: "a leaf signed by a leaf", chain: [selfSigned], trusted: [ecServer], says: /self-signed/ },
];

function verify(one: Case, library = primitives) {
	const {
		chain = [ecServer, ecAuthority],
		trusted = [ecAuthority],
		host = "broker.test",
		now = mid2026,
	} = one;
	return verifyChain(chain, trusted.map(parseCertificate), host, now, library);
}

for (const one of good) {
	test(`certificates: accepted is ${one.title}`, t => {
		t.is(verify(one).bytes, (one.chain ?? [ecServer])[0]!);
	});
}

for (const { says, ...one } of bad) {
	test(`certificates: refused is ${one.title}`, t => {
		t.throws(() => verify(one), { instanceOf: TlsFault, message: says });
	});
}

/** Knows the one good signature, at no cost. */
function quickPrimitives(): Primitives {
	const good = new Set<string>();
	const keyOf = (...parts: Uint8Array[]) => parts.map(toHex).join();
	verifyChain([ecServer], [parseCertificate(ecAuthority)], "broker.test", mid2026, {
		...primitives,
		verifyECDSA: (curve, point, digest, r, s) => {
			good.add(keyOf(point, digest, r, s));
			return primitives.verifyECDSA(curve, point, digest, r, s);
		},
	});
	return { ...primitives, verifyECDSA: (_, ...parts) => good.has(keyOf(...parts)) };
}

test("certificates: whatever byte is changed, none is accepted, and only a TlsFault comes out", t => {
	const quick = quickPrimitives();
	for (let at = 0; at < ecServer.length; at++) {
		try {
			verify({ title: "", chain: [changed(ecServer, at)] }, quick);
			t.fail(`accepted with byte ${at} changed`);
		} catch (error) {
			if (!(error instanceof TlsFault)) t.fail(`byte ${at}: ${String(error)}`);
		}
	}
	t.pass();
});

test("certificates: whatever is cut off, only a TlsFault comes out", t => {
	const quick = quickPrimitives();
	for (let length = 0; length < ecServer.length; length++) {
		try {
			verify({ title: "", chain: [ecServer.subarray(0, length)] }, quick);
			t.fail(`accepted with ${length} bytes`);
		} catch (error) {
			if (!(error instanceof TlsFault)) t.fail(`${length} bytes: ${String(error)}`);
		}
	}
	t.pass();
});

const signatures = [
	{ title: "two numbers", bytes: "30 06 02 01 01 02 01 02", taken: true },
	{ title: "two zeros", bytes: "30 06 02 01 00 02 01 00", taken: false },
	{ title: "a zero", bytes: "30 06 02 01 01 02 01 00", taken: false },
	{ title: "a negative number", bytes: "30 06 02 01 ff 02 01 01", taken: false },
	{ title: "bytes behind them", bytes: "30 09 02 01 01 02 01 02 02 01 03", taken: false },
	{ title: "nothing", bytes: "", taken: false },
	{
		title: "the order itself",
		bytes: "30 26 02 21 00 ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551 02 01 01",
		taken: false,
	},
];

for (const { title, bytes, taken } of signatures) {
	test(`ECDSA signature: ${title}`, t => {
		t.is(readSignature(hex(bytes), "secp256r1") !== undefined, taken);
	});
}

/** A copy with one byte changed; a negative place counts from the end. */
function changed(bytes: Uint8Array, at: number): Uint8Array {
	const copy = bytes.slice();
	copy[at < 0 ? bytes.length + at : at]! ^= 0x01;
	return copy;
}
