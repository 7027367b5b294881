import { causeNames } from "../../modules/link/cause.js";
import { parseEndpoint } from "../../modules/link/endpoint.js";
import { Link, LinkState, type LinkHandler, type LinkOptions } from "../../modules/link/link.js";
import { Outbox } from "../../modules/outbox/outbox.js";
import { Mark, Outcome } from "../../modules/outbox/record.js";
import type { SessionOptions } from "../../modules/session/session-options.js";
import { FrameWriter } from "../../modules/wire/frame-writer.js";
import { ScriptedHost } from "./scripted-host.js";
import { field, utf8 } from "./text.js";

const stateNames = Object.keys(LinkState);
const outcomeNames = Object.keys(Outcome);

export interface LinkBenchOptions extends Partial<Omit<LinkOptions, "session" | "endpoints">> {
	urls?: string[];
	session?: Partial<SessionOptions>;
	frameBytes?: number;
	outboxBytes?: number;
}

/**
 * A link on a scripted host. It notes what is reported; handlers are done at once unless busy says otherwise.
 */
export class LinkBench implements LinkHandler {
	readonly host = new ScriptedHost();
	readonly outbox: Outbox;
	readonly link: Link;
	/** States in the order in which they were entered; waiting with cause, detail and time. */
	readonly states: string[] = [];
	readonly messages: string[] = [];
	readonly ended: string[] = [];
	skipped: number[] = [];
	busy = false;
	/** Called at each state, before it is noted. */
	onState: (state: string) => void = () => {};
	/** Called at each message. */
	onEach: () => void = () => {};

	constructor(options: LinkBenchOptions = {}) {
		const { urls = ["mqtt://one"], session = {}, frameBytes = 128, outboxBytes = 512, ...rest } = options;
		const memory = new Uint8Array(outboxBytes + frameBytes);
		this.outbox = new Outbox(memory, 0, outboxBytes, 16, session.requestsMax ?? 4, 0xffff);
		this.outbox.onEnd = (_record, outcome) => this.ended.push(outcomeNames[outcome]!);
		const frame = new FrameWriter(this.host.text, memory, outboxBytes);
		this.link = new Link(this.host, this.outbox, frame, this, {
			endpoints: urls.map(parseEndpoint),
			session: {
				version: 4,
				clientId: "c",
				clean: false,
				keepAliveMs: 60_000,
				replyMs: 10_000,
				ackMs: 30_000,
				window: 4,
				incomingMax: 2,
				topicAliasMax: 0,
				requestsMax: 4,
				sessionExpirySeconds: 300,
				...session,
			},
			readerBytes: 128,
			subscriptionsMax: 2,
			followRedirects: false,
			connectMs: 20_000,
			healthyMs: 30_000,
			...rest,
		});
	}
	/** Dials until the stream is asked for. */
	dial(): void {
		this.link.start();
		this.host.pass(10);
	}
	/** Goes on until the broker has accepted; the CONNECT is taken away. */
	connect(connack = "20 02 00 00"): void {
		this.dial();
		this.host.wire.up();
		if (!this.host.wire.sent().startsWith("10")) throw new Error("CONNECT does not come first");
		this.host.wire.feed(connack);
	}
	publish(payload: string, qos = 0, ttlMs = Infinity): number {
		return this.link.publish(field("t"), utf8(payload), qos << Mark.qosShift, ttlMs);
	}
	/** States since the last call. */
	seen(): string {
		return this.states.splice(0).join(", ");
	}
	onLinkState(): void {
		const { state, cause, detail, retryMs } = this.link;
		const name = stateNames[state]!;
		const why = state === LinkState.waiting && this.states.length + retryMs > 0;
		this.states.push(why ? `waiting ${retryMs} ms: ${causeNames[cause]}, ${detail}` : name);
		this.onState(name);
	}
	onMessage(): boolean {
		const { incoming } = this.link.session;
		let text = "";
		for (let at = incoming.from; at < incoming.to; at++) text += String.fromCharCode(incoming.bytes[at]!);
		this.messages.push(text);
		this.onEach();
		return !this.busy;
	}
	onSkipped(bytes: number): void {
		this.skipped.push(bytes);
	}
}
