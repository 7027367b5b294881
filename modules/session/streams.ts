import type { Outbox } from "../outbox/outbox.js";
import { Mark } from "../outbox/record.js";
import { varintBytes, type FrameWriter } from "../wire/frame-writer.js";
import { PacketType, type Version } from "../wire/packet-type.js";
import { checkedVarintBytes, expiryBytes, putProperties, putVarint } from "./publish-head.js";

/**
 * A payload that is not kept in RAM: a file, a partition of flash, a buffer of a camera. It is read when the
 * message is sent, piece by piece as the socket takes it, and from the start whenever the message has to be
 * sent again; so it must say the same each time, until the message has ended.
 */
export interface Source {
	/** The length of the payload. */
	readonly bytes: number;
	/**
	 * Puts the bytes of the payload from that offset on into the array, at least one, as many as it likes, and
	 * returns how many. The array is good only until it returns. It is called within a turn of the link, so
	 * it must not take long. When it throws, or puts nothing, the message ends as dropped.
	 */
	read(offset: number, into: Uint8Array): number;
}

/**
 * Messages whose payload stays with its source: the log holds the head alone, all that is before the payload.
 * One of them at a time goes into the frame, which is its scratch buffer: the head, then the payload, each
 * time as much as there is room. Between two pieces nothing else may be written.
 */
export class Streams {
	/** Of the message that is being written: its bytes that are still to come. */
	left = 0;
	/** Those of its bytes that have been in the frame. */
	done = 0;
	/** Why the last source failed, for people. */
	fault = "";
	#outbox: Outbox;
	#version: Version;
	#sources: (Source | undefined)[] = [];
	#record = 0;
	#isReading = false;

	constructor(outbox: Outbox, version: Version) {
		this.#outbox = outbox;
		this.#version = version;
	}
	/**
	 * Takes a message into the log as Sender.publish() does, but for its payload. When the record has ended,
	 * release() must be called.
	 */
	publish(
		topic: Uint8Array,
		source: Source,
		marks: number,
		ttlMs: number,
		now: number,
		properties?: Uint8Array,
	): number {
		const outbox = this.#outbox;
		const isFive = this.#version === 5;
		const propertyBytes =
			(isFive && ttlMs !== Infinity ? expiryBytes : 0) + (properties === undefined ? 0 : properties.length);
		let bytes = topic.length + (marks & Mark.qos ? 2 : 0);
		if (isFive) bytes += varintBytes(propertyBytes) + propertyBytes;
		const headBytes = 1 + checkedVarintBytes(bytes + source.bytes);
		const allMarks = marks | Mark.streamed | (headBytes << Mark.keyShift);
		const record = outbox.reserve(headBytes + bytes, allMarks, ttlMs, now, topic);
		if (record === 0) return 0;
		const memory = outbox.memory;
		let at = outbox.at;
		memory[at] = (PacketType.publish << 4) | (marks & 7);
		at = putVarint(memory, at + 1, bytes + source.bytes);
		memory.set(topic, at);
		at += topic.length;
		if (marks & Mark.qos) {
			memory[at++] = outbox.lastId >> 8;
			memory[at++] = outbox.lastId;
		}
		if (isFive) putProperties(memory, at, propertyBytes, properties);
		this.#sources[record] = source;
		if (outbox.ended !== 0) outbox.report(record);
		return record;
	}
	/** The record has ended: its source is not held any longer. */
	release(record: number): void {
		this.#sources[record] = undefined;
	}
	/** The length of the whole packet. */
	packetBytes(record: number): number {
		const { memory } = this.#outbox;
		const from = this.#outbox.place(record);
		let at = from + 1;
		let length = 0;
		for (let shift = 0; ; shift += 7) {
			length |= (memory[at]! & 0x7f) << shift;
			if (memory[at++]! < 0x80) return at - from + length;
		}
	}
	/** The record is to be written, from its first byte on. */
	begin(record: number): void {
		this.#record = record;
		this.done = 0;
		this.left = this.packetBytes(record);
	}
	/** Nothing is being written any longer. */
	drop(): void {
		this.#record = this.left = 0;
	}
	/**
	 * Puts as much into the frame as there is room for, and returns how many bytes; -1 when the source has
	 * failed.
	 */
	write(frame: FrameWriter): number {
		if (this.#isReading) return 0;
		const outbox = this.#outbox;
		const record = this.#record;
		const from = frame.end;
		const head = outbox.bytes(record) - this.done;
		if (head > 0) {
			const count = Math.min(head, frame.room);
			const at = outbox.place(record) + this.done;
			frame.copy(outbox.memory, at, at + count);
			this.count(count);
		}
		while (this.left > 0 && frame.room > 0) {
			const count = this.read(record, frame);
			// Whoever was asked for bytes may have ended the connection.
			if (record !== this.#record) return 0;
			if (count === 0) return -1;
			frame.end += count;
			this.count(count);
		}
		return frame.end - from;
	}
	private count(count: number): void {
		this.done += count;
		this.left -= count;
	}
	/** Reads behind the end of the frame; 0 when that cannot be done. */
	private read(record: number, frame: FrameWriter): number {
		const into = frame.bytes.subarray(frame.end, frame.end + Math.min(this.left, frame.room));
		const offset = this.done - this.#outbox.bytes(record);
		this.#isReading = true;
		try {
			const count = this.#sources[record]!.read(offset, into);
			if (Number.isInteger(count) && count > 0 && count <= into.length) return count;
			this.fault =
				count === 0
					? `it ended after ${offset} bytes, ${this.left} before its length`
					: `asked for up to ${into.length} bytes, it says that it gave ${String(count)}`;
		} catch (error) {
			this.fault = error instanceof Error ? error.message : String(error);
		} finally {
			this.#isReading = false;
		}
		return 0;
	}
}
