import type { Crypto, Host, Target, Transport, TransportHandler } from "../../hosts/host.js";
import type { Text } from "../../modules/wire/text.js";

/**
 * A host whose network is the bench: every QoS 1 PUBLISH of a known size that is written has its PUBACK laid
 * ready, and what is laid ready is read at once. It allocates nothing once it is made, so that what is
 * measured is not the host; what its calls cost, HollowLink tells.
 */
export class StubHost implements Host, Transport {
	time = 1000;
	/** When the alarm rings. */
	due = Infinity;
	writes = 0;
	readonly text: Text;
	readonly radio = undefined;
	readonly deviceId = "bench";
	readonly monitor = { print: () => {} };
	readonly random = { word: () => 0 };
	readonly clock = {
		now: () => this.time,
		wall: () => undefined,
		setWall: (done: (known: boolean) => void) => done(true),
		alarm: (callback: () => void) => {
			this.#ring = callback;
			return this.#alarm;
		},
	};
	readonly network = {
		streams: Object.freeze(["tcp"] as const),
		resolve: (_name: string, done: (address: string | undefined) => void) => {
			done("192.0.2.1");
			return nothing;
		},
		open: (_target: Target, handler: TransportHandler) => {
			this.handler = handler;
			return this;
		},
	};
	handler!: TransportHandler;
	#alarm = { set: (time: number) => (this.due = time) };
	#ring: () => void = nothing;
	#inbox: Uint8Array | undefined;
	#acks: Uint8Array;
	#acksAt = 0;
	#packetBytes = 0;
	#idAt = 0;

	/** Takes a window of that many messages at most. */
	constructor(text: Text, window: number) {
		this.text = text;
		this.#acks = new Uint8Array(4 * window);
		for (let at = 0; at < this.#acks.length; at += 4) this.#acks.set([0x40, 2], at);
	}
	/** No credentials are signed here. */
	get crypto(): Crypto {
		throw new Error("a stub has no crypto");
	}
	/** From here on PUBLISHes of that size are written, with their id there; 0 for other packets. */
	expect(packetBytes: number, idAt: number): void {
		this.#packetBytes = packetBytes;
		this.#idAt = idAt;
		this.#acksAt = 0;
	}
	write(bytes: Uint8Array, from: number, to: number): number {
		this.writes++;
		const step = this.#packetBytes;
		if (step === 0) return writableBytes;
		const acks = this.#acks;
		for (let at = from + this.#idAt; at < to; at += step) {
			acks[this.#acksAt + 2] = bytes[at]!;
			acks[this.#acksAt + 3] = bytes[at + 1]!;
			this.#acksAt += 4;
		}
		return writableBytes;
	}
	read(): Uint8Array | undefined {
		const inbox = this.#inbox;
		this.#inbox = undefined;
		return inbox;
	}
	close(): void {}
	/** The alarm rings, whatever its time. */
	ring(): void {
		if (this.due === Infinity) throw new Error("no alarm is set");
		if (this.due > this.time) this.time = this.due;
		this.due = Infinity;
		this.#ring();
	}
	/** All that was written is acknowledged: a whole window, or else the bench is wrong. */
	acknowledge(): void {
		if (this.#acksAt !== this.#acks.length) throw new Error(`${this.#acksAt / 4} messages were written`);
		this.#acksAt = 0;
		this.feed(this.#acks);
	}
	feed(bytes: Uint8Array): void {
		this.#inbox = bytes;
		this.handler.onReadable(bytes.length);
	}
}

const writableBytes = 8192;

function nothing(): void {}
