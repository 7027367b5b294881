import { existsSync, readFileSync } from "node:fs";

/** The settings that hold certificates and a key. */
const names: readonly string[] = ["ca", "cert", "key"];
const block = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;

/**
 * A setting of mcconfig as it goes into the image: a certificate or key that names files, of PEM or of DER,
 * with a comma between two, becomes the Base64 of their DER. What is no file is taken for Base64 already.
 */
export function embedFiles(name: string, value: string): string {
	if (!names.includes(name)) return value;
	return value
		.split(",")
		.flatMap(part => (existsSync(part) ? read(name, part) : part))
		.join(",");
}

function read(name: string, path: string): string[] {
	const bytes = readFileSync(path);
	const text = bytes.toString("latin1");
	if (!text.includes("-----BEGIN ")) return [bytes.toString("base64")];
	const blocks = [...text.matchAll(block)];
	if (name === "key" && blocks.some(([, kind]) => kind !== "PRIVATE KEY"))
		throw new RangeError(`${path}: a key is PKCS #8 without a password: openssl pkcs8 -topk8 -nocrypt …`);
	const wanted = name === "key" ? "PRIVATE KEY" : "CERTIFICATE";
	const found = blocks
		.filter(([, kind]) => kind === wanted)
		.map(([, , base64]) => base64!.replace(/\s/g, ""));
	if (found.length === 0) throw new RangeError(`${path}: there is no ${wanted} in it`);
	return found;
}

/** The manifest that has what these settings need. */
export function manifestFor(entries: Readonly<Record<string, string>>): string {
	const says = `${entries["broker"]} ${entries["wire"]}: ${entries["profile"]}`;
	const usesTls = /\b(?:mqtts|wss):|\bazure\b/.test(says) || names.some(name => name in entries);
	return usesTls ? "./manifest_tls.json" : "./manifest.json";
}
