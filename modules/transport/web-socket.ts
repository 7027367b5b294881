import type { Alarm, Blame, Host, Transport, TransportHandler } from "../../hosts/host.js";
import { CloseCode, FrameHead, Opcode, controlBytesMax } from "./frame-head.js";
import { UpgradeAnswer, acceptBytes, upgradeRequest, type WebTarget } from "./upgrade.js";

/** The most bytes that one frame of ours carries: more would need a longer head. */
export const payloadBytesMax = 0xffff;
const keyBytes = 16;
const maskBytes = 4;
const codeBytes = 2;
const shortHead = 2 + maskBytes;
const longHead = 4 + maskBytes;
/** The close code of a server that has no room for us now. */
const tryAgainLater = 1013;
const isMasked = 0x80;
const isFinal = 0x80;

/** Bytes on their way to the stream below: bytes[at, end) are left of those that began at start. */
interface Outgoing {
	bytes: Uint8Array;
	start: number;
	at: number;
	end: number;
}

/**
 * The byte stream of MQTT in the binary frames of a WebSocket [RFC 6455], over any other stream.
 *
 * Reading copies nothing: the heads of frames are taken out of the stream below, byte by byte, and payload is
 * handed on as it comes, whatever the size of its frame. Each write is one frame, which is masked in one
 * buffer and waits there for the stream below; control frames have a buffer of their own. So memory is the
 * longest write and some 300 bytes.
 *
 *     data     8 bytes of head (6 in its end, if short), payload: masked word by word
 *     control  6 bytes of head, up to 125 of payload
 *
 * What is wrong with the far end, its framing or its answer to the upgrade, ends the stream as a loss.
 */
export class WebSocketTransport implements Transport, TransportHandler {
	#inner: Transport | undefined;
	#handler: TransportHandler;
	#host: Pick<Host, "random" | "text">;
	#alarm: Alarm;
	/** While the upgrade is asked for. */
	#answer: UpgradeAnswer | undefined;
	#head = new FrameHead();
	/** Bytes of the frame's payload that have not come. */
	#left = 0;
	/** The payload of the last ping or close; a pong may be due for it. */
	#heard = new Uint8Array(controlBytesMax);
	#heardBytes = 0;
	#pongDue = false;
	/** What the stream below takes. */
	#room = 0;
	#payloadMax: number;
	#data: Outgoing;
	#words = new Int32Array(0);
	#control: Outgoing = { bytes: new Uint8Array(shortHead + controlBytesMax), start: 0, at: 0, end: 0 };
	#detail = "";
	#blame: Blame | undefined;

