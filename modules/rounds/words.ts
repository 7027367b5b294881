import type { Status } from "../client/client.js";
import type { Tally } from "./rounds.js";

/** What to look at, by the cause that a connection ended with. */
const advice: Readonly<Record<string, string>> = Object.freeze({
	name: "Check the broker's name, and that this network has a name service.",
	unreachable: "Check the broker's address and port, and that it runs.",
	refused: "Check user name, password, client id and MQTT version.",
	silent: "What listens there may not be an MQTT broker, or the way to it is cut.",
	protocol: "What listens there may not be an MQTT broker.",
	duplicate: "Another client uses this client id: give each device its own.",
	tls: "Check that the port speaks TLS, whom this device trusts, the broker's certificate, and the date here.",
	moved: "Give the address that the broker names.",
	credentials: "Check where the credentials come from.",
});

/** The same for a serial line, which has no name and no port, but wires, a speed and a bridge. */
const serialAdvice: Readonly<Record<string, string>> = Object.freeze({
	...advice,
	closed: "Check the wires and the baud rate, and that the bridge runs and reaches the broker.",
	silent: "Check the wires and the baud rate, and that the bridge runs and reaches the broker.",
	protocol: "Check the baud rate, and that nothing else uses this UART.",
	unreachable: "Check the settings serial.transmit, serial.receive and serial.baud.",
	moved: "Have the bridge go to that broker.",
	fault: "Check the settings serial.transmit, serial.receive and serial.baud.",
});

/** What a person at the serial monitor is told of the connection; undefined when it is not worth a line. */
export function statusLine({
	state,
	url,
	sessionPresent,
	cause,
	detail,
	retryMs,
	advice: ofService,
}: Status): string | undefined {
	const isSerial = url === "serial:";
	const server = isSerial ? "MQTT server over the serial line" : `MQTT server ${url}`;
	if (state === "resolving") return `Connecting to ${server}`;
	if (state === "online") {
		const session = sessionPresent ? "it kept our session" : "a new session";
		return `Connected to MQTT server successfully, ${session}`;
	}
	if (state === "stopped") return "Disconnected from MQTT server";
	if (state !== "waiting" || detail === "") return undefined;
	const hint = ofService === "" ? (isSerial ? serialAdvice : advice)[cause] : ofService;
	const next = cause === "network" ? "" : ` Next attempt in ${(retryMs / 1000).toFixed(1)} s.`;
	return `Not connected to ${server}: ${detail}.${hint === undefined ? "" : ` ${hint}`}${next}`;
}

/** What the rounds came to, when they have an end. */
export function tallyLine({ rounds, acknowledged, echoes }: Tally, hasEchoes = true): string {
	const acks = `${acknowledged} of ${rounds} QoS 1 messages acknowledged`;
	return hasEchoes
		? `${rounds} rounds: ${acks}, ${echoes} of ${2 * rounds} echoes`
		: `${rounds} rounds: ${acks}`;
}

/** A stamp for a line: the time of day in UTC when it is known, the seconds since the start when not. */
export function timeStamp(wall: number | undefined, uptimeMs: number): string {
	if (wall !== undefined) return new Date(wall).toISOString().slice(11, 23);
	return `+${(uptimeMs / 1000).toFixed(3)}`;
}
