import type { ConnackProperties, ConnectPacket } from "../../modules/wire/packet.js";
import type { Random } from "../support/random.js";
import { BrokerSession } from "./broker-session.js";
import { Counts } from "./counts.js";
import type { Listener } from "./host.js";
import { Seat } from "./seat.js";
import type { Stream } from "./stream.js";
import { BrokenLaw, type Timeline } from "./timeline.js";
import type { Weather } from "./weather.js";

export interface BrokerOptions {
	version: 4 | 5;
	/** Hands a QoS 2 message on at once, and not at its PUBREL: both are allowed [MQTT5 4.3.3]. */
	early: boolean;
	/** The most QoS 1 and 2 messages in flight to a client which names no Receive Maximum. */
	outMax: number;
	qos2Max: number;
}

/** Where a message stands among those whose order must be kept: of its topic, QoS and priority. */
export type PlaceOf = (uid: number) => { row: string; place: number };

/** A broker as the standard has it, whose weather makes it restart, forget, refuse or fall silent. */
export class Broker implements Listener {
	up = true;
	readonly time: Timeline;
	readonly random: Random;
	readonly weather: Weather;
	readonly counts: Counts;
	readonly options: BrokerOptions;
	readonly sessions = new Map<string, BrokerSession>();
	/** What was received, and under which session first; what was refused. */
	readonly received = new Map<number, BrokerSession>();
	readonly refused = new Set<number>();
	/** The client has a session without a past. */
	onRenewed: () => void = () => {};
	placeOf: PlaceOf = () => ({ row: "", place: Infinity });
	/** Who has sent the last CONNECT. */
	newest: Seat | undefined;
	/** What the offer of the last CONNACK was. */
	limited = false;
	#seats = new Set<Seat>();
	#firsts = new Map<string, number>();
	#attempted = new Set<number>();

	constructor(time: Timeline, random: Random, weather: Weather, counts: Counts, options: BrokerOptions) {
		this.time = time;
		this.random = random;
		this.weather = weather;
		this.counts = counts;
		this.options = options;
	}
	accept(stream: Stream): Seat {
		const seat = new Seat(this, stream);
		this.#seats.add(seat);
		return seat;
	}
	left(seat: Seat): void {
		this.#seats.delete(seat);
	}
	/** The session for that client, the old one or a new one; a seat which it had is taken over. */
	session(connect: ConnectPacket): { session: BrokerSession; present: boolean } {
		const { clientId, clean } = connect;
		let session = this.sessions.get(clientId);
		session?.seat?.kick(0x8e);
		const age = session === undefined ? 0 : this.time.now - session.leftAt;
		const present = session !== undefined && !clean && age <= session.expiryMs;
		if (!present) {
			session = new BrokerSession(this, clientId);
			this.sessions.set(clientId, session);
			this.onRenewed();
		}
		session!.expiryMs = clean
			? 0
			: this.options.version === 5
				? (connect.properties?.sessionExpiryInterval ?? 0) * 1000
				: Infinity;
		return { session: session!, present };
	}
	/** The limits of this connection, of 5.0. */
	offer(): ConnackProperties {
		const { random, weather } = this;
		const offer: ConnackProperties = {};
		this.limited = false;
		if (this.options.version !== 5 || !weather.knows("offer")) return offer;
		if (random.once(2)) offer.topicAliasMaximum = random.below(4);
		if (random.once(2)) offer.receiveMaximum = 1 + random.below(6);
		if (!weather.has("offer")) return offer;
		if (random.once(3)) offer.maximumPacketSize = 70 + random.below(300);
		if (random.once(4)) offer.maximumQoS = random.below(2);
		if (random.once(4)) offer.retainAvailable = false;
		if (random.once(3)) offer.serverKeepAlive = 2 + random.below(20);
		this.limited = true;
		return offer;
	}
	/** A PUBLISH has arrived whole, be it for the first time or again. */
	attempt(uid: number): void {
		if (this.#attempted.has(uid)) return;
		this.#attempted.add(uid);
		const { row, place } = this.placeOf(uid);
		if (place < (this.#firsts.get(row) ?? 0))
			throw new BrokenLaw(`law 2: message ${uid} arrives behind a later one of ${row}`);
		this.#firsts.set(row, place);
	}
	/** The message is the broker's. */
	record(uid: number, qos: number, session: BrokerSession): void {
		const former = this.received.get(uid);
		if (former === undefined) this.received.set(uid, session);
		else if (qos === 0) throw new BrokenLaw(`message ${uid} of QoS 0 has come twice`);
		else if (qos === 2 && !(this.options.early && former !== session))
			throw new BrokenLaw(`law 2: message ${uid} of QoS 2 has come twice`);
	}
	/** Goes down, and comes up again after a while, perhaps without its sessions. */
	restart(downMs: number, forget: boolean): void {
		if (!this.up) return;
		this.up = false;
		this.counts.restarts++;
		if (forget) this.counts.forgotten++;
		for (const seat of this.#seats) seat.crash(this.random.once(3));
		this.#seats.clear();
		for (const session of this.sessions.values()) session.seat = undefined;
		this.time.after(downMs, () => {
			this.up = true;
			if (forget) this.sessions.clear();
		});
	}
	/** Somebody else connects under that name, and leaves again. */
	takeOver(clientId: string, clean: boolean): void {
		const session = this.sessions.get(clientId);
		if (session?.seat === undefined) return;
		this.counts.takeovers++;
		session.seat.kick(0x8e);
		if (clean) this.sessions.delete(clientId);
	}
}
