import { Client } from "../../../modules/client/client.js";
import { engineHost } from "../../../hosts/xs/host.js";
import { topicField, topicName } from "../loops.js";

// Runs on the engine with a port and windows as its words: keeps each window full on real sockets, and prints
// the messages acknowledged in a second, by the client's promises and by the link under it.

const warmMessages = 2_000;
const measureMs = 600;
const qos1 = 2;
const [port, ...windows] = engine.arguments;
const host = engineHost();
const payload = new Uint8Array(32);
const results: { client: number; link: number }[] = [];

void run();

async function run(): Promise<void> {
	for (const window of windows.map(Number)) {
		const client = new Client(host, { url: `mqtt://127.0.0.1:${port}`, clean: true, window });
		await new Promise<void>(resolve => {
			client.onState = ({ state }) => {
				if (state === "online") resolve();
			};
			client.start();
		});
		const byClient = await pace(window, client, clientPublisher(client));
		const byLink = await pace(window, client, linkPublisher(client));
		results.push({ client: byClient, link: byLink });
		client.close();
	}
	trace(`${JSON.stringify(results)}\n`);
	engine.exit(0);
}

type Publish = (onAcked: () => void) => void;

function clientPublisher(client: Client): Publish {
	const options = { qos: 1 } as const;
	return onAcked => void client.publish(topicName, payload, options).then(onAcked);
}

function linkPublisher(client: Client): Publish {
	return onAcked => {
		client.outbox.onEnd = onAcked;
		client.link.publish(topicField, payload, qos1, Infinity);
	};
}

async function pace(window: number, client: Client, publish: Publish): Promise<number> {
	await keepFull(window, publish, warmMessages, Infinity);
	const start = engine.ticks();
	const count = await keepFull(window, publish, Infinity, measureMs);
	if (Object.keys(client.health().endings).length > 0)
		throw new Error("the connection was lost within the measurement");
	return (count * 1000) / (engine.ticks() - start);
}

/** As its namesake on Node does it. */
function keepFull(window: number, publish: Publish, count: number, ms: number): Promise<number> {
	const end = engine.ticks() + ms;
	let sent = 0;
	let acked = 0;
	return new Promise(resolve => {
		const send = () => {
			sent++;
			publish(done);
		};
		const done = () => {
			acked++;
			if (sent < count && engine.ticks() < end) send();
			else if (acked === sent) resolve(acked);
		};
		for (let i = 0; i < window; i++) send();
	});
}
