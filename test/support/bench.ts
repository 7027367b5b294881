import { Outbox } from "../../modules/outbox/outbox.js";
import { Mark, Outcome } from "../../modules/outbox/record.js";
import type { Credentials, SessionOptions } from "../../modules/session/session-options.js";
import type { Source } from "../../modules/session/streams.js";
import { Session, SessionEvent } from "../../modules/session/session.js";
import { FrameReader } from "../../modules/wire/frame-reader.js";
import { FrameWriter } from "../../modules/wire/frame-writer.js";
import { ProtocolError } from "../../modules/wire/protocol-error.js";
import { portableText } from "../../modules/wire/text.js";
import { hex, toHex } from "./hex.js";
import { field, utf8 } from "./text.js";

const eventNames = Object.keys(SessionEvent);
const outcomeNames = Object.keys(Outcome);

/** CONNACK of 3.1.1 and of 5.0, without and with a session. */
export const accepted = "20 02 00 00";
export const resumed = "20 02 01 00";
export const accepted5 = "20 03 00 00 00";
export const resumed5 = "20 03 01 00 00";

export interface BenchOptions extends Partial<SessionOptions> {
	frameBytes?: number;
	readerBytes?: number;
	outboxBytes?: number;
	outboxMessages?: number;
	/** As many messages as have room, the n-th record has the id n; so it is unless told otherwise. */
	seed?: number;
}

/**
 * A session with its peer's end in our hands: bytes in hex go in, bytes in hex come out, and time stands
 * still.
 */
export class Bench {
	now = 1000;
	readonly outbox: Outbox;
	readonly session: Session;
	readonly frame: FrameWriter;
	reader: FrameReader;
	/** How messages ended: "record outcome", with the reason or the packet id and round trip of its ack. */
	readonly ended: string[] = [];
	#names = new Map<number, string>();

