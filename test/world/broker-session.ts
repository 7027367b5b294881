import type { PublishPacket } from "../../modules/wire/packet.js";
import type { QoS } from "../../modules/wire/packet-type.js";
import { matches } from "../../modules/wire/topic.js";
import type { Broker } from "./broker.js";
import type { Seat } from "./seat.js";
import { BrokenLaw } from "./timeline.js";

/** A message on its way to the client. */
export interface Outgoing {
	/** 0 for what is only routed back. */
	uid: number;
	qos: QoS;
	topic: string;
	payload: Uint8Array;
	id: number;
	/** PUBREC has come. */
	received: boolean;
	/** Longer than the client takes: dropped, as if it had been delivered [MQTT-3.1.2-25]. */
	dropped: boolean;
	/** The connection that sent it last. */
	sentBy: Seat | undefined;
}

const queueMax = 60;

/** What the broker keeps for a client, while that is away as well. */
export class BrokerSession {
	readonly clientId: string;
	/** QoS 2 messages that wait for their PUBREL. */
	readonly unreleased = new Map<number, number>();
	readonly filters = new Map<string, QoS>();
	/** In the order of sending; those in flight have an id. */
	out: Outgoing[] = [];
	seat: Seat | undefined;
	leftAt = Infinity;
	expiryMs = Infinity;
	/** A message has been acknowledged. */
	onAcknowledged: (message: Outgoing) => void = () => {};
	#lastId: number;

	constructor(broker: Broker, clientId: string) {
		this.clientId = clientId;
		this.#lastId = broker.random.pick([0, 0, 0xfffd]);
	}
	/** Queues the message if there is a subscription; false when there is none, or no room. */
	route(uid: number, topic: string, payload: Uint8Array, qos: QoS): boolean {
		let granted = -1;
		for (const [filter, max] of this.filters) if (matches(filter, topic)) granted = Math.max(granted, max);
		if (granted < 0 || this.out.length >= queueMax) return false;
		const level = Math.min(qos, granted) as QoS;
		if (level === 0 && (this.seat === undefined || this.seat.congested)) return false;
		this.out.push({
			uid,
			qos: level,
			topic,
			payload,
			id: 0,
			received: false,
			dropped: false,
			sentBy: undefined,
		});
		this.pump();
		return true;
	}
	/** The client is back: what is in flight goes out again [MQTT-4.4.0-1]. */
	resume(seat: Seat): void {
		for (const message of this.out.slice()) {
			if (message.id === 0) continue;
			message.sentBy = seat;
			if (message.received) seat.send({ cmd: "pubrel", messageId: message.id });
			else this.#send(message, seat, true);
		}
		this.#sweep();
	}
	/** Sends what the client may be sent. */
	pump(): void {
		const { seat } = this;
		if (seat === undefined || !seat.online) return;
		let inFlight = 0;
		for (const message of this.out) {
			if (message.id !== 0) inFlight++;
			else if (message.qos === 0 || inFlight < (message.qos === 2 ? seat.outMax2 : seat.outMax)) {
				if (message.qos > 0) {
					message.id = this.#takeId();
					inFlight++;
				}
				message.sentBy = seat;
				this.#send(message, seat, false);
				if (message.dropped && message.qos > 0) inFlight--;
			} else break;
		}
		this.out = this.out.filter(message => message.qos > 0 || message.sentBy === undefined);
		this.#sweep();
	}
	/** PUBACK, PUBREC, PUBCOMP. */
	acknowledge(cmd: string, id: number, seat: Seat): void {
		const message = this.out.find(other => other.id === id);
		if (message === undefined || message.sentBy !== seat)
			throw new BrokenLaw(`${cmd} ${id} for a message that was not sent on this connection`);
		if ((message.qos === 1) !== (cmd === "puback")) throw new BrokenLaw(`${cmd} at QoS ${message.qos}`);
		if (cmd !== "pubcomp" && !message.received) this.onAcknowledged(message);
		if (cmd === "pubrec") {
			message.received = true;
			seat.reply({ cmd: "pubrel", messageId: id });
			return;
		}
		if (cmd === "pubcomp" && !message.received) throw new BrokenLaw(`PUBCOMP ${id} before PUBREC`);
		this.out.splice(this.out.indexOf(message), 1);
		this.pump();
	}
	#send(message: Outgoing, seat: Seat, dup: boolean): void {
		const packet: PublishPacket = {
			cmd: "publish",
			topic: message.topic,
			payload: message.payload,
			qos: message.qos,
			dup: dup && message.qos > 0,
			retain: false,
		};
		if (message.qos > 0) packet.messageId = message.id;
		message.dropped = !seat.publish(packet);
	}
	#sweep(): void {
		this.out = this.out.filter(message => !message.dropped);
	}
	#takeId(): number {
		do this.#lastId = this.#lastId === 0xffff ? 1 : this.#lastId + 1;
		while (this.out.some(message => message.id === this.#lastId));
		return this.#lastId;
	}
}
