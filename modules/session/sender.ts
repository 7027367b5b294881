import type { Outbox } from "../outbox/outbox.js";
import { Mark, Outcome, RecordState } from "../outbox/record.js";
import { varintBytes, type FrameWriter } from "../wire/frame-writer.js";
import { PacketType, type Version } from "../wire/packet-type.js";
import { breach } from "../wire/protocol-error.js";
import type { Acks } from "./acks.js";
import { Aliases, aliasBytes, writeAliased } from "./aliases.js";
import type { Offer } from "./offer.js";
import { checkedVarintBytes, expiryBytes, putProperties, putVarint, setExpiry } from "./publish-head.js";
import { Streams } from "./streams.js";

const publishByte = PacketType.publish << 4;
const dupFlag = 8;
const qosMask = Mark.qos;
const keyShift = Mark.keyShift;
const streamedMark = Mark.streamed;
/** A packet from this size on goes to the socket from the log itself: a copy would cost more than a write. */
const directBytesMin = 512;
/** Reason codes under which a record that this broker does not take is reported [MQTT5 2.4]. */
const qosNotSupported = 0x9b;
const retainNotSupported = 0x9a;
const packetTooLarge = 0x95;

/**
 * Our PUBLISHes, from the application into the log and from there to the broker, and what comes back for
 * them.
 *
 *     QoS 0   waiting ─> sent ─> delivered, when the socket has taken it
 *     QoS 1   waiting ─> sent ─> PUBACK: delivered
 *     QoS 2   waiting ─> sent ─> PUBREC: released ─> PUBREL is sent: completing ─> PUBCOMP: delivered
 *
 * A message is encoded once, into the log, with its packet id; sending copies bytes, or lets the socket have
 * them from the log itself, as many messages at a time as lie one behind the other. What is decided at each
 * sending is written into those bytes: DUP, the expiry left. When the connection is lost, what is in flight
 * stays so. If the broker kept the session, restart(true) sends it again in its old order; if not,
 * restart(false) makes it wait again as a new message.
 */
export class Sender {
	readonly outbox: Outbox;
	/** Of the connection at hand: the most messages in flight. */
	window = 0;
	/**
	 * The record that goes to the socket in pieces, and nothing else before its end; or 0. What is to go of it
	 * from the log itself has directLeft bytes, what has to be read has streams.left.
	 */
	direct = 0;
	directLeft = 0;
	/** QoS 0 messages that were transmitted, and not yet taken by the socket. */
	unwritten = 0;
	#version: Version;
	#offer: Offer;
	#acks: Acks;
	#aliasMax: number;
	/** Made for the first message that needs it. */
	#streams: Streams | undefined;
	/** Of this connection, if its broker takes any. */
	#aliases: Aliases | undefined;
	/** The next record to be sent again, or 0; those before it have been, or need not be. */
	#again = 0;

