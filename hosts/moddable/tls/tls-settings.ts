import { parseCertificate } from "../../ecma419/tls/certificate.js";
import { decodeBase64 } from "../../base64.js";
import type { TlsOptions } from "../../host.js";

type Config = Readonly<Record<string, unknown>>;

/**
 * The options of TLS as mc/config has them: `ca` the authorities that are trusted, `cert` our own certificate
 * and those above it, `key` its key, each the Base64 of DER, several with a comma between two; `tlsrecord`
 * the longest record to ask for. What is no such thing is a RangeError that names the setting.
 */
export function parseTlsSettings(config: Config): TlsOptions {
	const authorities = derOf(config, "ca");
	if (authorities.length === 0)
		throw new RangeError("ca: TLS needs the certificate of the authority that this device trusts");
	const certificates = derOf(config, "cert");
	const keys = derOf(config, "key");
	const record = config["tlsrecord"];
	checkCertificates("ca", authorities);
	checkCertificates("cert", certificates);
	if (keys.length > 1) throw new RangeError("key: there is one key, that of the first certificate in cert");
	return {
		authorities,
		...(certificates.length > 0 && { certificates }),
		...(keys.length > 0 && { privateKey: keys[0]! }),
		...(record !== undefined && { recordBytesMax: Number(record) }),
	};
}

function derOf(config: Config, name: string): Uint8Array[] {
	const text = config[name];
	if (text === undefined || text === "") return [];
	return String(text)
		.split(",")
		.map(part => {
			const bytes = decodeBase64(part);
			if (bytes === undefined)
				throw new RangeError(`${name}: it is the Base64 of DER, without anything else`);
			return bytes;
		});
}

function checkCertificates(name: string, certificates: readonly Uint8Array[]): void {
	try {
		certificates.forEach(parseCertificate);
	} catch {
		throw new RangeError(`${name}: it is the Base64 of a certificate in DER, which this is not`);
	}
}
