import { Link, LinkState, type LinkHandler } from "../../modules/link/link.js";
import { parseEndpoint } from "../../modules/link/endpoint.js";
import { Outbox } from "../../modules/outbox/outbox.js";
import { Mark } from "../../modules/outbox/record.js";
import { defaults } from "../../modules/client/client-options.js";
import { FrameWriter } from "../../modules/wire/frame-writer.js";
import type { Text } from "../../modules/wire/text.js";
import type { TransportHandler } from "../../hosts/host.js";
import { StubHost } from "./stub-host.js";

// The work that is measured, on XS and on Node alike: one turn of each loop with the link, or with a hollow
// one that calls the host as often as any link must. The difference is what the link costs.

/** The topic of all rows, with its length word: "godwit/bench". */
export const topicField = Uint8Array.of(0, 12, 103, 111, 100, 119, 105, 116, 47, 98, 101, 110, 99, 104);
export const topicName = "godwit/bench";
const qos1 = 1 << Mark.qosShift;
const connack = Uint8Array.of(0x20, 2, 0, 0);
const resumed = Uint8Array.of(0x20, 2, 1, 0);
const pingresp = Uint8Array.of(0xd0, 0);

/** What a loop drives. */
export interface Subject {
	publish(topic: Uint8Array, payload: Uint8Array, marks: number, ttlMs: number): number;
}

/** A link on a stub, connected; its handler is done at once. */
export class Loops implements LinkHandler {
	readonly host: StubHost;
	readonly link: Link;
	readonly window: number;
	ended = 0;
	received = 0;

	constructor(text: Text, window: number) {
		this.host = new StubHost(text, window);
		this.window = window;
		const { outboxBytes, outboxMessages, frameBytes } = defaults;
		const memory = new Uint8Array(outboxBytes + frameBytes);
		const outbox = new Outbox(memory, 0, outboxBytes, outboxMessages, 2);
		outbox.onEnd = () => {
			this.ended++;
		};
		const frame = new FrameWriter(text, memory, outboxBytes);
		this.link = new Link(this.host, outbox, frame, this, {
			...defaults,
			endpoints: [parseEndpoint("mqtt://bench")],
			session: { ...defaults, clientId: "bench", window, requestsMax: 2 },
		});
		this.link.start();
		this.#greet(connack);
	}
	/** One turn: a window of messages published, written in one turn of the link, and acknowledged. */
	publish(payload: Uint8Array, subject: Subject = this.link): void {
		for (let i = 0; i < this.window; i++) subject.publish(topicField, payload, qos1, Infinity);
		this.host.ring();
		this.host.acknowledge();
	}
	/** One message comes in, and is acknowledged. */
	receive(packet: Uint8Array): void {
		this.host.feed(packet);
	}
	/** From here on receive() does nothing but what every link must ask of its host. */
	hollowReceipt(): void {
		const { host } = this;
		const puback = Uint8Array.of(0x40, 2, 0, 7);
		host.handler = {
			onReadable: () => {
				host.clock.now();
				host.read();
				this.received++;
				host.write(puback, 0, 4);
			},
			onWritable() {},
			onLost() {},
		};
	}
	/** The time of a ping is there; it is answered. */
	ping(): void {
		const { host } = this;
		const { writes } = host;
		while (host.writes === writes) host.ring();
		host.feed(pingresp);
	}
	/** With a window in flight, the stream is lost; made anew, it carries all of it again. */
	reconnect(): void {
		this.host.handler.onLost("gone");
		this.#greet(resumed);
	}
	/** A window goes out, and nothing comes back. */
	fill(payload: Uint8Array): void {
		for (let i = 0; i < this.window; i++) this.link.publish(topicField, payload, qos1, Infinity);
		this.host.ring();
	}
	/** Laid out as the link writes it; the id is 0. */
	expect(payloadBytes: number): void {
		const packet = publishPacket(payloadBytes);
		this.host.expect(packet.length, packet.length - payloadBytes - 2);
	}
	onLinkState(): void {}
	onMessage(): boolean {
		this.received++;
		return true;
	}
	onSkipped(): void {}
	#greet(answer: Uint8Array): void {
		this.host.expect(0, 0);
		this.host.ring();
		this.host.handler.onWritable(8192);
		this.expect(32);
		this.host.feed(answer);
		if (this.link.state !== LinkState.online) throw new Error(`not connected: ${this.link.detail}`);
	}
}

/** Does nothing but what every link must ask of its host. */
export class HollowLink implements Subject, TransportHandler {
	#host: StubHost;
	#alarm;
	#frame: Uint8Array;
	#onEnd: () => void;

	/** Takes the place of the link on that host. */
	constructor({ host, window }: Loops, payloadBytes: number, onEnd: () => void) {
		const packet = publishPacket(payloadBytes);
		this.#host = host;
		this.#onEnd = onEnd;
		this.#frame = new Uint8Array(packet.length * window);
		for (let i = 0; i < window; i++) this.#frame.set(packet, i * packet.length);
		this.#alarm = host.clock.alarm(() => {
			this.#host.clock.now();
			this.#host.write(this.#frame, 0, this.#frame.length);
		});
		host.handler = this;
	}
	publish(_topic: Uint8Array, _payload: Uint8Array, _marks: number, _ttlMs: number): number {
		this.#host.clock.now();
		if (this.#host.due !== 0) this.#alarm.set(0);
		return 1;
	}
	onReadable(): void {
		this.#host.clock.now();
		const bytes = this.#host.read()!;
		for (let at = 0; at < bytes.length; at += 4) this.#onEnd();
	}
	onWritable(): void {}
	onLost(): void {}
}

/** A QoS 1 PUBLISH to the topic, 3.1.1. */
export function publishPacket(payloadBytes: number, id = 0): Uint8Array {
	const length = topicField.length + 2 + payloadBytes;
	const head = length < 0x80 ? [0x32, length] : [0x32, (length & 0x7f) | 0x80, length >> 7];
	const packet = new Uint8Array(head.length + length);
	packet.set(head);
	packet.set(topicField, head.length);
	packet.set([id >> 8, id & 0xff], head.length + topicField.length);
	return packet;
}
