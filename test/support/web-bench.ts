import type { Blame } from "../../hosts/host.js";
import { WebSocketTransport } from "../../modules/transport/web-socket.js";
import { hex, toHex } from "./hex.js";
import { ScriptedHost, Wire } from "./scripted-host.js";
import { utf8 } from "./text.js";

/** What the scripted host's random words come to: the key, and the accept value that answers it. */
export const key = "WlpaWlpaWlpaWlpaWlpaWg==";
export const accept = "1nwQI3IBoftOh+fG2YorpTWcrHs=";
export const upgraded = [
	"HTTP/1.1 101 Switching Protocols",
	"Upgrade: websocket",
	"Connection: Upgrade",
	`Sec-WebSocket-Accept: ${accept}`,
	"Sec-WebSocket-Protocol: mqtt",
];

/** Lines as they go over the wire, with the empty one that ends them; in hex. */
export function http(lines: readonly string[]): string {
	return toHex(utf8(`${lines.join("\r\n")}\r\n\r\n`));
}

/** A frame as a server sends it, in hex; the first byte is as in the table, the payload too. */
export function frame(first: number, payload: string): string {
	const length = hex(payload).length;
	const head =
		length < 126
			? [first, length]
			: length < 0x1_0000
				? [first, 126, length >> 8, length & 255]
				: [first, 127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
	return toHex(Uint8Array.from(head)) + toHex(hex(payload));
}

/** A WebSocket on a scripted host, with the wire below it; it notes what it reports. */
export class WebBench {
	readonly host = new ScriptedHost();
	readonly socket: WebSocketTransport;
	readonly wire: Wire;
	readonly notes: string[] = [];
	/** What can be written, as reported last or returned by write(). */
	writable = 0;
	blame: Blame | undefined;
	/** Whether bytes are read as soon as they are reported. */
	reads = true;
	received = "";
	/** How many bytes one read asks for. */
	readMax = 1000;
	/** Within a call of ours, in which nothing may be reported. */
	#inCall = false;

	constructor(payloadMax = 300, path = "/mqtt", word = 0x5a5a_5a5a) {
		this.host.word = word;
		const target = { host: "one", port: 80, path, isSecure: false };
		let wire: Wire | undefined;
		this.socket = new WebSocketTransport(
			this.host,
			target,
			payloadMax,
			{
				onWritable: count => {
					this.writable = count;
					this.#note(`writable ${count}`);
				},
				onReadable: () => {
					this.#note("readable");
					if (this.reads) this.drain();
				},
				onLost: (detail, blame) => {
					this.blame = blame;
					this.#note(`lost: ${detail}`);
				},
			},
			handler => {
				const below = { stream: "tcp", host: "one", address: "192.0.2.1", port: 80 } as const;
				return (wire = new Wire(below, handler));
			},
		);
		this.wire = wire!;
	}
	/** Goes on until the upgrade is granted; what was noted and sent until then is taken away. */
	open(): void {
		this.wire.up();
		this.wire.feed(http(upgraded));
		this.wire.sent();
		this.notes.length = 0;
	}
	/** Bytes come in, and all that follows from them happens. */
	feed(bytes: string): void {
		this.wire.feed(bytes);
		this.settle();
	}
	settle(): void {
		this.host.pass(0);
	}
	drain(): void {
		for (let bytes = this.read(); bytes !== undefined; bytes = this.read()) this.received += toHex(bytes);
	}
	read(max = this.readMax): Uint8Array | undefined {
		return this.#call(() => this.socket.read(max));
	}
	write(bytes: string): void {
		const payload = hex(`ff ${bytes} ff`);
		this.writable = this.#call(() => this.socket.write(payload, 1, payload.length - 1));
		if (toHex(payload) !== toHex(hex(`ff ${bytes} ff`))) throw new Error("the caller's bytes are changed");
	}
	/** What was reported since the last call. */
	noted(): string {
		return this.notes.splice(0).join(", ");
	}
	/** Frames that went out since the last call: the first byte and the payload, unmasked. */
	sentFrames(): string {
		return framesOf(hex(this.wire.sent())).join(", ");
	}
	#call<T>(run: () => T): T {
		const former = this.#inCall;
		this.#inCall = true;
		try {
			return run();
		} finally {
			this.#inCall = former;
		}
	}
	#note(text: string): void {
		if (this.#inCall) throw new Error(`"${text}" is reported within a call`);
		this.notes.push(text);
	}
}

/** Frames of a client: the first byte and the unmasked payload. What is not masked, or cut, is an error. */
export function framesOf(bytes: Uint8Array): string[] {
	const frames: string[] = [];
	for (let at = 0; at < bytes.length;) {
		const first = bytes[at]!;
		const second = bytes[at + 1]!;
		if ((second & 0x80) === 0) throw new Error("a frame that is not masked");
		const isLong = (second & 0x7f) === 126;
		const count = isLong ? (bytes[at + 2]! << 8) | bytes[at + 3]! : second & 0x7f;
		if (isLong ? count < 126 : count > 125) throw new Error("a length that is not the shortest");
		const mask = at + (isLong ? 4 : 2);
		const end = mask + 4 + count;
		if (end > bytes.length) throw new Error("a frame that is cut");
		const payload = bytes.slice(mask + 4, end).map((byte, i) => byte ^ bytes[mask + (i % 4)]!);
		frames.push(`${toHex(Uint8Array.of(first))} ${toHex(payload)}`.trim());
		at = end;
	}
	return frames;
}
