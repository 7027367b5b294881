import { X509Certificate, createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import type { TlsOptions } from "../host.js";
import { secureContextOf } from "./tls.js";

/** Names of files, PEM or DER. */
export interface TlsFiles {
	/** Whom to trust, in place of this computer's own list. */
	ca?: string | undefined;
	/** Our own certificate, with those between it and its authority behind it, and its key. */
	cert?: string | undefined;
	key?: string | undefined;
}

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads the files; undefined when none is named. What is wrong with them is a RangeError of one line. */
export function readTlsFiles({ ca, cert, key }: TlsFiles): TlsOptions | undefined {
	if (ca === undefined && cert === undefined && key === undefined) return undefined;
	if ((cert === undefined) !== (key === undefined))
		throw new RangeError(cert === undefined ? "key: it needs cert as well" : "cert: it needs key as well");
	const options = {
		authorities: ca === undefined ? undefined : readCertificates("ca", ca),
		certificates: cert === undefined ? undefined : readCertificates("cert", cert),
		privateKey: key === undefined ? undefined : readKey(key),
	};
	secureContextOf(options);
	return options;
}

function readCertificates(setting: string, path: string): Uint8Array[] {
	const bytes = readFile(setting, path);
	const blocks = bytes.toString("latin1").match(pemBlock) ?? [bytes];
	try {
		return blocks.map(block => new Uint8Array(new X509Certificate(block).raw));
	} catch {
		throw new RangeError(`${setting}: ${path} holds no certificate in PEM or DER`);
	}
}

function readKey(path: string): Uint8Array {
	const bytes = readFile("key", path);
	const isPem = bytes.toString("latin1").includes("-----BEGIN ");
	try {
		const key = isPem
			? createPrivateKey(bytes)
			: createPrivateKey({ key: bytes, format: "der", type: "pkcs8" });
		return new Uint8Array(key.export({ format: "der", type: "pkcs8" }));
	} catch {
		throw new RangeError(`key: ${path} holds no private key in PEM or DER, or one with a password`);
	}
}

function readFile(setting: string, path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw new RangeError(
			`${setting}: ${code === "ENOENT" ? `there is no file ${path}` : `${path}: ${code}`}`,
		);
	}
}
