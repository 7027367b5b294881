import type { Alarm, Blame, Host, Transport, TransportHandler } from "../../hosts/host.js";
import type { Outbox } from "../outbox/outbox.js";
import { Session, SessionEvent } from "../session/session.js";
import type { Credentials } from "../session/session-options.js";
import { FrameReader } from "../wire/frame-reader.js";
import { FrameWriter } from "../wire/frame-writer.js";
import { ProtocolError } from "../wire/protocol-error.js";
import { explain } from "../wire/reason-code.js";
import { Cause, backOff, closeCause, refusalCause } from "./cause.js";
import { checkReach, type Endpoint } from "./endpoint.js";
import { Inlet } from "./inlet.js";
import { LinkState, type LinkHandler, type LinkOptions } from "./link-options.js";
import { openStream } from "./open-stream.js";
import { Outlet } from "./outlet.js";
import { Route } from "./route.js";
import { Subscriptions } from "./subscriptions.js";

export { LinkState, type LinkHandler, type LinkOptions } from "./link-options.js";

const online = LinkState.online;
const none = SessionEvent.none;
const message = SessionEvent.message;

/**
 * Keeps a connection to the broker, and joins session, outbox and transport: one transport, one frame, one
 * alarm.
 *
 * It never blocks, and never throws to the host: what goes wrong ends the connection, with a cause, and the
 * next attempt follows after a back-off. Publishing does not touch the socket, but wakes the link for its
 * next turn.
 */
export class Link implements TransportHandler {
	state: LinkState = LinkState.stopped;
	endpoint: Endpoint;
	/** Why the last connection, or attempt, ended; for people, and the wait before the next attempt. */
	cause: Cause = Cause.network;
	detail = "";
	retryMs = 0;
	/** Attempts and connections that ended, by cause. */
	readonly endings: number[] = new Array<number>(Object.keys(Cause).length).fill(0);
	readonly session: Session;
	readonly outbox: Outbox;
	readonly subscriptions: Subscriptions;
	readonly frame: FrameWriter;
	unread = 0;
	#host: Host;
	#options: LinkOptions;
	#handler: LinkHandler;
	#reader: FrameReader;
	#alarm: Alarm;
	#armedFor = Infinity;
	/** Within a turn of ours, which ends with all that is due. */
	#busy = false;
	#route: Route;
	#attempt = 0;
	#held = false;
	#until = Infinity;
	#onlineAt = 0;
	#credentials: Credentials = {};
	#cancelResolve: (() => void) | undefined;
	#transport: Transport | undefined;
	#outlet: Outlet;
	/** Made for the first message that is longer than the reader. */
	#inlet: Inlet | undefined;

