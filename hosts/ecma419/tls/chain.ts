import { digitalSignature, parseCertificate, signsCertificates, type Certificate } from "./certificate.js";
import { hexOf, isSame } from "./der.js";
import { isKnownAlgorithm, isUsableKey, verifySignature, type Primitives } from "./signature.js";
import { Alert, TlsFault } from "./tls-fault.js";

/** The most certificates that the far end may send. */
export const chainMax = 8;

/**
 * Holds a chain of certificates, the far end's own first, against our authorities, the name we asked for
 * and the date [RFC 5280 6]. Returns the first, or throws a TlsFault that says what is wrong with it.
 *
 * Each certificate must be signed by the next one that is used, up to one of the authorities; those between
 * must be authorities themselves. What is sent besides is not looked at. Names are compared byte by byte.
 */
export function verifyChain(
	chain: readonly Uint8Array[],
	authorities: readonly Certificate[],
	host: string,
	now: number,
	primitives: Primitives,
): Certificate {
	const sent = parseChain(chain);
	const leaf = sent[0]!;
	checkDates(leaf, now, "the broker's certificate");
	checkName(leaf, host);
	checkLeaf(leaf);
	if (authorities.some(({ bytes }) => isSame(bytes, leaf.bytes))) return leaf;
	let current = leaf;
	for (let between = 0; ; between++) {
		const isSigner = (signer: Certificate) =>
			isSame(signer.subject, current.issuer) && hasSigned(signer, current, primitives);
		checkAlgorithm(current);
		const authority = authorities.find(isSigner);
		if (authority !== undefined) {
			checkAuthority(authority, between, now);
			return leaf;
		}
		// One that was used is no candidate again, or a chain could go round.
		const next = sent.findIndex((signer, i) => i > 0 && signer !== current && isSigner(signer));
		if (next < 0) throw untrusted(current, leaf);
		current = sent[next]!;
		sent.splice(next, 1);
		checkAuthority(current, between, now);
	}
}

function parseChain(chain: readonly Uint8Array[]): Certificate[] {
	if (chain.length === 0) throw new TlsFault("the broker has no certificate", Alert.handshakeFailure);
	if (chain.length > chainMax)
		throw new TlsFault(`the broker sends more than ${chainMax} certificates`, Alert.badCertificate);
	try {
		return chain.map(parseCertificate);
	} catch {
		throw new TlsFault("the broker's certificate is malformed", Alert.badCertificate);
	}
}

function untrusted(current: Certificate, leaf: Certificate): TlsFault {
	if (current === leaf && isSame(leaf.issuer, leaf.subject))
		return new TlsFault(
			"the broker's certificate is self-signed, and not among our authorities",
			Alert.unknownAuthority,
		);
	return new TlsFault(
		`the broker's certificate was issued by "${current.issuerText}", which is none of our authorities`,
		Alert.unknownAuthority,
	);
}

function hasSigned(
	signer: Certificate,
	{ algorithm, signed, signature }: Certificate,
	primitives: Primitives,
) {
	return verifySignature(algorithm, signer.key, signed, signature, primitives);
}

function checkAlgorithm({ algorithm }: Certificate): void {
	if (isKnownAlgorithm(algorithm)) return;
	throw new TlsFault(
		`a certificate of the broker is signed in a way that is too weak or unknown here (${algorithm})`,
		Alert.unsupportedCertificate,
	);
}

function checkDates({ from, to }: Certificate, now: number, what: string): void {
	const isEarly = now < from;
	if (!isEarly && now <= to) return;
	const [when, word] = isEarly ? [from, "is not valid before"] : [to, "expired on"];
	const day = new Date(when!).toISOString().slice(0, 10);
	throw new TlsFault(`${what} ${word} ${day}, and today is ${today(now)}`, Alert.certificateExpired);
}

function today(now: number): string {
	return new Date(now).toISOString().slice(0, 10);
}

function checkName({ extensions }: Certificate, host: string): void {
	const name = host.toLowerCase();
	const address = addressOf(name);
	const isMatch =
		address === undefined
			? extensions.names.some(pattern => matches(pattern, name))
			: extensions.addresses.some(bytes => isSame(bytes, address));
	if (isMatch) return;
	const names = [...extensions.names, ...extensions.addresses.map(addressText)].slice(0, 3).join(", ");
	throw new TlsFault(
		`the broker's certificate is for ${names || "no name at all"}, not for ${host}`,
		Alert.badCertificate,
	);
}

/** A star stands for one whole label, the first, and two more must follow [RFC 6125 6.4.3]. */
function matches(pattern: string, name: string): boolean {
	if (!pattern.startsWith("*.")) return pattern === name;
	const rest = pattern.slice(1);
	const dot = name.indexOf(".");
	return dot > 0 && rest.indexOf(".", 1) > 0 && rest.indexOf("*") < 0 && name.slice(dot) === rest;
}

function addressText(bytes: Uint8Array): string {
	return bytes.length === 4 ? bytes.join(".") : hexOf(bytes);
}

/** The bytes of a dotted quad; an IPv6 address is matched by nothing here, and so is refused. */
function addressOf(name: string): Uint8Array | undefined {
	if (name.indexOf(":") >= 0) return new Uint8Array(0);
	return isAddress(name) ? Uint8Array.from(name.split("."), Number) : undefined;
}

/** Whether it is an IP address, which is no name to ask for in TLS [RFC 6066 3]. */
export function isAddress(name: string): boolean {
	return name.indexOf(":") >= 0 || /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

function checkLeaf({ extensions, key }: Certificate): void {
	const { keyUsage = digitalSignature, isForServers, unknown } = extensions;
	let fault: string | undefined;
	if (unknown !== undefined) fault = `has an extension that is unknown here (${unknown})`;
	else if (!isForServers || (keyUsage & digitalSignature) === 0) fault = "is not for a server";
	else if (!isUsableKey(key)) fault = "has a key that is too weak or unknown here";
	// The library's reading of signatures in the handshake can be fooled below that.
	else if (key.kind === "rsa" && key.exponent < 0x1_0001) fault = "has an RSA key with a low exponent";
	if (fault !== undefined)
		throw new TlsFault(`the broker's certificate ${fault}`, Alert.unsupportedCertificate);
}

function checkAuthority(
	{ extensions, from, to, issuerText }: Certificate,
	between: number,
	now: number,
): void {
	const { isAuthority, pathMax, keyUsage = signsCertificates, unknown } = extensions;
	const what = `an authority of the broker's certificate, issued by "${issuerText}",`;
	if (!isAuthority || (keyUsage & signsCertificates) === 0 || between > pathMax)
		throw new TlsFault(`${what} may not issue it`, Alert.badCertificate);
	if (unknown !== undefined)
		throw new TlsFault(
			`${what} has an extension that is unknown here (${unknown})`,
			Alert.unsupportedCertificate,
		);
	checkDates({ from, to } as Certificate, now, what);
}
