import type { TransportHandler } from "../../hosts/host.js";
import type { Loops, Subject } from "./loops.js";
import type { StubHost } from "./stub-host.js";

const publishByte = 0x32;
const pubackByte = 0x40;
const rowMask = 63;

/**
 * The smallest thinkable code for QoS 1 of 3.1.1. Out, it encodes into a log, writes the log, and finds a
 * message by the id of its PUBACK; in, it decodes the topic, hands the payload on in place, and writes a
 * PUBACK. It has no limit, order, time, other packet, error, or second connection, and chunks must end where
 * packets end. What it takes, any link takes; what ours takes more, its features cost.
 */
export class BareLink implements Subject, TransportHandler {
	/** The message that came in, its payload in place. */
	topic = "";
	from = 0;
	to = 0;
	#host: StubHost;
	#alarm;
	#memory = new Uint8Array(8192);
	#ids = new Int32Array(rowMask + 1);
	#id = 0;
	#start = 0;
	#end = 0;
	#onEnd: (id: number) => void;

	/** Takes the place of the link on that host. */
	constructor({ host }: Loops, onEnd: (id: number) => void) {
		this.#host = host;
		this.#onEnd = onEnd;
		this.#alarm = host.clock.alarm(() => {
			this.#host.clock.now();
			this.#host.write(this.#memory, this.#start, this.#end);
			this.#start = this.#end = 0;
		});
		host.handler = this;
	}
	publish(topic: Uint8Array, payload: Uint8Array): number {
		const memory = this.#memory;
		const id = (this.#id + 1) & 0xffff;
		this.#id = id;
		this.#ids[id & rowMask] = id;
		let at = this.#end;
		memory[at] = publishByte;
		memory[at + 1] = topic.length + payload.length + 2;
		memory.set(topic, at + 2);
		at += topic.length + 2;
		memory[at] = id >> 8;
		memory[at + 1] = id;
		memory.set(payload, at + 2);
		this.#end = at + 2 + payload.length;
		if (this.#host.due !== 0) this.#alarm.set(0);
		return id;
	}
	onReadable(): void {
		this.#host.clock.now();
		const bytes = this.#host.read()!;
		if (bytes[0] === publishByte) this.#receive(bytes);
		else
			for (let at = 0; at < bytes.length; at += 4) {
				if (bytes[at] !== pubackByte || bytes[at + 1] !== 2) throw new Error("not a PUBACK");
				const id = (bytes[at + 2]! << 8) | bytes[at + 3]!;
				if (this.#ids[id & rowMask] !== id) continue;
				this.#ids[id & rowMask] = 0;
				this.#onEnd(id);
			}
	}
	#receive(bytes: Uint8Array): void {
		const to = 4 + ((bytes[2]! << 8) | bytes[3]!);
		const topic = this.#host.text.read(bytes, 4, to);
		if (topic === undefined || bytes[1] !== bytes.length - 2) throw new Error("not a PUBLISH");
		this.topic = topic;
		this.from = to + 2;
		this.to = bytes.length;
		this.#onEnd(0);
		const puback = this.#memory;
		puback[0] = pubackByte;
		puback[1] = 2;
		puback[2] = bytes[to]!;
		puback[3] = bytes[to + 1]!;
		this.#host.write(puback, 0, 4);
	}
	onWritable(): void {}
	onLost(): void {}
}
