import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect, createSecureContext, type SecureContext } from "node:tls";
import type { Target, TlsOptions, Transport, TransportHandler } from "../host.js";
import { SocketTransport, type Loss } from "./socket-transport.js";
import { explainTCP } from "./tcp.js";

const lineBytes = 48;

/**
 * A TLS stream of version 1.2 or 1.3. The certificate is held against the authorities and the name before
 * Node tells that the stream is open. recordBytesMax is not asked for: Node has no option for it.
 */
export function openTLS(target: Target, handler: TransportHandler): Transport {
	const { address, port, tls = {} } = target;
	// An address is no name to be sent [RFC 6066 3]; the certificate is held against it all the same.
	const servername = isIP(target.host) > 0 ? "" : target.host;
	const { protocols } = tls;
	const secureContext = secureContextOf(tls);
	let isConnected = false;
	return new SocketTransport(
		{
			connect: onread => {
				const socket = connect({
					host: address,
					port,
					servername,
					secureContext,
					rejectUnauthorized: true,
					...(protocols !== undefined && { ALPNProtocols: [...protocols] }),
					// Options of the socket below, of which Node's types know nothing here.
					...{ onread, noDelay: true },
				});
				socket.once("connect", () => (isConnected = true));
				return socket;
			},
			openEvent: "secureConnect",
			explain: (error, isOpen) =>
				isConnected ? explainTLS(error, isOpen, target.host) : explainTCP(error, address, port),
		},
		handler,
	);
}

/** The options as OpenSSL takes them. What it cannot use is a RangeError. */
export function secureContextOf({ authorities, certificates, privateKey }: TlsOptions): SecureContext {
	try {
		// OpenSSL passes silently over an authority that it cannot read.
		for (const bytes of authorities ?? []) new X509Certificate(bytes);
		return createSecureContext({
			minVersion: "TLSv1.2",
			...(authorities !== undefined && { ca: authorities.map(bytes => pem("CERTIFICATE", bytes)) }),
			...(certificates !== undefined && {
				cert: certificates.map(bytes => pem("CERTIFICATE", bytes)).join(""),
			}),
			...(privateKey !== undefined && { key: pem("PRIVATE KEY", privateKey) }),
		});
	} catch (error) {
		const { reason, message } = error as Error & { reason?: string };
		throw new RangeError(`the certificates or the key for TLS are not good: ${reason ?? message}`);
	}
}

function pem(label: string, bytes: Uint8Array): string {
	const lines: string[] = [];
	for (let at = 0; at < bytes.length; at += lineBytes)
		lines.push(Buffer.from(bytes.subarray(at, at + lineBytes)).toString("base64"));
	return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

const certificateFaults: Readonly<Record<string, string>> = Object.freeze({
	DEPTH_ZERO_SELF_SIGNED_CERT: "is signed by itself, and not one that we trust",
	SELF_SIGNED_CERT_IN_CHAIN: "is not from an authority that we trust",
	UNABLE_TO_GET_ISSUER_CERT: "is not from an authority that we trust",
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "is not from an authority that we trust",
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: "is not from an authority that we trust",
	CERT_UNTRUSTED: "is not from an authority that we trust",
	CERT_SIGNATURE_FAILURE: "has a signature that is wrong",
	CERT_HAS_EXPIRED: "has expired, or the date here is wrong",
	CERT_NOT_YET_VALID: "is not valid yet, or the date here is wrong",
	CERT_REVOKED: "was revoked",
	INVALID_PURPOSE: "is not one for servers",
});

/** What the error means for people, once the stream below was open. */
function explainTLS(error: NodeJS.ErrnoException | undefined, isOpen: boolean, host: string): Loss {
	const {
		code = "",
		message = "",
		reason = message,
	} = (error ?? {}) as NodeJS.ErrnoException & { reason?: string };
	if (code === "" || code === "ECONNRESET" || code === "EPIPE") {
		if (!isOpen) return { detail: "the connection was closed in the TLS handshake", blame: "tls" };
		return { detail: code === "" ? "the connection was closed" : "the connection was reset" };
	}
	const fault = certificateFaults[code];
	if (fault !== undefined) return { detail: `the broker's certificate ${fault}`, blame: "tls" };
	if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
		return { detail: `the broker's certificate is not for the name ${host}`, blame: "tls" };
	const [, alert] = / alert (.*)$/.exec(reason) ?? [];
	if (/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION/.test(code))
		return { detail: "the broker speaks neither TLS 1.2 nor 1.3", blame: "tls" };
	if (alert !== undefined) return { detail: `the broker refuses by the TLS alert "${alert}"`, blame: "tls" };
	if (/WRONG_VERSION_NUMBER|HTTP_REQUEST/.test(code) && !isOpen)
		return { detail: "what answers there does not speak TLS", blame: "tls" };
	if (/RECORD|CIPHER_OPERATION_FAILED|WRONG_VERSION_NUMBER/.test(code))
		return { detail: "a TLS record came corrupted", blame: "tls" };
	if (code.startsWith("ERR_SSL_")) return { detail: `TLS failed: ${reason}`, blame: "tls" };
	return { detail: message };
}
