import type { Host, TlsOptions } from "../../hosts/host.js";
import { Client } from "../client/client.js";
import type { Settings } from "../settings/settings.js";
import { Station } from "../wifi/station.js";
import { roleOf } from "./role.js";
import { Rounds, type Tally } from "./rounds.js";
import { statusLine, tallyLine, timeStamp } from "./words.js";

/** How long a date that cannot be had is waited for, where it is needed. */
const dateRetryMs = 10_000;

/**
 * The firmware, from power-on: joins Wi-Fi where there is a radio, asks for the date, connects, and does the
 * rounds. Whatever breaks meanwhile is waited out. The tally comes when the rounds have an end, and the
 * client is closed.
 *
 * Settings that contradict each other or this host are a RangeError, before anything has begun. The options
 * of TLS are for the brokers at mqtts:// and wss://.
 */
export function startFirmware(
	host: Host,
	settings: Settings,
	onEnd: (tally: Tally) => void,
	tls?: TlsOptions,
): Client {
	const startedAt = host.clock.now();
	const print = (line: string) =>
		host.monitor.print(`${timeStamp(host.clock.wall(), host.clock.now() - startedAt)} ${line}`);
	const role = roleOf(host, settings);
	const client = new Client(host, {
		url: settings.brokers,
		tls,
		version: settings.version,
		keepAliveMs: settings.keepAliveMs,
		window: settings.window,
		outboxBytes: settings.outboxBytes,
		...role.client,
	});
	client.onState = status => {
		const line = statusLine(status);
		if (line !== undefined) print(line);
	};
	client.onHandlerError = (error, topic) => print(`The handler of ${topic} failed: ${String(error)}`);
	client.onTooLong = bytes =>
		print(`A message of ${bytes} bytes is longer than this device takes: passed over`);
	client.onStray = message => {
		const payload = message.text() ?? `${message.payload.length} bytes that are not text`;
		print(`Message arrived on ${message.topic}; Payload: ${payload}`);
	};
	const { rounds, waitMs } = settings;
	const job = new Rounds(client, host.clock, { ...role.rounds, rounds, waitMs }, print);
	const begin = dateAsker(host, settings, () => client.start(), print);
	const station =
		host.radio === undefined ? undefined : join(host, host.radio, settings, client, begin, print);
	void job.run().then(tally => {
		client.close();
		station?.stop();
		print(tallyLine(tally, role.rounds.echoes));
		onEnd(tally);
	});
	if (station !== undefined) station.start();
	else if (countSecure(settings) > 0) begin();
	else client.start();
	return client;
}

function countSecure({ brokers }: Settings): number {
	return brokers.filter(url => /^(?:mqtts|wss):/.test(url)).length;
}

/**
 * To be called whenever the network is up: begins, and asks for the date. MQTT needs none, and the answer
 * takes 25 s where UDP is blocked, so that nobody waits for it; but TLS holds certificates against the date.
 * Where it is the only way to a broker, no attempt is made before the date is known; and where it is one of
 * several, the date is asked for until it is known as well.
 */
function dateAsker({ clock }: Host, settings: Settings, begin: () => void, print: (line: string) => void) {
	const secure = countSecure(settings);
	const isHeld = secure === settings.brokers.length;
	const alarm = secure > 0 && clock.wall() === undefined ? clock.alarm(() => ask()) : undefined;
	let isAsking = false;
	function ask(): void {
		if (!isHeld || clock.wall() !== undefined) begin();
		if (isAsking || clock.wall() !== undefined) return;
		isAsking = true;
		clock.setWall(known => {
			isAsking = false;
			if (known) {
				print(`Now is (UTC): ${new Date(clock.wall()!).toISOString()}`);
				begin();
			} else if (alarm === undefined) print("Time sync failed");
			else {
				print(`Time sync failed, and TLS needs the date: next attempt in ${dateRetryMs / 1_000} s`);
				alarm.set(clock.now() + dateRetryMs);
			}
		});
	}
	return ask;
}

/** The Wi-Fi station: the client begins with the first network, and is held while there is none. */
function join(
	host: Host,
	radio: NonNullable<Host["radio"]>,
	{ networks }: Settings,
	client: Client,
	begin: () => void,
	print: (line: string) => void,
): Station {
	const handler = {
		onUp(ssid: string, address: string) {
			print(`Wi-Fi ${ssid} connected: ${address}`);
			client.link.release();
			begin();
		},
		onDown(ssid: string, detail: string, wasUp: boolean) {
			print(wasUp ? `Wi-Fi ${ssid} is lost: ${detail}` : `Failed to connect Wi-Fi ${ssid}: ${detail}`);
			client.link.hold(`Wi-Fi ${ssid} is lost`);
		},
		onWaiting(retryMs: number) {
			print(`No Wi-Fi: next attempt in ${(retryMs / 1000).toFixed(1)} s`);
		},
	};
	return new Station(host, radio, handler, { networks });
}
