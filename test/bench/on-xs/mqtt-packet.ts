import "./globals.js";
import { generate, parser, writeToStream, type Packet } from "mqtt-packet";
import { publishPacket, topicName } from "../loops.js";
import { gauge, net } from "./gauge.js";

// Runs on the engine: what the codec of npm takes there for the same packets. It does nothing else: no log,
// no window, no timer.

const turns = 100;
const bench = gauge(turns, () => {});
const cost = (work: () => void) => net(gauge(turns, work), bench);

const sink = { write: () => true } as unknown as NodeJS.WritableStream;
const publish = (bytes: number): Packet => ({
	cmd: "publish",
	topic: topicName,
	payload: Buffer.alloc(bytes),
	qos: 1,
	dup: false,
	retain: false,
	messageId: 7,
});
const short = publish(32);
const long = publish(1024);
const puback: Packet = { cmd: "puback", messageId: 7 };
const connect: Packet = {
	cmd: "connect",
	protocolId: "MQTT",
	protocolVersion: 4,
	clean: false,
	clientId: "bench",
	keepalive: 60,
} as Packet;
const pubackBytes = Buffer.from([0x40, 2, 0, 7]);
const connackBytes = Buffer.from([0x20, 2, 1, 0]);
const pingrespBytes = Buffer.from([0xd0, 0]);
const publishBytes = Buffer.from(publishPacket(32, 7));
let heard = 0;
const reading = parser({ protocolVersion: 4 });
reading.on("packet", () => heard++);

const results = {
	publish: cost(() => {
		generate(short);
		reading.parse(pubackBytes);
	}),
	publish1024: cost(() => {
		generate(long);
		reading.parse(pubackBytes);
	}),
	publishStream: cost(() => {
		writeToStream(short, sink);
		reading.parse(pubackBytes);
	}),
	receive: cost(() => {
		reading.parse(publishBytes);
		generate(puback);
	}),
	ping: cost(() => {
		generate({ cmd: "pingreq" });
		reading.parse(pingrespBytes);
	}),
	reconnect: cost(() => {
		generate(connect);
		reading.parse(connackBytes);
		for (let i = 0; i < 10; i++) generate(short);
	}),
};
if (heard < 6 * turns) throw new Error("mqtt-packet has parsed too little");
trace(`${JSON.stringify(results)}\n`);
