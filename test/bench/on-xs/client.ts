import { Client } from "../../../modules/client/client.js";
import { engineHost } from "../../../hosts/xs/host.js";
import { HollowLink, Loops, publishPacket, topicName } from "../loops.js";
import { StubHost } from "../stub-host.js";
import { gaugeTurns, net, type Cost } from "./gauge.js";

// Runs on the engine, and prints one line of JSON: what a message costs by the client, as applications
// publish, told of its end by a function or by a promise; what one costs that is heard; and what a
// subscription keeps.

const turns = 500;
const payload = new Uint8Array(32);
const words = "0123456789abcdef".repeat(2);
const options = { qos: 1 } as const;
const { text } = engineHost();
let told = 0;

/** Hears the id of a SUBSCRIBE. */
class SubscribeHost extends StubHost {
	id = 0;

	override write(bytes: Uint8Array, from: number, to: number): number {
		if (bytes[from] === 0x82) this.id = (bytes[from + 2]! << 8) | bytes[from + 3]!;
		return super.write(bytes, from, to);
	}
}

void measure();

async function measure(): Promise<void> {
	const byDone = (client: Client) => client.publish(topicName, payload, options, onDelivered);
	const ofText = (client: Client) => client.publish(topicName, words, options, onDelivered);
	const byPromise = (client: Client) => void client.publish(topicName, payload, options).then(onDelivered);
	const results = {
		done1: await publishCost(1, byDone),
		done10: await publishCost(10, byDone),
		text10: await publishCost(10, ofText),
		promise1: await publishCost(1, byPromise),
		promise10: await publishCost(10, byPromise),
		receive: await receiveCost(),
		subscription: weighSubscription(),
	};
	trace(`${JSON.stringify(results)}\n`);
	engine.exit(0);
}

function onDelivered(): void {
	told++;
}

/** Of one message, from publish() until its sender has been told. */
async function publishCost(window: number, publish: (client: Client) => void): Promise<Cost> {
	const host = new StubHost(text, window);
	const client = connect(host, window);
	const packet = publishPacket(payload.length);
	host.expect(packet.length, packet.length - payload.length - 2);
	told = 0;
	const whole = await gaugeTurns(turns, () => {
		for (let i = 0; i < window; i++) publish(client);
		host.ring();
		host.acknowledge();
	});
	if (told < turns * window) throw new Error("messages were not delivered");
	const loops = new Loops(text, window);
	loops.expect(payload.length);
	const hollow = new HollowLink(loops, payload.length, onDelivered);
	const rest = await gaugeTurns(turns, () => loops.publish(payload, hollow));
	return net(whole, rest, window);
}

/** Of one message that a handler hears, and is done with at once. */
async function receiveCost(): Promise<Cost> {
	const host = new SubscribeHost(text, 1);
	const client = connect(host, 1);
	subscribe(client, host, topicName);
	const packet = publishPacket(payload.length, 7);
	told = 0;
	const whole = await gaugeTurns(turns, () => host.feed(packet));
	if (told < turns) throw new Error("messages were not heard");
	const loops = new Loops(text, 1);
	loops.host.expect(0, 0);
	loops.hollowReceipt();
	return net(whole, await gaugeTurns(turns, () => loops.receive(packet)));
}

/** What stays of one that was granted; the first one is not counted. */
function weighSubscription() {
	const host = new SubscribeHost(text, 1);
	const client = connect(host, 1);
	const before = new Float64Array(8);
	const after = new Float64Array(8);
	for (const counters of [before, after]) {
		subscribe(client, host, counters === before ? "a/1" : "a/2");
		engine.gc();
		engine.memory(counters);
	}
	return { slots: after[0]! - before[0]!, chunkBytes: after[2]! - before[2]! };
}

function subscribe(client: Client, host: SubscribeHost, filter: string): void {
	void client.subscribe(filter, options, onDelivered);
	host.ring();
	host.feed(Uint8Array.of(0x90, 3, host.id >> 8, host.id, 1));
}

function connect(host: StubHost, window: number): Client {
	const client = new Client(host, { url: "mqtt://bench", clientId: "bench", window });
	client.start();
	host.ring();
	host.handler.onWritable(8192);
	host.feed(Uint8Array.of(0x20, 2, 0, 0));
	return client;
}
