import { portableCrypto } from "../../hosts/xs/crypto.js";
import type { Host, StreamKind, Target, Transport, TransportHandler } from "../../hosts/host.js";
import { portableText } from "../../modules/wire/text.js";
import { hex, toHex } from "./hex.js";
import { VirtualClock } from "./virtual-clock.js";

/** A stream whose far end is the test. It takes what it said it would, and refuses to be asked for more. */
export class Wire implements Transport {
	readonly target: Target;
	readonly handler: TransportHandler;
	closed = 0;
	/** How many bytes of each write fill it; then it is full until up() says otherwise. */
	roomMax = 1000;
	/** How many bytes one read gives at most. */
	readMax = 1000;
	writes = 0;
	#room = 0;
	#sent = "";
	#inbox = new Uint8Array(0);
	#lent = this.#inbox;

	constructor(target: Target, handler: TransportHandler) {
		this.target = target;
		this.handler = handler;
	}
	write(bytes: Uint8Array, from: number, to: number): number {
		if (this.closed > 0) throw new Error("a write to a closed stream");
		if (to - from > this.#room || to <= from)
			throw new Error(`a write of ${to - from} where ${this.#room} fit`);
		this.#sent += toHex(bytes.subarray(from, to));
		this.#room -= to - from;
		this.writes++;
		return this.#room;
	}
	read(max: number): Uint8Array | undefined {
		if (this.#inbox.length === 0) return undefined;
		if (max <= 0) throw new Error("a read of nothing");
		const count = Math.min(max, this.readMax, this.#inbox.length);
		// Bytes are good until the next read() of this turn, and not a moment longer.
		this.#lent.fill(0xaa);
		const bytes = this.#inbox.slice(0, count);
		this.#lent = bytes;
		this.#inbox = this.#inbox.slice(count);
		return bytes;
	}
	close(): void {
		this.closed++;
	}
	/** The stream can take so many bytes. */
	up(count = this.roomMax): void {
		this.#room = count;
		this.handler.onWritable(count);
	}
	/** These bytes come in. */
	feed(text: string): void {
		const bytes = hex(text);
		const all = new Uint8Array(this.#inbox.length + bytes.length);
		all.set(this.#inbox);
		all.set(bytes, this.#inbox.length);
		this.#inbox = all;
		this.handler.onReadable(this.#inbox.length);
		this.#lent.fill(0xaa);
	}
	/** Bytes that came in and were not read. */
	get unread(): number {
		return this.#inbox.length;
	}
	/** What went out since the last call, as hex. */
	sent(): string {
		const sent = this.#sent;
		this.#sent = "";
		return sent;
	}
}

/** A host in virtual time whose network does what the test says. */
export class ScriptedHost implements Host {
	readonly clock = new VirtualClock();
	readonly text = portableText;
	readonly crypto = portableCrypto;
	readonly radio = undefined;
	readonly monitor = { print: () => {} };
	readonly deviceId = "d1";
	/** What random.word() gives: half of its range. */
	word = 0x8000_0000;
	readonly random = { word: () => this.word };
	/** "resolve name", "cancel name", "open host address port". */
	readonly log: string[] = [];
	readonly wires: Wire[] = [];
	/** What a name resolves to; it takes 10 ms. */
	address: (name: string) => string | undefined = () => "192.0.2.1";
	openError: Error | undefined;
	readonly network = {
		streams: ["tcp", "tls", "serial"] as StreamKind[],
		resolve: (name: string, done: (address: string | undefined) => void) => this.#resolve(name, done),
		open: (target: Target, handler: TransportHandler) => this.#open(target, handler),
	};

	/** The stream opened last. */
	get wire(): Wire {
		return this.wires[this.wires.length - 1]!;
	}
	/** Lets so much time go by. */
	pass(ms: number): void {
		this.clock.run(this.clock.now() + ms);
	}
	/** What the network was asked for since the last call. */
	asked(): string {
		return this.log.splice(0).join(", ");
	}
	#resolve(name: string, done: (address: string | undefined) => void): () => void {
		this.log.push(`resolve ${name}`);
		const cancel = this.clock.after(10, () => done(this.address(name)));
		return () => {
			this.log.push(`cancel ${name}`);
			cancel();
		};
	}
	#open(target: Target, handler: TransportHandler): Wire {
		if (this.openError) throw this.openError;
		this.log.push(`open ${target.stream} ${target.host} ${target.address} ${target.port}`);
		const wire = new Wire(target, handler);
		this.wires.push(wire);
		return wire;
	}
}
