import config from "mc/config";
import Time from "time";
import Timer from "timer";
import type { SerialConstructor } from "../../../hosts/ecma419/serial-line.js";
import { SerialMonitor } from "../../../hosts/moddable/monitor.js";
import { sdkModule } from "../../../hosts/moddable/sdk-module.js";
import { ModdableText } from "../../../hosts/moddable/text.js";
import { HollowLink, Loops, publishPacket, topicName } from "../loops.js";
import { openClient, type ClientConstructor, type ECMA419Client } from "../ecma419-client.js";

// Runs on a Pico: prints microseconds of the chip's own clock for each message, one figure a line, of our
// link and of the codec of the SDK's client, each on a stub of its socket. What the stubs take is not in it.

const turns = 400;
const warmTurns = 20;
const payload = new Uint8Array(32);
const puback = Uint8Array.of(0x40, 2, 0, 7);
const connack = Uint8Array.of(0x20, 2, 0, 0);

/** A socket of ECMA-419 which takes everything, and gives what is laid ready. */
class StubSocket {
	format = "number";
	bytes: Uint8Array = connack;
	at = 0;

	constructor(options: SocketOptions) {
		stub.socket = this;
		stub.options = options;
	}
	write(_data: Uint8Array, _options?: unknown): number {
		return writableBytes;
	}
	read(): number {
		return this.bytes[this.at++]!;
	}
	close(): void {}
}

interface SocketOptions {
	onReadable(count: number): void;
	onWritable(count: number): void;
}

const writableBytes = 8192;
const stub = {} as { socket: StubSocket; options: SocketOptions };

export default function (): void {
	const Serial = sdkModule<SerialConstructor>("embedded:io/serial")!;
	const transmit = Number(config["monitor.transmit"]);
	const receive = Number(config["monitor.receive"]);
	const monitor = new SerialMonitor(Serial, { transmit, receive, baud: 115_200 }, new ModdableText());
	const works: [string, () => number][] = [
		["publish1", () => publishTime(1)],
		["publish10", () => publishTime(10)],
		["receive", receiveTime],
		["peerPublish", peerPublishTime],
	];
	let at = 0;
	const timer = Timer.repeat(() => {
		const [name, work] = works[at++] ?? [];
		if (work !== undefined) return monitor.print(`${name} ${work()}`);
		monitor.print("EXIT:0");
		Timer.clear(timer);
	}, 50);
}

/** Microseconds of one turn. */
function time(work: () => void): number {
	for (let i = 0; i < warmTurns; i++) work();
	const start = Time.ticks;
	for (let i = 0; i < turns; i++) work();
	return ((Time.ticks - start) * 1000) / turns;
}

function publishTime(window: number): number {
	const loops = new Loops(new ModdableText(), window);
	loops.expect(payload.length);
	const whole = time(() => loops.publish(payload));
	const hollow = new HollowLink(loops, payload.length, () => {
		loops.ended++;
	});
	return (whole - time(() => loops.publish(payload, hollow))) / window;
}

function receiveTime(): number {
	const loops = new Loops(new ModdableText(), 1);
	loops.host.expect(0, 0);
	const packet = publishPacket(payload.length, 7);
	const whole = time(() => loops.receive(packet));
	loops.hollowReceipt();
	return whole - time(() => loops.receive(packet));
}

function peer(): ECMA419Client {
	const client = openClient(sdkModule<ClientConstructor>("embedded:network/mqtt/client")!, StubSocket, 1883, {
		onControl() {},
		onWritable() {},
	});
	stub.options.onWritable(writableBytes);
	feedPeer(connack);
	return client;
}

function feedPeer(bytes: Uint8Array): void {
	stub.socket.bytes = bytes;
	stub.socket.at = 0;
	stub.options.onReadable(bytes.length);
}

/** Five writes and four reads are what this client asks of its socket for a message. */
function peerPublishTime(): number {
	const client = peer();
	const whole = time(() => {
		client.write(payload, { topic: topicName, QoS: 1, id: 7 });
		feedPeer(puback);
	});
	const { socket } = stub;
	stub.options = {
		onReadable(count) {
			for (let i = 0; i < count; i++) socket.read();
		},
		onWritable() {},
	};
	const hollow = time(() => {
		for (let i = 0; i < 5; i++) socket.write(payload);
		feedPeer(puback);
	});
	return whole - hollow;
}
