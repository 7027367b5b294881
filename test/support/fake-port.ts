import type { TransportHandler } from "../../hosts/host.js";

/** A socket or UART of ECMA-419, with its manners: no short reads, all or nothing in a write. */
export class FakePort<Options> {
	static opened: FakePort<never>[] = [];
	readonly options: Options;
	readonly written: number[] = [];
	readonly views: Uint8Array[] = [];
	incoming: number[] = [];
	writable = 0;
	closed = false;
	/** Whether the next write fails, though there is room for it. */
	fails = false;

	constructor(options: Options) {
		this.options = options;
		FakePort.opened.push(this as unknown as FakePort<never>);
	}
	write(bytes: Uint8Array): number {
		if (this.closed) throw new TypeError("invalid host data");
		if (this.fails) throw new Error("not ready");
		if (bytes.length > this.writable) throw new Error("would block");
		this.written.push(...bytes);
		this.views.push(bytes);
		return (this.writable -= bytes.length);
	}
	read(bytes: Uint8Array): number {
		if (this.closed) throw new TypeError("invalid host data");
		if (bytes.length === 0 || bytes.length > this.incoming.length) throw new Error("invalid");
		bytes.set(this.incoming.splice(0, bytes.length));
		this.views.push(bytes);
		return bytes.length;
	}
	close(): void {
		this.closed = true;
	}
}

/** Notes what a transport reports. */
export class NotingHandler implements TransportHandler {
	readonly notes: string[] = [];
	/** Called at each note. */
	act: (note: string) => void = () => {};

	onWritable(count: number): void {
		this.#note(`writable ${count}`);
	}
	onReadable(): void {
		this.#note("readable");
	}
	onLost(detail: string): void {
		this.#note(`lost: ${detail}`);
	}
	#note(note: string): void {
		this.notes.push(note);
		this.act(note);
	}
}
