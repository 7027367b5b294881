import { Outcome } from "../../modules/outbox/record.js";
import type { PublishPacket } from "../../modules/wire/packet.js";
import type { Broker } from "./broker.js";
import type { Counts } from "./counts.js";
import { BrokenLaw, type Timeline } from "./timeline.js";
import type { Witness } from "./witness.js";

/** A message that the outbox has accepted. */
export interface Entry {
	uid: number;
	/**
	 * Its kind, and its place in the order of publishing: a message is in the log before anyone hears what
	 * it displaced.
	 */
	row: string;
	place: number;
	topic: string;
	size: number;
	qos: number;
	retain: boolean;
	priority: number;
	/** Marked "keep latest" or as displaceable. */
	latest: boolean;
	displaceable: boolean;
	/** Read from a source when it is sent. */
	streamed: boolean;
	ttlMs: number;
	at: number;
	/** The record that holds it, or 0 when it has ended. */
	record: number;
	outcome: number;
	endedAt: number;
}

const outcomeNames = Object.keys(Outcome) as (keyof typeof Outcome)[];

/** What was accepted and what became of it: law 1, and the outbox's part of law 2. */
export class Ledger {
	readonly entries = new Map<number, Entry>();
	open = 0;
	#byRecord: (Entry | undefined)[] = [];
	#sent = new Set<number>();
	#time: Timeline;
	#counts: Counts;
	#broker: Broker;

	constructor(time: Timeline, counts: Counts, broker: Broker) {
		this.#time = time;
		this.#counts = counts;
		this.#broker = broker;
	}
	accept(entry: Entry): void {
		if (this.#byRecord[entry.record] !== undefined)
			throw new BrokenLaw(`record ${entry.record} is given to message ${entry.uid}, and not free`);
		this.#byRecord[entry.record] = entry;
		this.entries.set(entry.uid, entry);
		this.open++;
		this.#counts.accepted++;
	}
	end(record: number, outcome: Outcome, reason: number, witness: Witness): void {
		const entry = this.#byRecord[record];
		const name = outcomeNames[outcome]!;
		if (entry === undefined) throw new BrokenLaw(`law 1: record ${record} is ${name}, and holds no message`);
		this.#byRecord[record] = undefined;
		entry.outcome = outcome;
		entry.record = 0;
		entry.endedAt = this.#time.now;
		this.open--;
		this.#counts[name]++;
		const fault = this.#fault(entry, outcome, reason, witness);
		if (fault !== undefined)
			throw new BrokenLaw(`law 1: message ${entry.uid} of QoS ${entry.qos} is ${name}, but ${fault}`);
	}
	/** A PUBLISH says just what was asked for. */
	check(uid: number, packet: PublishPacket): void {
		const entry = this.entries.get(uid);
		if (entry === undefined) throw new BrokenLaw(`message ${uid} was sent and never accepted`);
		if (entry.record === 0) throw new BrokenLaw(`message ${uid} was sent after its end`);
		const { topic, payload, qos, retain, properties } = packet;
		if (
			topic !== entry.topic ||
			payload.length !== entry.size ||
			qos !== entry.qos ||
			retain !== entry.retain
		)
			throw new BrokenLaw(`message ${uid} is not what was accepted`);
		const seconds = properties?.messageExpiryInterval;
		if (seconds !== undefined && !(seconds <= Math.ceil(entry.ttlMs / 1000)))
			throw new BrokenLaw(`message ${uid} has an expiry of ${seconds} s`);
	}
	/** Of what nothing but its turn has kept since that moment, the most urgent goes first. */
	checkTurn(uid: number, freeSince: number): void {
		if (this.#sent.has(uid)) return;
		this.#sent.add(uid);
		const waits = ({ qos, streamed, at }: Entry) => qos > 0 && !streamed && at > freeSince;
		const entry = this.entries.get(uid)!;
		if (!waits(entry)) return;
		for (const other of this.#byRecord)
			if (other !== undefined && other.priority > entry.priority && other.at < this.#time.now)
				if (waits(other) && !this.#sent.has(other.uid))
					throw new BrokenLaw(`message ${uid} goes before ${other.uid}, which is more urgent`);
	}
	/** At the end of all: what the broker has is what was promised. */
	checkDelivered(): void {
		if (this.open > 0) {
			const [entry] = this.#byRecord.filter(other => other !== undefined);
			throw new BrokenLaw(`law 1: message ${entry!.uid} of QoS ${entry!.qos} has no outcome`);
		}
	}
	#fault(entry: Entry, outcome: Outcome, reason: number, witness: Witness): string | undefined {
		const { uid, qos } = entry;
		switch (outcome) {
			case Outcome.delivered:
				if (qos === 0) return witness.whole.has(uid) ? undefined : "was not written whole";
				return this.#broker.received.has(uid) ? undefined : "the broker does not have it";
			case Outcome.refused:
				return this.#broker.refused.has(uid) && reason >= 0x80 ? undefined : "the broker did not refuse it";
			case Outcome.expired: {
				if (witness.holds(uid)) return "is in flight";
				return this.#time.now >= entry.at + entry.ttlMs ? undefined : "its time has not come";
			}
			case Outcome.replaced:
				return entry.latest && !witness.holds(uid) ? undefined : "may not be";
			case Outcome.displaced:
				return entry.displaceable && !witness.holds(uid) ? undefined : "may not be";
			case Outcome.unsendable:
				return witness.online && this.#broker.limited ? undefined : "this broker takes everything";
			case Outcome.unreadable:
				return entry.streamed ? undefined : "it has no source";
			case Outcome.unknown:
				return qos === 2 ? undefined : "that is for QoS 2";
			default:
				return undefined;
		}
	}
}
