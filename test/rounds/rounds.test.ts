import test from "ava";
import type { MessageHandler } from "../../modules/client/client.js";
import type { Delivery } from "../../modules/client/delivery.js";
import type { Message } from "../../modules/client/message.js";
import { Rounds, type RoundsClient, type Tally } from "../../modules/rounds/rounds.js";
import { VirtualClock } from "../support/virtual-clock.js";

const topic = "plant/a1";
const acknowledged: Delivery = { outcome: "delivered", packetId: 7, roundTripMs: 12.34 };
const handedOver: Delivery = { outcome: "delivered", packetId: 0, roundTripMs: 0 };

/** A client whose broker is the test: it answers a subscription and a message when it is told to. */
class ScriptedClient {
	readonly calls: string[] = [];
	handler: MessageHandler = () => {};
	#answers: ((answer: never) => void)[] = [];
	#refuse: ((error: Error) => void) | undefined;

	subscribe(filter: string, options: { qos?: number }, handler: MessageHandler): Promise<number> {
		this.calls.push(`subscribe ${filter} ${options.qos}`);
		this.handler = handler;
		return new Promise((resolve, reject) => {
			this.#answers.push(resolve);
			this.#refuse = reject;
		});
	}
	publish(to: string, payload: string | Uint8Array, options: { qos?: number } = {}): Promise<Delivery> {
		this.calls.push(`publish ${to} ${options.qos}: ${String(payload)}`);
		return new Promise(resolve => this.#answers.push(resolve));
	}
	/** Answers the oldest call. */
	answer(value: number | Delivery): void {
		this.#answers.shift()!(value as never);
	}
	refuse(): void {
		this.#answers.shift();
		this.#refuse!(new Error("subscription was refused: Not authorized"));
	}
	/** The broker sends this to our subscription. */
	hear(payload: string | undefined, rest: Partial<Message> = {}): void {
		const message = { qos: 0, retain: false, dup: false, packetId: 0, payload: new Uint8Array(3), ...rest };
		void this.handler({ ...message, text: () => payload } as unknown as Message);
	}
}

function begin(rounds: number, echoes = true) {
	const clock = new VirtualClock();
	const client = new ScriptedClient();
	const lines: string[] = [];
	const options = { topic, filter: topic, echoes, rounds, waitMs: 5_000 };
	const job = new Rounds(client as unknown as RoundsClient, clock, options, line => lines.push(line));
	let ended: Tally | undefined;
	void job.run().then(tally => (ended = tally));
	return {
		clock,
		client,
		job,
		ended: () => ended,
		/** What was printed, and asked of the client, since the last call. */
		said: () => lines.splice(0),
		asked: () => client.calls.splice(0),
		/** So much time goes by, before and after which every promise has its turn. */
		async pass(ms = 0) {
			for (let turns = 0; turns < 20; turns++) await undefined;
			clock.run(clock.now() + ms);
			for (let turns = 0; turns < 20; turns++) await undefined;
		},
	};
}

type Bench = ReturnType<typeof begin>;

/** A round in which all goes well, from its first message on. */
async function goRound({ client, pass }: Bench, round: number): Promise<void> {
	client.answer(handedOver);
	await pass();
	client.answer(acknowledged);
	await pass();
	for (const qos of [0, 1]) client.hear(`QoS ${qos} message ${round} from Godwit!`);
	await pass();
}

test("rounds: there are as many as are asked for, with a wait between, and then the tally", async t => {
	const bench = begin(3);
	bench.client.answer(1);
	await bench.pass();
	for (const round of [1, 2, 3]) {
		await goRound(bench, round);
		t.is(bench.job.tally.rounds, round);
		if (round === 3) break;
		bench.asked();
		await bench.pass(4_999);
		t.deepEqual(bench.asked(), [], "the wait is not over");
		await bench.pass(1);
		t.deepEqual(bench.asked(), [`publish ${topic} 0: QoS 0 message ${round + 1} from Godwit!`]);
	}
	t.deepEqual(bench.ended(), { rounds: 3, acknowledged: 3, echoes: 6 });
	t.is(bench.clock.next, Infinity, "no alarm is left");
});

test("rounds: 0 of them never end", async t => {
	const bench = begin(0);
	bench.client.answer(1);
	await bench.pass();
	for (let round = 1; round <= 50; round++) {
		await goRound(bench, round);
		await bench.pass(5_000);
	}
	t.is(bench.job.tally.rounds, 50);
	t.is(bench.ended(), undefined);
});

test("rounds: what one round prints", async t => {
	const bench = begin(1);
	t.deepEqual(bench.asked(), [`subscribe ${topic} 1`]);
	bench.client.answer(1);
	await bench.pass();
	t.deepEqual(bench.said(), [`Subscribed to ${topic}, QoS 1 granted`, ">>>Enter Loop 1"]);
	bench.client.answer(handedOver);
	await bench.pass();
	bench.client.hear("QoS 0 message 1 from Godwit!");
	bench.client.hear("QoS 1 message 1 from Godwit!", { qos: 1, packetId: 3, dup: true });
	bench.client.answer(acknowledged);
	await bench.pass();
	t.deepEqual(bench.said(), [
		"QoS 0 message sent",
		"Message arrived: qos 0, retained 0, dup 0; Payload: QoS 0 message 1 from Godwit!",
		"Message arrived: qos 1, retained 0, dup 1, packetid 3; Payload: QoS 1 message 1 from Godwit!",
		"QoS 1 message acknowledged: packetid 7, round trip 12.3 ms",
		"Finish message count: 2",
	]);
});

test("rounds: a QoS 1 message is waited for as long as it takes", async t => {
	const bench = begin(1);
	bench.client.answer(1);
	await bench.pass();
	bench.client.answer(handedOver);
	await bench.pass(7 * 86_400_000);
	t.is(bench.ended(), undefined);
	t.is(bench.job.tally.rounds, 0);
	bench.client.answer(acknowledged);
	await bench.pass(5_000);
	t.deepEqual(bench.ended(), { rounds: 1, acknowledged: 1, echoes: 0 });
});

test("rounds: an echo that stays away is waited for, reported, and not counted", async t => {
	const bench = begin(1);
	bench.client.answer(1);
	await bench.pass();
	bench.client.answer(handedOver);
	await bench.pass();
	bench.client.answer(acknowledged);
	await bench.pass();
	bench.client.hear("QoS 1 message 1 from Godwit!");
	bench.said();
	await bench.pass(4_999);
	t.deepEqual(bench.said(), []);
	await bench.pass(1);
	const lost = 'No echo of "QoS 0 message 1 from Godwit!" in 5 s: it is lost';
	t.deepEqual(bench.said(), [lost, "Finish message count: 1"]);
	t.deepEqual(bench.ended(), { rounds: 1, acknowledged: 1, echoes: 1 });
});

test("rounds: strange, repeated and late messages are printed, and are no echoes", async t => {
	const bench = begin(2);
	bench.client.answer(1);
	await bench.pass();
	await goRound(bench, 1);
	bench.said();
	bench.client.hear("QoS 1 message 1 from Godwit!", { dup: true });
	bench.client.hear("hello");
	bench.client.hear(undefined, { retain: true });
	t.deepEqual(bench.said(), [
		"Message arrived: qos 0, retained 0, dup 1; Payload: QoS 1 message 1 from Godwit!",
		"Message arrived: qos 0, retained 0, dup 0; Payload: hello",
		"Message arrived: qos 0, retained 1, dup 0; Payload: 3 bytes that are not text",
	]);
	t.is(bench.job.tally.echoes, 2);
});

test("rounds: what is not delivered is told with the reason, and its echo not waited for", async t => {
	const bench = begin(1);
	bench.client.answer(1);
	await bench.pass();
	bench.client.answer({ outcome: "expired" });
	await bench.pass();
	bench.client.answer({ outcome: "refused", reason: 0x97, why: "Quota exceeded" });
	await bench.pass();
	t.deepEqual(bench.said().slice(2), [
		"QoS 0 message 1 expired",
		"QoS 1 message 1 refused: Quota exceeded",
		"Finish message count: 0",
	]);
	t.is(bench.ended()!.acknowledged, 0);
});

test("rounds: where nothing comes back, what was sent is counted, and no echo waited for", async t => {
	const bench = begin(2, false);
	bench.client.answer(1);
	await bench.pass();
	bench.client.answer(handedOver);
	await bench.pass();
	bench.client.answer(acknowledged);
	await bench.pass();
	t.is(bench.said().at(-1), "Finish message count: 2 sent, none comes back");
	await bench.pass(5_000);
	bench.client.answer(handedOver);
	await bench.pass();
	bench.client.hear("do this");
	bench.client.answer({ outcome: "expired" });
	await bench.pass();
	t.is(bench.said().at(-1), "Finish message count: 1 sent, none comes back");
	t.deepEqual(bench.ended(), { rounds: 2, acknowledged: 1, echoes: 0 });
});

test("rounds: a refused subscription is asked for again, and nothing is published before", async t => {
	const bench = begin(1);
	bench.asked();
	bench.client.refuse();
	await bench.pass(59_999);
	t.deepEqual(bench.said(), [
		"Error: subscription was refused: Not authorized. Is this client allowed to? Asking again in 60 s.",
	]);
	t.deepEqual(bench.asked(), []);
	await bench.pass(1);
	t.deepEqual(bench.asked(), [`subscribe ${topic} 1`]);
	bench.client.answer(0);
	await bench.pass();
	t.deepEqual(bench.said(), [`Subscribed to ${topic}, QoS 0 granted`, ">>>Enter Loop 1"]);
});
