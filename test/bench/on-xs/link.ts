import { Client } from "../../../modules/client/client.js";
import { defaults } from "../../../modules/client/client-options.js";
import { engineHost } from "../../../hosts/xs/host.js";
import { HollowLink, Loops, publishPacket, type Subject } from "../loops.js";
import { StubHost } from "../stub-host.js";
import { BareLink } from "../bare-link.js";
import { gauge, net, type Cost } from "./gauge.js";

// Runs on the engine, and prints one line of JSON: what the packet path costs there.

const turns = 1000;
const growthMessages = 100_000;
const { text } = engineHost();

const results = {
	slotBytes: memory()[6]!,
	heap: weighClient(),
	publish1: publishCost(1, 32),
	publish10: publishCost(10, 32),
	publish1024: publishCost(1, 1024),
	bare1: bareCost(1),
	bare10: bareCost(10),
	bareReceive: bareReceiveCost(),
	copy: copyCost(),
	stages: stageCosts(),
	receive: receiveCost(),
	ping: pingCost(),
	reconnect: reconnectCost(),
	writes1: writesPerPublish(1),
	writes10: writesPerPublish(10),
	growth: growth(),
	stackPeak: memory()[4]!,
};
trace(`${JSON.stringify(results)}\n`);

function memory(): Float64Array {
	const counters = new Float64Array(8);
	engine.memory(counters);
	return counters;
}

/** What a connected client adds to the heap, without and with the buffers that its options ask for. */
function weighClient() {
	const host = new StubHost(text, 1);
	const counters = memory();
	engine.gc();
	engine.memory(counters);
	const slots = counters[0]!;
	const chunkBytes = counters[2]!;
	const client = new Client(host, { url: "mqtt://bench", clientId: "bench" });
	client.start();
	host.ring();
	host.handler.onWritable(8192);
	host.feed(Uint8Array.of(0x20, 2, 0, 0));
	engine.gc();
	engine.memory(counters);
	const { outboxBytes, frameBytes, readerBytes, scratchBytes } = defaults;
	return {
		slots: counters[0]! - slots,
		chunkBytes: counters[2]! - chunkBytes,
		bufferBytes: outboxBytes + frameBytes + readerBytes + scratchBytes,
		isOnline: client.link.state,
	};
}

function publishCost(window: number, payloadBytes: number): Cost {
	const payload = new Uint8Array(payloadBytes);
	const loops = new Loops(text, window);
	loops.expect(payloadBytes);
	const whole = gauge(turns, () => loops.publish(payload));
	const hollow = new HollowLink(loops, payloadBytes, () => {
		loops.ended++;
	});
	return net(
		whole,
		gauge(turns, () => loops.publish(payload, hollow)),
		window,
	);
}

/** Of publishCost(window, 32), what the barest code takes. */
function bareCost(window: number): Cost {
	const payload = new Uint8Array(32);
	const loops = new Loops(text, window);
	loops.expect(payload.length);
	const onEnd = () => {
		loops.ended++;
	};
	const bare = new BareLink(loops, onEnd);
	const whole = gauge(turns, () => loops.publish(payload, bare));
	const hollow = new HollowLink(loops, payload.length, onEnd);
	const rest = gauge(turns, () => loops.publish(payload, hollow));
	return net(whole, rest, window);
}

/** Of receiveCost(). */
function bareReceiveCost(): Cost {
	const loops = new Loops(text, 1);
	loops.host.expect(0, 0);
	new BareLink(loops, () => {
		loops.received++;
	});
	const packet = publishPacket(32, 7);
	const whole = gauge(turns, () => loops.receive(packet));
	loops.hollowReceipt();
	const rest = gauge(turns, () => loops.receive(packet));
	return net(whole, rest);
}

/** Computrons of a native copy of what 1,024 bytes are longer than 32. */
function copyCost(): number {
	const target = new Uint8Array(1024);
	const [long, short] = [new Uint8Array(1024), new Uint8Array(32)];
	const whole = gauge(turns, () => target.set(long));
	return whole.computrons - gauge(turns, () => target.set(short)).computrons;
}

/** The computrons of a publish at window 1, by its three stages. */
function stageCosts() {
	const loops = new Loops(text, 1);
	loops.expect(32);
	const whole = stages(loops, loops.link);
	const hollow = stages(loops, new HollowLink(loops, 32, () => {}));
	return {
		accept: whole.accept - hollow.accept,
		send: whole.send - hollow.send,
		finish: whole.finish - hollow.finish,
	};
}

function stages({ host }: Loops, subject: Subject) {
	const payload = new Uint8Array(32);
	const topic = publishPacket(0).subarray(2, 16);
	let accept = 0;
	let send = 0;
	let finish = 0;
	for (let i = 0; i < turns; i++) {
		const start = engine.meter();
		subject.publish(topic, payload, 2, Infinity);
		const accepted = engine.meter();
		host.ring();
		const sent = engine.meter();
		host.acknowledge();
		finish += engine.meter() - sent;
		send += sent - accepted;
		accept += accepted - start;
	}
	return { accept: accept / turns, send: send / turns, finish: finish / turns };
}

function receiveCost(): Cost {
	const loops = new Loops(text, 1);
	loops.host.expect(0, 0);
	const packet = publishPacket(32, 7);
	const whole = gauge(turns, () => loops.receive(packet));
	if (loops.received < turns) throw new Error("messages were not received");
	loops.hollowReceipt();
	return net(
		whole,
		gauge(turns, () => loops.receive(packet)),
	);
}

function pingCost(): Cost {
	const loops = new Loops(text, 1);
	loops.host.expect(0, 0);
	return gauge(turns, () => loops.ping());
}

/** From the end of one connection to the last repeat on the next; what fills the window is not counted. */
function reconnectCost(): Cost {
	const loops = new Loops(text, 10);
	const payload = new Uint8Array(32);
	const again = () => {
		loops.fill(payload);
		loops.reconnect();
		loops.host.acknowledge();
	};
	const usual = () => {
		loops.fill(payload);
		loops.host.acknowledge();
	};
	loops.expect(32);
	return net(gauge(200, again), gauge(200, usual));
}

function writesPerPublish(window: number): number {
	const loops = new Loops(text, window);
	const payload = new Uint8Array(32);
	const { writes } = loops.host;
	for (let i = 0; i < turns; i++) loops.publish(payload);
	return (loops.host.writes - writes) / (turns * window);
}

/** What stays on the heap after so many messages, and how often the collector ran meanwhile. */
function growth() {
	const loops = new Loops(text, 10);
	const payload = new Uint8Array(32);
	const counters = memory();
	loops.publish(payload);
	engine.gc();
	engine.memory(counters);
	const [slots, , chunkBytes] = counters;
	const collections = counters[5]!;
	for (let i = 0; i < growthMessages / 10; i++) loops.publish(payload);
	engine.memory(counters);
	const ran = counters[5]! - collections;
	engine.gc();
	engine.memory(counters);
	return { slots: counters[0]! - slots!, chunkBytes: counters[2]! - chunkBytes!, collections: ran };
}
