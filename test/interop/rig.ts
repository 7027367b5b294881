import type { Alarm, Host } from "../../hosts/host.js";
import { Client, type MessageProperties, type Status } from "../../modules/client/client.js";
import type { ClientOptions } from "../../modules/client/client-options.js";
import type { Message } from "../../modules/client/message.js";
import type { SubscriptionOptions } from "../../modules/session/requests.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { SwitchedNetwork } from "./switched-network.js";

/** How long anything may take that is waited for. */
const patienceMs = 30_000;
const stepMs = 5;

/** Room for the largest message of the scenarios, on each engine. */
const roomy = Object.freeze({
	outboxBytes: 600_000,
	outboxMessages: 1_024,
	readerBytes: 262_144,
	frameBytes: 8_192,
	keepAliveMs: 15_000,
	// So that an attempt which a busy computer loses is not the only one.
	connectMs: 10_000,
	// ejabberd lets nobody in without a name; the others do not mind.
	username: "godwit",
	password: "guest",
});

/** One client of a scenario, with the switch of its network, and what it heard. */
export class Seat {
	readonly client: Client;
	readonly network: SwitchedNetwork;
	readonly heard: Message[] = [];
	/** Each state that was entered. */
	readonly states: Status[] = [];

	constructor(host: Host, options: ClientOptions) {
		this.network = new SwitchedNetwork(host.network);
		this.client = new Client({ ...host, network: this.network }, options);
		this.client.onState = status => this.states.push(status);
		this.client.onStray = message => void this.heard.push(message);
	}
	get online(): boolean {
		return this.client.link.session.online;
	}
	/** How often it came online. */
	get connections(): number {
		return this.states.filter(({ state }) => state === "online").length;
	}
	/** Why the last connection, or attempt, ended. */
	get ending(): Status | undefined {
		return this.states.findLast(({ state, detail }) => state === "waiting" && detail !== "");
	}
	subscribe(filter: string, options: SubscriptionOptions = { qos: 2 }): Promise<number> {
		return this.client.subscribe(filter, options, message => void this.heard.push(message));
	}
	/** What was heard, as "topic=payload qos Q", with " retain" where it is. */
	get texts(): string[] {
		return this.heard.map(
			({ topic, payload, qos, retain }) =>
				`${topic}=${String.fromCharCode(...payload.subarray(0, 80))} qos ${qos}${retain ? " retain" : ""}`,
		);
	}
}

/**
 * What a scenario has at hand: clients of one version at one broker, names that no other scenario has, and
 * waiting with an end. All that it does, it does by the ports of a host, so that any engine can run it.
 */
export class Rig {
	readonly version: Version;
	readonly url: string;
	/** No other scenario has it. */
	readonly id: string;
	#host: Host;
	#seats: Seat[] = [];
	#alarms: Alarm[] = [];

	constructor(host: Host, url: string, version: Version) {
		this.#host = host;
		this.url = url;
		this.version = version;
		this.id = host.random.word().toString(36);
	}
	now(): number {
		return this.#host.clock.now();
	}
	/** A client that has begun to connect; its id ends in that letter. Without a word it starts clean. */
	seat(letter: string, options: Partial<ClientOptions> = {}): Seat {
		const { url, version } = this;
		const clientId = `g${this.id}${letter}`;
		const seat = new Seat(this.#host, { ...roomy, url, version, clientId, clean: true, ...options });
		this.#seats.push(seat);
		seat.client.start();
		return seat;
	}
	/** The same, online. */
	async join(letter: string, options: Partial<ClientOptions> = {}): Promise<Seat> {
		const seat = this.seat(letter, options);
		await this.until(
			() => seat.online,
			() => `client ${letter} is ${seat.states.at(-1)?.state}, not online: ${seat.ending?.detail}`,
		);
		return seat;
	}
	wait(ms: number): Promise<void> {
		return new Promise(resolve => {
			const alarm = this.#host.clock.alarm(resolve);
			this.#alarms.push(alarm);
			alarm.set(this.now() + ms);
		});
	}
	/** Waits until that is so; what to say when it never is. */
	async until(isSo: () => boolean, complaint: () => string): Promise<void> {
		const end = this.now() + patienceMs;
		while (!isSo()) {
			if (this.now() > end) throw new Error(complaint());
			await this.wait(stepMs);
		}
	}
	/** Waits until it has heard so many messages, and then a little for one too many. */
	async heard(seat: Seat, count: number): Promise<string[]> {
		await this.until(
			() => seat.heard.length >= count,
			() => `${seat.heard.length} of ${count} messages came: ${seat.texts.slice(0, 9).join(", ")}`,
		);
		await this.wait(100);
		return seat.texts;
	}
	/** Publishes a message with those properties to a client that hears it. */
	async echo(properties: MessageProperties): Promise<Message[]> {
		const topic = `${this.id}/echo`;
		const seat = await this.join("a");
		await seat.subscribe(topic);
		await seat.client.publish(topic, "x", { qos: 1, properties });
		await this.heard(seat, 1);
		return seat.heard;
	}
	/** Both are the same; by what they print. */
	same(is: unknown, shouldBe: unknown, what: string): void {
		const [left, right] = [JSON.stringify(is), JSON.stringify(shouldBe)];
		if (left !== right) throw new Error(`${what}: ${left} is not ${right}`);
	}
	close(): void {
		for (const { client } of this.#seats) client.close();
		for (const alarm of this.#alarms) alarm.set(Infinity);
	}
}
