import { Socket } from "node:net";
import { keepFull } from "../keep-full.js";
import { godwit, godwitLink } from "./godwit.js";
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
const ticks = () => performance.now();
const publishers = { godwit, "godwit-link": godwitLink, "mqtt-js": mqttJS, "raw-socket": rawSocket };
const [name, port, ...windows] = process.argv.slice(2);
let writes = 0;
countWrites();

const paces: Pace[] = [];
for (const window of windows.map(Number)) {
	const publisher = await publishers[name as keyof typeof publishers](Number(port), window);
	await keepFull(publisher.publish, window, warmMessages, Infinity, ticks);
	paces.push(await measure(publisher, window));
	publisher.close();
}
console.log(JSON.stringify(paces));

async function measure(publisher: Publisher, window: number): Promise<Pace> {
	const cpu = process.cpuUsage();
	const start = performance.now();
	const writesBefore = writes;
	const count = await keepFull(publisher.publish, window, Infinity, measureMs, ticks);
	const seconds = (performance.now() - start) / 1000;
	const { user, system } = process.cpuUsage(cpu);
	return {
		perSecond: count / seconds,
		cpuMicroseconds: (user + system) / count,
		writes: (writes - writesBefore) / count,
	};
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
