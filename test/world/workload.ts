import { LinkState } from "../../modules/link/link.js";
import { Mark } from "../../modules/outbox/record.js";
import type { QoS } from "../../modules/wire/packet-type.js";
import type { Broker } from "./broker.js";
import type { Device } from "./device.js";
import { postedFrom } from "./hearing.js";
import { payloadOf, topicOf } from "./packets.js";
import { BrokenLaw } from "./timeline.js";

const topics = ["t/0", "t/1", "a/much/longer/topic/than/the/others/have"];
const filters = ["in/#", "t/1"];
const inTopics = ["in/a", "in/b", "in/a/longer/topic", "in/c"];
/** A content type, as the properties of a 5.0 message are given: encoded. */
const properties = Uint8Array.of(3, 0, 3, 120, 47, 121);

/**
 * What the application does: publishes of every kind, subscriptions that come and go; and messages for
 * it.
 */
export class Workload {
	#broker: Broker;
	#device: Device;
	#published = 0;
	#posted = 0;
	/** By filter: wanted by the broker's last word, or asked for and not answered. */
	#wanted = new Map<string, "no" | "asked" | "yes">();

	constructor(broker: Broker, device: Device) {
		this.#broker = broker;
		this.#device = device;
		for (const filter of filters) this.#wanted.set(filter, "no");
		broker.placeOf = uid => device.ledger.entries.get(uid)!;
		device.onEnd = () => {
			// Whoever hears of an end may publish at once.
			if (!broker.weather.clear && broker.random.once(20)) this.publish(true);
		};
	}
	/** All that is wanted has been granted. */
	get settled(): boolean {
		return filters.every(filter => this.#wanted.get(filter) === "yes");
	}
	act(): void {
		const { random, weather } = this.#broker;
		switch (random.below(8)) {
			case 0:
				return this.post();
			case 1:
				return this.subscribe();
			case 2:
				return random.once(4) ? this.unsubscribe() : this.post();
			default:
				for (let i = weather.strikes("burst", 20) ? 30 : 1; i > 0; i--) this.publish();
		}
	}
	/** While an end is reported, the rows of what has ended may still be taken. */
	publish(isEnding = false): void {
		const { random, time, counts, options } = this.#broker;
		const { ledger, link } = this.#device;
		const uid = ++this.#published;
		const { outboxBytes, frameBytes } = this.#device.options;
		const size = Math.min(
			outboxBytes - 60,
			random.pick([0, 1, 4, 8, 20, 60, 150, frameBytes - 20 + random.below(40), frameBytes * 3]),
		);
		const qos = random.below(3);
		const retain = random.once(6);
		const priority = random.once(4) ? random.below(4) : 0;
		const latest = random.once(4);
		const displaceable = random.once(4);
		const ttlMs = random.once(3) ? random.pick([1, 50, 1_000, 10_000, 100_000]) : Infinity;
		const topic = topicOf(uid, size, random.pick(topics));
		const marks =
			(retain ? Mark.retain : 0) |
			(qos << Mark.qosShift) |
			(latest ? Mark.latest : 0) |
			(displaceable ? Mark.displaceable : 0) |
			(priority << Mark.priorityShift);
		const extra = options.version === 5 && random.once(4) ? properties : undefined;
		const streamed = random.once(5);
		const record = streamed
			? this.#publishStream(withLength(topic), payloadOf(uid, size), marks, ttlMs, extra)
			: link.publish(withLength(topic), payloadOf(uid, size), marks, ttlMs, extra);
		if (record === 0) {
			if (ledger.open === 0 && !isEnding) throw new BrokenLaw("law 1: an empty log takes no message");
			counts.full++;
			return;
		}
		const rest = { latest, displaceable, streamed, ttlMs, at: time.now, record, outcome: -1, endedAt: 0 };
		const row = `topic ${topic}, QoS ${qos}, priority ${priority}`;
		ledger.accept({ uid, row, place: uid, topic, size, qos, retain, priority, ...rest });
	}
	/** The same, of a payload that is read when it is sent: in pieces, and not always to its end. */
	#publishStream(
		topic: Uint8Array,
		payload: Uint8Array,
		marks: number,
		ttlMs: number,
		extra: Uint8Array | undefined,
	): number {
		const { random, weather } = this.#broker;
		const { link, host } = this.#device;
		const source = {
			bytes: payload.length,
			read: (offset: number, into: Uint8Array): number => {
				if (weather.strikes("badSources", 60)) throw new Error("the card is gone");
				const count = Math.min(into.length, payload.length - offset, 1 + random.below(400));
				into.set(payload.subarray(offset, offset + count));
				return count;
			},
		};
		const { streams } = link.session.sender;
		const record = streams.publish(topic, source, marks, ttlMs, host.clock.now(), extra);
		if (record !== 0) link.wake();
		return record;
	}
	/** The broker has something for the client. */
	post(): void {
		const { random, sessions } = this.#broker;
		const session = sessions.get("device");
		if (session === undefined) return;
		session.onAcknowledged = message => this.#device.hearing.acknowledged(message);
		for (let i = random.pick([1, 1, 3, 20]); i > 0; i--) {
			const uid = postedFrom + ++this.#posted;
			const size = random.pick([0, 4, 10, 30, 120, 500, 2_000]);
			const topic = topicOf(uid, size, random.pick(inTopics));
			this.#device.hearing.posted.set(uid, topic);
			session.route(uid, topic, payloadOf(uid, size), random.below(3) as QoS);
		}
	}
	/** Asks for what is not subscribed. */
	subscribe(): void {
		const { link } = this.#device;
		for (const filter of filters) {
			if (this.#wanted.get(filter) !== "no") continue;
			const options = { qos: this.#broker.random.below(3) as QoS };
			const onAnswer = (code: number) => {
				if (this.#wanted.get(filter) !== "no") this.#wanted.set(filter, code < 0x80 ? "yes" : "no");
				this.#broker.counts.subscribed++;
			};
			link.session.check(link.frame, { filter, options, onAnswer });
			this.#wanted.set(filter, "asked");
			link.subscriptions.add(filter, options, onAnswer);
			link.wake();
		}
	}
	unsubscribe(): void {
		const { link } = this.#device;
		const filter = filters[1]!;
		if (this.#wanted.get(filter) !== "yes") return;
		this.#wanted.set(filter, "asked");
		link.subscriptions.remove(filter, () => this.#wanted.set(filter, "no"));
		if (link.state !== LinkState.stopped) link.wake();
	}
}

function withLength(topic: string): Uint8Array {
	const bytes = new Uint8Array(2 + topic.length);
	bytes[0] = topic.length >> 8;
	bytes[1] = topic.length;
	for (let i = 0; i < topic.length; i++) bytes[2 + i] = topic.charCodeAt(i);
	return bytes;
}
