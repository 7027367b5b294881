import type { Host } from "../../hosts/host.js";
import { Client } from "../../modules/client/client.js";
import { paceOf, type Publish } from "./keep-full.js";
import { topicField, topicName } from "./loops.js";

/** Messages acknowledged in a second, by the client, which tells a function, and by the link under it. */
export interface Rates {
	client: number;
	link: number;
}

const warmMs = 100;
const measureMs = 600;
const qos1 = 2;
const payload = new Uint8Array(32);

/** A window on real sockets: connected, measured by both faces, closed. */
export async function measureRates(
	host: Host,
	port: string,
	window: number,
	ticks: () => number,
): Promise<Rates> {
	const client = new Client(host, { url: `mqtt://127.0.0.1:${port}`, clean: true, window });
	await new Promise<void>(resolve => {
		client.onState = ({ state }) => {
			if (state === "online") resolve();
		};
		client.start();
	});
	const options = { qos: 1 } as const;
	const byClient = await pace(onAcked => client.publish(topicName, payload, options, onAcked), window, ticks);
	const byLink = await pace(
		onAcked => {
			client.outbox.onEnd = onAcked;
			client.link.publish(topicField, payload, qos1, Infinity);
		},
		window,
		ticks,
	);
	if (Object.keys(client.health().endings).length > 0)
		throw new Error("the connection was lost within the measurement");
	client.close();
	return { client: byClient, link: byLink };
}

/** The same for any publisher. */
export function pace(publish: Publish, window: number, ticks: () => number): Promise<number> {
	return paceOf(publish, window, warmMs, measureMs, ticks);
}
