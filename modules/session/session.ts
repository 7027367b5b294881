import type { Outbox } from "../outbox/outbox.js";
import type { FrameReader } from "../wire/frame-reader.js";
import { FrameWriter } from "../wire/frame-writer.js";
import type { ConnackPacket, ConnectPacket, Properties } from "../wire/packet.js";
import { PacketType } from "../wire/packet-type.js";
import { breach } from "../wire/protocol-error.js";
import { readServerPacket } from "../wire/read-server-packet.js";
import { isClientReason, reasonOfReturnCode } from "../wire/reason-code.js";
import { writePacket } from "../wire/write-packet.js";
import { Acks } from "./acks.js";
import { connectPacket } from "./connect-packet.js";
import { Incoming } from "./incoming.js";
import { Offer } from "./offer.js";
import { Pulse } from "./pulse.js";
import { Receiver } from "./receiver.js";
import { Requests, packetOf, type Request } from "./requests.js";
import { Sender } from "./sender.js";
import type { Credentials, SessionOptions } from "./session-options.js";

export type { Authenticator, Credentials, SessionOptions } from "./session-options.js";

/** What a packet brought about; details are in the session's fields of that name. */
export const SessionEvent = Object.freeze({
	none: 0,
	connected: 1,
	refused: 2,
	message: 3,
	skipped: 4,
	disconnected: 5,
});
export type SessionEvent = (typeof SessionEvent)[keyof typeof SessionEvent];

const Phase = Object.freeze({ offline: 0, greeting: 1, waiting: 2, online: 3, leaving: 4, left: 5 });
type Phase = (typeof Phase)[keyof typeof Phase];

const online = Phase.online;
const publish = PacketType.publish;
const puback = PacketType.puback;
const pubrel = PacketType.pubrel;

/** Reason codes used here by name [MQTT5 2.4]. */
const continueAuthentication = 0x18;
const packetIdNotFound = 0x92;

/**
 * The client's side of MQTT 3.1, 3.1.1 and 5.0, as a machine: no socket, no timer, no clock, no log.
 *
 *     receive(packet, now) ─┐                                 ┌─> SessionEvent
 *     tick(now) ────────────┼─> [ phase, sender, receiver … ] ┤
 *     the outbox ───────────┘                                 └─> transmit(frame, now), until false
 *
 * After any call that changes it, drain transmit(), and call tick() at pulse.deadline. What dies with the
 * connection is reset in lose(), what dies with the broker's session in #restart(), and nowhere else. Time is
 * milliseconds on any clock that never goes back.
 */
export class Session {
	/** Of the last CONNACK or DISCONNECT: its reason code of 5.0, its reason string, its properties. */
	reason = 0;
	detail = "";
	properties: Properties | undefined;
	/** The broker kept our session. */
	sessionPresent = false;
	/**
	 * A CONNACK before this one was lost, and may have told of a lost session: then this one calls the new
	 * session present.
	 */
	unsure = false;
	/** The message of SessionEvent.message. */
	readonly incoming = new Incoming();
	readonly offer = new Offer();
	readonly pulse: Pulse;
	readonly sender: Sender;
	readonly receiver: Receiver;
	readonly requests: Requests;
	clientId: string;
	/** What our reader holds, announced in 5.0; 0 for no limit. */
	packetBytesMax = 0;
	#options: SessionOptions;
	#phase: Phase = Phase.offline;
	#acks: Acks;
	#pendingMax: number;
	/** We are not online, or AUTH or resends may be due: cleared by #writeRare() when they are not. */
	#rareDue = true;
	#credentials: Credentials = {};
	#authDue = false;
	#authData: Uint8Array | undefined;
	#leaveReason = 0;
	#asked = false;
	#doubts = false;

