import { Aedes, type AuthenticateError, type Client, type PublishPacket, type Subscription } from "aedes";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { AedesTables, NoEmitter, sessionMark } from "./aedes-tables.js";
import { Channel } from "./channel.js";
import { Control, ControlDesk } from "./control.js";
import type { Core } from "./core.js";
import { checkConnect, type Grant } from "./credentials.js";
import { Limits } from "./limits.js";
import { p2pTarget, parentOf, topicProblem } from "./names.js";
import { limitPackets } from "./packet-limit.js";
import type { Router } from "./router.js";
import { type Invalid, tokensAllow } from "./tokens.js";
import type { DeviceStep, PresenceEvent } from "./trace.js";

/** The service's words for how a connection begins and ends. */
const Word = Object.freeze({
	accepted: "accepted",
	refused: "not authorized",
	conflict: "clientId conflict",
	topic: "topic auth failed",
	silent: "no heart",
	left: "closed by client",
});

/** Why something is not allowed; the code is of a token which does not reach so far. */
interface Forbidden {
	why: string;
	code?: Invalid;
}

/**
 * The instance as devices meet it. aedes speaks MQTT 3.1.1 with them; here it is decided who may connect, and
 * what each PUBLISH and SUBSCRIBE may do. Will and retain are not supported by the service, and passed over.
 */
export class Gateway {
	readonly control: ControlDesk;
	#core: Core;
	#router: Router;
	#aedes: Aedes;
	#grants = new WeakMap<Client, Grant>();
	#channels = new Map<Client, Channel>();
	/**
	 * What a client has sent is worked through one after the other, so that its order and its PUBACKs' is kept.
	 */
	#turns = new WeakMap<Client, Promise<void>>();
	#silent = new WeakSet<Client>();

