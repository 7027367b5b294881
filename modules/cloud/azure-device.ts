import type { Alarm, Clock } from "../../hosts/host.js";
import type { Client } from "../client/client.js";
import type { Delivery } from "../client/delivery.js";
import type { Message } from "../client/message.js";
import { decodeBag, encodeBag, type HubTopics } from "./azure-names.js";

type Bag = Readonly<Record<string, string>>;

/** What a direct method comes to; the status is the application's own, 200 where all went well. */
export interface MethodAnswer {
	status: number;
	body?: unknown;
}

/** The hub's answer to a request for the twin, or to a report; the status is that of HTTP. */
export interface TwinAnswer {
	status: number;
	body: unknown;
	/** Of the reported properties; undefined where the hub does not tell. */
	version: number | undefined;
}

export interface HubHandlers {
	/** A message from the cloud, with its properties. */
	onCommand?(message: Message, properties: Bag): void | Promise<void>;
	/** Properties that the cloud wants changed. */
	onDesired?(patch: unknown, version: number | undefined): void;
	/** A direct method. */
	onMethod?(name: string, body: unknown): MethodAnswer | Promise<MethodAnswer>;
}

const answerMs = 30_000;
const failedStatus = 500;
const noMethod: MethodAnswer = Object.freeze({ status: 404, body: "there is no such method" });

interface Asked {
	until: number;
	settle: (answer: TwinAnswer | undefined) => void;
}

/** A device of Azure IoT Hub: telemetry up, commands down, the twin, direct methods. */
export class HubDevice {
	readonly #client: Client;
	readonly #topics: HubTopics;
	readonly #handlers: HubHandlers;
	readonly #clock: Clock;
	readonly #alarm: Alarm;
	#asked = new Map<string, Asked>();
	#lastId = 0;

	constructor(client: Client, topics: HubTopics, clock: Clock, handlers: HubHandlers = {}) {
		this.#client = client;
		this.#topics = topics;
		this.#handlers = handlers;
		this.#clock = clock;
		this.#alarm = clock.alarm(() => this.#giveUp());
	}
	/** Listens to what there are handlers for, and to answers. The promise is settled when all is granted. */
	async listen(): Promise<void> {
		const { commands, twinAnswers, twinDesired, methods } = this.#topics;
		const { onCommand, onDesired, onMethod } = this.#handlers;
		const client = this.#client;
		const granted = [client.subscribe(`${twinAnswers}#`, { qos: 0 }, message => this.#hearAnswer(message))];
		if (onDesired)
			granted.push(client.subscribe(`${twinDesired}#`, { qos: 0 }, message => this.#hearDesired(message)));
		if (onMethod)
			granted.push(client.subscribe(`${methods}#`, { qos: 0 }, message => this.#hearMethod(message)));
		if (onCommand)
			granted.push(
				client.subscribe(`${commands}#`, { qos: 1 }, message =>
					onCommand.call(this.#handlers, message, decodeBag(message.topic.slice(commands.length))),
				),
			);
		await Promise.all(granted);
	}
	/** Sends a message to the cloud, with properties of its own or the hub's, such as $.ct. */
	telemetry(payload: string | Uint8Array, properties: Bag = {}, qos: 0 | 1 = 1): Promise<Delivery> {
		return this.#client.publish(this.#topics.telemetry + encodeBag(properties), payload, { qos });
	}
	/** The twin as the hub has it; undefined when no answer came in time. */
	twin(): Promise<TwinAnswer | undefined> {
		return this.#ask(this.#topics.twinGet, "");
	}
	/** Changes reported properties: what is null goes. Undefined when no answer came in time. */
	report(patch: object): Promise<TwinAnswer | undefined> {
		return this.#ask(this.#topics.twinReport, JSON.stringify(patch));
	}
	#ask(topic: string, payload: string): Promise<TwinAnswer | undefined> {
		const id = String(++this.#lastId);
		const sent = this.#client.publish(topic + id, payload, { qos: 1, ttlMs: answerMs });
		return new Promise(resolve => {
			const until = this.#clock.now() + answerMs;
			this.#asked.set(id, { until, settle: resolve });
			this.#alarm.set(this.#nextEnd());
			void sent.then(({ outcome }) => {
				if (outcome !== "delivered") this.#settle(id, undefined);
			});
		});
	}
	#settle(id: string, answer: TwinAnswer | undefined): void {
		const asked = this.#asked.get(id);
		this.#asked.delete(id);
		this.#alarm.set(this.#nextEnd());
		asked?.settle(answer);
	}
	#nextEnd(): number {
		for (const { until } of this.#asked.values()) return until;
		return Infinity;
	}
	#giveUp(): void {
		for (const [id, { until }] of this.#asked) if (until <= this.#clock.now()) this.#settle(id, undefined);
		this.#alarm.set(this.#nextEnd());
	}
	/** $iothub/twin/res/<status>/?$rid=<id>&$version=<version> */
	#hearAnswer(message: Message): void {
		const [status = "", rest = ""] = message.topic.slice(this.#topics.twinAnswers.length).split("/");
		const bag = decodeBag(rest);
		const body = bodyOf(message);
		this.#settle(bag["$rid"] ?? "", { status: Number(status), body, version: versionOf(bag) });
	}
	#hearDesired(message: Message): void {
		const bag = decodeBag(message.topic.slice(this.#topics.twinDesired.length));
		this.#handlers.onDesired!(bodyOf(message), versionOf(bag));
	}
	/**
	 * $iothub/methods/POST/<name>/?$rid=<id>. A fault of the handler, or an answer that is not JSON, is
	 * told to who called the method.
	 */
	async #hearMethod(message: Message): Promise<void> {
		const [name = "", rest = ""] = message.topic.slice(this.#topics.methods.length).split("/");
		const id = decodeBag(rest)["$rid"] ?? "";
		let status: number;
		let payload: string;
		try {
			const answer = (await this.#handlers.onMethod!(decodeURIComponent(name), bodyOf(message))) ?? noMethod;
			status = answer.status;
			payload = answer.body === undefined ? "" : JSON.stringify(answer.body);
		} catch (error) {
			status = failedStatus;
			payload = JSON.stringify(String(error));
		}
		void this.#client.publish(`${this.#topics.methodAnswer}${status}/?$rid=${id}`, payload, { qos: 1 });
	}
}

/** JSON, or undefined where there is none. */
function bodyOf(message: Message): unknown {
	try {
		return message.json();
	} catch {
		return undefined;
	}
}

function versionOf(bag: Bag): number | undefined {
	return bag["$version"] === undefined ? undefined : Number(bag["$version"]);
}
