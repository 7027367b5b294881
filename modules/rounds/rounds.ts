import type { Alarm, Clock } from "../../hosts/host.js";
import type { Client } from "../client/client.js";
import type { Message } from "../client/message.js";

/** How long an echo may take after its message was delivered. */
const echoMs = 5_000;
/** How long to wait before asking again for a subscription that was refused. */
const refusedMs = 60_000;

export interface RoundsOptions {
	/** What we publish to, and what we listen on. */
	topic: string;
	filter: string;
	/** Whether what we publish comes back to us. */
	echoes: boolean;
	/** 0 goes on for ever. */
	rounds: number;
	waitMs: number;
}

/** What the rounds need of the client. */
export type RoundsClient = Pick<Client, "publish" | "subscribe">;

/** What the rounds came to. */
export interface Tally {
	rounds: number;
	acknowledged: number;
	echoes: number;
}

/**
 * The main job: one message at QoS 0 and one at QoS 1, both heard again, the second one acknowledged; then a
 * wait, and the next round. A QoS 1 message is waited for as long as it takes; a QoS 0 message may be lost,
 * so its echo has a time limit.
 */
export class Rounds {
	readonly tally: Tally = { rounds: 0, acknowledged: 0, echoes: 0 };
	#client: RoundsClient;
	#options: RoundsOptions;
	#print: (line: string) => void;
	#alarm: Alarm;
	#clock: Clock;
	#expected: string[] = [];
	#wake: () => void = () => {};

	constructor(client: RoundsClient, clock: Clock, options: RoundsOptions, print: (line: string) => void) {
		this.#client = client;
		this.#clock = clock;
		this.#options = options;
		this.#print = print;
		this.#alarm = clock.alarm(() => this.#wake());
	}
	/** Runs all rounds; the promise gives the tally, or never, when there is no end of them. */
	async run(): Promise<Tally> {
		await this.#subscribe();
		const { rounds, waitMs } = this.#options;
		for (let round = 1; rounds === 0 || round <= rounds; round++) {
			await this.#round(round);
			if (round !== rounds) await this.#sleep(waitMs);
		}
		return this.tally;
	}
	async #subscribe(): Promise<void> {
		const { filter } = this.#options;
		for (;;) {
			try {
				const granted = await this.#client.subscribe(filter, { qos: 1 }, message => this.#hear(message));
				return this.#print(`Subscribed to ${filter}, QoS ${granted} granted`);
			} catch (error) {
				this.#print(`${String(error)}. Is this client allowed to? Asking again in ${refusedMs / 1000} s.`);
				await this.#sleep(refusedMs);
			}
		}
	}
	async #round(round: number): Promise<void> {
		const before = this.tally.echoes;
		let sent = 0;
		this.#print(`>>>Enter Loop ${round}`);
		for (const qos of [0, 1] as const) {
			const payload = `QoS ${qos} message ${round} from Godwit!`;
			if (this.#options.echoes) this.#expected.push(payload);
			const delivery = await this.#client.publish(this.#options.topic, payload, { qos });
			if (delivery.outcome === "delivered") {
				sent++;
				this.#delivered(qos, delivery.packetId, delivery.roundTripMs);
			} else {
				// No echo of it is waited for.
				this.#forget(payload);
				const why = "why" in delivery ? `: ${delivery.why}` : "";
				this.#print(`QoS ${qos} message ${round} ${delivery.outcome}${why}`);
			}
		}
		await this.#echoes();
		this.tally.rounds++;
		const count = this.#options.echoes ? `${this.tally.echoes - before}` : `${sent} sent, none comes back`;
		this.#print(`Finish message count: ${count}`);
	}
	#delivered(qos: number, packetId: number, roundTripMs: number): void {
		if (qos === 0) return this.#print("QoS 0 message sent");
		this.tally.acknowledged++;
		this.#print(`QoS 1 message acknowledged: packetid ${packetId}, round trip ${roundTripMs.toFixed(1)} ms`);
	}
	#hear(message: Message): void {
		const { qos, retain, dup, packetId } = message;
		const id = qos > 0 ? `, packetid ${packetId}` : "";
		const payload = message.text() ?? `${message.payload.length} bytes that are not text`;
		this.#print(
			`Message arrived: qos ${qos}, retained ${retain ? 1 : 0}, dup ${dup ? 1 : 0}${id}; Payload: ${payload}`,
		);
		if (!this.#forget(payload)) return;
		this.tally.echoes++;
		if (this.#expected.length === 0) this.#wake();
	}
	/** False when it was not expected. */
	#forget(payload: string): boolean {
		const at = this.#expected.indexOf(payload);
		if (at >= 0) this.#expected.splice(at, 1);
		return at >= 0;
	}
	/** Waits until everything was heard again, or it has taken too long. */
	async #echoes(): Promise<void> {
		if (this.#expected.length === 0) return;
		await this.#sleep(echoMs);
		for (const payload of this.#expected)
			this.#print(`No echo of "${payload}" in ${echoMs / 1000} s: it is lost`);
		this.#expected = [];
	}
	/** Until so much time has gone by, or #wake() is called. */
	#sleep(ms: number): Promise<void> {
		this.#alarm.set(this.#clock.now() + ms);
		return new Promise(resolve => {
			this.#wake = () => {
				this.#alarm.set(Infinity);
				this.#wake = () => {};
				resolve();
			};
		});
	}
}
