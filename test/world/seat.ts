import type { ConnectPacket, Packet, PublishPacket, SubscribePacket } from "../../modules/wire/packet.js";
import type { QoS } from "../../modules/wire/packet-type.js";
import type { Broker } from "./broker.js";
import type { BrokerSession } from "./broker-session.js";
import { PacketStream, encode, uidOf } from "./packets.js";
import type { FarEnd, Stream } from "./stream.js";
import { BrokenLaw } from "./timeline.js";

/** As many bytes as a socket may hold for a client that reads nothing. */
const unreadMax = 16_384;

/** The broker's end of one connection. It answers in order, at its leisure, and checks what it is sent. */
export class Seat implements FarEnd {
	online = false;
	outMax = 0;
	outMax2 = 0;
	#broker: Broker;
	#stream: Stream;
	#packets: PacketStream;
	#session: BrokerSession | undefined;
	#greeted = false;
	#ended = false;
	#repliedAt = 0;
	#heardAt: number;
	#keepAliveMs = 0;
	#receiveMax = 0xffff;
	#packetMax = Infinity;
	#unanswered = new Set<number>();
	#aliasMax = 0;
	#aliases = new Map<string, number>();
	#muteAcks: boolean;
	#mutePings: boolean;

	constructor(broker: Broker, stream: Stream) {
		this.#broker = broker;
		this.#stream = stream;
		this.#packets = new PacketStream(broker.options.version);
		this.#heardAt = broker.time.now;
		this.#muteAcks = false;
		this.#mutePings = broker.weather.strikes("mutePings", 4);
	}
	receive(bytes: Uint8Array): void {
		if (this.#ended) return;
		this.#packets.feed(bytes, packet => {
			if (!this.#ended) this.#onPacket(packet);
		});
	}
	lost(): void {
		this.#leave();
	}
	/** As brokers do, it drops QoS 0 messages for a client which has not read what came long ago. */
	get congested(): boolean {
		return this.#stream.unread > unreadMax;
	}
	/** Ends the connection, with a DISCONNECT in 5.0. */
	kick(reason: number): void {
		if (this.#ended) return;
		if (this.#broker.options.version === 5 && this.online)
			this.send({ cmd: "disconnect", reasonCode: reason });
		this.#leave();
		this.#stream.end();
	}
	/** The broker's machine goes down. */
	crash(silently: boolean): void {
		this.#leave();
		this.#stream.strike(silently ? "silent" : "cut");
	}
	/** False when the client does not take so long a packet. */
	send(packet: Packet): boolean {
		if (this.#ended) return true;
		const bytes = encode(packet, this.#broker.options.version);
		if (bytes.length > this.#packetMax) return false;
		this.#stream.send(bytes);
		return true;
	}
	/** The same for a PUBLISH, whose topic is abbreviated where the client takes that. */
	publish(packet: PublishPacket): boolean {
		const { topic } = packet;
		const known = this.#aliases.get(topic);
		let alias = known ?? this.#aliases.size + 1;
		if (alias > this.#aliasMax && this.#aliasMax > 0 && this.#broker.random.once(4)) alias = 1;
		if (alias > this.#aliasMax) return this.send(packet);
		const properties = { ...packet.properties, topicAlias: alias };
		const sent = this.send({ ...packet, topic: known === undefined ? topic : "", properties });
		if (!sent || known !== undefined) return sent;
		for (const [other, former] of this.#aliases) if (former === alias) this.#aliases.delete(other);
		this.#aliases.set(topic, alias);
		return true;
	}
	/** Sends it behind what was answered before. */
	reply(packet: Packet, done: () => void = () => {}): void {
		const { time, random, weather } = this.#broker;
		const ms = weather.has("slowAcks") ? random.below(random.pick([50, 500, 5_000])) : random.below(3);
		this.#repliedAt = Math.max(this.#repliedAt, time.now + ms);
		time.at(this.#repliedAt, () => {
			if (this.#ended) return;
			done();
			this.send(packet);
		});
	}
	#leave(): void {
		if (this.#ended) return;
		this.#ended = true;
		this.online = false;
		this.#broker.left(this);
		if (this.#session?.seat !== this) return;
		this.#session.seat = undefined;
		this.#session.leftAt = this.#broker.time.now;
	}
	#onPacket(packet: Packet): void {
		this.#heardAt = this.#broker.time.now;
		if ((packet.cmd === "connect") === this.#greeted) throw new BrokenLaw(`the broker gets ${packet.cmd}`);
		switch (packet.cmd) {
			case "connect":
				this.#greeted = true;
				return this.#onConnect(packet);
			case "publish":
				return this.#onPublish(packet);
			case "pubrel":
				return this.#onRelease(packet.messageId!);
			case "puback":
			case "pubrec":
			case "pubcomp":
				return this.#session!.acknowledge(packet.cmd, packet.messageId!, this);
			case "subscribe":
				return this.#onSubscribe(packet);
			case "unsubscribe": {
				for (const filter of packet.unsubscriptions) this.#session!.filters.delete(filter);
				const granted = this.#broker.options.version === 5 ? [0] : [];
				return this.#answer({ cmd: "unsuback", messageId: packet.messageId!, granted });
			}
			case "pingreq":
				if (!this.#mutePings) this.reply({ cmd: "pingresp" });
				return;
			case "disconnect":
				this.#leave();
				return this.#stream.end();
			default:
				throw new BrokenLaw(`the broker gets ${packet.cmd}`);
		}
	}
	#onConnect(packet: ConnectPacket): void {
		const { weather, random, time } = this.#broker;
		const isLost = weather.strikes("noGreeting", 8);
		if (isLost && random.once(2)) return;
		const ms = weather.has("slowGreeting") ? random.below(random.pick([300, 6_000])) : random.below(3);
		time.after(ms, () => {
			if (this.#ended) return;
			if (weather.strikes("busy", 8)) this.#refuse(0x89, 3);
			else if (weather.strikes("badCredentials", 20)) this.#refuse(0x86, 4);
			else this.#welcome(packet, isLost);
		});
	}
	#refuse(reasonCode: number, returnCode: number): void {
		const code = this.#broker.options.version === 5 ? { reasonCode } : { returnCode };
		this.send({ cmd: "connack", sessionPresent: false, ...code });
		this.#leave();
		this.#stream.end();
	}
	/** The session is taken, or begun; a CONNACK that is lost tells nobody so. */
	#welcome(packet: ConnectPacket, isLost: boolean): void {
		const broker = this.#broker;
		const { version, outMax, qos2Max } = broker.options;
		const { session, present } = broker.session(packet);
		const properties = version === 5 ? broker.offer() : undefined;
		this.#session = session;
		session.seat = this;
		session.leftAt = Infinity;
		if (isLost) return;
		this.#keepAliveMs = (properties?.serverKeepAlive ?? packet.keepalive ?? 0) * 1000;
		this.#receiveMax = properties?.receiveMaximum ?? 0xffff;
		this.#packets.aliasMax = properties?.topicAliasMaximum ?? 0;
		this.#packetMax = packet.properties?.maximumPacketSize ?? Infinity;
		this.#aliasMax = packet.properties?.topicAliasMaximum ?? 0;
		this.outMax = Math.min(outMax, packet.properties?.receiveMaximum ?? outMax);
		this.outMax2 = Math.min(this.outMax, qos2Max);
		this.#muteAcks = broker.weather.strikes("muteAcks", 4);
		const code = version === 5 ? { reasonCode: 0, properties: properties! } : { returnCode: 0 };
		this.send({ cmd: "connack", sessionPresent: present, ...code });
		this.online = true;
		this.#heardAt = broker.time.now;
		broker.counts.connections++;
		session.resume(this);
		session.pump();
		if (this.#keepAliveMs > 0) this.#watch();
	}
	/** A client that is silent for one and a half times its keep-alive is gone [MQTT-3.1.2-22]. */
	#watch(): void {
		const due = this.#heardAt + this.#keepAliveMs * 1.5;
		this.#broker.time.at(due, () => {
			if (this.#ended) return;
			if (this.#broker.time.now < this.#heardAt + this.#keepAliveMs * 1.5) return this.#watch();
			if (!this.#stream.disturbed)
				throw new BrokenLaw("law 6: the broker gets nothing in 1.5 keep-alive times");
			this.kick(0x8d);
		});
	}
	#onPublish(packet: PublishPacket): void {
		const broker = this.#broker;
		const { qos, messageId = 0 } = packet;
		const session = this.#session!;
		const uid = uidOf(packet);
		broker.attempt(uid);
		if (qos > 0) this.#count(messageId);
		const known = qos === 2 && session.unreleased.has(messageId);
		if (known && session.unreleased.get(messageId) !== uid)
			throw new BrokenLaw(
				`law 4: id ${messageId} of message ${session.unreleased.get(messageId)} has ${uid}`,
			);
		if (qos > 0 && !known && broker.options.version === 5 && broker.weather.strikes("refuseMessages", 10))
			return this.#refuseMessage(packet, uid);
		if (qos === 2 && !known) session.unreleased.set(messageId, uid);
		if (qos < 2 || (broker.options.early && !known)) {
			broker.record(uid, qos, session);
			session.route(0, packet.topic, packet.payload as Uint8Array, qos);
		}
		if (qos > 0) this.#answer({ cmd: qos === 1 ? "puback" : "pubrec", messageId });
	}
	#refuseMessage({ qos, messageId = 0 }: PublishPacket, uid: number): void {
		this.#broker.refused.add(uid);
		this.#answer({ cmd: qos === 1 ? "puback" : "pubrec", messageId, reasonCode: 0x97 });
	}
	/** More unanswered than our Receive Maximum is the client's fault [MQTT-3.3.4-9]. */
	#count(id: number): void {
		if (this.#unanswered.has(id)) throw new BrokenLaw(`law 4: id ${id} is used again before its answer`);
		this.#unanswered.add(id);
		if (this.#unanswered.size > this.#receiveMax)
			throw new BrokenLaw(`law 5: ${this.#unanswered.size} unanswered, Receive Maximum ${this.#receiveMax}`);
	}
	#onRelease(messageId: number): void {
		const session = this.#session!;
		const uid = session.unreleased.get(messageId);
		if (uid === undefined) {
			const reason = this.#broker.options.version === 5 ? { reasonCode: 0x92 } : {};
			return this.#answer({ cmd: "pubcomp", messageId, ...reason });
		}
		session.unreleased.delete(messageId);
		if (!this.#broker.options.early) this.#broker.record(uid, 2, session);
		this.#answer({ cmd: "pubcomp", messageId });
	}
	#onSubscribe({ messageId, subscriptions }: SubscribePacket): void {
		const granted: number[] = [];
		for (const { topic, qos } of subscriptions) {
			const refused = this.#broker.weather.strikes("refuseFilters", 3);
			if (!refused) this.#session!.filters.set(topic, qos as QoS);
			granted.push(refused ? 0x80 : qos);
		}
		this.#answer({ cmd: "suback", messageId: messageId!, granted });
	}
	#answer(packet: Packet): void {
		if (this.#muteAcks) return;
		const { cmd, messageId } = packet as { cmd: string; messageId: number };
		this.reply(packet, () => {
			if (cmd !== "pubrec" || (packet as { reasonCode?: number }).reasonCode)
				this.#unanswered.delete(messageId);
		});
	}
}
