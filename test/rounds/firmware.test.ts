import test from "ava";
import type { Host } from "../../hosts/host.js";
import { SteadyRadio } from "../../hosts/simulated-radio.js";
import { startFirmware } from "../../modules/rounds/firmware.js";
import { parseSettings } from "../../modules/settings/settings.js";
import { encode, PacketDecoder } from "../../modules/wire/packet-codec.js";
import { hex, toHex } from "../support/hex.js";
import { ScriptedHost } from "../support/scripted-host.js";
import { VirtualClock } from "../support/virtual-clock.js";

/** A clock that does not know the date, and asks in vain until it is told to answer. */
class DatelessClock extends VirtualClock {
	asked = 0;
	answer: (known: boolean) => void = () => {};
	date: number | undefined;

	constructor() {
		super(0, false);
	}
	override wall(): number | undefined {
		return this.date;
	}
	override setWall(done: (known: boolean) => void): void {
		this.asked++;
		this.answer = done;
	}
}

function start(broker = "mqtt://192.0.2.1") {
	const scripted = new ScriptedHost();
	scripted.word = 0;
	const clock = new DatelessClock();
	const lines: string[] = [];
	const radio = new SteadyRadio(clock);
	const { random, text, crypto, network, deviceId } = scripted;
	const monitor = { print: (line: string) => lines.push(line) };
	const host: Host = { clock, random, text, crypto, network, deviceId, radio, monitor };
	const entries = { ssid: "lab", broker, client: "c", topic: "t" };
	startFirmware(host, parseSettings(entries, { deviceId }), () => {});
	return { scripted, clock, lines };
}

test("firmware: it connects while the date is still asked for", t => {
	const { scripted, clock, lines } = start();
	clock.run(1_000);
	t.is(clock.asked, 1);
	t.is(scripted.log[0], "resolve 192.0.2.1");
	t.deepEqual(lines, [
		"+0.100 Wi-Fi lab connected: 127.0.0.1",
		"+0.100 Connecting to MQTT server mqtt://192.0.2.1",
	]);
	clock.run(25_000);
	clock.answer(false);
	t.is(lines.at(-1), "+25.000 Time sync failed");
});

test("firmware: it does not connect by TLS before the date is known, and asks until it is", t => {
	const { scripted, clock, lines } = start("mqtts://192.0.2.1,wss://192.0.2.2");
	clock.run(20_000);
	clock.answer(false);
	t.is(lines.at(-1), "+20.000 Time sync failed, and TLS needs the date: next attempt in 10 s");
	clock.run(29_999);
	t.is(clock.asked, 1);
	clock.run(30_000);
	t.is(clock.asked, 2);
	t.deepEqual(scripted.log, []);
	clock.date = Date.UTC(2026, 0);
	clock.answer(true);
	clock.run(30_001);
	t.regex(lines.at(-2)!, /Now is \(UTC\): 2026-01-01T/);
	t.is(scripted.log[0], "resolve 192.0.2.1");
	clock.run(60_000);
	t.is(clock.asked, 2);
});

test("firmware: where one broker needs no date, nothing waits for it, but it is asked for", t => {
	const { scripted, clock } = start("mqtt://192.0.2.1,mqtts://192.0.2.2");
	clock.run(1_000);
	t.is(scripted.log[0], "resolve 192.0.2.1");
	clock.answer(false);
	clock.run(11_000);
	t.is(clock.asked, 2);
});

/** A hub that grants, acknowledges, and sends one command behind the first telemetry. */
class ScriptedHub {
	readonly topics: string[] = [];
	#host: ScriptedHost;
	#decoder = new PacketDecoder(4);

	constructor(host: ScriptedHost) {
		this.#host = host;
	}
	/** Answers what has been sent; false when that was nothing. */
	answer(): boolean {
		const bytes = hex(this.#host.wire.sent());
		const say = (packet: Parameters<typeof encode>[0]) => this.#host.wire.feed(toHex(encode(packet)));
		for (const packet of this.#decoder.feed(bytes)) {
			const { cmd } = packet;
			if (cmd === "connect") say({ cmd: "connack", sessionPresent: false, returnCode: 0 });
			if (cmd === "subscribe") say({ cmd: "suback", messageId: packet.messageId!, granted: [1] });
			if (cmd !== "publish") continue;
			this.topics.push(packet.topic);
			if (packet.qos === 1) say({ cmd: "puback", messageId: packet.messageId! });
			else if (this.topics.length === 1) this.#command(say);
		}
		return bytes.length > 0;
	}
	#command(say: (packet: Parameters<typeof encode>[0]) => void): void {
		const topic = "devices/dev1/messages/devicebound/a=1";
		say({ cmd: "publish", topic, payload: "fan off", qos: 0, dup: false, retain: false });
	}
}

test("firmware: to Azure the rounds send telemetry, hear commands, and wait for no echo", async t => {
	const scripted = new ScriptedHost();
	const lines: string[] = [];
	const print = (line: string) => void lines.push(line.replace(/^\S+ /, ""));
	const host: Host = { ...scripted, monitor: { print } };
	const connection = "HostName=hub.example;DeviceId=dev1;SharedAccessKey=AAECAw==";
	const entries = { profile: "azure", connection, rounds: "2", wait: "1000" };
	let acknowledged = 0;
	startFirmware(
		host,
		parseSettings(entries, { deviceId: "d1" }),
		tally => (acknowledged = tally.acknowledged),
	);
	scripted.pass(10);
	scripted.wire.up(10_000);
	const hub = new ScriptedHub(scripted);
	for (let quiet = 0; quiet < 20;) {
		for (let turns = 0; turns < 20; turns++) await undefined;
		scripted.pass(100);
		scripted.wire.up(10_000);
		quiet = hub.answer() ? 0 : quiet + 1;
	}
	t.is(acknowledged, 2);
	t.deepEqual([...new Set(hub.topics)], ["devices/dev1/messages/events/"]);
	t.deepEqual(
		lines.filter(line => /count|arrived|rounds/.test(line)),
		[
			"Message arrived: qos 0, retained 0, dup 0; Payload: fan off",
			"Finish message count: 2 sent, none comes back",
			"Finish message count: 2 sent, none comes back",
			"2 rounds: 2 of 2 QoS 1 messages acknowledged",
		],
	);
});
