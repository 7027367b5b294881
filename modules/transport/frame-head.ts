/** What frames are, by their numbers on the wire [RFC 6455 5.2]. */
export const Opcode = Object.freeze({ continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 });

/** Why a WebSocket is closed, of those that we say [RFC 6455 7.4.1]. */
export const CloseCode = Object.freeze({ normal: 1000, protocolError: 1002, notBinary: 1003, badText: 1007 });

/** The longest payload of a control frame [RFC 6455 5.5]. */
export const controlBytesMax = 125;

const finalBit = 0x80;
const reservedBits = 0x70;
const maskBit = 0x80;
const length16 = 126;
const length64 = 127;

/**
 * The head of each frame that a server sends, over any cut of its bytes. It is fed no more than it needs, so
 * that the payload stays where it is.
 */
export class FrameHead {
	opcode = 0;
	/** Bytes of payload behind the head: up to 2^63, of which nobody sees the end. */
	payloadBytes = 0;
	/** The breach that was found, for people; then nothing is read any more. */
	fault: string | undefined;
	/** The close code for that. */
	code: number = CloseCode.protocolError;
	#bytes = new Uint8Array(10);
	#count = 0;
	#size = 2;
	/** Within a message whose last frame has not begun. */
	#isOpen = false;

	/** Bytes that are missing; 0 when the head is whole. */
	get need(): number {
		return this.#size - this.#count;
	}
	get isControl(): boolean {
		return this.opcode >= Opcode.close;
	}
	/** Another head begins. */
	next(): void {
		this.#count = 0;
		this.#size = 2;
	}
	feed(bytes: Uint8Array): void {
		this.#bytes.set(bytes, this.#count);
		const former = this.#count;
		this.#count += bytes.length;
		if (former < 2 && this.#count >= 2) this.#readStart();
		if (this.fault === undefined && this.#count === this.#size) this.#readLength();
	}
	#readStart(): void {
		const first = this.#bytes[0]!;
		const second = this.#bytes[1]!;
		const isFinal = (first & finalBit) !== 0;
		const length = second & ~maskBit;
		this.opcode = first & 0x0f;
		if ((first & reservedBits) !== 0) this.fault = "a WebSocket frame with reserved bits";
		else if ((second & maskBit) !== 0) this.fault = "a WebSocket frame that is masked, from a server";
		else if (this.isControl) {
			if (this.opcode > Opcode.pong) this.fault = `a WebSocket frame of unknown type ${this.opcode}`;
			else if (!isFinal) this.fault = "a WebSocket control frame in pieces";
			else if (length > controlBytesMax)
				this.fault = `a WebSocket control frame of more than ${controlBytesMax} bytes`;
		} else this.#joinMessage(isFinal);
		this.#size = length === length64 ? 10 : length === length16 ? 4 : 2;
	}
	#joinMessage(isFinal: boolean): void {
		if (this.opcode > Opcode.binary) this.fault = `a WebSocket frame of unknown type ${this.opcode}`;
		else if (this.opcode === Opcode.text) {
			this.fault = "a WebSocket frame of text, where MQTT is binary"; // [MQTT-6.0.0-1] [MQTT-6.0.0-1, 3.1.1]
			this.code = CloseCode.notBinary;
		} else if ((this.opcode === Opcode.continuation) !== this.#isOpen)
			this.fault = this.#isOpen
				? "a WebSocket message begins within another one"
				: "a WebSocket frame continues a message that has not begun";
		this.#isOpen = !isFinal;
	}
	#readLength(): void {
		const bytes = this.#bytes;
		let length = bytes[1]!;
		if (this.#size > 2) {
			length = 0;
			for (let i = 2; i < this.#size; i++) length = length * 256 + bytes[i]!;
			if (this.#size === 10 && bytes[2]! > 0x7f) this.fault = "a WebSocket frame longer than there can be";
			else if (length < (this.#size === 4 ? length16 : 0x1_0000))
				this.fault = "a WebSocket frame whose length is not written in the shortest way";
		}
		this.payloadBytes = length;
	}
}
