import type { Outbox } from "../outbox/outbox.js";
import type { FrameReader } from "../wire/frame-reader.js";
import { FrameFullError, FrameWriter } from "../wire/frame-writer.js";
import type { AckPacket, AckProperties, GrantPacket } from "../wire/packet.js";
import { PacketType } from "../wire/packet-type.js";
import { viewPublish } from "../wire/read-publish.js";
import { readServerPacket } from "../wire/read-server-packet.js";
import { writeClientPacket } from "../wire/write-client-packet.js";
import { Acks } from "./acks.js";
import { Gate } from "./gate.js";
import { Handshake } from "./handshake.js";
import { Incoming } from "./incoming.js";
import { Pulse } from "./pulse.js";
import { Receiver } from "./receiver.js";
import { Requests, packetOf, type Control, type Request } from "./requests.js";
import { Sender } from "./sender.js";
import { SessionEvent } from "./session-event.js";
import type { Credentials, SessionOptions } from "./session-options.js";

export { SessionEvent } from "./session-event.js";
export type { Authenticator, Credentials, SessionOptions } from "./session-options.js";

type Grant = GrantPacket<string> & { messageId: number };
type Ack = AckPacket<string> & { reasonCode: number };

const publish = PacketType.publish;
const puback = PacketType.puback;
const pubrel = PacketType.pubrel;

/** Reason code of PUBREL [MQTT5 3.6.2.1]. */
const packetIdNotFound = 0x92;

/**
 * The client's side of MQTT 3.1, 3.1.1 and 5.0, as a machine: no socket, no timer, no clock, no log.
 *
 *     receive(packet, now) ─┐                                 ┌─> SessionEvent
 *     tick(now) ────────────┼─> [ phase, sender, receiver … ] ┤
 *     the outbox ───────────┘                                 └─> transmit(frame, now), until false
 *
 * After any call that changes it, drain transmit(), and call tick() at pulse.deadline. What dies with the
 * connection is reset in lose(), what dies with the broker's session in restart(), and nowhere else. Time is
 * milliseconds on any clock that never goes back.
 */
export class Session {
	/** CONNACK has accepted us, and nobody has left. */
	online = false;
	readonly handshake: Handshake;
	/** The message of SessionEvent.message. */
	readonly incoming: Incoming;
	readonly pulse: Pulse;
	readonly sender: Sender;
	readonly receiver: Receiver;
	readonly requests: Requests;
	/** Of the last acknowledgement that was more than an id: what the broker said with it. */
	ackProperties: AckProperties | undefined;
	#options: SessionOptions;
	#acks: Acks;
	#gate: Gate;
	/** Of the message at hand, which is longer than the reader: a handler has had what it wanted of it. */
	#isHeard = false;
	/** We are not online, or a ping, AUTH, requests or resends may be due: writeRare() clears it if not. */
	#rareDue = true;

