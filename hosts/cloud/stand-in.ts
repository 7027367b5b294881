import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeAuthority, makeServerCertificate } from "./certificates.js";
import { type CloudClock, systemClock } from "./clock.js";
import { type Core, openCore } from "./core.js";
import { Gateway } from "./gateway.js";
import { Bounds } from "./limits.js";
import { Listeners, loopback, type Ports } from "./listeners.js";
import type { Registry } from "./registry.js";
import { Router, type Send, type Sent } from "./router.js";
import { type Seed, seed } from "./seed.js";
import type { Token, TokenRequest } from "./tokens.js";
import type { DeviceStep, MessageStep, PresenceEvent } from "./trace.js";

/**
 * Where and as whom a device can connect: what the service's console shows, for the instance that is there
 * from the start.
 */
export interface AccessPoint extends Seed {
	/** The name in the certificate. */
	host: string;
	ports: Ports;
	/** Who vouches for the certificate. */
	authority: { der: Uint8Array; pem: string; path: string };
}

export interface StandInOptions {
	/** Where all that is to survive a restart is kept. */
	folder: string;
	/** Default: any free ones. */
	ports?: Partial<Ports>;
	clock?: CloudClock;
	/** How many messages are kept for those who are not online; default: a million for each instance. */
	offlineMessages?: number;
	/** The store cannot be written any more. */
	onFailure?: (error: unknown) => void;
}

/** How a client is connected, or was. */
export interface ClientState {
	clientId: string;
	isOnline: boolean;
	address: string | undefined;
	/** When it came or went last, in ms. */
	changedAt: number | undefined;
	isClean: boolean | undefined;
	isOrdered: boolean;
	subscriptions: { filter: string; qos: number }[];
	/** Messages which are kept for it. */
	waiting: number;
}

/**
 * A cloud that stands in for LMQ on this computer, for demonstrations and tests: it lets a user do what the
 * service's quick start walks through, and a device be treated as the service's documents say.
 */
export class StandIn {
	readonly accessPoint: AccessPoint;
	readonly #core: Core;
	readonly #router: Router;
	readonly #gateway: Gateway;
	readonly #listeners: Listeners;

	private constructor(
		accessPoint: AccessPoint,
		core: Core,
		router: Router,
		gateway: Gateway,
		listeners: Listeners,
	) {
		this.accessPoint = accessPoint;
		this.#core = core;
		this.#router = router;
		this.#gateway = gateway;
		this.#listeners = listeners;
	}
	/** RangeError if the folder or a port is in use. */
	static async start(options: StandInOptions): Promise<StandIn> {
		const { folder, clock = systemClock, offlineMessages, onFailure = () => {} } = options;
		const core = await openCore({ folder, clock, offlineMessages, messages: Bounds.messages, onFailure });
		let gateway: Gateway | undefined;
		try {
			const router = new Router(core);
			const started = await Gateway.open(core, router);
			gateway = started;
			const seeded = await seed(core);
			const authority = await makeAuthority({ name: "Stand-in cloud of Godwit" });
			const certified = await makeServerCertificate({ names: ["localhost", loopback], authority });
			const ports = { mqtt: 0, mqtts: 0, ws: 0, wss: 0, ...options.ports };
			const listeners = await Listeners.start(ports, certified, (stream, request) =>
				started.handle(stream, request),
			);
			const path = join(folder, "authority.pem");
			writeFileSync(path, authority.chainPem);
			const accessPoint = {
				host: "localhost",
				ports: listeners.ports,
				authority: { der: authority.chain[0]!, pem: authority.chainPem, path },
				...seeded,
			};
			return new StandIn(accessPoint, core, router, started, listeners);
		} catch (error) {
			await gateway?.close();
			await core.store.close();
			throw error;
		}
	}
	get registry(): Registry {
		return this.#core.registry;
	}
	/** Sends from the cloud's side; the instance is the one that is there from the start if none is named. */
	send(send: Send, instanceId = this.accessPoint.instanceId): Promise<Sent> {
		return this.#router.send(instanceId, send);
	}
	/** What happened to a message, in order; empty if it is not known. */
	trace(messageId: string): MessageStep[] {
		return this.#core.trace.ofMessage(messageId);
	}
	/** The latest steps of messages in which a client had a part. */
	clientMessages(clientId: string, max: number = Bounds.listed): MessageStep[] {
		return this.#core.trace.ofClient(clientId, max);
	}
	deviceTrace(clientId: string): DeviceStep[] {
		return this.#core.trace.ofDevice(clientId);
	}
	presence(groupId: string, max: number = Bounds.listed): PresenceEvent[] {
		return this.#core.trace.ofGroup(groupId, max);
	}
	/** The latest messages in the storage, of one parent topic or of all. */
	messages(instanceId = this.accessPoint.instanceId, topic?: string, max = 100) {
		const holds = (message: { instanceId: string; topic: string }) =>
			message.instanceId === instanceId && (topic === undefined || message.topic === topic);
		return this.#core.messages.latest(holds, max);
	}
	/** Clients that are online, or have a session. */
	clients(instanceId = this.accessPoint.instanceId): ClientState[] {
		return this.#core.sessions.of(instanceId).map(({ clientId }) => this.client(clientId)!);
	}
	client(clientId: string): ClientState | undefined {
		const { sessions, channels, trace, offline } = this.#core;
		const session = sessions.get(clientId);
		const channel = channels.get(clientId);
		const last = trace.lastChange(clientId);
		if (!session && !last) return undefined;
		return {
			clientId,
			isOnline: channel !== undefined,
			address: channel?.address,
			changedAt: last?.time,
			isClean: session?.isClean,
			isOrdered: channel?.isOrdered ?? false,
			subscriptions: [...(session?.subscriptions ?? [])].map(([filter, qos]) => ({ filter, qos })),
			waiting: offline.count(clientId),
		};
	}
	/** A token for devices of the account whose key it is; RangeError if it cannot be had. */
	applyToken(
		request: TokenRequest,
		{ instanceId = this.accessPoint.instanceId, accessKeyId = this.accessPoint.accessKeyId } = {},
	): Token {
		const { registry, tokens, clock } = this.#core;
		registry.storageOf(instanceId);
		return tokens.apply(
			instanceId,
			registry.keys.need(accessKeyId, "access key").account,
			request,
			clock.now(),
		);
	}
	tokens(instanceId = this.accessPoint.instanceId): Token[] {
		return this.#core.tokens.list(instanceId);
	}
	/** Whoever is connected by it is told, and disconnected. */
	revokeToken(token: string): void {
		this.#gateway.control.revoke(token);
	}
	/** The instance that was bound to it is unusable from now on, and its clients are disconnected. */
	deleteStorage(id: string): void {
		this.registry.deleteStorage(id);
		for (const instance of this.registry.instances.all())
			if (instance.storageId === id) this.#gateway.evict(instance.id, "the storage instance is gone");
	}
	/** Resolves when all that was changed is on disk. */
	saved(): Promise<void> {
		return this.#core.store.saved();
	}
	async close(): Promise<void> {
		await this.#listeners.close();
		await this.#gateway.close();
		await this.#core.store.close();
	}
}

export function startStandIn(options: StandInOptions): Promise<StandIn> {
	return StandIn.start(options);
}