	constructor(options: BenchOptions = {}) {
		const { frameBytes = 256, outboxBytes = 512, readerBytes = 256, ...others } = options;
		const { outboxMessages = 16, seed = 0xffff, ...rest } = others;
		const memory = new Uint8Array(outboxBytes + frameBytes);
		this.outbox = new Outbox(memory, 0, outboxBytes, outboxMessages, rest.requestsMax ?? 4, seed);
		this.frame = new FrameWriter(portableText, memory, outboxBytes);
		this.session = new Session(this.outbox, {
			version: 4,
			clientId: "c",
			clean: false,
			keepAliveMs: 60_000,
			replyMs: 10_000,
			ackMs: 30_000,
			window: 4,
			incomingMax: 3,
			topicAliasMax: 0,
			requestsMax: 4,
			sessionExpirySeconds: 300,
			...rest,
		});
		this.reader = new FrameReader(portableText, readerBytes, rest.version ?? 4);
		this.outbox.onEnd = (record, outcome, reason) => {
			const { outbox } = this;
			const isAcked = outcome <= Outcome.refused && (outbox.marks(record) & Mark.qos) !== 0;
			const ack = isAcked ? ` id ${outbox.id(record)} ${outbox.age(record, this.now)} ms` : "";
			const why = reason === 0 ? "" : ` 0x${reason.toString(16)}`;
			this.ended.push(`${this.#names.get(record)} ${outcomeNames[outcome]}${why}${ack}`);
		};
	}
	/** Opens, greets, and feeds that CONNACK; returns what went out behind the CONNECT. */
	connect(connack = this.reader.version === 5 ? accepted5 : accepted, credentials: Credentials = {}): string {
		this.session.open(credentials);
		this.sent();
		this.feed(connack);
		return this.sent();
	}
	/** The connection is cut, and made anew. */
	reconnect(connack?: string): string {
		this.cut();
		return this.connect(connack);
	}
	/** The connection is cut; what is in the frame goes with it. */
	cut(): void {
		this.session.lose();
		this.frame.reset();
		this.reader.reset();
	}
	/** A ping falls due, whatever the time. */
	askPing(): void {
		this.session.pulse.pingDue = true;
		this.session.tick(this.now, false);
	}
	/** All that is due, as hex; each frame counts as written, and so does each piece of a direct packet. */
	sent(piece = Infinity): string {
		const { frame } = this;
		let text = "";
		for (;;) {
			while (this.session.transmit(frame, this.now));
			const { end } = frame;
			if (end > frame.start) {
				text += toHex(frame.bytes.subarray(frame.start, end));
				frame.reset();
				this.session.sender.flushed(end);
			} else if (this.session.sender.direct !== 0) text += this.written(piece);
			else return text;
		}
	}
	/** So many bytes of the direct packet go to the socket. */
	written(count: number): string {
		const { outbox } = this;
		const { sender } = this.session;
		const bytes = Math.min(count, sender.directLeft);
		const from = outbox.place(sender.direct) + outbox.bytes(sender.direct) - sender.directLeft;
		this.session.wrote(bytes, this.now);
		return toHex(outbox.memory.subarray(from, from + bytes));
	}
	/** What the bytes bring about, in words; they come in pieces of that many. */
	feed(text: string, piece = Infinity): string {
		const bytes = hex(text);
		const events: string[] = [];
		for (let at = 0; ;) {
			if (this.reader.next()) {
				events.push(this.#say(this.session.receive(this.reader, this.now)));
				continue;
			}
			if (at === bytes.length)
				return events.filter(event => event !== "none" && event !== "begun").join(", ");
			const end = Math.min(at + Math.min(piece, this.reader.room), bytes.length);
			this.reader.fill(bytes.subarray(at, end));
			at = end;
		}
	}
	/** The violation and message of the ProtocolError which the bytes raise, or what else they bring about. */
	breach(text: string): string {
		try {
			return this.feed(text);
		} catch (error) {
			if (!(error instanceof ProtocolError)) throw error;
			return `0x${error.violation.toString(16)} ${error.message}`;
		}
	}
	/** Topic "t", unless told otherwise. */
	publish(
		payload: string,
		qos: number,
		rest: { topic?: string; marks?: number; ttlMs?: number; properties?: Uint8Array } = {},
	): number {
		const { topic = "t", marks = 0, ttlMs = Infinity, properties } = rest;
		const bits = marks | (qos << Mark.qosShift);
		const { sender } = this.session;
		const record = sender.publish(field(topic), utf8(payload), bits, ttlMs, this.now, properties);
		this.#names.set(record, payload);
		return record;
	}
	/** The same, of a payload that is read when it is sent. */
	publishStream(
		name: string,
		source: Source,
		qos: number,
		rest: { topic?: string; marks?: number; ttlMs?: number; properties?: Uint8Array } = {},
	): number {
		const { topic = "t", marks = 0, ttlMs = Infinity, properties } = rest;
		const bits = marks | (qos << Mark.qosShift);
		const { streams } = this.session.sender;
		const record = streams.publish(field(topic), source, bits, ttlMs, this.now, properties);
		this.#names.set(record, name);
		return record;
	}
	/** How messages ended since the last call. */
	take(): string {
		return this.ended.splice(0).join(", ");
	}
	/** The handler of that message is done. */
	handled(token: number, id: number, qos: number): string {
		this.session.receiver.acknowledge(token, id, qos);
		return this.sent();
	}
	#say(event: SessionEvent): string {
		const { incoming } = this.session;
		const { reason, detail } = this.session.handshake;
		if (event === SessionEvent.message) {
			const payload = toHex(incoming.bytes.subarray(incoming.from, incoming.to));
			return `${incoming.topic}=${payload} qos ${incoming.qos}${incoming.retain ? " retain" : ""}`;
		}
		if (event === SessionEvent.skipped) return `skipped ${incoming.skippedBytes}`;
		if (event === SessionEvent.refused || event === SessionEvent.disconnected)
			return `${eventNames[event]} 0x${reason.toString(16)}${detail === "" ? "" : ` ${detail}`}`;
		return eventNames[event]!;
	}
}

/** Hex without spaces, as Bench gives it. */
export function dense(text: string): string {
	return toHex(hex(text));
}
