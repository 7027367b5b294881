import type { QoS } from "../../modules/wire/packet-type.js";
import type { Broker } from "./broker.js";
import type { Outgoing } from "./broker-session.js";
import type { Device } from "./device.js";
import { uidOf } from "./packets.js";
import { BrokenLaw } from "./timeline.js";

/** Messages from the broker bear numbers from here on; what is routed back, those that it came with. */
export const postedFrom = 0x8000_0000;

/** Header, topic, id and properties of what the world posts, at most. */
const overheadMax = 40;

/** A message that is taken piece by piece, until there is enough of it. */
interface Flow {
	topic: string;
	id: number;
	qos: number;
	payload: Uint8Array;
	count: number;
	enough: number;
}

type Taken = { token: number; id: number; qos: number };

/** The application's ear: handlers that take their time. Law 2 for what comes in, and law 7. */
export class Hearing {
	/** Where the messages from the broker were sent to. */
	readonly posted = new Map<number, string>();
	/** A handler waits for more of a message. */
	waits = false;
	#broker: Broker;
	#device: Device;
	#flow: Flow | undefined;
	#heard = new Map<number, number>();
	#whenLost: (() => void)[] = [];

	constructor(broker: Broker, device: Device) {
		this.#broker = broker;
		this.#device = device;
	}
	/** True when the handler is done at once. */
	message(): boolean {
		const { incoming } = this.#device.link.session;
		const { topic, bytes, from, to } = incoming;
		return this.#take(topic, bytes.slice(from, to), incoming);
	}
	/** A message longer than the reader has begun: true when a handler takes it, piece by piece. */
	long(): boolean {
		const { random } = this.#broker;
		if (random.once(4)) return false;
		const { topic, id, qos, payloadBytes } = this.#device.link.session.incoming;
		const enough = random.once(5) ? random.below(payloadBytes) : Infinity;
		const flow = { topic, id, qos, payload: new Uint8Array(payloadBytes), count: 0, enough };
		this.#flow = flow;
		this.#pullLater(flow);
		return true;
	}
	/** What the handler waits for has come. */
	piece(): void {
		if (!this.waits) throw new BrokenLaw("a piece comes that nobody waits for");
		this.#pull(this.#flow!);
	}
	#pullLater(flow: Flow): void {
		const { random, time, weather } = this.#broker;
		if (random.once(2)) this.#pull(flow);
		else time.after(random.below(weather.clear ? 20 : random.pick([5, 500, 5_000])), () => this.#pull(flow));
	}
	#pull(flow: Flow): void {
		if (this.#flow !== flow) return;
		const { link, host, witness } = this.#device;
		this.waits = false;
		if (flow.count >= flow.enough) {
			this.#flow = undefined;
			this.#broker.counts.left++;
			if (flow.qos > 0) witness.inbound.passing(flow.id, flow.qos);
			return link.inlet.close(true);
		}
		const piece = link.inlet.pull(host.clock.now());
		// It may have been a breach, and the end of the connection.
		if (this.#flow !== flow) return;
		if (piece === undefined) this.waits = true;
		else if (piece.length > 0) {
			flow.payload.set(piece, flow.count);
			flow.count += piece.length;
			this.#pullLater(flow);
		} else this.#finish(flow);
	}
	#finish({ topic, id, qos, payload, count }: Flow): void {
		this.#flow = undefined;
		this.#broker.counts.streamed++;
		if (count !== payload.length)
			throw new BrokenLaw(`a stream of ${payload.length} bytes ends after ${count}`);
		const { link } = this.#device;
		const { token } = link.session.incoming;
		if (qos > 0 && token < 0)
			throw new BrokenLaw("a message was taken to its end, and there was no room for it");
		if (this.#take(topic, payload, { token, id, qos })) link.acknowledge(token, id, qos);
	}
	#take(topic: string, payload: Uint8Array, { token, id, qos }: Taken): boolean {
		const { link, witness, ledger } = this.#device;
		const uid = uidOf({ cmd: "publish", topic, payload, qos: qos as QoS, dup: false, retain: false });
		const sentTo = uid >= postedFrom ? this.posted.get(uid) : ledger.entries.get(uid)?.topic;
		if (topic !== sentTo)
			throw new BrokenLaw(`message ${uid} was sent to ${sentTo}, and is heard as ${topic}`);
		if (uid >= postedFrom) this.#hear(uid, qos);
		if (qos === 0) return true;
		const done = witness.inbound.handling(id, qos);
		const { random, time, weather } = this.#broker;
		if (random.once(2)) {
			done();
			return true;
		}
		const settle = () => {
			done();
			link.acknowledge(token, id, qos);
		};
		if (!weather.clear && random.once(8)) this.#whenLost.push(settle);
		else time.after(random.below(weather.clear ? 50 : random.pick([5, 500, 8_000])), settle);
		return false;
	}
	/** The connection is gone. */
	cut(): void {
		this.#flow = undefined;
		this.waits = false;
	}
	skipped(bytes: number): void {
		const { id, qos } = this.#device.link.session.incoming;
		if (bytes + 5 <= this.#device.options.readerBytes)
			throw new BrokenLaw(`a message of ${bytes} bytes is skipped`);
		this.#broker.counts.skipped++;
		this.#device.witness.inbound.handling(id, qos)();
	}
	/** Handlers which outlive their connection settle now, or a little later. */
	lost(): void {
		for (const settle of this.#whenLost)
			this.#broker.time.after(this.#broker.random.pick([0, 100, 20_000]), settle);
		this.#whenLost = [];
	}
	/** The broker has its acknowledgement: the application must have had the message. */
	acknowledged({ uid, payload }: Outgoing): void {
		if (uid === 0 || this.#heard.has(uid) || payload.length + overheadMax > this.#device.options.readerBytes)
			return;
		throw new BrokenLaw(`law 7: message ${uid} is acknowledged, and nobody has heard it`);
	}
	#hear(uid: number, qos: number): void {
		const times = (this.#heard.get(uid) ?? 0) + 1;
		this.#heard.set(uid, times);
		this.#broker.counts.heard++;
		if (times > 1 && qos !== 1) throw new BrokenLaw(`law 2: message ${uid} of QoS ${qos} is heard twice`);
	}
}