	constructor(outbox: Outbox, options: SessionOptions) {
		this.#options = options;
		this.clientId = options.clientId;
		this.pulse = new Pulse(options.replyMs, options.ackMs);
		this.#acks = new Acks(options.window + 2 * options.incomingMax);
		this.sender = new Sender(outbox, this.#acks, this.offer, options.version);
		this.receiver = new Receiver(options.incomingMax, this.#acks);
		this.#pendingMax = options.version === 5 ? Infinity : options.incomingMax;
		this.requests = new Requests(options.requestsMax, outbox.recordsMax + 2, outbox.idSize);
	}
	/** Something may be due that transmit() can write, or had no room for. */
	get due(): boolean {
		if (this.sender.outbox.next !== 0 || this.#acks.count > 0 || this.#rareDue) return true;
		return this.requests.unsent > 0 || this.pulse.pingDue;
	}
	get online(): boolean {
		return this.#phase === Phase.online;
	}
	/** DISCONNECT is in the frame: when that is written, the connection is to be closed. */
	get left(): boolean {
		return this.#phase === Phase.left;
	}
	/**
	 * False while too much waits for the application or the socket: leave the broker's bytes unread. A 5.0
	 * broker keeps to our Receive Maximum: handlers which wait for an acknowledgement cannot keep that out.
	 */
	get ready(): boolean {
		const pending = this.receiver.pending;
		return pending < this.#pendingMax && this.#acks.count + pending < this.#acks.size;
	}
	/** The transport is up: greet the broker. */
	open(credentials: Credentials): void {
		if (this.#phase !== Phase.offline) throw new TypeError("session is open");
		this.#credentials = credentials;
		this.#phase = Phase.greeting;
	}
	/** The transport is gone. Messages stay in the outbox, those in flight with their ids. */
	lose(): void {
		this.#phase = Phase.offline;
		this.#rareDue = true;
		this.#doubts ||= this.#asked;
		this.#asked = false;
		this.#authDue = false;
		this.#authData = undefined;
		this.#credentials = {};
		this.pulse.stop();
		this.#acks.clear();
		this.sender.lose();
		this.receiver.lose();
		this.requests.lose();
	}
	/** Says farewell as the next packet; 5.0 carries the reason code. */
	leave(reason: number): void {
		if (this.#phase === Phase.offline || this.#phase === Phase.left) return;
		this.#leaveReason = reason;
		this.#rareDue = true;
		this.#phase = this.#phase === Phase.greeting ? Phase.left : Phase.leaving;
	}
	/**
	 * Throws a RangeError or TypeError when this frame, once empty, cannot carry the request, or the CONNECT.
	 */
	check(frame: FrameWriter, subject: Request | Credentials): void {
		const packet = "filter" in subject ? packetOf(subject, 1) : this.#connect(subject);
		// What waits in the frame must stay, and does not count.
		const isEmpty = frame.end === frame.start;
		const target = isEmpty ? frame : new FrameWriter(frame.text, new Uint8Array(frame.limit - frame.start));
		writePacket(target, packet, this.#options.version);
		target.reset();
	}
	/** Acts on the PUBACKs that come next, in the usual case; in any other, receive() does. */
	receiveAcks(packets: FrameReader, now: number): void {
		if (this.#rareDue || this.sender.direct !== 0) return;
		if (packets.takePubacks(this.sender.outbox)) this.pulse.progressAt = now;
	}
	/** Acts on one whole packet. */
	receive(packet: FrameReader, now: number): SessionEvent {
		const pulse = this.pulse;
		const type = packet.type;
		pulse.heardAt = now;
		if (this.#phase !== online) return this.#receiveEarly(packet, now);
		if (type === publish) return this.#receivePublish(packet);
		if (type === PacketType.pingresp) {
			packet.finish();
			pulse.answer();
		} else if (type >= puback && type <= PacketType.pubcomp) this.#receiveAck(packet, now);
		else return this.#receiveRare(packet, now);
		return SessionEvent.none;
	}
	/** Why the connection is dead, or undefined. Deaf tells that bytes are left unread for our own reasons. */
	tick(now: number, deaf: boolean): string | undefined {
		if (this.#phase !== Phase.online) return undefined;
		return this.pulse.tick(now, this.sender.owed + this.requests.owed > 0, deaf);
	}
	/** Writes the next packets that are due and fit, if any. */
	transmit(frame: FrameWriter, now: number): boolean {
		// A packet is half in the socket: nothing else may be written before the rest of it.
		if (this.sender.direct !== 0) return false;
		let written = false;
		if (this.#rareDue || this.pulse.pingDue) written = this.#writeRare(frame, now);
		else if (this.#acks.count > 0) written = this.#writeAck(frame);
		else if (this.requests.unsent > 0) written = this.#writeRequest(frame, now);
		else written = this.#writeMessages(frame, now);
		if (written) this.pulse.sentAt = now;
		return written;
	}
	/** Takes the messages at the front of the log, when nothing else is due: see Sender.takeFront(). */
	takeFront(bytesMax: number, now: number): boolean {
		if (this.#rareDue || this.pulse.pingDue || this.#acks.count > 0 || this.requests.unsent > 0) return false;
		const isFirst = this.sender.owed + this.requests.owed === 0;
		if (!this.sender.takeFront(bytesMax, now)) return false;
		if (isFirst) this.pulse.ask(now);
		this.pulse.sentAt = now;
		return true;
	}
	/** Whatever has its turn, while something rare may be due. */
	#writeRare(frame: FrameWriter, now: number): boolean {
		if (this.#phase !== online) return this.#writeEarly(frame);
		if (this.#acks.count > 0) return this.#writeAck(frame);
		if (this.pulse.pingDue) return this.#writePing(frame);
		if (this.#authDue) return this.#writeAuth(frame);
		if (this.sender.resending) {
			if (this.#writeMessages(frame, now)) return true;
			// If this broker has refused all that was left to resend, nothing holds requests back any more.
			if (this.sender.resending) return false;
		}
		this.#rareDue = false;
		return this.requests.unsent > 0 ? this.#writeRequest(frame, now) : this.#writeMessages(frame, now);
	}
	#writeMessages(frame: FrameWriter, now: number): boolean {
		const isFirst = this.sender.owed + this.requests.owed === 0;
		if (!this.sender.transmit(frame, now)) return false;
		if (isFirst) this.pulse.ask(now);
		return true;
	}
	#writeRequest(frame: FrameWriter, now: number): boolean {
		if (!this.requests.transmit(frame, this.#options.version)) return false;
		if (this.sender.owed + this.requests.owed === 1) this.pulse.ask(now);
		return true;
	}
	#writePing(frame: FrameWriter): boolean {
		if (frame.room < 2) return false;
		this.pulse.pingDue = false;
		frame.begin(PacketType.pingreq, 0, 0);
		return true;
	}
	#writeAck(frame: FrameWriter): boolean {
		const acks = this.#acks;
		const released = acks.type === pubrel ? acks.id : 0;
		if (!acks.transmit(frame, this.#options.version)) return false;
		if (released !== 0) this.sender.released(released);
		return true;
	}
	#writeEarly(frame: FrameWriter): boolean {
		if (this.#phase === Phase.greeting) {
			this.#phase = Phase.waiting;
			this.#asked = true;
			writePacket(frame, this.#connect(this.#credentials), this.#options.version);
			this.#credentials = {};
			return true;
		}
		if (this.#phase === Phase.waiting && this.#authDue) return this.#writeAuth(frame);
		if (this.#phase !== Phase.leaving || frame.room < 4) return false;
		this.#phase = Phase.left;
		const code = this.#options.version === 5 && this.#leaveReason !== 0 ? this.#leaveReason : 0;
		frame.begin(PacketType.disconnect, 0, code === 0 ? 0 : 1);
		if (code !== 0) frame.byte(code);
		return true;
	}
	#writeAuth(frame: FrameWriter): boolean {
		if (frame.end > frame.start) return false;
		const authenticationMethod = this.#options.authenticator!.method;
		const properties =
			this.#authData === undefined
				? { authenticationMethod }
				: { authenticationMethod, authenticationData: this.#authData };
		writePacket(frame, { cmd: "auth", reasonCode: continueAuthentication, properties }, 5);
		this.#authDue = false;
		return true;
	}
	#connect(credentials: Credentials): ConnectPacket {
		return connectPacket(this.#options, this.clientId, credentials, this.packetBytesMax);
	}
	#receiveEarly(packet: FrameReader, now: number): SessionEvent {
		// What comes between our DISCONNECT and the end of the stream is nobody's business any more.
		if (this.#phase === Phase.leaving || this.#phase === Phase.left) return SessionEvent.none;
		if (this.#phase !== Phase.waiting) throw breach("a packet before CONNECT");
		if (packet.type === PacketType.auth) return this.#receiveAuth(packet);
		if (packet.type === PacketType.disconnect && this.#options.version === 5)
			return this.#receiveDisconnect(packet);
		if (packet.type !== PacketType.connack) throw breach(`packet type ${packet.type} instead of CONNACK`);
		return this.#receiveConnack(readServerPacket(packet) as ConnackPacket, now);
	}
	#receiveConnack(connack: ConnackPacket, now: number): SessionEvent {
		const { version, clean, keepAliveMs, window, authenticator } = this.#options;
		const { properties } = connack;
		this.#asked = false;
		this.properties = properties;
		this.reason = connack.reasonCode ?? reasonOfReturnCode(connack.returnCode ?? 0) ?? 0;
		this.detail = properties?.reasonString ?? "";
		if (this.reason !== 0) return SessionEvent.refused;
		if (connack.sessionPresent && clean) throw breach("session present after a clean start");
		if (properties?.authenticationMethod !== authenticator?.method)
			throw breach("CONNACK with another authentication method");
		this.sessionPresent = connack.sessionPresent;
		this.unsure = this.#doubts;
		this.#doubts = false;
		if (properties?.assignedClientIdentifier !== undefined)
			this.clientId = properties.assignedClientIdentifier;
		this.offer.take(properties);
		this.#phase = Phase.online;
		this.pulse.start(
			properties?.serverKeepAlive !== undefined ? properties.serverKeepAlive * 1000 : keepAliveMs,
			now,
		);
		this.sender.window = Math.min(window, this.offer.receiveMax);
		// MQTT 3.1 does not say whether it kept the session; it was asked to, so the resends go out as such.
		this.#restart(connack.sessionPresent || (version === 3 && !clean));
		return SessionEvent.connected;
	}
	#restart(kept: boolean): void {
		this.sender.restart(kept, this.unsure);
		if (!kept) this.receiver.forget();
		else if (this.unsure) this.receiver.doubt();
	}
	#receiveAck(packet: FrameReader, now: number): void {
		const { type } = packet;
		const { bytes, at } = packet;
		const id = (bytes[at]! << 8) | bytes[at + 1]!;
		let reason = 0;
		if (packet.end - at !== 2 || id === 0) {
			// Longer ones come in 5.0 only; what is wrong with any other, the reader tells.
			reason = (readServerPacket(packet) as { reasonCode?: number }).reasonCode ?? 0;
		}
		const { sender } = this;
		if (type === PacketType.pubrel) return this.receiver.release(id);
		this.pulse.progressAt = now;
		// An acknowledgement that comes twice is no offence [MQTT5 4.3.2].
		if (type === PacketType.puback) sender.acknowledge(id, reason, 1);
		else if (type === PacketType.pubcomp) sender.complete(id);
		else if (reason >= 0x80) sender.acknowledge(id, reason, 2);
		else this.#acks.push(PacketType.pubrel, id, sender.receive(id) ? 0 : packetIdNotFound);
	}
	#receivePublish(packet: FrameReader): SessionEvent {
		const incoming = this.incoming;
		if (packet.skipped > 0) return this.#skipPublish(packet);
		incoming.read(packet);
		if (incoming.qos > 0) {
			incoming.token = this.receiver.publish(incoming, this.#options.version);
			if (incoming.token < 0) return SessionEvent.none;
		}
		return SessionEvent.message;
	}
	#skipPublish(packet: FrameReader): SessionEvent {
		const { incoming, receiver } = this;
		incoming.skip(packet);
		if (incoming.qos === 0) return SessionEvent.skipped;
		const token = receiver.publish(incoming, this.#options.version);
		if (token < 0) return SessionEvent.none;
		receiver.acknowledge(token, incoming.id, incoming.qos);
		return SessionEvent.skipped;
	}
	#receiveRare(packet: FrameReader, now: number): SessionEvent {
		const { type } = packet;
		if (type === PacketType.suback || type === PacketType.unsuback) {
			const answer = readServerPacket(packet) as { messageId: number; granted: number[] };
			this.pulse.progressAt = now;
			this.requests.answer(answer.messageId, answer.granted ?? [], type === PacketType.suback);
			return SessionEvent.none;
		}
		if (type === PacketType.disconnect && this.#options.version === 5) return this.#receiveDisconnect(packet);
		if (type === PacketType.auth) return this.#receiveAuth(packet);
		throw breach(type === PacketType.connack ? "CONNACK twice" : `packet type ${type} from a broker`);
	}
	#receiveDisconnect(packet: FrameReader): SessionEvent {
		const { reasonCode, properties } = readServerPacket(packet) as {
			reasonCode?: number;
			properties?: Properties;
		};
		this.reason = reasonCode ?? 0;
		if (isClientReason(this.reason) || properties?.sessionExpiryInterval !== undefined)
			throw breach("DISCONNECT as only clients send it");
		this.properties = properties;
		this.detail = properties?.reasonString ?? "";
		return SessionEvent.disconnected;
	}
	#receiveAuth(packet: FrameReader): SessionEvent {
		const { authenticator } = this.#options;
		const { reasonCode, properties } = readServerPacket(packet) as {
			reasonCode: number;
			properties?: Properties;
		};
		if (isClientReason(reasonCode)) throw breach("AUTH as only clients send it");
		if (authenticator === undefined) throw breach("AUTH without an authentication method");
		if (properties?.authenticationMethod !== authenticator.method)
			throw breach("AUTH with another authentication method");
		if (reasonCode !== continueAuthentication) {
			if (this.#phase === Phase.waiting) throw breach("AUTH ends before CONNACK");
			return SessionEvent.none;
		}
		this.#authData = authenticator.answer(properties?.authenticationData);
		this.#authDue = this.#rareDue = true;
		return SessionEvent.none;
	}
}
