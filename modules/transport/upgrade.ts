import type { Blame } from "../../hosts/host.js";

/** Where an upgrade to WebSocket is asked for. */
export interface WebTarget {
	host: string;
	port: number;
	path: string;
	/** Over TLS, which has another default port. */
	isSecure: boolean;
}

/** The most bytes of an answer, and of a line in it that we must understand; others may be longer. */
export const answerBytesMax = 8_192;
export const lineBytesMax = 256;
const phraseMax = 40;
const acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // [RFC 6455 1.3]
const subprotocol = "mqtt"; // [MQTT-6.0.0-3] [MQTT-6.0.0-3, 3.1.1]

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const del = 0x7f;
/** Two line ends behind each other, which end the answer. */
const endBytes = 4;

/** The request for an upgrade to WebSocket [RFC 6455 4.1]. Host and path are of visible ASCII characters. */
export function upgradeRequest({ host, port, path, isSecure }: WebTarget, key: string): Uint8Array {
	const name = host.indexOf(":") < 0 ? host : `[${host}]`;
	const authority = port === (isSecure ? 443 : 80) ? name : `${name}:${port}`;
	const lines = [
		`GET ${path} HTTP/1.1`,
		`Host: ${authority}`,
		"Upgrade: websocket",
		"Connection: Upgrade",
		`Sec-WebSocket-Key: ${key}`,
		"Sec-WebSocket-Version: 13",
		`Sec-WebSocket-Protocol: ${subprotocol}`,
	];
	return asciiBytes(`${lines.join("\r\n")}\r\n\r\n`);
}

/** The bytes whose SHA-1, in Base64, proves that the server has read our key. */
export function acceptBytes(key: string): Uint8Array {
	return asciiBytes(key + acceptSuffix);
}

/**
 * Reads the answer to the request, over any cut of its bytes. It keeps one line at a time. It never takes a
 * byte behind the answer, because that is the first frame's: feed it no more than it needs.
 */
export class UpgradeAnswer {
	/** The upgrade is granted. */
	done = false;
	/** Why it is not, for people; then nothing is read any more. */
	fault: string | undefined;
	blame: Blame = "protocol";
	#accept: string;
	#path: string;
	#line = new Uint8Array(lineBytesMax);
	#lineBytes = 0;
	#lines = 0;
	#bytes = 0;
	/** How many bytes of the end have come. */
	#ended = 0;
	#isUpgrade = false;
	#isConnection = false;
	#accepted: string | undefined;
	#chosen: string | undefined;

	/** The accept value that proves it; the path is for people. */
	constructor(accept: string, path: string) {
		this.#accept = accept;
		this.#path = path;
	}
	/** How many bytes may be fed, at least one, for all of them to be of the answer. */
	get need(): number {
		return endBytes - this.#ended;
	}
	feed(bytes: Uint8Array): void {
		for (let i = 0; i < bytes.length && this.fault === undefined && !this.done; i++) this.#take(bytes[i]!);
	}
	#take(byte: number): void {
		if (++this.#bytes > answerBytesMax)
			return this.#refuse(`an answer to the upgrade of more than ${answerBytesMax} bytes`);
		const behindReturn = (this.#ended & 1) === 1;
		if (behindReturn !== (byte === lineFeed))
			return this.#refuse(
				behindReturn ? "a CR without LF in the answer to the upgrade" : "a LF without CR in the answer to it",
			);
		if (byte === lineFeed) {
			this.#ended++;
			return this.#endLine();
		}
		if (byte === carriageReturn) {
			this.#ended = this.#ended === 2 ? 3 : 1;
			return;
		}
		this.#ended = 0;
		if ((byte < space && byte !== tab) || byte === del)
			return this.#refuse("what answers there does not speak HTTP");
		if (this.#lineBytes < lineBytesMax) this.#line[this.#lineBytes] = byte;
		this.#lineBytes++;
	}
	#endLine(): void {
		const isCut = this.#lineBytes > lineBytesMax;
		let line = "";
		for (let i = 0; i < Math.min(this.#lineBytes, lineBytesMax); i++)
			line += String.fromCharCode(this.#line[i]!);
		this.#lineBytes = 0;
		if (this.#lines++ === 0) this.#readStatus(line);
		else if (line === "") this.#conclude();
		else this.#readField(line, isCut);
	}
	#readStatus(line: string): void {
		const [, code, phrase] = /^HTTP\/1\.[1-9] ([1-9][0-9][0-9])(?: (.*))?$/.exec(line) ?? [];
		if (code === undefined) return this.#refuse("what answers there does not speak HTTP/1.1");
		if (code === "101") return;
		if (code === "503" || code === "429") this.blame = "busy";
		const words = (phrase ?? "").replace(/[^ -~]/g, "?").slice(0, phraseMax);
		this.#refuse(`the server answers ${`${code} ${words}`.trim()} to the upgrade at path ${this.#path}`);
	}
	#readField(line: string, isCut: boolean): void {
		const colon = line.indexOf(":");
		const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
		if (!/^[^\s]+$/.test(name)) return this.#refuse("a line without a name in the answer to the upgrade");
		const value = line.slice(colon + 1).trim();
		if (isCut && /^(upgrade|connection|sec-websocket-.*)$/.test(name))
			return this.#refuse(`${name} of more than ${lineBytesMax} bytes in the answer to the upgrade`);
		if (name === "upgrade") this.#isUpgrade ||= hasToken(value, "websocket");
		else if (name === "connection") this.#isConnection ||= hasToken(value, "upgrade");
		else if (name === "sec-websocket-extensions" && value !== "")
			this.#refuse("the server uses an extension of WebSocket that was not offered");
		else if (name === "sec-websocket-accept") {
			if (this.#accepted !== undefined) return this.#refuse("two accept keys in the answer to the upgrade");
			this.#accepted = value;
		} else if (name === "sec-websocket-protocol") {
			if (this.#chosen !== undefined) return this.#refuse("two subprotocols in the answer to the upgrade");
			this.#chosen = value;
		}
	}
	#conclude(): void {
		if (!this.#isUpgrade || !this.#isConnection)
			this.#refuse("the answer to the upgrade does not name websocket, or not as an upgrade");
		else if (this.#accepted !== this.#accept)
			this.#refuse("the answer to the upgrade has not the accept key that ours calls for");
		else if (this.#chosen !== subprotocol)
			this.#refuse(`a WebSocket server, but not for MQTT: its subprotocol is not ${subprotocol}`);
		else this.done = true;
	}
	#refuse(why: string): void {
		this.fault = why;
	}
}

/** Whether a list of tokens, with commas between, holds this one, in whatever case. */
function hasToken(list: string, token: string): boolean {
	for (const item of list.split(",")) if (item.trim().toLowerCase() === token) return true;
	return false;
}

function asciiBytes(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
	return bytes;
}
