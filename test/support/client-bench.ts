import { Client, type Status } from "../../modules/client/client.js";
import type { ClientOptions } from "../../modules/client/client-options.js";
import type { Delivery } from "../../modules/client/delivery.js";
import { ScriptedHost } from "./scripted-host.js";

/** A client on a scripted host. */
export class ClientBench {
	readonly host = new ScriptedHost();
	readonly client: Client;
	readonly statuses: Status[] = [];

	readonly #version: number;

	constructor(given: Partial<ClientOptions> | ((host: ScriptedHost) => Partial<ClientOptions>) = {}) {
		const options = typeof given === "function" ? given(this.host) : given;
		// The first id of the n-th record is n.
		this.host.word = 0xffff;
		this.#version = options.version ?? 4;
		this.client = new Client(this.host, { url: "mqtt://one", clientId: "c", outboxBytes: 256, ...options });
		this.client.onState = status => this.statuses.push(status);
	}
	/** Starts, if need be, and goes on until the broker has accepted; the CONNECT is taken away. */
	connect(connack = this.#version === 5 ? "20 03 00 00 00" : "20 02 00 00"): void {
		this.client.start();
		this.host.pass(10);
		this.host.wire.up();
		this.host.wire.sent();
		this.host.wire.feed(connack);
	}
	/** What goes out in the next turn, as hex. */
	sent(): string {
		this.host.pass(0);
		return this.host.wire.sent();
	}
	/** The stream ends, and the next is up. */
	reconnect(connack?: string): void {
		this.host.wire.handler.onLost("gone");
		this.host.pass(0);
		this.connect(connack);
	}
}

/** What the promises have come to; "pending" where nothing has. */
export async function settled(promises: readonly Promise<unknown>[]): Promise<unknown[]> {
	const results: unknown[] = promises.map(() => "pending");
	promises.forEach((promise, i) => {
		promise.then(
			value => (results[i] = value),
			(error: unknown) => (results[i] = `rejected: ${(error as Error).message}`),
		);
	});
	for (let turns = 0; turns < 10; turns++) await undefined;
	return results;
}

/** A delivery in short: its outcome, with reason and why, or packet id and round trip. */
export function say(delivery: unknown): string {
	if (typeof delivery === "string") return delivery;
	const { outcome, ...rest } = delivery as Delivery;
	return [outcome, ...Object.values(rest)].join(" ");
}
