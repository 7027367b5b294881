import { Limits } from "./limits.js";
import { covers, hasWildcard, parentOf } from "./names.js";
import type { Store } from "./store.js";

const table = "session";

interface Row {
	instanceId: string;
	subscriptions: [string, number][];
}

/** What a client subscribed to. A clean one ends with its connection, a persistent one never by itself. */
export interface Session {
	readonly clientId: string;
	readonly instanceId: string;
	readonly isClean: boolean;
	/** QoS by filter. */
	readonly subscriptions: Map<string, number>;
	/** Packet ids under which kept messages went out, by their keys: a repeat has the same one. */
	readonly packetIds: Map<string, number>;
}

/** All sessions; those which are persistent survive a restart, but for packet ids. */
export class Sessions {
	#store: Store;
	#all = new Map<string, Session>();

	private constructor(store: Store) {
		this.#store = store;
	}
	static async open(store: Store): Promise<Sessions> {
		const sessions = new Sessions(store);
		for (const [clientId, { instanceId, subscriptions }] of await store.entries<Row>(table))
			sessions.#make(clientId, instanceId, false, new Map(subscriptions));
		return sessions;
	}
	get(clientId: string): Session | undefined {
		return this.#all.get(clientId);
	}
	of(instanceId: string): Session[] {
		return [...this.#all.values()].filter(session => session.instanceId === instanceId);
	}
	/** The session for a new connection: the one there was, if both are persistent. */
	open(clientId: string, instanceId: string, isClean: boolean): Session {
		const old = this.#all.get(clientId);
		if (old && !isClean && !old.isClean && old.instanceId === instanceId) return old;
		this.end(clientId);
		const session = this.#make(clientId, instanceId, isClean, new Map());
		this.#keep(session);
		return session;
	}
	end(clientId: string): void {
		const session = this.#all.get(clientId);
		this.#all.delete(clientId);
		if (session?.isClean === false) this.#store.delete(table, clientId);
	}
	/**
	 * Why a subscription takes no effect, of which the service tells nobody; undefined if it does. QoS 2 is not
	 * for persistent sessions.
	 */
	subscribe(session: Session, filter: string, qos: number): string | undefined {
		const { subscriptions } = session;
		const isNew = !subscriptions.has(filter);
		if (qos === 2 && !session.isClean) {
			this.unsubscribe(session, filter);
			return "QoS 2 is not supported for a persistent session";
		}
		if (isNew && subscriptions.size >= Limits.subscriptions)
			return `a client has ${Limits.subscriptions} subscriptions at most`;
		if (
			isNew &&
			hasWildcard(filter) &&
			this.#wildcards(session.instanceId, filter) >= Limits.wildcardsPerParent
		)
			return `a parent topic has ${Limits.wildcardsPerParent} subscriptions with wildcards at most`;
		subscriptions.set(filter, qos);
		this.#keep(session);
		return undefined;
	}
	unsubscribe(session: Session, filter: string): void {
		if (session.subscriptions.delete(filter)) this.#keep(session);
	}

	#wildcards(instanceId: string, filter: string): number {
		const parent = parentOf(filter);
		let count = 0;
		for (const { subscriptions } of this.of(instanceId))
			for (const other of subscriptions.keys()) if (hasWildcard(other) && parentOf(other) === parent) count++;
		return count;
	}
	#make(clientId: string, instanceId: string, isClean: boolean, subscriptions: Map<string, number>): Session {
		const session = { clientId, instanceId, isClean, subscriptions, packetIds: new Map<string, number>() };
		this.#all.set(clientId, session);
		return session;
	}
	#keep({ clientId, instanceId, isClean, subscriptions }: Session): void {
		const row: Row = { instanceId, subscriptions: [...subscriptions] };
		if (!isClean) this.#store.put(table, clientId, row);
	}
}

/** The highest QoS with which a session wants a topic; undefined if it does not. */
export function wantedQoS({ subscriptions }: Session, topic: string): number | undefined {
	let wanted: number | undefined;
	for (const [filter, qos] of subscriptions) if (covers(filter, topic)) wanted = Math.max(wanted ?? 0, qos);
	return wanted;
}