	/** Opens the stream below, to ask for the upgrade there. Writes will be of payloadMax bytes at most. */
	constructor(
		host: Pick<Host, "clock" | "random" | "text" | "crypto">,
		target: WebTarget,
		payloadMax: number,
		handler: TransportHandler,
		open: (handler: TransportHandler) => Transport,
	) {
		const { clock, random, crypto } = host;
		this.#host = host;
		this.#handler = handler;
		this.#payloadMax = Math.min(payloadMax, payloadBytesMax);
		const bytes = new Uint8Array(keyBytes);
		for (let i = 0; i < keyBytes; i++) bytes[i] = random.word() >>> 24;
		const key = crypto.encodeBase64(bytes);
		const accept = crypto.encodeBase64(crypto.digest("sha1", acceptBytes(key)));
		this.#answer = new UpgradeAnswer(accept, target.path);
		const request = upgradeRequest(target, key);
		this.#data = { bytes: request, start: 0, at: 0, end: request.length };
		this.#alarm = clock.alarm(() => this.#handler.onLost(this.#detail, this.#blame));
		this.#inner = open(this);
	}
	write(bytes: Uint8Array, from: number, to: number): number {
		const data = this.#data;
		const count = to - from;
		// Whoever writes may not have heard of the loss yet.
		if (this.#inner === undefined) return 0;
		if (this.#answer !== undefined || data.at < data.end || count > this.#payloadMax)
			throw new RangeError(`a write of ${count} bytes, which the stream did not allow`);
		const isLong = count > controlBytesMax;
		data.start = data.at = isLong ? 0 : longHead - shortHead;
		data.end = longHead + count;
		data.bytes[data.start] = isFinal | Opcode.binary;
		data.bytes[data.start + 1] = isMasked | (isLong ? 126 : count);
		if (isLong) {
			data.bytes[2] = count >> 8;
			data.bytes[3] = count;
		}
		data.bytes.set(bytes.subarray(from, to), longHead);
		// The mask is the word in front of the payload, so that both have the byte order of this machine.
		const words = this.#words;
		words[1] = this.#host.random.word();
		const mask = words[1]!;
		const end = (data.end + 3) >> 2;
		for (let i = 2; i < end; i++) words[i] = words[i]! ^ mask;
		this.#flush();
		return this.#allowance();
	}
	// [MQTT-6.0.0-2] [MQTT-6.0.0-2, 3.1.1]
	read(max: number): Uint8Array | undefined {
		while (this.#answer === undefined && this.#inner !== undefined && max > 0) {
			if (this.#isInPayload) {
				const bytes = this.#inner.read(Math.min(max, this.#left));
				if (bytes !== undefined) this.#left -= bytes.length;
				return bytes;
			}
			if (!this.#readFrame(this.#inner)) return undefined;
		}
		return undefined;
	}
	close(): void {
		this.#alarm.set(Infinity);
		if (this.#inner !== undefined && this.#answer === undefined) this.#sayClose(CloseCode.normal);
		this.#inner?.close();
		this.#inner = undefined;
	}
	onWritable(count: number): void {
		if (this.#inner === undefined) return;
		this.#room = count;
		this.#flush();
		this.#offer();
	}
	onReadable(): void {
		if (this.#answer !== undefined && !this.#readAnswer(this.#answer)) return;
		while (this.#inner !== undefined) {
			if (this.#isInPayload) return this.#handler.onReadable(Infinity);
			if (!this.#readFrame(this.#inner)) return;
		}
	}
	onLost(detail: string, blame?: Blame): void {
		if (this.#inner === undefined) return;
		this.#inner = undefined;
		this.#handler.onLost(detail, blame);
	}
	get #isInPayload(): boolean {
		return this.#left > 0 && !this.#head.isControl;
	}
	/** False when more has to come. */
	#readAnswer(answer: UpgradeAnswer): boolean {
		while (!answer.done) {
			const bytes = this.#inner?.read(answer.need);
			if (bytes === undefined) return false;
			answer.feed(bytes);
			if (answer.done && this.#data.at < this.#data.end)
				answer.fault = "an answer to the upgrade before it was asked for";
			if (answer.fault === undefined) continue;
			this.#lose(answer.fault, answer.blame);
			return false;
		}
		this.#answer = undefined;
		// In whole words: the last one may be masked beyond the end of the payload.
		const buffer = new ArrayBuffer((longHead + this.#payloadMax + 3) & ~3);
		this.#data = { bytes: new Uint8Array(buffer), start: 0, at: 0, end: 0 };
		this.#words = new Int32Array(buffer);
		this.#offer();
		return true;
	}
	/** Goes on with a head or a control frame; false when more has to come, or all is over. */
	#readFrame(inner: Transport): boolean {
		const head = this.#head;
		if (this.#left === 0) {
			if (head.need === 0) head.next();
			const bytes = inner.read(head.need);
			if (bytes === undefined) return false;
			head.feed(bytes);
			if (head.fault !== undefined) {
				this.#fail(head.code, head.fault);
				return false;
			}
			if (head.need > 0) return true;
			this.#left = head.payloadBytes;
			if (!head.isControl) return true;
			// An answer to a former ping may still be due: the last one is enough [RFC 6455 5.5.3].
			if (head.opcode !== Opcode.pong) {
				this.#pongDue = false;
				this.#heardBytes = 0;
			}
		} else {
			const bytes = inner.read(this.#left);
			if (bytes === undefined) return false;
			this.#left -= bytes.length;
			if (head.opcode !== Opcode.pong) {
				this.#heard.set(bytes, this.#heardBytes);
				this.#heardBytes += bytes.length;
			}
		}
		if (this.#left === 0) this.#obey(head.opcode);
		return true;
	}
	/** A control frame is whole. */
	#obey(opcode: number): void {
		if (opcode === Opcode.ping) {
			this.#pongDue = true;
			this.#flush();
		} else if (opcode === Opcode.close) this.#hearClose();
	}
	#hearClose(): void {
		const count = this.#heardBytes;
		if (count === 0) {
			this.#sayClose(CloseCode.normal);
			return this.#lose("the server closed the WebSocket", undefined);
		}
		const code = (this.#heard[0]! << 8) | this.#heard[1]!;
		if (count < codeBytes || !mayBeSaid(code))
			return this.#fail(CloseCode.protocolError, "a WebSocket close without a code that may be");
		const reason = this.#host.text.read(this.#heard, codeBytes, count);
		if (reason === undefined)
			return this.#fail(CloseCode.badText, "a WebSocket close whose reason is no text");
		this.#sayClose(code);
		const words = reason === "" ? "" : `, "${reason.replace(/[\u0000-\u001f\u007f]/g, "?")}"`;
		const blame = code === tryAgainLater ? "busy" : undefined;
		this.#lose(`the server closed the WebSocket: code ${code}${words}`, blame);
	}
	/** The far end broke the rules. */
	#fail(code: number, detail: string): void {
		this.#sayClose(code);
		this.#lose(detail, "protocol");
	}
	/** Ends the stream. It is reported in a turn of its own, since this may be a call of whoever hears of it. */
	#lose(detail: string, blame: Blame | undefined): void {
		this.#inner?.close();
		this.#inner = undefined;
		this.#detail = detail;
		this.#blame = blame;
		this.#alarm.set(0);
	}
	/** The last frame, if it can go out at once: nobody waits for a stream that is to end. */
	#sayClose(code: number): void {
		this.#flush();
		this.#heard[0] = code >> 8;
		this.#heard[1] = code;
		this.#heardBytes = codeBytes;
		this.#fillControl(Opcode.close);
		// Where a frame has begun and is not finished there is no room, and so nothing goes into its midst.
		this.#send(this.#control);
	}
	/** Tells what may be written, if anything. */
	#offer(): void {
		const allowance = this.#allowance();
		if (allowance > 0) this.#handler.onWritable(allowance);
	}
	/**
	 * What fits below together with its head: nothing, while a frame waits. A pong may take that room before it
	 * is used: then the frame waits in its buffer.
	 */
	#allowance(): number {
		const room = this.#room;
		if (this.#answer !== undefined || room === 0) return 0;
		const fits =
			room - shortHead > controlBytesMax ? Math.max(controlBytesMax, room - longHead) : room - shortHead;
		return Math.max(1, Math.min(fits, this.#payloadMax));
	}
	/** Sends what waits: a frame that has begun is finished first, then a control frame goes before data. */
	#flush(): void {
		if (isBegun(this.#data) && !this.#send(this.#data)) return;
		for (;;) {
			if (!this.#send(this.#control)) return;
			if (!this.#pongDue) break;
			this.#pongDue = false;
			this.#fillControl(Opcode.pong);
		}
		this.#send(this.#data);
	}
	/** False when the stream below does not take all of it. */
	#send(outgoing: Outgoing): boolean {
		while (outgoing.at < outgoing.end && this.#room > 0 && this.#inner !== undefined) {
			const from = outgoing.at;
			outgoing.at = Math.min(outgoing.end, from + this.#room);
			this.#room = this.#inner.write(outgoing.bytes, from, outgoing.at);
		}
		return outgoing.at === outgoing.end;
	}
	/** A control frame with what was heard last. */
	#fillControl(opcode: number): void {
		const { bytes } = this.#control;
		const count = this.#heardBytes;
		const mask = this.#host.random.word();
		bytes[0] = isFinal | opcode;
		bytes[1] = isMasked | count;
		for (let i = 0; i < maskBytes; i++) bytes[2 + i] = mask >>> (24 - 8 * i);
		for (let i = 0; i < count; i++) bytes[shortHead + i] = this.#heard[i]! ^ bytes[2 + (i % maskBytes)]!;
		this.#control.at = 0;
		this.#control.end = shortHead + count;
	}
}

function isBegun({ start, at, end }: Outgoing): boolean {
	return at > start && at < end;
}

/** Whether a close frame may carry the code: some are for programs among themselves [RFC 6455 7.4.2]. */
function mayBeSaid(code: number): boolean {
	if (code >= 3000) return code < 5000;
	return code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006);
}
