// What the certificates' package asks for, before it is loaded.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
	BasicConstraintsExtension,
	ExtendedKeyUsage,
	ExtendedKeyUsageExtension,
	type Extension,
	KeyUsageFlags,
	KeyUsagesExtension,
	PemConverter,
	SubjectAlternativeNameExtension,
	type X509Certificate,
	X509CertificateGenerator,
} from "@peculiar/x509";

// Certificates made at the start of a server that has none of its own: for the cloud that stands in, and for
// tests. They are as good as any, but for who vouches for them.

/** A certificate with its key, in both forms. */
export interface Certified {
	/** Its own certificate, then that of its authority; in DER and, one behind the other, in PEM. */
	readonly chain: readonly Uint8Array[];
	readonly chainPem: string;
	/** PKCS #8. */
	readonly privateKey: Uint8Array;
	readonly privateKeyPem: string;
}

/** Who signs certificates. Its chain is its own certificate alone: what clients are told to trust. */
export interface Authority extends Certified {
	readonly certificate: X509Certificate;
	readonly signingKey: webcrypto.CryptoKey;
}

export interface Validity {
	/** Default: an hour ago, because clocks differ. */
	notBefore?: Date;
	/** Default: in ten years. */
	notAfter?: Date;
	/** Of its key: P-256, or RSA with 2,048 bits. Default: ecdsa. */
	algorithm?: "ecdsa" | "rsa";
}

export interface ServerCertificateOptions extends Validity {
	/** Names and IP addresses, at least one. */
	names: readonly string[];
	/** Undefined: it vouches for itself. */
	authority?: Authority;
}

const hourMs = 3_600_000;
const decadeMs = 10 * 365 * 24 * hourMs;
const serialBytes = 16;

const algorithms = Object.freeze({
	ecdsa: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
	rsa: {
		name: "RSASSA-PKCS1-v1_5",
		modulusLength: 2_048,
		publicExponent: Uint8Array.of(1, 0, 1),
		hash: "SHA-256",
	},
});

/** A new authority, which nobody trusts until told to. */
export async function makeAuthority(options: Validity & { name?: string } = {}): Promise<Authority> {
	const { name = "Godwit test authority" } = options;
	const usages = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;
	const extensions = [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(usages, true)];
	const { certificate, keys } = await make(name, extensions, options, undefined);
	return { ...(await forms([certificate], keys.privateKey)), certificate, signingKey: keys.privateKey };
}

/** A server's certificate for these names. */
export async function makeServerCertificate(options: ServerCertificateOptions): Promise<Certified> {
	const { names, authority } = options;
	const [first] = names;
	if (first === undefined) throw new RangeError("a server's certificate needs a name");
	const alternatives = names.map(value => ({ type: isIP(value) > 0 ? "ip" : "dns", value }) as const);
	const extensions = [...forUse("serverAuth"), new SubjectAlternativeNameExtension(alternatives)];
	return certify(first, extensions, options, authority);
}

/** A client's certificate, to show to a server that asks for one. */
export async function makeClientCertificate(
	options: Validity & { name: string; authority: Authority },
): Promise<Certified> {
	return certify(options.name, forUse("clientAuth"), options, options.authority);
}

function forUse(use: "serverAuth" | "clientAuth"): Extension[] {
	return [
		new BasicConstraintsExtension(false, undefined, true),
		new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
		new ExtendedKeyUsageExtension([ExtendedKeyUsage[use]]),
	];
}

async function certify(
	name: string,
	extensions: Extension[],
	validity: Validity,
	authority: Authority | undefined,
): Promise<Certified> {
	const { certificate, keys } = await make(name, extensions, validity, authority);
	return forms(authority ? [certificate, authority.certificate] : [certificate], keys.privateKey);
}

async function make(
	name: string,
	extensions: Extension[],
	{ notBefore, notAfter, algorithm = "ecdsa" }: Validity,
	authority: Authority | undefined,
) {
	const signingAlgorithm = algorithms[algorithm];
	const keys = (await webcrypto.subtle.generateKey(signingAlgorithm, true, [
		"sign",
		"verify",
	])) as webcrypto.CryptoKeyPair;
	const subject = [{ CN: [name] }];
	const serial = webcrypto.getRandomValues(new Uint8Array(serialBytes));
	serial[0] = (serial[0]! & 0x3f) | 0x40; // positive, and of full length
	const certificate = await X509CertificateGenerator.create({
		serialNumber: Buffer.from(serial).toString("hex"),
		subject,
		issuer: authority?.certificate.subjectName ?? subject,
		publicKey: keys.publicKey,
		signingKey: authority?.signingKey ?? keys.privateKey,
		signingAlgorithm: { ...(authority?.signingKey.algorithm ?? signingAlgorithm), hash: "SHA-256" },
		notBefore: notBefore ?? new Date(Date.now() - hourMs),
		notAfter: notAfter ?? new Date(Date.now() + decadeMs),
		extensions,
	});
	return { certificate, keys };
}

async function forms(chain: readonly X509Certificate[], key: webcrypto.CryptoKey): Promise<Certified> {
	const privateKey = new Uint8Array(await webcrypto.subtle.exportKey("pkcs8", key));
	return {
		chain: chain.map(({ rawData }) => new Uint8Array(rawData)),
		chainPem: `${chain.map(certificate => certificate.toString("pem")).join("\n")}\n`,
		privateKey,
		privateKeyPem: `${PemConverter.encode(privateKey, PemConverter.PrivateKeyTag)}\n`,
	};
}