	constructor(outbox: Outbox, acks: Acks, offer: Offer, version: Version, aliasMax: number) {
		this.outbox = outbox;
		this.#acks = acks;
		this.#offer = offer;
		this.#version = version;
		this.#aliasMax = aliasMax;
	}
	/** Messages of which the broker owes an acknowledgement. */
	get owed(): number {
		return this.outbox.count - this.outbox.waiting - this.unwritten;
	}
	/** Messages whose payload is not in the log. */
	get streams(): Streams {
		return (this.#streams ??= new Streams(this.outbox, this.#version));
	}
	get resending(): boolean {
		return this.#again !== 0;
	}
	/**
	 * Takes a message into the log, and returns its record, or 0 when there is no room. The topic comes with its
	 * length word in front, the properties encoded and without their length.
	 */
	publish(
		topic: Uint8Array,
		payload: Uint8Array,
		marks: number,
		ttlMs: number,
		now: number,
		properties?: Uint8Array,
	): number {
		const outbox = this.outbox;
		const qos = marks & qosMask;
		const topicBytes = topic.length;
		let length = topicBytes + payload.length;
		if (qos !== 0) length += 2;
		let propertyBytes = 0;
		if (this.#version === 5) {
			propertyBytes =
				(ttlMs === Infinity ? 0 : expiryBytes) + (properties === undefined ? 0 : properties.length);
			length += varintBytes(propertyBytes) + propertyBytes;
		}
		let headBytes = 2;
		if (length > 0x7f) headBytes = 1 + checkedVarintBytes(length);
		const record = outbox.reserve(headBytes + length, marks | (headBytes << keyShift), ttlMs, now, topic);
		if (record === 0) return 0;
		const memory = outbox.memory;
		let at = outbox.at;
		memory[at] = publishByte | (marks & 7);
		if (length > 0x7f) putVarint(memory, at + 1, length);
		else memory[at + 1] = length;
		at += headBytes;
		memory.set(topic, at);
		at += topicBytes;
		if (qos !== 0) {
			// [MQTT-2.2.1-2] [MQTT-4.3.1-1] [MQTT-4.3.2-1] [MQTT-4.3.2-2] [MQTT-4.3.3-1] [MQTT-4.3.3-2]
			// [MQTT-2.3.1-2, 3.1.1] [MQTT-2.3.1-5, 3.1.1] [MQTT-4.3.1-1, 3.1.1]
			const id = outbox.lastId;
			memory[at] = id >> 8;
			memory[at + 1] = id;
			at += 2;
		}
		if (this.#version === 5) at = putProperties(memory, at, propertyBytes, properties);
		memory.set(payload, at);
		if (outbox.ended !== 0) outbox.report(record);
		return record;
	}
	/** The connection is gone. */
	lose(): void {
		this.window = this.direct = this.directLeft = this.#again = this.unwritten = 0;
		this.#streams?.drop();
	}
	/** The socket has taken the frame up to that offset: QoS 0 messages which end there are delivered. */
	flushed(end: number): void {
		const outbox = this.outbox;
		// What is still to be sent again was in the frame of another connection.
		for (let record = outbox.head; this.unwritten > 0 && record !== (this.#again || outbox.next);) {
			if (outbox.marks(record) & qosMask || record === this.direct) record = outbox.after(record);
			else if (outbox.end(record) > end) return;
			else {
				this.unwritten--;
				outbox.finish(record, Outcome.delivered, 0);
				// Whoever hears of it may change the log at once.
				record = outbox.head;
			}
		}
	}
	/**
	 * The broker accepted the connection, and it has kept the session, or not. Unsure, when it may have lost it
	 * and said so unheard: then what was released before may be lost, whatever the broker answers.
	 * [MQTT-3.3.1-1] [MQTT-4.4.0-1] [MQTT-4.6.0-1] [MQTT-2.3.1-3, 3.1.1] [MQTT-3.3.1-1, 3.1.1]
	 * [MQTT-4.4.0-1, 3.1.1] [MQTT-4.6.0-1, 3.1.1]
	 */
	restart(kept: boolean, unsure: boolean): void {
		const aliasMax = Math.min(this.#aliasMax, this.#offer.topicAliasMax); // [MQTT-3.2.2-17] [MQTT-3.3.2-9]
		this.#aliases = aliasMax > 0 ? new Aliases(aliasMax) : undefined; // [MQTT-3.2.2-18]
		if (aliasMax > 0) this.#offer.limited = true;
		const outbox = this.outbox;
		let next: number;
		for (let record = outbox.head; record !== outbox.next; record = next) {
			next = outbox.after(record);
			const state = outbox.state(record);
			if (!kept && state >= RecordState.completing) outbox.finish(record, Outcome.unknown, 0);
			else if (kept && state !== RecordState.sent) {
				if (unsure) outbox.setState(record, RecordState.doubted);
				this.#acks.push(PacketType.pubrel, outbox.id(record), 0);
			} else if (outbox.marks(record) & qosMask)
				outbox.memory[outbox.place(record)] = publishByte | (outbox.marks(record) & 7) | (kept ? dupFlag : 0);
		}
		if (kept) this.#again = outbox.head === outbox.next ? 0 : outbox.head;
		else outbox.rewind();
	}
	/** Writes the next PUBLISHes that are due and fit, or starts a direct one; false when there is none. */
	transmit(frame: FrameWriter, now: number): boolean {
		const outbox = this.outbox;
		if (this.#again !== 0) return this.resend(frame, now);
		if (outbox.next === 0) return false;
		if (outbox.urgent + outbox.mortal > 0 || this.#offer.limited) return this.transmitOne(frame, now);
		return this.take(frame, frame.limit - frame.end, now);
	}
	/**
	 * Takes the messages at the front of the arena, when they are next: at most that many bytes, to be written
	 * at once from the outbox's memory[at, takenTo). Returns how many the broker owed before; -1 for none taken.
	 */
	takeFront(bytesMax: number, now: number): number {
		const outbox = this.outbox;
		if (this.direct !== 0 || outbox.urgent + outbox.mortal > 0 || this.#offer.limited) return -1;
		if (outbox.place(outbox.next) !== outbox.from) return -1;
		const owed = outbox.count - outbox.waiting - this.unwritten;
		if (!outbox.take(bytesMax, bytesMax, this.window - owed, now, 0)) return -1;
		this.unwritten += outbox.takenFree;
		return owed;
	}
	/** PUBACK, or a PUBREC that refuses; nothing, when the id is not in flight at that QoS. */
	// [MQTT-4.3.2-3] [MQTT-4.3.3-3] [MQTT-4.4.0-2] [MQTT-4.3.2-1, 3.1.1]
	acknowledge(id: number, reason: number, qos: number): void {
		const outbox = this.outbox;
		const record = this.find(id);
		const marks = outbox.marks(record); // 0 of record 0
		if ((marks & Mark.qos) !== qos << Mark.qosShift || outbox.state(record) !== RecordState.sent) return;
		this.finish(record, reason < 0x80 ? Outcome.delivered : Outcome.refused, reason);
	}
	/** PUBREC: the broker owns the message; false when the id has nothing to be released. */
	// [MQTT-4.3.3-4] [MQTT-4.3.3-6] [MQTT-4.3.3-1, 3.1.1]
	receive(id: number): boolean {
		const outbox = this.outbox;
		const record = this.find(id);
		if (record === 0 || (outbox.marks(record) & Mark.qos) !== 2 << Mark.qosShift) return false;
		if (outbox.state(record) === RecordState.sent) {
			if (record === this.#again) this.#again = this.following(record);
			outbox.setState(record, RecordState.released);
		}
		return true;
	}
	/** PUBREL for the id is in the frame. */
	released(id: number): void {
		const outbox = this.outbox;
		const record = outbox.find(id);
		if (record !== 0 && outbox.state(record) === RecordState.released)
			outbox.setState(record, RecordState.completing);
	}
	/** PUBCOMP; nothing, when the id was not released [MQTT-4.3.3-5]. */
	complete(id: number): void {
		const outbox = this.outbox;
		const record = outbox.find(id);
		const state = record === 0 ? RecordState.free : outbox.state(record);
		if (state > RecordState.sent)
			this.finish(record, state === RecordState.doubted ? Outcome.unknown : Outcome.delivered, 0);
	}
	/** How many bytes of the direct record the socket has taken. */
	wrote(count: number): void {
		this.directLeft -= count;
		if (this.directLeft > 0) return;
		this.direct = 0;
		this.flushed(Infinity);
	}
	/**
	 * Puts more of the message which is being written, and is not in the log, into the frame; false when there
	 * is none, or no room. A source that fails here ends the connection, which has half a packet.
	 */
	writeOn(frame: FrameWriter): boolean {
		const { streams } = this;
		const { done } = streams;
		const from = frame.end;
		const count = streams.write(frame);
		if (count >= 0) {
			if (count > 0 && streams.left === 0) this.endDirect(frame.end);
			return count > 0;
		}
		const record = this.direct;
		frame.end = from;
		this.endDirect(from);
		if ((this.outbox.marks(record) & qosMask) === 0) this.unwritten--;
		this.finish(record, Outcome.unreadable, 0);
		if (done > 0) throw new Error(`half a message was sent, and its source failed: ${streams.fault}`);
		return false;
	}
	/** The last byte of the record in pieces is in the frame, which it ends at. */
	private endDirect(end: number): void {
		if ((this.outbox.marks(this.direct) & qosMask) === 0) this.outbox.setEnd(this.direct, end);
		this.direct = 0;
		this.streams.drop();
	}
	/** The record in flight with that id, or 0. While one is half in the socket, its bytes must stay. */
	private find(id: number): number {
		const record = this.outbox.find(id);
		if (record !== 0 && record === this.direct) throw breach("a packet acknowledged before its end");
		return record;
	}
	private finish(record: number, outcome: Outcome, reason: number): void {
		if (record === this.#again) this.#again = this.following(record);
		this.outbox.finish(record, outcome, reason);
	}
	private take(frame: FrameWriter, bytesMax: number, now: number): boolean {
		const outbox = this.outbox;
		const quota = this.window - outbox.count + outbox.waiting + this.unwritten;
		if (outbox.take(bytesMax, directBytesMin, quota, now, frame.end)) {
			this.unwritten += outbox.takenFree;
			frame.copy(outbox.memory, outbox.at, outbox.takenTo);
			return true;
		}
		const record = outbox.next;
		if (!this.isDirect(record, frame) || frame.end > frame.start) return false;
		const bytes = outbox.bytes(record);
		if (!outbox.take(bytes, bytes, quota, now, frame.end)) return false;
		this.unwritten += outbox.takenFree;
		this.direct = record;
		this.directLeft = bytes;
		return true;
	}
	/** One message with all that may need a look: priority, what this broker takes, its time to live. */
	private transmitOne(frame: FrameWriter, now: number): boolean {
		const outbox = this.outbox;
		while (outbox.next !== 0) {
			outbox.promote();
			const record = outbox.next;
			const code = this.refusal(record);
			if (code === 0) {
				if (this.#version === 5) setExpiry(outbox, record, now);
				const bytes = outbox.bytes(record);
				if (outbox.marks(record) & streamedMark) {
					const quota = this.window - outbox.count + outbox.waiting + this.unwritten;
					if (frame.room === 0 || !outbox.take(bytes, bytes, quota, now, 0)) return false;
					this.unwritten += outbox.takenFree;
					if (this.stream(record, frame)) return true;
					continue;
				}
				const room = frame.limit - frame.end;
				if (this.mayShorten(bytes, frame)) return this.sendAliased(record, frame, now);
				return this.take(frame, bytes < room ? bytes : room, now);
			}
			outbox.finish(record, Outcome.unsendable, code);
		}
		return false;
	}
	/** Whether it may go by an alias: that first makes it longer, and needs a copy. */
	private mayShorten(bytes: number, frame: FrameWriter): boolean {
		if (this.#aliases === undefined || bytes > directBytesMin) return false;
		const bytesMax = bytes + aliasBytes + 2;
		return bytesMax <= frame.limit - frame.start && bytesMax <= this.#offer.packetBytesMax;
	}
	private sendAliased(record: number, frame: FrameWriter, now: number): boolean {
		const { outbox } = this;
		const bytes = outbox.bytes(record);
		const quota = this.window - outbox.count + outbox.waiting + this.unwritten;
		if (frame.room < bytes + aliasBytes + 2 || !outbox.take(bytes, bytes, quota, now, 0)) return false;
		this.unwritten += outbox.takenFree;
		const { memory, at, takenTo } = outbox;
		const topicAt = at + ((outbox.marks(record) >> keyShift) & Mark.keyMask);
		const alias = this.#aliases!.take(memory, topicAt);
		if (alias === 0) frame.copy(memory, at, takenTo);
		else writeAliased(frame, memory, at, takenTo, topicAt, alias);
		if (outbox.takenFree > 0) outbox.setEnd(record, frame.end);
		return true;
	}
	private resend(frame: FrameWriter, now: number): boolean {
		const outbox = this.outbox;
		while (this.#again !== 0) {
			const record = this.#again;
			const code = this.refusal(record);
			if (outbox.state(record) !== RecordState.sent) this.#again = this.following(record);
			else if (code !== 0) this.finish(record, Outcome.unsendable, code);
			else return this.sendAgain(record, frame, now);
		}
		return this.transmit(frame, now);
	}
	private sendAgain(record: number, frame: FrameWriter, now: number): boolean {
		const outbox = this.outbox;
		const bytes = outbox.bytes(record);
		const isStream = (outbox.marks(record) & streamedMark) !== 0;
		if (isStream) {
			if (frame.room === 0) return false;
		} else if (this.isDirect(record, frame)) {
			if (frame.end > frame.start) return false;
		} else if (bytes > frame.room) return false;
		if ((outbox.marks(record) & qosMask) === 0) {
			this.unwritten++;
			outbox.setEnd(record, frame.end + bytes);
		} else if (this.resent() >= this.window) return false;
		else outbox.setSent(record, now);
		if (this.#version === 5) setExpiry(outbox, record, now);
		this.#again = this.following(record);
		if (isStream) return this.stream(record, frame) || this.resend(frame, now);
		if (this.isDirect(record, frame)) {
			this.direct = record;
			this.directLeft = bytes;
		} else frame.copy(outbox.memory, outbox.place(record), outbox.place(record) + bytes);
		return true;
	}
	/** Messages in flight that this connection has sent. */
	private resent(): number {
		const outbox = this.outbox;
		let count = 0;
		for (let record = outbox.head; record !== this.#again; record = outbox.after(record))
			if (outbox.marks(record) & Mark.qos) count++;
		return count;
	}
	/** The next record in flight, or 0. */
	private following(record: number): number {
		const next = this.outbox.after(record);
		return next === this.outbox.next ? 0 : next;
	}
	/** Begins to write it; false when its source has failed at once, and it has ended. */
	private stream(record: number, frame: FrameWriter): boolean {
		this.direct = record;
		this.streams.begin(record);
		return this.writeOn(frame);
	}
	private isDirect(record: number, frame: FrameWriter): boolean {
		const bytes = this.outbox.bytes(record);
		return bytes > directBytesMin || bytes > frame.limit - frame.start;
	}
	/** Why this broker does not take it, or 0 [MQTT-3.2.2-11] [MQTT-3.2.2-14] [MQTT-3.2.2-15]. */
	private refusal(record: number): number {
		const marks = this.outbox.marks(record);
		if ((marks & Mark.qos) >> Mark.qosShift > this.#offer.qosMax) return qosNotSupported;
		if (marks & Mark.retain && !this.#offer.retain) return retainNotSupported;
		const bytes = marks & streamedMark ? this.streams.packetBytes(record) : this.outbox.bytes(record);
		return bytes > this.#offer.packetBytesMax ? packetTooLarge : 0;
	}
}
