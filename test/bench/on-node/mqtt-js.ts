import { connectAsync } from "mqtt";
import { topicName } from "../loops.js";
import type { Publisher } from "./publish.js";

/** The client of npm that most use, by its callbacks, which are faster than its promises. */
export async function mqttJS(port: number): Promise<Publisher> {
	const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
	const payload = Buffer.alloc(32);
	return {
		publish: onAcked => void client.publish(topicName, payload, { qos: 1 }, onAcked),
		close: () => void client.end(),
	};
}
