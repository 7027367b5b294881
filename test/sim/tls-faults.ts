import { createInterface } from "node:readline";
import { mcconfig } from "../../hosts/moddable/tools/sdk.js";
import { checkSimulator, startSimulator } from "../../hosts/moddable/tools/simulator.js";
import { freePort } from "../support/broker-process.js";
import { certificates, flight, join as bytesOf, message, point, record } from "../support/fake-tls.js";
import { hex } from "../support/hex.js";
import { mosquittoAvailable } from "../support/mosquitto.js";
import {
	makePapers,
	parrot,
	secureBroker,
	secureMosquitto,
	secureWebBroker,
	Tap,
	type Change,
	type FarEnd,
	type Papers,
} from "./far-ends.js";

// `npm run sim:tls`: the firmware in the SDK's simulator against brokers with good and with bad TLS. Each
// case is a start of its own; a wiretap sees what leaves the device. Prints the table of the README.

interface Case {
	title: string;
	start: (papers: Papers) => Promise<FarEnd>;
	/** Undefined where the rounds must be done. */
	says?: RegExp;
	change?: Change;
	/** Through the second URL of the image, which is wss://. */
	web?: boolean;
	/** Whether the handshake is over before it comes. */
	late?: boolean;
}

const caseMs = 45_000;
const rounds = 2;

/** A flight that shows the good certificate, and whose keys nobody signed. */
function unsigned(papers: Papers): Uint8Array {
	const exchange = message(12, hex(`03 0017 41 ${point} 00 00 0000`));
	return record(22, bytesOf(flight.hello, certificates(...papers.ecdsa.chain), exchange, flight.done));
}

const cut =
	(place: number): Change =>
	(bytes, at) =>
		bytes.subarray(0, Math.max(0, place - at));
/** Damages the first record of the application that begins a segment. */
const damage: Change = bytes => {
	if (bytes[0] === 23) bytes[20]! ^= 0x01;
	return bytes;
};
const flip =
	(place: number): Change =>
	(bytes, at) => {
		if (place >= at && place < at + bytes.length) bytes[place - at]! ^= 0x20;
		return bytes;
	};

const asksClients = ({ chainPem }: { chainPem: string }) => ({
	requestCert: true,
	rejectUnauthorized: true,
	ca: chainPem,
	maxVersion: "TLSv1.2" as const,
});
const startMosquitto = (papers: Papers) => secureMosquitto(papers.rsa);
const closeNotify = hex("15 03 03 0002 01 00");
const cases: Case[] = [
	{ title: "aedes over TLS, ECDSA", start: p => secureBroker(p.ecdsa) },
	{ title: "aedes over TLS, RSA", start: p => secureBroker(p.rsa) },
	{ title: "aedes, which sends its own certificate only", start: p => secureBroker(alone(p.ecdsa)) },
	{ title: "aedes, WebSocket over TLS", start: p => secureWebBroker(p.ecdsa), web: true },
	{
		title: "aedes over TLS, which asks for a client certificate",
		start: p => secureBroker(p.ecdsa, asksClients(p.rsaAuthority)),
	},
	...(mosquittoAvailable() ? [{ title: "mosquitto over TLS", start: startMosquitto }] : []),
	{ title: "another authority", start: p => secureBroker(p.foreign), says: /none of our authorities/ },
	{
		title: "another name",
		start: p => secureBroker(p.otherName),
		says: /is for other.example, not for localhost/,
	},
	{ title: "expired", start: p => secureBroker(p.expired), says: /expired on/ },
	{ title: "not valid yet", start: p => secureBroker(p.future), says: /is not valid before/ },
	{ title: "self-signed", start: p => secureBroker(p.selfSigned), says: /is self-signed/ },
	{
		title: "self-signed, our authority behind it",
		start: p => secureBroker(p.mixed),
		says: /is self-signed/,
	},
	{
		title: "signed by another broker's certificate",
		start: p => secureBroker(p.byLeaf),
		says: /may not issue|none of our/,
	},
	{
		title: "TLS 1.3 only",
		start: p => secureBroker(p.ecdsa, { minVersion: "TLSv1.3" }),
		says: /does not speak TLS 1.2/,
	},
	{
		title: "ciphers that are not offered",
		start: p => secureBroker(p.rsa, { maxVersion: "TLSv1.2", ciphers: "AES256-SHA256" }),
		says: /no cipher in common/,
	},
	{
		title: "wants a client certificate of another authority",
		start: p => secureBroker(p.ecdsa, asksClients(p.authority)),
		says: /closed|does not (?:accept|know)/,
	},
	{
		title: "key exchange without a signature",
		start: p => parrot(unsigned(p)),
		says: /not signed as it must be/,
	},
	{ title: "close_notify in the clear", start: () => parrot(closeNotify), says: /closed the connection/ },
	{
		title: "close_notify in the clear, after its messages",
		start: p => secureBroker(p.ecdsa),
		// In place of what comes after the first flight.
		change: (() => {
			let isSecond = false;
			return bytes => {
				const isFirst = !isSecond;
				isSecond = true;
				return isFirst ? bytes : closeNotify;
			};
		})(),
		says: /closed the connection/,
	},
	{
		title: "an alert in the clear",
		start: () => parrot(hex("15 03 03 0002 02 28")),
		says: /no cipher in common/,
	},
	{ title: "no TLS at all", start: () => parrot(hex("20 02 00 00")), says: /does not speak TLS/ },
];