	/**
	 * The frame is best laid out in the memory of the outbox, behind its arena. An endpoint that this host has
	 * no stream for is a RangeError.
	 */
	constructor(host: Host, outbox: Outbox, frame: FrameWriter, handler: LinkHandler, options: LinkOptions) {
		for (const endpoint of options.endpoints) checkReach(endpoint, host.network.streams);
		this.#host = host;
		this.#handler = handler;
		this.#options = options;
		this.outbox = outbox;
		this.frame = frame;
		this.session = new Session(outbox, options.session);
		this.#outlet = new Outlet(this.session, frame);
		const { readerBytes, incomingBytesMax = readerBytes, session, subscriptionsMax } = options;
		this.session.handshake.packetBytesMax = incomingBytesMax;
		this.session.check(frame, {});
		this.subscriptions = new Subscriptions(subscriptionsMax, this.session);
		this.#reader = new FrameReader(host.text, readerBytes, session.version, incomingBytesMax);
		this.#route = new Route(options.endpoints, options.followRedirects);
		this.endpoint = this.#route.endpoint;
		this.#alarm = host.clock.alarm(() => this.onAlarm());
	}
	/** The way in of messages longer than the reader. */
	get inlet(): Inlet {
		return (this.#inlet ??= new Inlet(this.session, this.#reader, this.#handler, this));
	}
	/** Begins to connect; harmless when it has begun. */
	start(): void {
		if (this.state !== LinkState.stopped) return;
		this.enter(LinkState.waiting);
		this.#until = this.#host.clock.now();
		this.arm();
	}
	/** Says farewell, in 5.0 with a session expiry of its own, and ends. The outbox keeps what is in it. */
	stop(sessionExpirySeconds?: number): void {
		if (this.state === LinkState.stopped) return;
		if (this.state === LinkState.online) this.farewell(0, sessionExpirySeconds);
		this.drop();
		this.enter(LinkState.stopped);
		// Set anew, so that no alarm of the former connection keeps a program from its end.
		this.#armedFor = Infinity;
		this.#alarm.set(Infinity);
		this.arm();
	}
	/** The network is down: the connection is given up, and no attempt made before release(). */
	hold(detail: string): void {
		this.#held = true;
		this.fail(Cause.network, detail);
	}
	release(): void {
		if (!this.#held) return;
		this.#held = false;
		if (this.state !== LinkState.waiting) return;
		// An access point that comes back brings all its stations back at once.
		const jitter = backOff(Cause.network, 1, this.#host.random.word());
		this.#until = Math.max(this.#until, this.#host.clock.now() + jitter);
		this.arm();
	}
	/** Takes a message into the log, and sends it in the link's next turn: see Sender.publish(). */
	publish(
		topic: Uint8Array,
		payload: Uint8Array,
		marks: number,
		ttlMs: number,
		properties?: Uint8Array,
	): number {
		const now = ttlMs === Infinity ? 0 : this.#host.clock.now();
		const record = this.session.sender.publish(topic, payload, marks, ttlMs, now, properties);
		if (record !== 0 && this.#armedFor !== 0) this.wake();
		return record;
	}
	/** Something is due: it is seen to in the link's next turn, which is this one if it is not over. */
	wake(): void {
		if (this.#busy || this.#armedFor === 0) return;
		this.#armedFor = 0;
		this.#alarm.set(0);
	}
	/** The handler of an incoming message is done. */
	acknowledge(token: number, id: number, qos: number): void {
		this.session.receiver.acknowledge(token, id, qos);
		this.wake();
	}
	onWritable(count: number): void {
		if (this.#transport === undefined) return;
		this.#outlet.writable = count;
		if (this.state === LinkState.opening) {
			this.session.open(this.#credentials);
			this.#credentials = {};
			this.enter(LinkState.greeting);
		}
		this.guard(this.#host.clock.now());
	}
	onReadable(count: number): void {
		if (this.#transport === undefined) return;
		this.unread = this.unread > 0 ? Infinity : count;
		this.guard(this.#host.clock.now());
	}
	onLost(detail: string, blame?: Blame): void {
		if (blame !== undefined) this.fail(Cause[blame], detail);
		else if (this.state === LinkState.opening) this.fail(Cause.unreachable, detail);
		else this.fail(Cause.closed, this.state === LinkState.greeting ? `${detail}, before CONNACK` : detail);
	}
	/** Everything that the host calls ends here: read what may be read, send what is due, set the alarm. */
	private guard(now: number): void {
		this.#busy = true;
		try {
			do {
				if (this.unread > 0 && this.#transport !== undefined) this.read(this.#transport, now);
				if (now >= this.outbox.expireAt) this.outbox.expire(now);
				if (this.#transport !== undefined) this.#outlet.pump(this.#transport, now);
				// Acknowledgements that have gone out may have made room for what was left unread.
			} while (this.unread > 0 && this.session.ready);
		} catch (error) {
			this.breach(error);
		}
		this.#busy = false;
		if (this.state !== online) return this.arm();
		let next = this.session.pulse.deadline;
		if (this.outbox.expireAt < next) next = this.outbox.expireAt;
		if (next < this.#armedFor) this.ringAt(next);
	}
	private onAlarm(): void {
		this.#armedFor = Infinity;
		const now = this.#host.clock.now();
		if (this.state !== online || now >= this.session.pulse.deadline) {
			try {
				this.tick(now);
			} catch (error) {
				this.breach(error);
			}
		}
		this.guard(now);
	}
	private tick(now: number): void {
		if (this.state === LinkState.online) {
			const detail = this.session.tick(now, this.unread > 0, this.#reader.left > 0);
			if (detail !== undefined) this.fail(Cause.silent, detail);
		} else if (now >= this.#until && this.state === LinkState.waiting) {
			if (!this.#held) this.dial(now);
		} else if (now >= this.#until && this.state !== LinkState.stopped)
			this.fail(Cause.silent, `no answer in ${this.#options.connectMs / 1000} s`);
	}
	/** An error ends the connection. [MQTT-4.13.1-1] [MQTT-4.8.0-1, 3.1.1] [MQTT-4.8.0-2, 3.1.1] */
	breach(error: unknown): void {
		if (error instanceof ProtocolError) {
			// Before 5.0 a DISCONNECT would make the broker forget our will; there the stream just ends.
			if (this.#options.session.version === 5) this.farewell(error.violation);
			this.fail(Cause.protocol, error.message);
		} else this.fail(Cause.fault, String(error));
	}
	private dial(now: number): void {
		const attempt = ++this.#attempt;
		this.endpoint = this.#route.take();
		this.#until = now + this.#options.connectMs;
		this.enter(LinkState.resolving);
		const provider = this.#options.credentials;
		if (provider === undefined) return this.resolve({}, attempt);
		provider(credentials => {
			if (credentials !== undefined) this.resolve(credentials, attempt);
			else if (attempt === this.#attempt) this.fail(Cause.credentials, "there are no credentials");
		});
	}
	/** Its first answer counts; one that comes later, or to a former attempt, is ignored. */
	private resolve(credentials: Credentials, attempt: number): void {
		if (attempt !== this.#attempt) return;
		this.#attempt++;
		try {
			this.session.check(this.frame, credentials);
			this.#credentials = credentials;
			const { host, scheme } = this.endpoint;
			if (scheme === "serial") return this.open("");
			this.#cancelResolve = this.#host.network.resolve(host, address => {
				this.#cancelResolve = undefined;
				if (address === undefined) this.fail(Cause.name, `the name ${host} does not resolve`);
				else this.open(address);
			});
		} catch (error) {
			this.fail(Cause.fault, String(error));
		}
	}
	private open(address: string): void {
		this.enter(LinkState.opening);
		// Whoever heard of it may have stopped the link.
		if (this.state !== LinkState.opening) return;
		try {
			this.#transport = openStream(this.#host, this.endpoint, address, this.#options, this.frame, this);
			this.#outlet.open(this.#transport);
		} catch (error) {
			this.fail(Cause.fault, String(error));
		}
	}
	/** Acts on all that has come in, until there is no more, or too much to be done about it first. */
	private read(transport: Transport, now: number): void {
		const session = this.session;
		const reader = this.#reader;
		if (!session.ready) return this.#inlet?.offer();
		// What was left in the reader is unread as well.
		if (this.unread === Infinity && !this.take(transport, now)) return;
		while (this.unread > 0) {
			const bytes = transport.read(reader.room);
			if (bytes === undefined) {
				this.unread = 0;
				return;
			}
			session.pulse.heardAt = now;
			reader.fill(bytes);
			const count = bytes.length;
			if (!session.receiveAcks(reader, now) && !this.take(transport, now)) return;
			this.unread -= count;
		}
	}
	/** Acts on the whole packets which are in the reader; false when it is not to be filled again now. */
	private take(transport: Transport, now: number): boolean {
		const session = this.session;
		const reader = this.#reader;
		while (reader.next()) {
			const event = session.receive(reader, now);
			if (event === message) {
				if (this.#handler.onMessage() && session.incoming.qos > 0) session.acknowledge(this.frame, now);
			} else if (event !== none) this.act(event, now);
			if (this.#transport !== transport) return false;
			if (session.ready) continue;
			reader.keep();
			if (this.unread > 0) this.unread = Infinity;
			return false;
		}
		return true;
	}
	private act(event: SessionEvent, now: number): void {
		const { handshake, incoming } = this.session;
		switch (event) {
			case SessionEvent.begun:
				return this.inlet.open(this.#transport!);
			case SessionEvent.skipped:
				return this.#handler.onSkipped(incoming.skippedBytes);
			case SessionEvent.connected:
				this.#onlineAt = now;
				if (!handshake.sessionPresent || handshake.unsure) this.subscriptions.renew();
				return this.enter(LinkState.online);
			case SessionEvent.refused: // [MQTT-4.13.2-1]
				return this.turnAway(refusalCause(handshake.reason), "refused", now);
			case SessionEvent.disconnected:
				return this.turnAway(closeCause(handshake.reason), "closed by the broker", now);
		}
	}
	private turnAway(cause: Cause, what: string, now: number): void {
		const { reason, properties } = this.session.handshake;
		const detail = `${what}: ${explain(reason, properties)}`;
		const elsewhere = this.#route.redirect(reason, properties?.serverReference, this.isHealthy(now));
		if (elsewhere === undefined) this.fail(cause, detail);
		else this.fail(Cause.moved, `${detail}, ${elsewhere}`);
	}
	private isHealthy(now: number): boolean {
		return this.state === online && now - this.#onlineAt >= this.#options.healthyMs;
	}
	private farewell(reason: number, sessionExpirySeconds?: number): void {
		this.session.leave(reason, sessionExpirySeconds); // [MQTT-3.14.4-2] [MQTT-3.14.4-1, 3.1.1]
		try {
			if (this.#transport !== undefined) this.#outlet.pump(this.#transport, this.#host.clock.now());
		} catch {
			// The stream is given up in any case; a farewell that cannot be said changes nothing.
		}
	}
	private fail(cause: Cause, detail: string): void {
		if (this.state <= LinkState.waiting) return;
		const now = this.#host.clock.now();
		this.endings[cause]!++;
		this.cause = cause;
		this.detail = detail;
		this.retryMs = this.#route.advance(cause, this.isHealthy(now), this.#host.random.word());
		this.#until = now + this.retryMs;
		this.drop();
		this.enter(LinkState.waiting);
		this.arm();
	}
	/** What dies with the connection. */
	private drop(): void {
		this.#attempt++;
		this.#cancelResolve?.();
		this.#cancelResolve = undefined;
		this.#transport?.close();
		this.#transport = undefined;
		this.#credentials = {};
		this.unread = 0;
		this.#outlet.lose();
		this.#reader.reset();
		this.#inlet?.lose();
		this.session.lose();
	}
	private enter(state: LinkState): void {
		this.state = state;
		this.#handler.onLinkState();
	}
	/** The alarm rings for whatever is due first; it may ring early, and is then set again. */
	private arm(): void {
		let next = this.outbox.expireAt;
		if (this.state === online) {
			const deadline = this.session.pulse.deadline;
			if (deadline < next) next = deadline;
		} else if (
			this.state !== LinkState.stopped &&
			this.#until < next &&
			!(this.#held && this.state === LinkState.waiting)
		)
			next = this.#until;
		if (next < this.#armedFor) this.ringAt(next);
	}
	private ringAt(time: number): void {
		this.#armedFor = time;
		this.#alarm.set(time);
	}
}
