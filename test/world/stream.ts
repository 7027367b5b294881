import type { Transport, TransportHandler } from "../../hosts/host.js";
import type { Random } from "../support/random.js";
import { BrokenLaw, type Task, type Timeline } from "./timeline.js";
import type { Weather } from "./weather.js";

/** Who sits at the broker's end of a stream. */
export interface FarEnd {
	receive(bytes: Uint8Array): void;
	/** The stream has ended, and was not closed by this end. */
	lost(): void;
}

/** Who listens at the client's socket: what was written, and what was read, at that moment. */
export interface Tap {
	wrote(bytes: Uint8Array): void;
	read(bytes: Uint8Array): void;
}

export type Trouble = "cut" | "silent" | "up" | "down";

const sendBufferBytes = 4_096;
/** How long TCP sends again what nobody acknowledges, before it gives up. */
const resendMs = 300_000;

/**
 * A byte stream with a send buffer, whose bytes come chopped and late, or not at all.
 *
 * What the client writes fills the buffer until it arrives at the far end. A silent cut lets bytes vanish
 * both ways, half of one only one way: nobody is told.
 */
export class Stream implements Transport {
	/** How many of the client's bytes it has not read. A handler may hold them back for a whole storm. */
	unread = 0;
	#pieces: Uint8Array[] = [];
	/** The first piece that is not read. */
	#first = 0;
	/** What the client may write at once. */
	allowed = 0;
	open = false;
	/** Over for the client: closed by it, or reported as lost. */
	over = false;
	/** Total bytes after which trouble comes: to hit any byte. */
	troubleAt = Infinity;
	trouble: Trouble = "cut";
	/** The stream carries nothing any more, that way. */
	deafUp = false;
	deafDown = false;
	far: FarEnd | undefined;
	onTrouble: (trouble: Trouble) => void = () => {};
	#time: Timeline;
	#random: Random;
	#weather: Weather;
	#handler: TransportHandler;
	#tap: Tap;
	#size: number;
	#used = 0;
	#total = 0;
	#upAt = 0;
	#downAt = 0;
	#givesUp: Task | undefined;
	#lent: Uint8Array | undefined;