cases.push({
	title: "a record of the application is changed",
	start: p => secureBroker(p.ecdsa),
	change: damage,
	says: /a TLS record was damaged/,
	late: true,
});
for (const place of [1, 4, 5, 6, 9, 40, 90, 95, 200, 500, 700, 900])
	cases.push({
		title: `the stream is cut after ${place} bytes`,
		start: p => secureBroker(p.ecdsa),
		change: cut(place),
		says: /closed, in the TLS handshake/,
	});
for (const place of [0, 2, 5, 9, 45, 76, 120, 300, 600, 800])
	cases.push({
		title: `byte ${place} of the handshake is changed`,
		start: p => secureBroker(p.ecdsa),
		change: flip(place),
		says: /Not connected.*(?:TLS|certificate|cipher|broker)/,
	});

function alone<T extends { chainPem: string }>(papers: T): T {
	return {
		...papers,
		chainPem: `${papers.chainPem.split("-----END CERTIFICATE-----")[0]}-----END CERTIFICATE-----\n`,
	};
}

/** Which line of the output decides, or a word on why there was none. */
function runImage(isEnd: (line: string) => boolean): Promise<string> {
	return new Promise(resolve => {
		const child = startSimulator();
		let last = "it printed nothing";
		const end = (line: string) => {
			clearTimeout(timer);
			child.kill();
			resolve(line);
		};
		const timer = setTimeout(() => end(`no end in ${caseMs / 1_000} s; ${last}`), caseMs);
		createInterface({ input: child.stdout! }).on("line", line => {
			if (/^instruments|^$/.test(line)) return;
			if (process.argv.includes("--verbose")) console.error(line);
			last = line;
			if (isEnd(line)) end(line);
		});
		child.on("error", error => end(error.message));
		child.on("exit", () => end(`the simulator ended: ${last}`));
	});
}

async function runCase(one: Case, papers: Papers, ports: readonly number[]): Promise<string> {
	const port = ports[one.web ? 1 : 0]!;
	const farEnd = await one.start(papers);
	const tap = await Tap.start(port, farEnd, one.change);
	const isEnd = (line: string) =>
		/\d+ rounds: /.test(line) || (line.includes(`:${port}`) && line.includes("Not connected"));
	const line = await runImage(isEnd);
	await tap.stop();
	await farEnd.stop();
	let fault = "";
	if (one.says === undefined) {
		if (!line.includes(`${rounds} of ${rounds} QoS 1 messages acknowledged`)) fault = "the rounds failed";
		if (!tap.leaked) fault = "nothing was tapped";
	} else {
		if (!one.says.test(line)) fault = "another line was awaited";
		if (tap.leaked && !one.late) fault = "bytes of the application have left";
		if (farEnd.seen.bytes > 0 && !one.late) fault = "the far end has decrypted bytes";
	}
	const text = line.replace(/^[\d:.]+ (?:Not connected to MQTT server \S+: )?/, "").replace(/ Check .*$/, "");
	const sent = tap.leaked ? "after the handshake" : "none";
	console.log(`| ${one.title} | ${text} | ${sent} | ${fault === "" ? "pass" : `FAIL: ${fault}`} |`);
	return fault;
}

/** As the settings of the image have it. */
function base64(...parts: Uint8Array[]): string {
	return parts.map(part => Buffer.from(part).toString("base64")).join(",");
}

async function main(): Promise<void> {
	if (!process.env["MODDABLE"]) return console.log("sim:tls is skipped: MODDABLE names no SDK");
	checkSimulator();
	const papers = await makePapers();
	const ports = [await freePort(), await freePort()];
	const trusted = [papers.authority, papers.rsaAuthority];
	const ca = base64(...trusted.map(({ chain }) => chain[0]!));
	const broker = `mqtts://localhost:${ports[0]},wss://localhost:${ports[1]}`;
	const { chain, privateKey } = papers.client;
	const own = [`cert=${base64(...chain)}`, `key=${base64(privateKey)}`];
	const settings = [`ca=${ca}`, ...own, `broker=${broker}`, `rounds=${rounds}`, "wait=100"];
	await mcconfig(["-d", "-m", "-p", "sim", "-t", "build", "./manifest_tls.json", ...settings]);
	console.log("| the far end | what the device says | bytes of the application | |\n|---|---|---|---|");
	const only = process.argv.slice(2).find(word => !word.startsWith("-"));
	const chosen = cases.filter(({ title }) => only === undefined || title.includes(only));
	let faults = 0;
	for (const one of chosen) if ((await runCase(one, papers, ports)) !== "") faults++;
	console.log(`\n${chosen.length - faults} of ${chosen.length} cases passed`);
	process.exitCode = faults === 0 ? 0 : 1;
}

await main();
