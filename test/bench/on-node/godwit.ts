import { connect } from "../../../hosts/node/connect.js";
import { topicName } from "../loops.js";
import type { Publisher } from "./publish.js";

/** The firmware's client, by its promises, as an application uses it. */
export async function godwit(port: number, window: number): Promise<Publisher> {
	const client = connect(`mqtt://127.0.0.1:${port}`, { window, clean: true });
	const payload = new Uint8Array(32);
	await new Promise<void>(resolve => {
		client.onState = ({ state }) => {
			if (state === "online") resolve();
		};
	});
	return {
		publish: onAcked => void client.publish(topicName, payload, { qos: 1 }).then(onAcked),
		close: () => client.close(),
	};
}
