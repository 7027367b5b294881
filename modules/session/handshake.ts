import type { FrameReader } from "../wire/frame-reader.js";
import { FrameFullError, type FrameWriter } from "../wire/frame-writer.js";
import type { AuthPacket, ConnackPacket, ConnectPacket, Properties } from "../wire/packet.js";
import { PacketType } from "../wire/packet-type.js";
import { breach } from "../wire/protocol-error.js";
import { readServerPacket } from "../wire/read-server-packet.js";
import { isClientReason, reasonOfReturnCode } from "../wire/reason-code.js";
import { writeClientPacket } from "../wire/write-client-packet.js";
import { connectPacket } from "./connect-packet.js";
import { Offer } from "./offer.js";
import { SessionEvent } from "./session-event.js";
import type { Credentials, SessionOptions } from "./session-options.js";

const Phase = Object.freeze({ offline: 0, greeting: 1, waiting: 2, online: 3, leaving: 4, left: 5 });
type Phase = (typeof Phase)[keyof typeof Phase];

/** DISCONNECT or AUTH of 5.0, where none is without a reason code when it was read. */
interface Ending {
	reasonCode: number;
	properties?: Properties;
}

/** Header, reason code, property length and session expiry. */
const disconnectMax = 9;
/** Reason codes of AUTH [MQTT5 3.15.2.1]. */
const continueAuthentication = 0x18;
const reauthenticate = 0x19;
/** What the refusal of a broker that does not know our version says in the words of ours. */
const oldRefusal: ConnackPacket = Object.freeze({ cmd: "connack", sessionPresent: false, reasonCode: 0x84 });

/**
 * How a connection begins and ends in words: CONNECT, AUTH, CONNACK and DISCONNECT.
 *
 *     offline ─> greeting ─> CONNECT: waiting ─> CONNACK: online ─> leaving ─> DISCONNECT: left
 */
export class Handshake {
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
	readonly offer = new Offer();
	// [MQTT-3.1.3-2] [MQTT-3.1.3-2, 3.1.1]
	clientId: string;
	/** What our reader holds, announced in 5.0; 0 for no limit. */
	packetBytesMax = 0;
	/** Topic aliases are announced, if there are any. */
	takesAliases = true;
	#options: SessionOptions;
	#phase: Phase = Phase.offline;
	#credentials: Credentials = {};
	/** Of the AUTH that waits to be sent; 0 for none. */
	#authReason = 0;
	#authData: Uint8Array | undefined;
	/** A re-authentication is under way. */
	#onReauthenticated: ((accepted: boolean) => void) | undefined;
	#leaveReason = 0;
	#leaveExpiry: number | undefined;
	/** CONNECT went out, and its CONNACK did not come; or did not, on a former connection. */
	#asked = false;
	#doubts = false;

