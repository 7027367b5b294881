import test from "ava";
import type { Host } from "../../hosts/host.js";
import { SteadyRadio } from "../../hosts/simulated-radio.js";
import { startFirmware } from "../../modules/rounds/firmware.js";
import { parseSettings } from "../../modules/settings/settings.js";
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