	private constructor(core: Core, router: Router) {
		this.#core = core;
		this.#router = router;
		this.control = new ControlDesk(core);
		const tables = new AedesTables({
			hasSession: clientId => core.sessions.get(clientId)?.isClean === false,
			onUnsubscribe: (client, filters) => this.#unsubscribe(client, filters),
			onAcknowledge: async (client, packetId) => {
				this.#channels.get(client)?.acknowledge(packetId);
				await core.store.saved();
			},
			onClean: clientId => {
				core.sessions.end(clientId);
				core.offline.clear(clientId);
			},
		});
		this.#aedes = new Aedes({
			mq: new NoEmitter(),
			persistence: tables,
			maxClientsIdLength: Limits.clientIdLength,
			preConnect: (_client, packet, done) => {
				delete packet.will;
				done(null, true);
			},
			authenticate: (client, username, password, done) => {
				const refused = this.#authenticate(client, username, password?.toString());
				if (refused) done(refused, null);
				else done(null, true);
			},
			authorizePublish: (client, packet, done) => {
				if (!client) return done();
				packet.retain = false;
				this.#inTurn(client, done, () => this.#publish(client, packet), packet.topic === Control.uploadToken);
			},
			authorizeSubscribe: (client, subscription, done) => {
				if (subscription.topic === sessionMark.topic) return done(null, subscription);
				this.#inTurn(
					client,
					error => done(error ?? null, subscription),
					() => this.#subscribe(client, subscription),
				);
			},
			published: (packet, client, done) => {
				const channel = client && this.#channels.get(client);
				if (packet.qos !== 2 || !channel || isControl(packet.topic)) return done();
				// Here and not before, because aedes knows here that it is no repeat.
				this.#router.accept(channel, packet.topic, bytesOf(packet.payload), 2).then(() => done(), done);
			},
		});
		this.#aedes.on("client", client => this.#register(client));
		this.#aedes.on("connackSent", ({ returnCode }, client) => {
			const channel = this.#channels.get(client);
			if (returnCode === 0 && channel) this.control.begin(channel);
		});
		this.#aedes.on("keepaliveTimeout", client => this.#silent.add(client));
		this.#aedes.on(
			"unsubscribe",
			(filters, client) => void this.#unsubscribe(client, filters).catch(() => {}),
		);
		this.#aedes.on("clientDisconnect", client => this.#disconnect(client));
	}
	static async open(core: Core, router: Router): Promise<Gateway> {
		const gateway = new Gateway(core, router);
		await gateway.#aedes.listen();
		return gateway;
	}
	/** Takes over a connection, of whichever wire. */
	handle(stream: Duplex, request?: IncomingMessage): void {
		limitPackets(stream, Limits.packetBytes, bytes => {
			const channel = this.#channels.get(client);
			if (channel) channel.end(`a packet of ${bytes} bytes is more than ${Limits.packetBytes}`);
			else stream.destroy();
		});
		const client = this.#aedes.handle(stream, request);
	}
	/** The instance lost its storage: whoever is connected to it is not any more. */
	evict(instanceId: string, why: string): void {
		for (const channel of [...this.#core.channels.values()])
			if (channel.session.instanceId === instanceId) channel.end(why);
	}
	async close(): Promise<void> {
		await new Promise<void>(resolve => this.#aedes.close(() => resolve()));
	}

	#authenticate(
		client: Client,
		username: string | undefined,
		password: string | undefined,
	): AuthenticateError | undefined {
		const { registry, tokens, clock, channels } = this.#core;
		const found = checkConnect(registry, tokens, { clientId: client.id, username, password }, clock.now());
		if ("code" in found) {
			this.#step(client.id, "", "connect", `${Word.refused}: ${found.why}`);
			return Object.assign(new Error(found.why), { returnCode: found.code as number });
		}
		this.#grants.set(client, found);
		// Which of the two loses is not documented; as in the standard, it is the one that was there.
		const other = channels.get(client.id);
		if (other) other.ended ??= Word.conflict;
		return undefined;
	}
	#register(client: Client): void {
		const { sessions, channels } = this.#core;
		const grant = this.#grants.get(client)!;
		const session = sessions.open(client.id, grant.instanceId, client.clean);
		const channel = new Channel(client, session, grant, addressOf(client), this.#core);
		this.#channels.set(client, channel);
		channels.set(client.id, channel);
		this.#step(client.id, channel.id, "connect", Word.accepted);
		this.#tellPresence(channel, "connect");
	}
	#disconnect(client: Client): void {
		const channel = this.#channels.get(client);
		if (!channel) return;
		const { channels, sessions, offline } = this.#core;
		this.#channels.delete(client);
		this.control.finish(channel);
		channel.lose();
		if (channels.get(client.id) === channel) {
			channels.delete(client.id);
			if (channel.session.isClean) sessions.end(client.id);
			if (channel.session.isClean) offline.clear(client.id);
		}
		const isLeave = channel.ended === undefined && hasTakenLeave(client);
		const why =
			channel.ended ?? (isLeave ? Word.left : this.#silent.has(client) ? Word.silent : "connection lost");
		this.#step(client.id, channel.id, isLeave ? "disconnect" : "close", why);
		this.#tellPresence(channel, isLeave ? "disconnect" : "tcpclean");
	}
	#tellPresence(channel: Channel, eventType: PresenceEvent["eventType"]): void {
		const { clientId, id: channelId, address: clientIp, session } = channel;
		const event = { clientId, time: this.#core.clock.now(), eventType, channelId, clientIp };
		this.#core.trace.presence(event);
		this.#router.tellPresence(session.instanceId, event);
	}
	#inTurn(
		client: Client,
		done: (error?: Error | null) => void,
		work: () => Promise<Error | undefined>,
		isUpload = false,
	): void {
		const channel = this.#channels.get(client);
		if (channel?.isUploading) {
			channel.end(`${Word.topic}: traffic before the PUBACK of the token`);
			return done(new Error(Word.topic));
		}
		if (channel && isUpload) channel.isUploading = true;
		const turn = (this.#turns.get(client) ?? Promise.resolve()).then(work).catch((error: Error) => error);
		this.#turns.set(
			client,
			turn.then(error => {
				// After a farewell the engine must not cut it off: the channel closes the connection itself.
				if (channel?.ended === undefined || !error) done(error);
				if (channel && isUpload) channel.isUploading = false;
			}),
		);
	}
	async #publish(client: Client, packet: PublishPacket): Promise<Error | undefined> {
		const channel = this.#channels.get(client);
		if (!channel || channel.ended !== undefined) return new Error("the connection is ended");
		const { topic, qos } = packet;
		const payload = bytesOf(packet.payload);
		if (isControl(topic)) {
			if (!(await this.control.receive(channel, topic, payload)))
				return this.#forbid(channel, { why: topic });
			return channel.ended === undefined ? undefined : new Error(channel.ended);
		}
		const forbidden = this.#check(channel, "W", topic);
		if (forbidden) return this.#forbid(channel, forbidden);
		if (qos < 2) await this.#router.accept(channel, topic, payload, qos);
		return undefined;
	}
	async #subscribe(client: Client, { topic, qos }: Subscription): Promise<Error | undefined> {
		const channel = this.#channels.get(client);
		if (!channel || channel.ended !== undefined) return new Error("the connection is ended");
		const forbidden = this.#check(channel, "R", topic);
		if (forbidden) return this.#forbid(channel, forbidden);
		const why = this.#core.sessions.subscribe(channel.session, topic, qos);
		if (why !== undefined)
			this.#step(client.id, channel.id, "note", `the subscription to ${topic} takes no effect: ${why}`);
		await this.#core.store.saved();
		return undefined;
	}
	async #unsubscribe(client: Client, filters: string[]): Promise<void> {
		const channel = this.#channels.get(client);
		if (!channel) return;
		for (const filter of filters) this.#core.sessions.unsubscribe(channel.session, filter);
		await this.#core.store.saved();
	}
	#check(channel: Channel, action: "R" | "W", topic: string): Forbidden | undefined {
		const { grant, session } = channel;
		const problem = topicProblem(topic, action === "R");
		if (problem) return { why: `"${topic}": ${problem}` };
		if (!this.#core.registry.topic(session.instanceId, parentOf(topic)))
			return { why: `"${topic}": there is no parent topic ${parentOf(topic)}` };
		const target = action === "R" ? p2pTarget(topic) : undefined;
		if (target !== undefined && target !== channel.clientId) return { why: `"${topic}" is another client's` };
		if (grant.mode !== "Token") return undefined;
		const code = tokensAllow(grant.tokens, action, topic);
		return code === undefined ? undefined : { why: `"${topic}": no token for ${action}`, code };
	}
	/** In 3.1.1 a PUBLISH or SUBSCRIBE that is not allowed ends the connection without a word. */
	#forbid(channel: Channel, { why, code }: Forbidden): Error {
		const note = `${Word.topic}: ${why}`;
		const types = channel.grant.tokens.map(({ type }) => type).join("|");
		this.#step(channel.clientId, channel.id, "note", note);
		if (code === undefined) channel.end(note);
		else this.control.invalidate(channel, code, types);
		return new Error(note);
	}
	#step(clientId: string, channelId: string, action: DeviceStep["action"], note: string): void {
		// Whoever has no valid client id cannot fill the trace with it.
		const known = clientId.slice(0, 2 * Limits.clientIdLength);
		this.#core.trace.device({ clientId: known, channelId, at: this.#core.clock.now(), action, note });
	}
}

function isControl(topic: string): boolean {
	return topic.startsWith("$SYS/");
}

function bytesOf(payload: string | Buffer): Uint8Array {
	return typeof payload === "string" ? Buffer.from(payload) : payload;
}

function addressOf({ conn, req }: Client): string {
	const { remoteAddress = "", remotePort = 0 } = req?.socket ?? (conn as Socket);
	return `${remoteAddress}:${remotePort}`;
}

/** aedes says it nowhere else. */
function hasTakenLeave(client: Client): boolean {
	return (client as unknown as { _disconnected?: boolean })._disconnected === true;
}
