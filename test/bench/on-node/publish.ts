import { Socket } from "node:net";
import { godwit } from "./godwit.js";
import { mqttJS } from "./mqtt-js.js";
import { rawSocket } from "./raw-socket.js";

/** A connected publisher of QoS 1 messages of 32 bytes. */
export interface Publisher {
	/** Sends one more, and calls back when it is acknowledged. */
	publish(onAcked: () => void): void;
	close(): void;
}

export interface Pace {
	perSecond: number;
	/** Of the publisher's process, for each message. */
	cpuMicroseconds: number;
	writes: number;
}

// Run by Node as `publish.ts <publisher> <port> <window>…`: keeps each window full until many messages are
// acknowledged, and prints how fast that was, for each.

const warmMessages = 3_000;
const measureMs = 600;
const publishers = { godwit, "mqtt-js": mqttJS, "raw-socket": rawSocket };
const [name, port, ...windows] = process.argv.slice(2);
let writes = 0;
countWrites();

const paces: Pace[] = [];
for (const window of windows.map(Number)) {
	const publisher = await publishers[name as keyof typeof publishers](Number(port), window);
	await keepFull(publisher, window, warmMessages, Infinity);
	paces.push(await measure(publisher, window));
	publisher.close();
}
console.log(JSON.stringify(paces));

async function measure(publisher: Publisher, window: number): Promise<Pace> {
	const cpu = process.cpuUsage();
	const start = performance.now();
	const writesBefore = writes;
	const count = await keepFull(publisher, window, Infinity, measureMs);
	const seconds = (performance.now() - start) / 1000;
	const { user, system } = process.cpuUsage(cpu);
	return {
		perSecond: count / seconds,
		cpuMicroseconds: (user + system) / count,
		writes: (writes - writesBefore) / count,
	};
}

/** Until so many are acknowledged, or the time is over and none is in flight; gives how many. */
function keepFull(publisher: Publisher, window: number, count: number, ms: number): Promise<number> {
	const end = performance.now() + ms;
	let sent = 0;
	let acked = 0;
	return new Promise(resolve => {
		const send = () => {
			sent++;
			publisher.publish(done);
		};
		const done = () => {
			acked++;
			if (sent < count && performance.now() < end) send();
			else if (acked === sent) resolve(acked);
		};
		for (let i = 0; i < window; i++) send();
	});
}

/** Counts what Node hands to the operating system, corked writes as one. */
function countWrites(): void {
	const prototype = Socket.prototype as unknown as { _writeGeneric(...words: unknown[]): unknown };
	const original = prototype._writeGeneric;
	prototype._writeGeneric = function (...words) {
		writes++;
		return original.apply(this, words);
	};
}
