import { connect } from "../../../hosts/node/connect.js";
import type { Client } from "../../../modules/client/client.js";
import { topicField, topicName } from "../loops.js";
import type { Publisher } from "./publish.js";

const payload = new Uint8Array(32);
const options = { qos: 1 } as const;
const qos1 = 2;

/** The firmware's client, which tells a function, as MQTT.js does here. */
export async function godwit(port: number, window: number): Promise<Publisher> {
	const client = await connected(port, window);
	return {
		publish: onAcked => client.publish(topicName, payload, options, onAcked),
		close: () => client.close(),
	};
}

/** The link under it: topics as bytes, and no outcome but the end. */
export async function godwitLink(port: number, window: number): Promise<Publisher> {
	const client = await connected(port, window);
	const waiting: (() => void)[] = [];
	client.outbox.onEnd = record => waiting[record]!();
	return {
		publish: onAcked => {
			waiting[client.link.publish(topicField, payload, qos1, Infinity)] = onAcked;
		},
		close: () => client.close(),
	};
}

async function connected(port: number, window: number): Promise<Client> {
	const client = connect(`mqtt://127.0.0.1:${port}`, { window, clean: true });
	await new Promise<void>(resolve => {
		client.onState = ({ state }) => {
			if (state === "online") resolve();
		};
	});
	return client;
}
