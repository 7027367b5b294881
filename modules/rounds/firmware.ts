import type { Host, TlsOptions } from "../../hosts/host.js";
import { Client } from "../client/client.js";
import type { Settings } from "../settings/settings.js";
import { Station } from "../wifi/station.js";
import { roleOf } from "./role.js";
import { Rounds, type Tally } from "./rounds.js";
import { statusLine, tallyLine, timeStamp } from "./words.js";

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
	const station = host.radio === undefined ? undefined : join(host, host.radio, settings, client, print);
	void job.run().then(tally => {
		client.close();
		station?.stop();
		print(tallyLine(tally, role.rounds.echoes));
		onEnd(tally);
	});
	if (station === undefined) client.start();
	else station.start();
	return client;
}

/**
 * Asks for the date, each time that it is called, until it is known. Nobody waits for the answer, which takes
 * 25 s where UDP is blocked: MQTT needs no date. Who does, to hold a certificate against it, waits where the
 * connection is opened, so that the other brokers have their turn meanwhile.
 */
function dateAsker({ clock }: Host, print: (line: string) => void): () => void {
	let isAsking = false;
	return () => {
		if (isAsking || clock.wall() !== undefined) return;
		isAsking = true;
		clock.setWall(known => {
			isAsking = false;
			print(known ? `Now is (UTC): ${new Date(clock.wall()!).toISOString()}` : "Time sync failed");
		});
	};
}

/** The Wi-Fi station: the client starts with the first network, and is held while there is none. */
function join(
	host: Host,
	radio: NonNullable<Host["radio"]>,
	{ networks }: Settings,
	client: Client,
	print: (line: string) => void,
): Station {
	const askDate = dateAsker(host, print);
	const handler = {
		onUp(ssid: string, address: string) {
			print(`Wi-Fi ${ssid} connected: ${address}`);
			askDate();
			client.link.release();
			client.start();
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
