import test from "ava";
import type { Status } from "../../modules/client/client.js";
import { causeNames } from "../../modules/link/cause.js";
import { statusLine, tallyLine, timeStamp } from "../../modules/rounds/words.js";

const url = "mqtt://10.0.0.7:1884";
const blank: Status = {
	state: "waiting",
	url,
	sessionPresent: false,
	properties: undefined,
	cause: "",
	detail: "",
	retryMs: 0,
	advice: "",
};

const table: readonly { status: Partial<Status>; line: string | undefined }[] = [
	{ status: { state: "resolving" }, line: "Connecting to MQTT server mqtt://10.0.0.7:1884" },
	{ status: { state: "resolving", url: "serial:" }, line: "Connecting to MQTT server over the serial line" },
	{ status: { state: "opening" }, line: undefined },
	{ status: { state: "greeting" }, line: undefined },
	{ status: { state: "online" }, line: "Connected to MQTT server successfully, a new session" },
	{
		status: { state: "online", sessionPresent: true },
		line: "Connected to MQTT server successfully, it kept our session",
	},
	{
		status: { state: "stopped", detail: "the connection was closed" },
		line: "Disconnected from MQTT server",
	},
	// Before the first attempt there is nothing to tell.
	{ status: {}, line: undefined },
	{
		status: { cause: "unreachable", detail: "it cannot be reached", retryMs: 1_949 },
		line:
			"Not connected to MQTT server mqtt://10.0.0.7:1884: it cannot be reached. " +
			"Check the broker's address and port, and that it runs. Next attempt in 1.9 s.",
	},
	{
		status: { cause: "closed", detail: "the connection was closed", retryMs: 50 },
		line:
			"Not connected to MQTT server mqtt://10.0.0.7:1884: the connection was closed. " +
			"Next attempt in 0.1 s.",
	},
	{
		status: { cause: "network", detail: "Wi-Fi lab is lost", retryMs: 500 },
		line: "Not connected to MQTT server mqtt://10.0.0.7:1884: Wi-Fi lab is lost.",
	},
	{
		status: { url: "serial:", cause: "closed", detail: "nothing came in 10 s, before CONNACK", retryMs: 400 },
		line:
			"Not connected to MQTT server over the serial line: nothing came in 10 s, before CONNACK. " +
			"Check the wires and the baud rate, and that the bridge runs and reaches the broker. " +
			"Next attempt in 0.4 s.",
	},
	{
		status: { url: "serial:", cause: "protocol", detail: "CONNACK length", retryMs: 2_000 },
		line:
			"Not connected to MQTT server over the serial line: CONNACK length. " +
			"Check the baud rate, and that nothing else uses this UART. Next attempt in 2.0 s.",
	},
	{
		status: { url: "serial:", cause: "fault", detail: "Error: invalid pin", retryMs: 5_000 },
		line:
			"Not connected to MQTT server over the serial line: Error: invalid pin. " +
			"Check the settings serial.transmit, serial.receive and serial.baud. Next attempt in 5.0 s.",
	},
	{
		status: { url: "serial:", cause: "refused", detail: "refused: Not authorized", retryMs: 2_000 },
		line:
			"Not connected to MQTT server over the serial line: refused: Not authorized. " +
			"Check user name, password, client id and MQTT version. Next attempt in 2.0 s.",
	},
];

for (const { status, line } of table) {
	const { state, url: to, cause, sessionPresent } = { ...blank, ...status };
	test(`words: ${state} ${to} ${cause}${sessionPresent ? " session present" : ""}`, t => {
		t.is(statusLine({ ...blank, ...status }), line);
	});
}

test("words: no cause on a serial line speaks of addresses, ports or names", t => {
	for (const cause of causeNames) {
		if (cause === "name") continue; // there is none to look up
		const line = statusLine({ ...blank, url: "serial:", cause, detail: "x" })!;
		t.notRegex(line, /serial::|address|port,|name service/);
	}
});

test("words: the tally", t => {
	const line = "6 rounds: 5 of 6 QoS 1 messages acknowledged, 11 of 12 echoes";
	t.is(tallyLine({ rounds: 6, acknowledged: 5, echoes: 11 }), line);
});

test("words: a stamp is the time of day, or else the seconds since the start", t => {
	t.is(timeStamp(Date.UTC(2026, 0, 2, 3, 4, 5, 6), 99), "03:04:05.006");
	t.is(timeStamp(undefined, 12_345), "+12.345");
});
