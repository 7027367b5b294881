import type { Crypto } from "../../hosts/host.js";
import { WebSocketTransport } from "../../modules/transport/web-socket.js";
import type { Text } from "../../modules/wire/text.js";
import { hex } from "../support/hex.js";
import { ScriptedHost } from "../support/scripted-host.js";
import { http, upgraded } from "../support/web-bench.js";
import { HostileStream } from "./hostile-stream.js";
import { Fault, stepsMax, type Target } from "./target.js";

/** The random word which the answer of the bench belongs to. */
const word = 0x5a5a_5a5a;
const below = Object.freeze({ host: "one", port: 80, path: "/mqtt", isSecure: false });
const answer = hex(http(upgraded));

/**
 * A WebSocket on a stream of hostile bytes: in place of the answer to the upgrade, or behind it, as the
 * first byte of an input says. It hands on no more bytes than came in, reports one loss and then nothing,
 * and what it lets be written it takes.
 */
export class WebTarget implements Target {
	readonly name: string;
	#text: Text;
	#crypto: Crypto;

	constructor(name: string, text: Text) {
		this.name = name;
		this.#text = text;
		const { crypto } = new ScriptedHost();
		let digest: Uint8Array | undefined;
		// The same key each time: to digest it once is enough.
		this.#crypto = { ...crypto, digest: (hash, bytes) => (digest ??= crypto.digest(hash, bytes)) };
	}
	run(input: Uint8Array): string {
		const scripted = new ScriptedHost();
		scripted.word = word;
		const { clock, random } = scripted;
		let losses = 0;
		let detail = "";
		let writable = 0;
		let got = 0;
		let isReadable = false;
		let stream: HostileStream | undefined;
		const alive = () => {
			if (losses > 0) throw new Fault("a word after the loss");
		};
		const socket = new WebSocketTransport(
			{ clock, random, text: this.#text, crypto: this.#crypto },
			below,
			300,
			{
				onWritable: count => {
					alive();
					writable = count;
				},
				onReadable: () => {
					alive();
					isReadable = true;
				},
				onLost: why => {
					alive();
					losses++;
					detail = why;
				},
			},
			handler => (stream = new HostileStream(handler)),
		);
		const wire = stream!;
		const first = input[0] ?? 0;
		wire.up(400);
		if ((first & 3) > 0) wire.feed(answer, 64);
		wire.feed(input.subarray(1), 1 + (first >> 2));
		for (let steps = 0; isReadable;) {
			const bytes = socket.read(40);
			if (bytes === undefined) break;
			got += bytes.length;
			if (bytes.length === 0 || ++steps > stepsMax(input.length)) throw new Fault("reads without end");
		}
		if (got > input.length) throw new Fault(`${got} bytes come of ${input.length}`);
		const count = Math.min(writable, 3);
		if (count > 0) socket.write(input, 0, Math.min(count, input.length) || count);
		wire.up(200);
		clock.run(clock.now() + 1);
		const outcome = losses > 0 ? `lost ${detail.replace(/".*"/s, "").replace(/\d+/g, "#")}` : "open";
		socket.close();
		if (wire.sentBytes > 4_096) throw new Fault(`${wire.sentBytes} bytes written`);
		return `${first & 3 ? "frames" : "answer"}: ${outcome}${got > 0 ? ", bytes" : ""}`;
	}
}