	constructor(outbox: Outbox, options: SessionOptions) {
		const { version, window, incomingMax, ackMs } = options;
		this.#options = options;
		this.handshake = new Handshake(options);
		this.incoming = new Incoming(options.topicAliasMax);
		this.pulse = new Pulse(options.replyMs, ackMs);
		this.#acks = new Acks(window + 2 * incomingMax);
		const { offer } = this.handshake;
		this.sender = new Sender(outbox, this.#acks, offer, version, options.outgoingAliasMax ?? 0);
		this.receiver = new Receiver(incomingMax, this.#acks);
		this.#gate = new Gate(this.receiver, version === 5 ? Infinity : incomingMax, ackMs);
		this.requests = new Requests(options.requestsMax, offer, outbox.recordsMax + 2, outbox.idSize);
	}
	/** Answers that the broker owes. */
	private get owed(): number {
		return this.sender.owed + this.requests.owed + this.handshake.owed;
	}
	/** Something may be due that transmit() can write, or had no room for. */
	get due(): boolean {
		return this.sender.outbox.next !== 0 || this.#acks.count > 0 || this.#rareDue;
	}
	/**
	 * False while too much waits for the application or the socket: leave the broker's bytes unread. A 5.0
	 * broker keeps to our Receive Maximum: handlers which wait for an acknowledgement cannot keep that out.
	 */
	get ready(): boolean {
		const pending = this.receiver.pending;
		return pending < this.#gate.pendingMax && this.#acks.count + pending < this.#acks.size;
	}
	/** The payload of the message that has begun is taken by a handler: nothing else is read before its end. */
	takeLong(): void {
		this.#gate.close();
	}
	/** The rest of it is passed over. Heard tells that its handler has had what it wanted. */
	passLong(isHeard: boolean): void {
		this.#gate.open();
		this.#isHeard = isHeard;
	}
	/** All of it has been taken: incoming.token is that for receiver.acknowledge(). */
	endLong(): void {
		const { incoming } = this;
		this.#gate.open();
		incoming.payloadBytes = 0;
		incoming.token = incoming.qos === 0 ? -1 : this.receiver.publish(incoming, this.#options.version);
	}
	/** The transport is up: greet the broker. */
	open(credentials: Credentials): void {
		this.handshake.open(credentials);
	}
	// [MQTT-3.1.2-23] [MQTT-4.1.0-1] [MQTT-3.1.2-4, 3.1.1] [MQTT-4.1.0-1, 3.1.1] [MQTT-4.1.0-2, 3.1.1]
	/** The transport is gone. Messages stay in the outbox, those in flight with their ids. */
	lose(): void {
		this.online = false;
		this.#rareDue = true;
		this.handshake.lose();
		this.pulse.stop();
		this.#acks.clear();
		this.sender.lose();
		this.receiver.lose();
		this.#gate.lose();
		this.incoming.lose();
		this.#isHeard = false;
		this.requests.lose();
	}
	/** Says farewell as the next packet; 5.0 carries the reason code, and the session expiry if there is one. */
	leave(reason: number, sessionExpirySeconds?: number): void {
		this.handshake.leave(reason, sessionExpirySeconds);
		this.online = false;
		this.#rareDue = true;
	}
	/**
	 * Throws a RangeError or TypeError when this frame, once empty, cannot carry the request, or the CONNECT.
	 */
	check(frame: FrameWriter, subject: Request | Control | Credentials): void {
		const packet = "onAnswer" in subject ? packetOf(subject, 1) : this.handshake.connectPacket(subject);
		// What waits in the frame must stay, and does not count.
		const isEmpty = frame.end === frame.start;
		const target = isEmpty ? frame : new FrameWriter(frame.text, new Uint8Array(frame.limit - frame.start));
		try {
			writeClientPacket(target, packet, this.#options.version);
		} catch (error) {
			// What the broker has named us must not keep us from greeting it again.
			const isOurs = packet.cmd !== "connect" || !this.handshake.dropAssigned();
			if (isOurs || !(error instanceof FrameFullError)) throw error;
			return this.check(frame, subject);
		}
		target.reset();
	}
	/** Asks for it when its turn comes; false when too much is unanswered. */
	request(request: Request): boolean {
		if (!this.requests.add(request)) return false;
		this.#rareDue = true;
		return true;
	}
	/** Sends a control next; false when we are not online, or too much is unanswered. */
	control(control: Control): boolean {
		if (!this.online || !this.requests.addControl(control)) return false;
		this.#rareDue = true;
		return true;
	}
	/**
	 * Acts on the PUBACKs that come next, in the usual case; in any other, receive() does. True when they
	 * were all that is in the reader.
	 */
	receiveAcks(packets: FrameReader, now: number): boolean {
		const sender = this.sender;
		if (this.#rareDue || sender.direct !== 0 || !packets.takePubacks(sender.outbox)) return false;
		this.pulse.progressAt = now;
		return packets.rest === 0;
	}
	/** Acts on one whole packet. */
	receive(packet: FrameReader, now: number): SessionEvent {
		const pulse = this.pulse;
		const type = packet.type;
		pulse.heardAt = now;
		if (!this.online) return this.receiveEarly(packet, now);
		if (type === publish) return this.receivePublish(packet);
		if (type === PacketType.pingresp) {
			packet.finish();
			pulse.answer();
		} else if (type >= puback && type <= PacketType.pubcomp) this.receiveAck(packet, now);
		else return this.receiveRare(packet, now);
		return SessionEvent.none;
	}
	/** The message at hand is done with: its PUBACK is in the frame at once, or goes out by transmit(). */
	acknowledge(frame: FrameWriter, now: number): void {
		const { receiver, incoming } = this;
		if (this.sender.direct === 0 && receiver.acknowledgeNow(incoming, frame)) this.pulse.sentAt = now;
		else receiver.acknowledge(incoming.token, incoming.id, incoming.qos);
	}
	/** Why the connection is dead, or undefined. Deaf tells that bytes are left unread for our own reasons. */
	tick(now: number, deaf: boolean, torn = false): string | undefined {
		if (!this.online) return undefined;
		const { pulse } = this;
		const owing = this.owed > 0;
		const dead = pulse.tick(now, owing, deaf, torn) ?? this.#gate.tick(now, owing, deaf);
		if (pulse.pingDue) this.#rareDue = true;
		pulse.deadline = Math.min(pulse.deadline, this.#gate.deadline);
		return dead;
	}
	/** See Handshake.reauthenticate(). */
	reauthenticate(onEnd: (accepted: boolean) => void): boolean {
		this.#rareDue = true;
		return this.handshake.reauthenticate(onEnd);
	}
	/** Writes the next packets that are due and fit, if any. */
	transmit(frame: FrameWriter, now: number): boolean {
		// A packet is half in the socket: nothing else may be written before the rest of it.
		if (this.sender.direct !== 0) return this.writeOn(frame, now);
		let written: boolean;
		if (this.#rareDue) written = this.writeRare(frame, now);
		else if (this.#acks.count > 0) written = this.writeAck(frame);
		else written = this.writeMessages(frame, now);
		if (written) this.pulse.sentAt = now;
		return written;
	}
	/** Takes the messages at the front of the log, when nothing else is due: see Sender.takeFront(). */
	takeFront(bytesMax: number, now: number): boolean {
		if (this.#rareDue || this.#acks.count > 0) return false;
		const owed = this.sender.takeFront(bytesMax, now);
		if (owed < 0) return false;
		if (owed === 0 && this.requests.owed === 0) this.pulse.ask(now);
		this.pulse.sentAt = now;
		return true;
	}
	/** The rest of a packet which is in the socket by half: nothing else may come between. */
	private writeOn(frame: FrameWriter, now: number): boolean {
		if (!this.sender.writeOn(frame)) return false;
		this.pulse.write(now);
		return true;
	}
	/** How many bytes of the direct packet the socket has taken, from the log itself. */
	wrote(count: number, now: number): void {
		this.sender.wrote(count);
		if (this.sender.direct !== 0) this.pulse.write(now);
	}
	/** Whatever has its turn, while something rare may be due. */
	private writeRare(frame: FrameWriter, now: number): boolean {
		if (!this.online) return this.handshake.transmit(frame);
		// [MQTT-3.3.4-8] [MQTT-4.9.0-3]
		if (this.#acks.count > 0) return this.writeAck(frame);
		if (this.pulse.pingDue) return this.writePing(frame);
		if (this.handshake.authDue) return this.writeAuth(frame, now);
		if (this.requests.controls > 0) {
			const written = this.writeRequest(frame, now);
			// None is left when it is too long for this broker.
			if (written || this.requests.controls > 0) return written;
		}
		if (this.sender.resending) {
			if (this.writeMessages(frame, now)) return true;
			// Receive Maximum holds back PUBLISH alone [MQTT-3.3.4-8].
			if (this.sender.resending) return this.writeRequest(frame, now);
		}
		if (this.requests.unsent > 0 && this.writeRequest(frame, now)) return true;
		// None is left when this broker does not offer what they ask for.
		if (this.requests.unsent > 0) return false;
		this.#rareDue = false;
		return this.writeMessages(frame, now);
	}
	private writeAuth(frame: FrameWriter, now: number): boolean {
		if (!this.handshake.transmit(frame)) return false;
		if (this.owed === 1) this.pulse.ask(now);
		return true;
	}
	private writeMessages(frame: FrameWriter, now: number): boolean {
		const isFirst = this.sender.owed + this.requests.owed === 0;
		if (!this.sender.transmit(frame, now)) return false;
		if (isFirst) this.pulse.ask(now);
		return true;
	}
	private writeRequest(frame: FrameWriter, now: number): boolean {
		if (!this.requests.transmit(frame, this.#options.version)) return false;
		if (this.owed === 1) this.pulse.ask(now);
		return true;
	}
	private writePing(frame: FrameWriter): boolean {
		if (frame.room < 2) return false;
		const { requests, handshake, sender } = this;
		this.pulse.pingDue = false;
		// Most often it is all.
		this.#rareDue = requests.unsent + requests.controls > 0 || handshake.authDue || sender.resending;
		frame.begin(PacketType.pingreq, 0, 0);
		return true;
	}
	private writeAck(frame: FrameWriter): boolean {
		const acks = this.#acks;
		const released = acks.type === pubrel ? acks.id : 0;
		if (!acks.transmit(frame, this.#options.version)) return false;
		if (released !== 0) this.sender.released(released);
		return true;
	}
	private receiveEarly(packet: FrameReader, now: number): SessionEvent {
		const event = this.handshake.receiveEarly(packet);
		if (event === SessionEvent.connected) this.begin(now);
		return event;
	}
	/** The broker has accepted us. */
	private begin(now: number): void {
		const { version, clean, keepAliveMs, window } = this.#options;
		const { offer, properties, sessionPresent } = this.handshake;
		this.online = true;
		// [MQTT-3.1.2-21] [MQTT-3.2.2-21]
		const serverKeepAlive = properties?.serverKeepAlive;
		this.pulse.start(serverKeepAlive === undefined ? keepAliveMs : serverKeepAlive * 1000, now);
		// [MQTT-4.9.0-1]
		this.sender.window = Math.min(window, offer.receiveMax);
		// MQTT 3.1 does not say whether it kept the session; it was asked to, so the resends go out as such.
		this.restart(sessionPresent || (version === 3 && !clean));
	}
	private restart(kept: boolean): void {
		// [MQTT-3.2.2-5]
		this.sender.restart(kept, this.handshake.unsure);
		if (!kept) this.receiver.forget();
		else if (this.handshake.unsure) this.receiver.doubt();
	}
	private receiveAck(packet: FrameReader, now: number): void {
		const { type } = packet;
		const { bytes, at } = packet;
		const id = (bytes[at]! << 8) | bytes[at + 1]!;
		let reason = 0;
		if (packet.end - at !== 2 || id === 0) {
			// Longer ones come in 5.0 only; what is wrong with any other, the reader tells.
			const ack = readServerPacket(packet) as Ack;
			reason = ack.reasonCode;
			this.ackProperties = ack.properties;
		}
		const { sender } = this;
		if (type === PacketType.pubrel) return this.receiver.release(id);
		this.pulse.progressAt = now;
		// An acknowledgement that comes twice is no offence [MQTT5 4.3.2].
		if (type === puback && this.requests.controls > 0) this.requests.answer(id, [reason], puback);
		if (type === puback) sender.acknowledge(id, reason, 1);
		else if (type === PacketType.pubcomp) sender.complete(id);
		else if (reason >= 0x80) sender.acknowledge(id, reason, 2);
		else this.#acks.push(PacketType.pubrel, id, sender.receive(id) ? 0 : packetIdNotFound);
	}
	/** The message was delivered before, or there is no room for it. */
	private passOver(): SessionEvent {
		if (this.receiver.overrun) this.pulse.deadline = 0;
		return SessionEvent.none;
	}
	private receivePublish(packet: FrameReader): SessionEvent {
		const incoming = this.incoming;
		if (packet.skipped !== 0) return this.receiveLong(packet);
		viewPublish(packet, incoming);
		if (incoming.alias !== 0) incoming.resolve();
		if (incoming.qos === 0) incoming.token = -1;
		else {
			incoming.token = this.receiver.publish(incoming, this.#options.version);
			if (incoming.token < 0) return this.passOver();
		}
		return SessionEvent.message;
	}
	/**
	 * A message longer than the reader is one that has come when its last byte has: whatever happens before
	 * that, it will come again.
	 */
	private receiveLong(packet: FrameReader): SessionEvent {
		const { incoming, receiver } = this;
		if (packet.begun) {
			viewPublish(packet, incoming);
			if (incoming.alias !== 0) incoming.resolve();
			incoming.skippedBytes = packet.skipped;
			incoming.payloadBytes = packet.left;
			// One that was delivered before, or that will come again, must not be heard.
			return incoming.qos > 0 && !receiver.wants(incoming) ? SessionEvent.none : SessionEvent.begun;
		}
		incoming.skip(packet);
		const isHeard = this.#isHeard;
		this.#isHeard = false;
		// Its head has not been here, and may have given a topic to an alias: the next connection has none.
		if (incoming.payloadBytes === 0) this.handshake.takesAliases = false;
		incoming.payloadBytes = 0;
		if (incoming.qos > 0) {
			const token = receiver.publish(incoming, this.#options.version);
			if (token < 0) return this.passOver();
			// [MQTT-4.5.0-2] [MQTT-4.5.0-2, 3.1.1]
			receiver.acknowledge(token, incoming.id, incoming.qos);
		}
		return isHeard ? SessionEvent.none : SessionEvent.skipped;
	}
	private receiveRare(packet: FrameReader, now: number): SessionEvent {
		const { type } = packet;
		if (type === PacketType.suback || type === PacketType.unsuback) {
			const { messageId, granted, properties } = readServerPacket(packet) as Grant;
			this.pulse.progressAt = now;
			this.requests.answer(messageId, granted, type, properties);
			return SessionEvent.none;
		}
		const event = this.handshake.receive(packet);
		this.pulse.progressAt = now;
		if (this.handshake.authDue) this.#rareDue = true;
		return event;
	}
}
