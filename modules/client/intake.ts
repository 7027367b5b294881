import type { Alarm, Host } from "../../hosts/host.js";
import type { Link } from "../link/link.js";
import { IncomingStream } from "./incoming-stream.js";
import { Message } from "./message.js";
import type { FailureHandler, Subscribers } from "./subscribers.js";

/** A message longer than the reader, from its beginning until its handler is done. */
interface Flow {
	topic: string;
	id: number;
	qos: number;
	bytes: number;
	taken: number;
	/** Of its end; -1 before that. */
	token: number;
	/** Why nothing more of it comes. */
	fault: Error | undefined;
	/** A read() that waits. */
	settle: { resolve: (piece: Uint8Array | undefined) => void; reject: (error: Error) => void } | undefined;
}

/** Hands messages that are longer than the reader to handlers which take them piece by piece. */
export class Intake {
	#host: Host;
	#link: Link;
	#subscribers: Subscribers;
	#limitMs: number;
	/** Told when a handler throws, is rejected, or reads nothing for too long. */
	#handler: FailureHandler;
	#alarm: Alarm | undefined;
	/** The one whose payload is not at its end. */
	#flow: Flow | undefined;

	constructor(host: Host, link: Link, subscribers: Subscribers, limitMs: number, handler: FailureHandler) {
		this.#host = host;
		this.#link = link;
		this.#subscribers = subscribers;
		this.#limitMs = limitMs;
		this.#handler = handler;
	}
	/** For the link: true when the first subscriber of streams that hears it has taken it. */
	begin(): boolean {
		const { incoming } = this.#link.session;
		const head = new Message(incoming, this.#host.text);
		const subscriber = this.#subscribers.list.find(one => one.onStream !== undefined && one.hears(head));
		if (subscriber === undefined) return false;
		const { id, qos, payloadBytes: bytes } = incoming;
		const flow: Flow = {
			topic: head.topic,
			id,
			qos,
			bytes,
			taken: 0,
			token: -1,
			fault: undefined,
			settle: undefined,
		};
		this.#flow = flow;
		this.expect(this.#limitMs);
		const stream = new IncomingStream(head, bytes, () => this.read(flow));
		void new Promise<void>(resolve => resolve(subscriber.onStream!(stream)))
			.catch(error => this.#handler.onFailed(error, flow.topic))
			.then(() => this.finish(flow));
		return true;
	}
	/** For the link: what was waited for has come. */
	onPiece(): void {
		const flow = this.#flow;
		if (flow?.settle === undefined) return;
		const piece = this.#link.inlet.pull(this.#host.clock.now());
		if (piece === undefined) return;
		const { resolve } = flow.settle;
		flow.settle = undefined;
		resolve(this.give(flow, piece));
	}
	/** The connection is gone. */
	lose(): void {
		const flow = this.#flow;
		if (flow === undefined) return;
		const again = flow.qos === 0 ? "" : ", it will come again";
		const where = `after ${flow.taken} of ${flow.bytes} bytes`;
		this.end(flow, new Error(`message to "${flow.topic}": the connection ended ${where}${again}`));
	}
	private read(flow: Flow): Promise<Uint8Array | undefined> {
		if (flow.fault !== undefined) return Promise.reject(flow.fault);
		if (flow.settle !== undefined) return Promise.reject(new TypeError("a read() is under way"));
		if (this.#flow !== flow) return Promise.resolve(undefined);
		const piece = this.#link.inlet.pull(this.#host.clock.now());
		if (piece !== undefined) return Promise.resolve(this.give(flow, piece));
		return new Promise((resolve, reject) => {
			// The connection may have ended just then.
			if (this.#flow !== flow) return reject(flow.fault!);
			flow.settle = { resolve, reject };
			this.expect(Infinity);
		});
	}
	private give(flow: Flow, piece: Uint8Array): Uint8Array | undefined {
		flow.taken += piece.length;
		if (piece.length > 0) {
			this.expect(this.#limitMs);
			return piece;
		}
		flow.token = this.#link.session.incoming.token;
		this.end(flow, undefined);
		return undefined;
	}
	/** Its handler is done: what is left of it is passed over, and it is acknowledged. */
	private finish(flow: Flow): void {
		if (this.#flow === flow) {
			this.end(flow, new Error(`message to "${flow.topic}": its handler is done`));
			this.#link.inlet.close(true);
		} else if (flow.token >= 0) this.#link.acknowledge(flow.token, flow.id, flow.qos);
	}
	/** A handler that forgets to read must not keep all other messages out. */
	private onLate(): void {
		const flow = this.#flow;
		if (flow === undefined) return;
		const what = `nothing was read for ${this.#limitMs / 1000} s, and the rest is passed over`;
		const error = new Error(`message to "${flow.topic}": ${what}`);
		this.end(flow, error);
		this.#link.inlet.close(true);
		this.#handler.onFailed(error, flow.topic);
	}
	private end(flow: Flow, fault: Error | undefined): void {
		this.#flow = undefined;
		this.expect(Infinity);
		flow.fault = fault;
		if (fault === undefined) return;
		flow.settle?.reject(fault);
		flow.settle = undefined;
	}
	/** The next read() must come within that time. */
	private expect(ms: number): void {
		this.#alarm ??= this.#host.clock.alarm(() => this.onLate());
		this.#alarm.set(this.#host.clock.now() + ms);
	}
}