	constructor(time: Timeline, random: Random, weather: Weather, handler: TransportHandler, tap: Tap) {
		this.#time = time;
		this.#random = random;
		this.#weather = weather;
		this.#handler = handler;
		this.#tap = tap;
		this.#size = weather.has("narrow") ? weather.narrowBytes : sendBufferBytes;
	}
	/** Something other than the client may have kept its bytes from the broker. */
	get disturbed(): boolean {
		return this.deafUp || this.deafDown || this.#weather.slow;
	}
	/** The client may write. */
	begin(): void {
		if (this.over) return;
		this.open = true;
		this.allowed = this.#size;
		this.#handler.onWritable(this.allowed);
	}
	write(bytes: Uint8Array, from: number, to: number): number {
		const count = to - from;
		if (!this.open || this.over) throw new BrokenLaw("a write to a stream that is not open");
		if (count <= 0 || count > this.allowed)
			throw new BrokenLaw(`a write of ${count} bytes where ${this.allowed} are allowed`);
		const copy = bytes.slice(from, to);
		this.#used += count;
		this.allowed = this.#size - this.#used;
		this.#tap.wrote(copy);
		for (let at = 0; at < count;) {
			const piece = copy.subarray(at, (at += this.#pieceBytes(count - at)));
			this.#upAt = Math.max(this.#upAt, this.#time.now + this.#delay());
			this.#time.at(this.#upAt, () => this.#arriveUp(piece));
		}
		return this.allowed;
	}
	read(max: number): Uint8Array | undefined {
		if (max <= 0) throw new BrokenLaw("a read of no bytes");
		this.#lent?.fill(0xaa);
		const first = this.#pieces[this.#first];
		if (first === undefined) return undefined;
		const count = Math.min(max, first.length);
		const bytes = first.slice(0, count);
		this.unread -= count;
		if (count < first.length) this.#pieces[this.#first] = first.subarray(count);
		else if (++this.#first === this.#pieces.length) this.#empty();
		this.#tap.read(bytes);
		this.#lent = bytes;
		return bytes;
	}
	close(): void {
		if (this.over) return;
		this.over = true;
		this.#empty();
		this.#time.at(Math.max(this.#upAt, this.#time.now), () => {
			if (!this.deafUp) this.#loseFar();
		});
	}
	/** From the far end. */
	send(bytes: Uint8Array): void {
		for (let at = 0; at < bytes.length;) {
			const piece = bytes.slice(at, (at += this.#pieceBytes(bytes.length - at)));
			this.#downAt = Math.max(this.#downAt, this.#time.now + this.#delay());
			this.#time.at(this.#downAt, () => this.#arriveDown(piece));
		}
	}
	/** The far end closes: the client hears of it behind the bytes before it. */
	end(): void {
		this.far = undefined;
		this.deafUp = true;
		const at = Math.max(this.#downAt, this.#time.now + this.#delay());
		this.#time.at(at, () => {
			if (!this.deafDown) this.#lose("closed by the peer");
		});
	}
	/** Trouble strikes. */
	strike(trouble: Trouble): void {
		if (this.over || !this.open || (this.deafUp && this.deafDown)) return;
		this.onTrouble(trouble);
		if (trouble !== "down") this.deafUp = true;
		if (trouble !== "up") this.deafDown = true;
		if (this.deafUp && this.allowed < this.#size) this.#giveUp();
		if (trouble !== "cut") return;
		this.#time.after(this.#random.below(200), () => this.#lose("connection reset"));
		// The broker may learn of it much later.
		this.#time.after(this.#random.pick([0, 50, 5_000, 60_000]), () => this.#loseFar());
	}
	/** The client's TCP waits for acknowledgements that do not come. */
	#giveUp(): void {
		this.#givesUp ??= this.#time.after(resendMs, () => this.#lose("timed out"));
	}
	#arriveUp(piece: Uint8Array): void {
		const wasDeaf = this.deafUp;
		const left = this.#count(piece);
		const arrived = this.deafUp ? piece.subarray(0, left) : piece;
		if (this.deafUp) this.#giveUp();
		if (wasDeaf || arrived.length === 0) return;
		this.far?.receive(arrived);
		if (this.deafUp) return;
		this.#used -= piece.length;
		if (this.over) return;
		const wasFull = this.allowed === 0;
		if (!wasFull && !this.#random.once(4)) return;
		this.#time.after(this.#delay() >> 2, () => {
			if (this.over || this.deafUp) return;
			this.allowed = this.#size - this.#used;
			this.#handler.onWritable(this.allowed);
		});
	}
	#arriveDown(piece: Uint8Array): void {
		const wasDeaf = this.deafDown;
		const left = this.#count(piece);
		const arrived = this.deafDown ? piece.subarray(0, left) : piece;
		if (wasDeaf || this.over || arrived.length === 0) return;
		this.#pieces.push(arrived);
		this.unread += arrived.length;
		this.#handler.onReadable(this.unread);
		// Bytes are good until the next read() of this turn, and not a moment longer.
		this.#lent?.fill(0xaa);
	}
	/** How much of the piece arrives, if trouble strikes in the middle of it. */
	#count(piece: Uint8Array): number {
		const left = this.troubleAt - this.#total;
		this.#total += piece.length;
		if (piece.length < left || this.#weather.clear) return piece.length;
		this.troubleAt = Infinity;
		this.strike(this.trouble);
		return left;
	}
	#lose(detail: string): void {
		if (this.over) return;
		this.over = true;
		this.#empty();
		this.#handler.onLost(detail);
	}
	#empty(): void {
		this.unread = 0;
		this.#pieces = [];
		this.#first = 0;
	}
	#loseFar(): void {
		const { far } = this;
		this.far = undefined;
		far?.lost();
	}
	#pieceBytes(left: number): number {
		return this.#weather.has("chop") ? Math.min(left, 1 + this.#random.below(this.#weather.chopBytes)) : left;
	}
	#delay(): number {
		if (!this.#weather.has("delay")) return this.#random.below(3);
		// Where a few bytes fill the buffer, each of them waits for the one before it.
		const ms = this.#weather.delayMs;
		return this.#random.below(this.#size < 100 ? Math.max(2, ms >> 4) : ms);
	}
}
