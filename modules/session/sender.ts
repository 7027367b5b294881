import { Outcome, RecordState, type Outbox } from "../outbox/outbox.js";
import { varintBytes, type FrameWriter } from "../wire/frame-writer.js";
import { PacketType, type Version } from "../wire/packet-type.js";
import { Flight, Owed } from "./flight.js";
import type { Offer } from "./offer.js";

const dupFlag = 8;
const qosMask = 6;
/** The longest fixed header: the type byte and a four-byte remaining length [MQTT5 2.1.1]. */
const headerMax = 5;
/** Packet id, property length and our own properties; what must fit at once between topic and payload. */
const middleMax = 2 + 4 + 5;
const messageExpiryInterval = 0x02;
/** Where a message ends that is not wholly in the frame. */
const endUnknown = 0x7fff_ffff;
/** Reason codes under which a record that this broker does not take is reported [MQTT5 2.4]. */
const qosNotSupported = 0x9b;
const retainNotSupported = 0x9a;
const packetTooLarge = 0x95;

/**
 * Our PUBLISHes, from the log into frames, and what comes back for them.
 *
 *     QoS 0   waiting ─> framed ─> delivered, when the socket has taken the frame
 *     QoS 1   waiting ─> sent (id, owed ack) ─> delivered
 *     QoS 2   waiting ─> sent (id, owed ack) ─> PUBREC: pubrel owed ─> PUBREL sent: pubcomp owed ─> delivered
 *
 * When the connection is lost, what has an id keeps it. If the broker kept the session, restart(true) sends it
 * again in its old order, with DUP; if not, restart(false) makes it wait again as a new message. A message is
 * encoded from its record each time; one that is longer than the frame goes through it in pieces.
 */
export class Sender {
	readonly outbox: Outbox;
	readonly flight: Flight;
	/** Of the connection at hand: the most messages in flight, and whether resends come first. */
	window = 0;
	resending = false;
	version: Version;
	/** While an acknowledged message is reported: its packet id, and the time since its last sending; else 0. */
	ackedId = 0;
	roundTripMs = 0;
	#offer: Offer;
	#resentId = 0;
	/** QoS 0 messages in the frame, in its order: the record, and where it ends. */
	#framed: Int32Array;
	#framedFrom = 0;
	#framedTo = 0;
	#streamed = 0;
	#streamId = 0;
	#streamAt = 0;
	#streamedMiddle = false;

