import { isPoint, type CurveName } from "./curve.js";
import { asciiOf, DerReader, hexOf, isSame, Tag } from "./der.js";

export type PublicKey =
	| { readonly kind: "rsa"; readonly modulus: Uint8Array; readonly exponent: number }
	| { readonly kind: "ec"; readonly curve: CurveName; readonly point: Uint8Array }
	| { readonly kind: "other" };

/** What we look at of an X.509 certificate [RFC 5280 4]. */
export interface Certificate {
	readonly bytes: Uint8Array;
	/** What the signature is over. */
	readonly signed: Uint8Array;
	/** The identifier of the signature's algorithm, as hex. */
	readonly algorithm: string;
	readonly signature: Uint8Array;
	/** The names as they are encoded, and the issuer's as people write it. */
	readonly issuer: Uint8Array;
	readonly subject: Uint8Array;
	readonly issuerText: string;
	/** Milliseconds since 1970. */
	readonly from: number;
	readonly to: number;
	readonly key: PublicKey;
	readonly extensions: Extensions;
}

export interface Extensions {
	isAuthority: boolean;
	/** How many authorities may stand between this one and the leaf. */
	pathMax: number;
	/** Undefined where all uses are allowed; else the first eight flags, the first of them highest. */
	keyUsage: number | undefined;
	isForServers: boolean;
	/** Lower case names, which may begin with "*.", and addresses of 4 or 16 bytes. */
	names: string[];
	addresses: Uint8Array[];
	/** An extension that must not be passed over, and is not understood. */
	unknown: string | undefined;
}

/** Bits of keyUsage. */
export const digitalSignature = 0x80;
export const signsCertificates = 0x04;

const rsaKey = "2a864886f70d010101";
const ecKey = "2a8648ce3d0201";
const curveNames: Readonly<Record<string, CurveName>> = Object.freeze({
	"2a8648ce3d030107": "secp256r1",
	"2b81040022": "secp384r1",
});

const commonName = "550403";
const organization = "55040a";

const keyUsage = "551d0f";
const alternativeName = "551d11";
const basicConstraints = "551d13";
const nameConstraints = "551d1e";
const extendedKeyUsage = "551d25";
const forServers = "2b06010505070301";
const forEverything = "551d2500";

/** Reads a certificate; bytes that are none are a RangeError. */
export function parseCertificate(bytes: Uint8Array): Certificate {
	const file = new DerReader(bytes);
	const whole = file.enter(Tag.sequence);
	const signed = whole.whole(Tag.sequence);
	const algorithm = whole.whole(Tag.sequence);
	const signature = whole.bits();
	const body = new DerReader(signed).enter(Tag.sequence);
	if (file.more || whole.more) throw new RangeError("a certificate with bytes behind it");
	if (body.tag === 0xa0) body.next(); // the version
	body.read(Tag.integer); // the serial number
	// It stands within what is signed as well, and outside where anybody could change it.
	if (!isSame(body.whole(Tag.sequence), algorithm)) throw new RangeError("a certificate of two algorithms");
	const issuer = body.whole(Tag.sequence);
	const validity = body.enter(Tag.sequence);
	const from = parseTime(validity);
	const to = parseTime(validity);
	const subject = body.whole(Tag.sequence);
	const key = parseKey(body.enter(Tag.sequence));
	while (body.more && body.tag !== 0xa3) body.next();
	return {
		bytes,
		signed,
		algorithm: new DerReader(algorithm).enter(Tag.sequence).object(),
		signature,
		issuer,
		subject,
		issuerText: nameText(issuer),
		from,
		to,
		key,
		extensions: parseExtensions(body.more ? body.enter(0xa3).enter(Tag.sequence) : undefined),
	};
}

/** Whether it is an RSA key in PKCS #8. */
export function isRsaPrivateKey(bytes: Uint8Array): boolean {
	try {
		const key = new DerReader(bytes).enter(Tag.sequence);
		key.number(); // the version
		return key.enter(Tag.sequence).object() === rsaKey;
	} catch {
		return false;
	}
}

function parseKey(key: DerReader): PublicKey {
	const algorithm = key.enter(Tag.sequence);
	const name = algorithm.object();
	if (name === rsaKey) {
		const numbers = new DerReader(key.bits()).enter(Tag.sequence);
		return { kind: "rsa", modulus: numbers.magnitude(), exponent: numbers.number() };
	}
	const curve = name === ecKey && algorithm.tag === Tag.object ? curveNames[algorithm.object()] : undefined;
	const point = key.bits();
	return curve === undefined || !isPoint(curve, point) ? { kind: "other" } : { kind: "ec", curve, point };
}

function parseTime(validity: DerReader): number {
	const isShort = validity.tag === Tag.utcTime;
	const text = asciiOf(validity.read(isShort ? Tag.utcTime : Tag.time)) ?? "";
	if (!(isShort ? /^\d{12}Z$/ : /^\d{14}Z$/).test(text)) throw new RangeError("malformed date");
	const full = isShort ? (text < "5" ? "20" : "19") + text : text;
	const part = (at: number) => Number(full.slice(at, at + 2));
	return Date.UTC(Number(full.slice(0, 4)), part(4) - 1, part(6), part(8), part(10), part(12));
}

function parseExtensions(list: DerReader | undefined): Extensions {
	const extensions: Extensions = {
		isAuthority: false,
		pathMax: Infinity,
		keyUsage: undefined,
		isForServers: true,
		names: [],
		addresses: [],
		unknown: undefined,
	};
	const seen = new Set<string>();
	while (list?.more) {
		const extension = list.enter(Tag.sequence);
		const name = extension.object();
		if (seen.has(name)) throw new RangeError("an extension twice");
		seen.add(name);
		const isCritical = extension.tag === Tag.boolean && extension.read(Tag.boolean)[0] !== 0;
		const value = new DerReader(extension.read(Tag.octetString));
		if (name === keyUsage) extensions.keyUsage = value.flags();
		else if (name === alternativeName) parseNames(value.enter(Tag.sequence), extensions);
		else if (name === extendedKeyUsage) extensions.isForServers = allowsServers(value.enter(Tag.sequence));
		else if (name === basicConstraints) {
			const constraints = value.enter(Tag.sequence);
			extensions.isAuthority = constraints.tag === Tag.boolean && constraints.read(Tag.boolean)[0] !== 0;
			if (constraints.more) extensions.pathMax = constraints.number();
		} else if (isCritical || name === nameConstraints) extensions.unknown = name;
	}
	return extensions;
}

function parseNames(list: DerReader, { names, addresses }: Extensions): void {
	while (list.more) {
		const { tag } = list;
		const bytes = list.next();
		const name = tag === 0x82 ? asciiOf(bytes) : undefined;
		if (name !== undefined) names.push(name.toLowerCase());
		if (tag === 0x87) addresses.push(bytes);
	}
}

function allowsServers(list: DerReader): boolean {
	while (list.more) {
		const use = list.object();
		if (use === forServers || use === forEverything) return true;
	}
	return false;
}

/** The common name, or else the organization; or the whole as hex. */
function nameText(name: Uint8Array): string {
	const sets = new DerReader(name).enter(Tag.sequence);
	let text: string | undefined;
	while (sets.more) {
		const pair = sets.enter(Tag.set).enter(Tag.sequence);
		const kind = pair.object();
		if (kind === commonName || (kind === organization && text === undefined))
			text = asciiOf(pair.next()) ?? text;
	}
	return text ?? hexOf(name.subarray(0, 16));
}
