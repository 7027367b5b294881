import type { Host, Target as StreamTarget, TransportHandler } from "../../hosts/host.js";
import { Client } from "../../modules/client/client.js";
import { Cause, causeNames } from "../../modules/link/cause.js";
import { LinkState } from "../../modules/link/link.js";
import { Outcome } from "../../modules/outbox/record.js";
import type { Version } from "../../modules/wire/packet-type.js";
import type { Text } from "../../modules/wire/text.js";
import { ScriptedHost } from "../support/scripted-host.js";
import { HostileStream } from "./hostile-stream.js";
import { Fault, type Target } from "./target.js";

/** In which state of the session the bytes come; the first byte of an input chooses. */
export const Phase = Object.freeze({ greeting: 0, idle: 1, inFlight: 2, narrow: 3, busy: 4, resumed: 5 });
const phases = Object.freeze(Object.keys(Phase));

const longestWaitMs = 700_000;

/**
 * A client on a stream of hostile bytes, which comes in whatever state of its session. Each run is a
 * connection of one and the same client: that it comes to be, within the longest back-off, and
 * acknowledges a message, proves that the run before has done no harm. A fault that the link caught counts
 * as one.
 */
export class LinkTarget implements Target {
	readonly name: string;
	#version: Version;
	#clock: ScriptedHost["clock"];
	#client: Client;
	#stream: HostileStream | undefined;
	#heard: string[] = [];
	#isBusy = false;
	#id = 0;
	#fault: Fault | undefined;
	#hasMethod: boolean;

