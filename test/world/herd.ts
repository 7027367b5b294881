import { LinkState } from "../../modules/link/link.js";
import { Random } from "../support/random.js";
import { Broker } from "./broker.js";
import { Counts } from "./counts.js";
import { Device, randomOptions } from "./device.js";
import { Timeline } from "./timeline.js";
import { Weather } from "./weather.js";

export interface HerdReport {
	/** Devices that were connected before, and are connected again at the end. */
	before: number;
	after: number;
	/** Attempts in each tenth of a second from the loss on, while the broker is down and later. */
	attempts: number[];
}

const bucketMs = 100;
const healthyForMs = 120_000;

/** Many devices which lose one broker together. */
export function herd(seed: number, size: number, downMs: number): HerdReport {
	const random = new Random(seed);
	const time = new Timeline(0);
	const weather = new Weather(random, []);
	const broker = new Broker(time, random, weather, new Counts(), {
		version: 4,
		early: false,
		outMax: 10,
		qos2Max: 10,
	});
	const devices: Device[] = [];
	for (let i = 0; i < size; i++) {
		const options = randomOptions(random, 4);
		options.healthyMs = 30_000;
		options.session.keepAliveMs = 60_000;
		options.session.clientId = `device${i}`;
		devices.push(new Device(broker, options));
	}
	for (const device of devices) device.link.start();
	time.run(healthyForMs);
	const online = () => devices.filter(device => device.link.state === LinkState.online).length;
	const before = online();
	const attempts: number[] = [];
	const lostAt = time.now;
	for (const { host, witness } of devices) {
		host.onOpen = () => {
			const at = Math.floor((time.now - lostAt) / bucketMs);
			attempts[at] = (attempts[at] ?? 0) + 1;
			witness.begin();
		};
	}
	broker.restart(downMs, false);
	time.run(lostAt + downMs + 300_000);
	return { before, after: online(), attempts: Array.from(attempts, count => count ?? 0) };
}