	constructor(outbox: Outbox, flight: Flight, offer: Offer, version: Version) {
		this.outbox = outbox;
		this.flight = flight;
		this.#offer = offer;
		this.version = version;
		this.#framed = new Int32Array(2 * outbox.recordsMax);
	}
	/** A packet is half in the frame: nothing else may be written before the rest of it. */
	get streaming(): boolean {
		return this.#streamed !== 0;
	}
	/** The connection is gone. */
	lose(): void {
		this.window = this.#streamed = this.#streamId = this.#resentId = 0;
		this.resending = false;
		// What the socket has taken whole may have arrived, and a second time would be too often.
		while (this.#framedTo > this.#framedFrom) this.outbox.rewind(this.#framed[(this.#framedTo -= 2)]!);
		this.#framedFrom = this.#framedTo = 0;
	}
	/** The socket has taken the frame up to that offset: the QoS 0 messages which end there are done. */
	flushed(end: number): void {
		while (this.#framedFrom < this.#framedTo && this.#framed[this.#framedFrom + 1]! <= end) {
			const record = this.#framed[this.#framedFrom]!;
			this.#framedFrom += 2;
			this.outbox.finish(record, Outcome.delivered, 0);
		}
		if (this.#framedFrom === this.#framedTo) this.#framedFrom = this.#framedTo = 0;
	}
	/** The broker accepted the connection, and it has kept the session, or not. Requests have given up their ids. */
	restart(kept: boolean): void {
		if (kept) {
			this.resending = this.flight.count > 0;
			return;
		}
		const { flight, outbox } = this;
		for (let id = flight.after(0); id !== 0; id = flight.after(id)) {
			const owed = flight.owed(id);
			if (owed === Owed.pubcomp) outbox.finish(flight.record(id), Outcome.unknown, 0);
			else outbox.rewind(flight.record(id));
		}
		flight.clear();
	}
	/** Writes the next PUBLISH or PUBREL that is due and fits; false when there is none. */
	transmit(frame: FrameWriter, now: number): boolean {
		if (this.#streamed !== 0) return this.#stream(frame, now);
		if (this.resending) return this.#resend(frame, now);
		const outbox = this.outbox;
		for (;;) {
			const record = outbox.peek();
			if (record === 0) return false;
			const code = this.#offer.limited ? this.#refusal() : 0;
			if (code === 0) return this.#first(frame, record, now);
			outbox.finish(record, Outcome.unsendable, code);
		}
	}
	/** PUBACK, or a PUBREC that refuses; ignored when the id is not in flight. */
	acknowledge(id: number, reason: number, qos: number, now: number): void {
		const flight = this.flight;
		if (flight.owed(id) !== Owed.ack) return;
		const record = flight.record(id);
		this.outbox.load(record);
		if ((this.outbox.wireFlags & qosMask) !== qos << 1) return;
		this.#finish(id, record, reason < 0x80 ? Outcome.delivered : Outcome.refused, reason, now);
	}
	/** PUBREC: the broker owns the message [MQTT-4.3.3-4]; false when the id has nothing to be released. */
	receive(id: number): boolean {
		const owed = this.flight.owed(id);
		if (owed === Owed.pubrel || owed === Owed.pubcomp) return true;
		if (owed !== Owed.ack) return false;
		this.outbox.load(this.flight.record(id));
		if ((this.outbox.wireFlags & qosMask) !== 4) return false;
		this.flight.setOwed(id, Owed.pubrel);
		this.outbox.advance(this.flight.record(id), RecordState.released);
		return true;
	}
	/** PUBREL for the id is in the frame. */
	released(id: number): void {
		if (this.flight.owed(id) === Owed.pubrel) this.flight.setOwed(id, Owed.pubcomp);
	}
	/** PUBCOMP; ignored when the id was not released. */
	complete(id: number, now: number): void {
		const owed = this.flight.owed(id);
		if (owed !== Owed.pubrel && owed !== Owed.pubcomp) return;
		this.#finish(id, this.flight.record(id), Outcome.delivered, 0, now);
	}
	#finish(id: number, record: number, outcome: Outcome, reason: number, now: number): void {
		this.ackedId = id;
		this.roundTripMs = this.flight.age(id, now);
		this.flight.free(id);
		this.outbox.finish(record, outcome, reason);
		this.ackedId = this.roundTripMs = 0;
	}
	/** The first sending of the loaded record on any connection. */
	#first(frame: FrameWriter, record: number, now: number): boolean {
		const outbox = this.outbox;
		if ((outbox.wireFlags & qosMask) === 0) {
			if (!this.#publish(frame, record, 0, 0, now)) return false;
			outbox.advance(record, RecordState.framed);
			this.#addFramed(record, this.#streamed === 0 ? frame.end : endUnknown);
			return true;
		}
		if (outbox.count - outbox.waiting >= this.window) return false;
		if (!this.#fits(frame)) return false;
		const id = this.flight.take(record, Owed.ack, now);
		outbox.advance(record, RecordState.sent);
		return this.#publish(frame, record, id, 0, now);
	}
	#addFramed(record: number, end: number): void {
		const framed = this.#framed;
		if (this.#framedTo === framed.length) {
			framed.copyWithin(0, this.#framedFrom);
			this.#framedTo -= this.#framedFrom;
			this.#framedFrom = 0;
		}
		framed[this.#framedTo++] = record;
		framed[this.#framedTo++] = end;
	}
	#resend(frame: FrameWriter, now: number): boolean {
		const { flight, outbox } = this;
		for (let id = flight.after(this.#resentId); id !== 0; id = flight.after(id)) {
			const owed = flight.owed(id);
			if (owed !== Owed.ack) {
				if (frame.room < 4) return false;
				frame.begin(PacketType.pubrel, 2, 2);
				frame.word(id);
				flight.setOwed(id, Owed.pubcomp);
				this.#resentId = id;
				return true;
			}
			const record = flight.record(id);
			outbox.load(record);
			const code = this.#offer.limited ? this.#refusal() : 0;
			if (code !== 0) {
				flight.free(id);
				outbox.finish(record, Outcome.unsendable, code);
				id = this.#resentId;
				continue;
			}
			if (!this.#fits(frame) || this.#resentInFlight() >= this.window) return false;
			this.#resentId = id;
			flight.resent(id, now);
			return this.#publish(frame, record, id, dupFlag, now);
		}
		this.resending = false;
		return this.transmit(frame, now);
	}
	/** Ids that this connection has sent again, and which are still owed something. */
	#resentInFlight(): number {
		if (this.#resentId === 0 || this.flight.count <= this.window) return 0;
		const unsent = this.flight.after(this.#resentId);
		let count = 0;
		for (let id = this.flight.after(0); id !== unsent; id = this.flight.after(id)) count++;
		return count;
	}
	/** Why this broker does not take the loaded record, as a reason code; or 0. */
	#refusal(): number {
		const { outbox } = this;
		if (outbox.wireFlags >> 1 > this.#offer.qosMax) return qosNotSupported;
		if (outbox.wireFlags & 1 && !this.#offer.retain) return retainNotSupported;
		// Judged with the longest header and properties, so that a resend never grows over the limit.
		return outbox.bodyBytes + headerMax + middleMax > this.#offer.packetBytesMax ? packetTooLarge : 0;
	}
	/** Whether the loaded record can begin: it fits whole, or the frame is empty and it never will. */
	#fits(frame: FrameWriter): boolean {
		return this.outbox.bodyBytes + headerMax + middleMax <= frame.room || frame.end === frame.start;
	}
	#publish(frame: FrameWriter, record: number, id: number, dup: number, now: number): boolean {
		const outbox = this.outbox;
		const topicBytes = outbox.topicBytes;
		let gap = id === 0 ? 0 : 2;
		let from = topicBytes;
		let ownBytes = 0;
		if (this.version === 5) {
			if (outbox.timeLeft(record, now) !== Infinity) ownBytes = 5;
			gap += varintBytes(outbox.propertyBytes + ownBytes) + ownBytes;
		} else from += outbox.propertyBytes;
		const length = outbox.bodyBytes + gap - (from - topicBytes);
		if (headerMax + length > frame.room) return this.#startStream(frame, record, id, dup, length, now);
		frame.begin(PacketType.publish, outbox.wireFlags | dup, length);
		const end = frame.end + length;
		outbox.lay(record, gap, from, frame.bytes, frame.end);
		frame.end += topicBytes;
		if (id !== 0) frame.word(id);
		if (this.version === 5) this.#ownProperties(frame, record, ownBytes, now);
		frame.end = end;
		return true;
	}
	/** The property length, and the properties that are decided at each sending. */
	#ownProperties(frame: FrameWriter, record: number, ownBytes: number, now: number): void {
		frame.varint(this.outbox.propertyBytes + ownBytes);
		if (ownBytes === 0) return;
		frame.byte(messageExpiryInterval);
		frame.long(Math.max(1, Math.ceil(this.outbox.timeLeft(record, now) / 1000)));
	}
	#startStream(
		frame: FrameWriter,
		record: number,
		id: number,
		dup: number,
		length: number,
		now: number,
	): boolean {
		if (frame.end !== frame.start) return false;
		frame.begin(PacketType.publish, this.outbox.wireFlags | dup, length);
		this.#streamed = record;
		this.#streamId = id;
		this.#streamAt = 0;
		this.#streamedMiddle = false;
		return this.#stream(frame, now);
	}
	/** Writes as much of the packet as the frame takes; false when that is nothing. */
	#stream(frame: FrameWriter, now: number): boolean {
		const outbox = this.outbox;
		const record = this.#streamed;
		outbox.load(record);
		const topicBytes = outbox.topicBytes;
		const before = frame.end;
		if (this.#streamAt < topicBytes) this.#streamTo(frame, topicBytes);
		if (this.#streamAt === topicBytes && !this.#streamedMiddle) {
			if (frame.room < middleMax) return frame.end > before;
			if (this.#streamId !== 0) frame.word(this.#streamId);
			if (this.version === 5)
				this.#ownProperties(frame, record, outbox.timeLeft(record, now) === Infinity ? 0 : 5, now);
			else this.#streamAt += outbox.propertyBytes;
			this.#streamedMiddle = true;
		}
		if (!this.#streamedMiddle) return frame.end > before;
		this.#streamTo(frame, outbox.bodyBytes);
		if (this.#streamAt === outbox.bodyBytes) {
			this.#streamed = 0;
			if (this.#streamId === 0) this.#framed[this.#framedTo - 1] = frame.end;
		}
		return frame.end > before;
	}
	#streamTo(frame: FrameWriter, end: number): void {
		const count = Math.min(end - this.#streamAt, frame.room);
		this.outbox.copy(this.#streamed, this.#streamAt, count, frame.bytes, frame.end);
		frame.end += count;
		this.#streamAt += count;
	}
}