	constructor(name: string, version: Version, text: Text, method = "") {
		this.name = name;
		this.#version = version;
		this.#hasMethod = method !== "";
		const scripted = new ScriptedHost();
		this.#clock = scripted.clock;
		const host: Host = {
			clock: scripted.clock,
			crypto: scripted.crypto,
			random: scripted.random,
			radio: undefined,
			monitor: scripted.monitor,
			deviceId: scripted.deviceId,
			text,
			network: {
				streams: ["tcp"],
				resolve: (_name, done) => this.#clock.after(1, () => done("192.0.2.1")),
				open: (_target: StreamTarget, handler: TransportHandler) =>
					(this.#stream = new HostileStream(handler)),
			},
		};
		this.#client = new Client(host, {
			url: "mqtt://192.0.2.1",
			version,
			clientId: "c",
			window: 4,
			incomingMax: 3,
			topicAliasMax: version === 5 ? 2 : 0,
			subscriptionsMax: 4,
			outboxBytes: 2_048,
			outboxMessages: 16,
			frameBytes: 160,
			readerBytes: 192,
			scratchBytes: 64,
			...(this.#hasMethod && {
				authenticator: { method, start: () => undefined, answer: data => data?.slice(0, 16) },
			}),
		});
		this.#client
			.subscribe("#", { qos: 2 }, message => this.#hear(message.topic, message.payload))
			.catch(() => {});
		this.#client.onStray = message => this.#hear(message.topic, message.payload);
		this.#client.onTooLong = () => this.#note("too long");
		this.#client.onHandlerError = error => (this.#fault ??= new Fault(`a handler hears ${String(error)}`));
		this.#client.start();
	}
	run(input: Uint8Array): string {
		const phase = (input[0] ?? 0) % phases.length;
		const piece = 1 + ((input[0] ?? 0) >> 3);
		const stream = this.#dial();
		this.#heard.length = 0;
		if (phase !== Phase.greeting) this.#greet(stream, phase === Phase.resumed);
		if (phase === Phase.inFlight || phase === Phase.narrow) this.#send(stream, phase === Phase.narrow);
		this.#isBusy = phase === Phase.busy;
		const before = stream.sentBytes;
		stream.feed(input.subarray(1), piece);
		for (let turn = 0; turn < 4; turn++) stream.up(phase === Phase.narrow ? 3 : 200);
		this.#clock.run(this.#clock.now() + 1);
		if (stream.sentBytes - before > 4_096 + 8 * input.length)
			throw new Fault(`${stream.sentBytes} bytes written`);
		return `${phases[phase]}: ${this.#end(stream)}`;
	}
	/** How the connection stands, and its end. */
	#end(stream: HostileStream): string {
		const { link, outbox } = this.#client;
		if (link.state === LinkState.waiting && !stream.isClosed) throw new Fault("a stream is left open");
		let outcome = `online, ${stream.unread > 0 ? "bytes unread" : "all read"}`;
		if (link.state === LinkState.waiting) outcome = causeNames[link.cause]!;
		else if (link.state === LinkState.greeting) outcome = "greeting";
		else if (link.state !== LinkState.online) throw new Fault(`the link is in state ${link.state}`);
		if (link.endings[Cause.fault] !== 0) {
			link.endings[Cause.fault] = 0;
			throw new Fault(`a fault in the link: ${link.detail}`);
		}
		if (link.cause === Cause.protocol) outcome += ` ${link.detail.replace(/\d+/g, "#")}`;
		if (this.#fault !== undefined) throw this.#fault;
		if (!stream.isClosed) stream.handler.onLost("the end");
		// What the broker may have acknowledged or not is of no matter here: the next run begins with an empty
		// log.
		for (let record = outbox.head; record !== 0; record = outbox.head)
			outbox.finish(record, Outcome.abandoned, 0);
		return `${outcome}${this.#heard.join("")}`;
	}
	/** Waits for the next attempt, and lets it get as far as CONNECT. */
	#dial(): HostileStream {
		const { link } = this.#client;
		this.#stream = undefined;
		this.#isBusy = false;
		for (let waited = 0; this.#stream === undefined; waited += link.retryMs + 10) {
			if (waited > longestWaitMs) throw new Fault(`it does not come back: ${link.detail}`);
			this.#clock.run(this.#clock.now() + link.retryMs + 10);
		}
		const stream = this.#stream as HostileStream;
		stream.up(1_000);
		if (stream.sent[0] !== 0x10) throw new Fault("CONNECT does not come first");
		return stream;
	}
	/** The broker accepts, and one message shows that all is well. */
	#greet(stream: HostileStream, resumed: boolean): void {
		const flag = resumed && this.#version > 3 ? 1 : 0;
		stream.feed(this.#connack(flag), 100);
		if (this.#client.link.state !== LinkState.online)
			throw new Fault(`it does not come online: ${this.#client.link.detail}`);
		const id = (this.#id = (this.#id % 0xffff) + 1);
		const properties = this.#version === 5 ? [0] : [];
		stream.feed(
			Uint8Array.of(0x32, 5 + properties.length, 0, 1, 0x71, id >> 8, id & 0xff, ...properties),
			100,
		);
		if (!stream.hasSent(Uint8Array.of(0x40, 2, id >> 8, id & 0xff))) throw new Fault("no PUBACK comes");
	}
	#connack(flag: number): Uint8Array {
		if (this.#version < 5) return Uint8Array.of(0x20, 2, flag, 0);
		if (!this.#hasMethod) return Uint8Array.of(0x20, 3, flag, 0, 0);
		return Uint8Array.of(0x20, 7, flag, 0, 4, 0x15, 0, 1, 0x6d);
	}
	#send(stream: HostileStream, narrow: boolean): void {
		const client = this.#client;
		for (const qos of [1, 2, 2, 0] as const) void client.publish("t", "12345678", { qos });
		if (narrow) stream.up(7);
		this.#clock.run(this.#clock.now());
		// One of QoS 2 is released. Its id is that of the second PUBLISH which went out.
		const second = this.#client.outbox.head === 0 ? 0 : this.#client.outbox.id(this.#client.outbox.head) + 1;
		if (!narrow) stream.feed(Uint8Array.of(0x50, 2, second >> 8, second & 0xff), 4);
	}
	#hear(topic: string, payload: Uint8Array): void | Promise<void> {
		if (topic.includes("#") || topic.includes("\0")) throw new Fault(`a topic of ${topic}`);
		this.#note(payload.length > 64 ? "long message" : "message");
		return this.#isBusy ? new Promise(() => {}) : undefined;
	}
	#note(what: string): void {
		if (this.#heard.length < 4) this.#heard.push(`, ${what}`);
	}
}
