import type { Source } from "../../modules/session/streams.js";
import { utf8 } from "./text.js";

/** A text as a Source, which gives so many bytes at a time, and fails where it is told to. */
export class TextSource implements Source {
	readonly bytes: number;
	readonly payload: Uint8Array;
	/** Where it was read, in the order of reading. */
	readonly offsets: number[] = [];
	pieceMax: number;
	/** Called before each piece; what it throws comes through. */
	onRead: (offset: number) => void = () => {};

	constructor(text: string, pieceMax = Infinity, bytes = text.length) {
		this.payload = utf8(text);
		this.bytes = bytes;
		this.pieceMax = pieceMax;
	}
	read(offset: number, into: Uint8Array): number {
		this.offsets.push(offset);
		this.onRead(offset);
		if (this.pieceMax < 0) return this.pieceMax;
		const end = Math.min(offset + into.length, offset + this.pieceMax, this.payload.length);
		into.set(this.payload.subarray(offset, end));
		return end - offset;
	}
}