	constructor(options: SessionOptions) {
		if (options.authenticator !== undefined && options.version < 5)
			throw new TypeError("an authenticator needs MQTT 5");
		this.#options = options;
		this.clientId = options.clientId;
	}
	/** DISCONNECT is in the frame: when that is written, the connection is to be closed. */
	get left(): boolean {
		return this.#phase === Phase.left;
	}
	/** An AUTH waits to be sent. */
	get authDue(): boolean {
		return this.#authReason !== 0;
	}
	/** The broker owes the end of a re-authentication. */
	get owed(): number {
		return this.#onReauthenticated === undefined ? 0 : 1;
	}
	/** The transport is up: CONNECT is due. */
	open(credentials: Credentials): void {
		if (this.#phase !== Phase.offline) throw new TypeError("session is open");
		this.#credentials = credentials;
		this.#phase = Phase.greeting;
	}
	/** The transport is gone. */
	lose(): void {
		this.#phase = Phase.offline;
		this.#doubts ||= this.#asked;
		this.#asked = false;
		this.#authReason = 0;
		this.#authData = undefined;
		this.#credentials = {};
		this.endReauthentication(false);
	}
	/**
	 * Proves anew who we are, on this connection [MQTT-4.12.1-1]; false when we are not online, or it is under
	 * way. It has failed when the connection ends first.
	 */
	reauthenticate(onEnd: (accepted: boolean) => void): boolean {
		const { authenticator } = this.#options;
		if (authenticator === undefined) throw new TypeError("there is no authenticator");
		if (this.#phase !== Phase.online || this.#onReauthenticated !== undefined) return false;
		this.#authData = authenticator.start();
		this.#authReason = reauthenticate;
		this.#onReauthenticated = onEnd;
		return true;
	}
	/** DISCONNECT is due, unless CONNECT has not gone out. */
	leave(reason: number, sessionExpirySeconds?: number): void {
		if (this.#phase === Phase.offline || this.#phase === Phase.left) return;
		this.#leaveReason = reason;
		this.#leaveExpiry = sessionExpirySeconds;
		this.#phase = this.#phase === Phase.greeting ? Phase.left : Phase.leaving;
	}
	connectPacket(credentials: Credentials): ConnectPacket {
		const { clientId, packetBytesMax } = this;
		const packet = connectPacket(this.#options, clientId, credentials, packetBytesMax, this.#authData);
		// XS deletes nothing behind an optional chain.
		if (!this.takesAliases && packet.properties !== undefined) delete packet.properties.topicAliasMaximum;
		return packet;
	}
	/** Writes what is due and fits. */
	transmit(frame: FrameWriter): boolean {
		if (this.#authReason !== 0 && (this.#phase === Phase.waiting || this.#phase === Phase.online))
			return this.writeAuth(frame);
		// [MQTT-3.1.2-30]
		if (this.#phase === Phase.greeting) return this.writeConnect(frame);
		return this.#phase === Phase.leaving && this.writeDisconnect(frame);
	}
	/** Acts on a packet that comes while we are not online. */
	receiveEarly(packet: FrameReader): SessionEvent {
		// What comes between our DISCONNECT and the end of the stream is nobody's business any more.
		// [MQTT-3.14.4-1] [MQTT-3.14.4-2, 3.1.1]
		if (this.#phase === Phase.leaving || this.#phase === Phase.left) return SessionEvent.none;
		if (this.#phase !== Phase.waiting) throw breach("a packet before CONNECT");
		const { type } = packet;
		if (type === PacketType.connack) {
			if (isOldRefusal(packet)) return this.receiveConnack(oldRefusal);
			return this.receiveConnack(readServerPacket(packet) as ConnackPacket);
		}
		if (type === PacketType.auth || (type === PacketType.disconnect && this.#options.version === 5))
			return this.receive(packet);
		throw breach(`packet type ${type} instead of CONNACK`);
	}
	/** Acts on an AUTH or DISCONNECT, and takes any other packet for a breach. */
	receive(packet: FrameReader): SessionEvent {
		const { type } = packet;
		if (type === PacketType.disconnect && this.#options.version === 5) return this.receiveDisconnect(packet);
		if (type === PacketType.auth) return this.receiveAuth(packet);
		throw breach(type === PacketType.connack ? "CONNACK twice" : `packet type ${type} from a broker`);
	}
	/** Goes back to the client id of the options; false when no other was assigned. */
	dropAssigned(): boolean {
		if (this.clientId === this.#options.clientId) return false;
		this.clientId = this.#options.clientId;
		return true;
	}
	// [MQTT-3.1.0-1] [MQTT-3.1.0-2] [MQTT-3.1.0-1, 3.1.1] [MQTT-3.1.0-2, 3.1.1]
	private writeConnect(frame: FrameWriter): boolean {
		this.#phase = Phase.waiting;
		this.#asked = true;
		this.#authData = this.#options.authenticator?.start();
		this.write(frame, this.connectPacket(this.#credentials));
		this.#authData = undefined;
		this.#credentials = {};
		return true;
	}
	private writeDisconnect(frame: FrameWriter): boolean {
		if (frame.room < disconnectMax) return false;
		this.#phase = Phase.left;
		// What is too long for this broker stays unsaid [MQTT-3.2.2-15].
		if (this.#leaveExpiry !== undefined && this.offer.packetBytesMax >= disconnectMax) {
			const properties = { sessionExpiryInterval: this.#leaveExpiry };
			writeClientPacket(frame, { cmd: "disconnect", reasonCode: this.#leaveReason, properties }, 5);
			return true;
		}
		// [MQTT-3.14.2-3] [MQTT-3.14.2-4] [MQTT-3.15.2-2] [MQTT-3.15.2-3]
		const code = this.#options.version === 5 ? this.#leaveReason : 0;
		frame.begin(PacketType.disconnect, 0, code === 0 ? 0 : 1);
		if (code !== 0) frame.byte(code);
		return true;
	}
	private writeAuth(frame: FrameWriter): boolean {
		if (frame.end > frame.start) return false;
		const authenticationMethod = this.#options.authenticator!.method;
		const properties =
			this.#authData === undefined
				? { authenticationMethod }
				: { authenticationMethod, authenticationData: this.#authData };
		const from = frame.end;
		this.write(frame, { cmd: "auth", reasonCode: this.#authReason, properties });
		const bytes = frame.end - from;
		if (this.#phase === Phase.online && bytes > this.offer.packetBytesMax) {
			frame.reset();
			throw new RangeError(`AUTH of ${bytes} bytes is over the broker's ${this.offer.packetBytesMax}`);
		}
		this.#authReason = 0;
		return true;
	}
	/** Authentication data is known only now, and may be longer than any frame. */
	private write(frame: FrameWriter, packet: ConnectPacket | AuthPacket): void {
		try {
			writeClientPacket(frame, packet, this.#options.version);
		} catch (error) {
			if (!(error instanceof FrameFullError)) throw error;
			const dataBytes = this.#authData?.length ?? 0;
			const frameBytes = frame.limit - frame.start;
			const what = `${packet.cmd.toUpperCase()} with ${dataBytes} bytes of authentication data`;
			throw new RangeError(`${what} is over the frame of ${frameBytes}: give it more frameBytes`);
		}
	}
	private receiveConnack(connack: ConnackPacket): SessionEvent {
		const { clean, authenticator } = this.#options;
		const { properties } = connack;
		this.#asked = false;
		this.properties = properties;
		this.reason = connack.reasonCode ?? reasonOfReturnCode(connack.returnCode!)!;
		this.detail = properties?.reasonString ?? "";
		if (this.reason !== 0) return SessionEvent.refused;
		// [MQTT-3.1.2-4] [MQTT-3.2.2-4] [MQTT-3.1.2-6, 3.1.1]
		if (connack.sessionPresent && clean) throw breach("session present after a clean start");
		// [MQTT-4.12.0-5]
		if (properties?.authenticationMethod !== authenticator?.method)
			throw breach("CONNACK with another authentication method");
		authenticator?.finish?.(properties?.authenticationData);
		this.sessionPresent = connack.sessionPresent;
		this.unsure = this.#doubts;
		this.#doubts = false;
		if (properties?.assignedClientIdentifier !== undefined)
			this.clientId = properties.assignedClientIdentifier;
		this.offer.take(properties);
		this.#phase = Phase.online;
		return SessionEvent.connected;
	}
	private receiveDisconnect(packet: FrameReader): SessionEvent {
		const { reasonCode, properties } = readServerPacket(packet) as Ending;
		this.reason = reasonCode;
		if (isClientReason(this.reason) || properties?.sessionExpiryInterval !== undefined)
			throw breach("DISCONNECT as only clients send it");
		this.properties = properties;
		this.detail = properties?.reasonString ?? "";
		return SessionEvent.disconnected;
	}
	private receiveAuth(packet: FrameReader): SessionEvent {
		const { authenticator } = this.#options;
		const { reasonCode, properties } = readServerPacket(packet) as Ending;
		if (isClientReason(reasonCode)) throw breach("AUTH as only clients send it");
		// [MQTT-4.12.0-7]
		if (authenticator === undefined) throw breach("AUTH without an authentication method");
		if (properties?.authenticationMethod !== authenticator.method)
			throw breach("AUTH with another authentication method");
		if (this.#phase === Phase.online && this.#onReauthenticated === undefined)
			throw breach("AUTH that answers nothing");
		if (reasonCode === continueAuthentication) {
			this.#authData = authenticator.answer(properties?.authenticationData);
			// [MQTT-4.12.0-3]
			this.#authReason = continueAuthentication;
		} else {
			if (this.#phase === Phase.waiting) throw breach("AUTH ends before CONNACK");
			authenticator.finish?.(properties?.authenticationData);
			this.endReauthentication(true);
		}
		return SessionEvent.none;
	}
	private endReauthentication(accepted: boolean): void {
		const onEnd = this.#onReauthenticated;
		this.#onReauthenticated = undefined;
		onEnd?.(accepted);
	}
}

/**
 * A broker which knows no 5.0 refuses as in 3.1.1, with two bytes [MQTT 3.1.1, 3.2.2.3]. In 5.0 they are no
 * packet at all, since its properties are missing.
 */
function isOldRefusal({ version, bytes, at, end }: FrameReader): boolean {
	return version === 5 && end - at === 2 && bytes[at] === 0 && bytes[at + 1] === 1;
}
