import type { Alarm, Clock, Transport, TransportHandler } from "../host.js";
import { guarded, type FaultHandler } from "./guarded.js";
import { ViewCache } from "./view-cache.js";

/** Before a stream opens, the line must have been quiet for so long... */
const quietMs = 250;
/** ...but it is not waited for longer than this. */
const quietWaitMs = 3_000;
/** How long a new stream may stay without an answer. */
const answerMs = 10_000;
const chunkBytes = 128;

/** What we use of the ECMA-419 Serial class. */
export interface SerialPort {
	/** Takes all the bytes; throws when it has no room for them. */
	write(bytes: Uint8Array): unknown;
	/** Fills the view; throws when there are fewer bytes. */
	read(bytes: Uint8Array): unknown;
}

export interface SerialOptions {
	transmit?: number;
	receive?: number;
	port?: number;
	baud: number;
	format: "buffer";
	onReadable(count: number): void;
	onWritable(count: number): void;
}

export type SerialConstructor = new (options: SerialOptions) => SerialPort;

/**
 * The MQTT stream over a serial line, for a board whose only way out is a UART. On the far side a bridge
 * (one line of socat, or ser2net) copies the bytes to a TCP stream to the broker, and opens a new one when
 * that ended.
 *
 * A line has no "connected" and no "lost", so the two streams are brought in step by connecting again.
 * What the broker still sends on the old one is discarded until the line is quiet. A CONNECT on a stream
 * that is not new makes the broker end it [MQTT-3.1.0-2], and so does anything else on a new one
 * [MQTT-3.1.0-1]: both show as silence, which ends the attempt, and the next CONNECT is the first packet
 * of a new stream. Bytes that the line loses or garbles are found the same way. The port itself is opened
 * once, and kept.
 */
export class SerialLine {
	/** How many bytes the port can take. */
	writable = 0;
	readonly clock: Clock;
	readonly alarm: Alarm;
	#port: SerialPort;
	#stream: SerialStream | undefined;
	#chunk = new Uint8Array(chunkBytes);
	#reads = new ViewCache();
	#writes = new ViewCache();

	/** Opens the port; the class throws when pins or baud rate are wrong. */
	constructor(
		Serial: SerialConstructor,
		options: Pick<SerialOptions, "transmit" | "receive" | "port" | "baud">,
		clock: Clock,
		onFault: FaultHandler,
	) {
		const onError = (error: unknown) => {
			onFault(error);
			this.#stream?.fail(error, onFault);
		};
		this.clock = clock;
		this.alarm = clock.alarm(guarded<void>(() => this.#stream?.onAlarm(), onError));
		this.#port = new Serial({
			...options,
			format: "buffer",
			onReadable: guarded((count: number) => this.#onReadable(count), onError),
			onWritable: guarded((count: number) => {
				this.writable = count;
				this.#stream?.onWritable();
			}, onError),
		});
	}
	/** Begins a new stream, which ends the former one. */
	open(handler: TransportHandler): Transport {
		this.#stream?.close();
		return (this.#stream = new SerialStream(this, handler));
	}
	/** The stream is done with; what it left unread is stale, and would keep the port from reporting more. */
	leave(stream: SerialStream, unread: number): void {
		if (this.#stream !== stream) return;
		this.#stream = undefined;
		this.alarm.set(Infinity);
		this.#discard(unread);
	}
	write(bytes: Uint8Array, from: number, to: number): void {
		this.writable -= to - from;
		this.#port.write(this.#writes.of(bytes, from, to));
	}
	/** At most a chunk; good until the next call. */
	read(count: number): Uint8Array {
		const bytes = this.#reads.of(this.#chunk, 0, Math.min(count, chunkBytes));
		this.#port.read(bytes);
		return bytes;
	}
	#onReadable(count: number): void {
		if (this.#stream === undefined || !this.#stream.onReadable(count)) this.#discard(count);
	}
	#discard(count: number): void {
		while (count > 0) count -= this.read(count).length;
	}
}

class SerialStream implements Transport {
	#line: SerialLine;
	#handler: TransportHandler | undefined;
	#openBy: number;
	#open = false;
	#answered = false;
	#unread = 0;

	constructor(line: SerialLine, handler: TransportHandler) {
		this.#line = line;
		this.#handler = handler;
		const now = line.clock.now();
		this.#openBy = now + quietWaitMs;
		line.alarm.set(now + quietMs);
	}
	write(bytes: Uint8Array, from: number, to: number): number {
		if (this.#handler === undefined) throw new TypeError("the stream takes nothing");
		this.#line.write(bytes, from, to);
		return this.#line.writable;
	}
	read(max: number): Uint8Array | undefined {
		if (this.#unread === 0 || max === 0 || this.#handler === undefined) return undefined;
		const bytes = this.#line.read(Math.min(max, this.#unread));
		this.#unread -= bytes.length;
		return bytes;
	}
	close(): void {
		const unread = this.#unread;
		this.#handler = undefined;
		this.#unread = 0;
		this.#line.leave(this, unread);
	}
	/** For the line: false when the bytes are to be discarded. */
	onReadable(count: number): boolean {
		const { clock, alarm } = this.#line;
		if (!this.#open) {
			alarm.set(Math.min(clock.now() + quietMs, this.#openBy));
			return false;
		}
		if (!this.#answered) alarm.set(Infinity);
		this.#answered = true;
		this.#unread = count;
		this.#handler?.onReadable(count);
		return true;
	}
	onWritable(): void {
		if (this.#open) this.#handler?.onWritable(this.#line.writable);
	}
	onAlarm(): void {
		const { clock, alarm } = this.#line;
		if (this.#open) return this.#lose(`nothing came in ${answerMs / 1000} s`);
		this.#open = true;
		alarm.set(clock.now() + answerMs);
		this.onWritable();
	}
	fail(error: unknown, onFault: FaultHandler): void {
		try {
			this.#lose(`fault: ${String(error)}`);
		} catch (another) {
			onFault(another);
		}
	}
	#lose(detail: string): void {
		const handler = this.#handler;
		this.close();
		handler?.onLost(detail);
	}
}
