import type { Broker } from "./broker.js";
import type { Outgoing } from "./broker-session.js";
import type { Device } from "./device.js";
import { uidOf } from "./packets.js";
import { BrokenLaw } from "./timeline.js";

/** Messages from the broker bear numbers from here on; what is routed back, those that it came with. */
export const postedFrom = 0x8000_0000;

/** Header, topic, id and properties of what the world posts, at most. */
const overheadMax = 40;

/** The application's ear: handlers that take their time. Law 2 for what comes in, and law 7. */
export class Hearing {
	#broker: Broker;
	#device: Device;
	#heard = new Map<number, number>();
	#whenLost: (() => void)[] = [];

	constructor(broker: Broker, device: Device) {
		this.#broker = broker;
		this.#device = device;
	}
	/** True when the handler is done at once. */
	message(): boolean {
		const { link, witness } = this.#device;
		const { incoming } = link.session;
		const { token, id, qos, topic, bytes, from, to } = incoming;
		const payload = bytes.slice(from, to);
		const uid = uidOf({ cmd: "publish", topic, payload, qos, dup: incoming.dup, retain: incoming.retain });
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
