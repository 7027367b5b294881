import test from "ava";
import { portableCrypto } from "../../hosts/xs/crypto.js";
import {
	UpgradeAnswer,
	acceptBytes,
	answerBytesMax,
	lineBytesMax,
	upgradeRequest,
} from "../../modules/transport/upgrade.js";
import { utf8 } from "../support/text.js";

const target = { host: "one", port: 80, path: "/mqtt", isSecure: false };
const accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const hosts: [Partial<typeof target>, string][] = [
	[{}, "one"],
	[{ port: 8083 }, "one:8083"],
	[{ port: 443 }, "one:443"],
	[{ port: 443, isSecure: true }, "one"],
	[{ port: 80, isSecure: true }, "one:80"],
	[{ host: "192.0.2.1" }, "192.0.2.1"],
	[{ host: "fe80::1" }, "[fe80::1]"],
	[{ host: "fe80::1", port: 8083 }, "[fe80::1]:8083"],
];
for (const [change, name] of hosts)
	test(`upgrade: the request to ${name}${change.isSecure ? " over TLS" : ""}`, t => {
		const bytes = upgradeRequest({ ...target, ...change }, "dGhlIHNhbXBsZSBub25jZQ==");
		t.is(
			String.fromCharCode(...bytes),
			[
				"GET /mqtt HTTP/1.1",
				`Host: ${name}`,
				"Upgrade: websocket",
				"Connection: Upgrade",
				"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
				"Sec-WebSocket-Version: 13",
				"Sec-WebSocket-Protocol: mqtt",
				"",
				"",
			].join("\r\n"),
		);
	});

test("upgrade: the accept key of the standard's example", t => {
	const bytes = acceptBytes("dGhlIHNhbXBsZSBub25jZQ==");
	t.is(portableCrypto.encodeBase64(portableCrypto.digest("sha1", bytes)), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

const good = [
	"HTTP/1.1 101 Switching Protocols",
	"Upgrade: websocket",
	"Connection: Upgrade",
	`Sec-WebSocket-Accept: ${accept}`,
	"Sec-WebSocket-Protocol: mqtt",
];

/** The good answer with lines changed: by their number, or added at its end. */
function lines(change: Record<number, string> = {}, ...added: string[]): string[] {
	const all = good.map((line, i) => change[i] ?? line).filter(line => line !== "-");
	return [...all, ...added];
}

function read(text: string, cut = text.length): UpgradeAnswer & { taken: number } {
	const answer = new UpgradeAnswer(accept, "/mqtt") as UpgradeAnswer & { taken: number };
	const bytes = utf8(text);
	answer.taken = 0;
	while (answer.taken < bytes.length && !answer.done && answer.fault === undefined) {
		const count = Math.min(cut, answer.need, bytes.length - answer.taken);
		answer.feed(bytes.subarray(answer.taken, (answer.taken += count)));
	}
	return answer;
}

const accepted: [string, string[]][] = [
	["as in the standard", good],
	["names and tokens in any case", lines({ 1: "UPGRADE: WebSocket", 2: "connection: UPGRADE" })],
	["a list of connection options", lines({ 2: "Connection: keep-alive , Upgrade" })],
	["connection options in two lines", lines({ 2: "Connection: keep-alive" }, "Connection: upgrade")],
	["no space behind the colon, and much", lines({ 1: "Upgrade:websocket", 2: "Connection: \t Upgrade \t" })],
	["no phrase", lines({ 0: "HTTP/1.1 101" })],
	["an empty phrase", lines({ 0: "HTTP/1.1 101 " })],
	["no extension in a line for them", lines({}, "Sec-WebSocket-Extensions:")],
	["lines of no interest, also long ones", lines({}, "Server: x", `Set-Cookie: ${"c".repeat(4_000)}`)],
	["a line with bytes beyond ASCII", lines({}, "Server: é")],
];
for (const [title, all] of accepted)
	test(`upgrade: granted: ${title}`, t => {
		const text = `${all.join("\r\n")}\r\n\r\n`;
		for (const cut of [1, 2, 3, text.length]) {
			const answer = read(`${text}\x7f\x7f`, cut);
			t.is(answer.fault, undefined);
			t.true(answer.done);
			t.is(answer.taken, utf8(text).length, "the first frame is left where it is");
		}
	});

const noHTTP = "what answers there does not speak HTTP/1.1";
const notNamed = "the answer to the upgrade does not name websocket, or not as an upgrade";
const noAccept = "the answer to the upgrade has not the accept key that ours calls for";
const notMQTT = "a WebSocket server, but not for MQTT: its subprotocol is not mqtt";
const refused: [string, string[], string][] = [
	[
		"another status",
		["HTTP/1.1 404 Not Found"],
		"the server answers 404 Not Found to the upgrade at path /mqtt",
	],
	["a status of success", ["HTTP/1.1 200 OK"], "the server answers 200 OK to the upgrade at path /mqtt"],
	["a status alone", ["HTTP/1.1 403"], "the server answers 403 to the upgrade at path /mqtt"],
	[
		"a phrase that is long and not plain",
		[`HTTP/1.1 400 é${"x".repeat(100)}`],
		`the server answers 400 ??${"x".repeat(38)} to the upgrade at path /mqtt`,
	],
	["HTTP/1.0", ["HTTP/1.0 101 Switching Protocols"], noHTTP],
	["a status of four digits", ["HTTP/1.1 1010 x"], noHTTP],
	["another protocol", ["SSH-2.0-OpenSSH_9.2"], noHTTP],
	["an empty first line", ["", ...good], noHTTP],
	["a control character", ["\x01"], "what answers there does not speak HTTP"],
	["no upgrade", lines({ 1: "-" }), notNamed],
	["another upgrade", lines({ 1: "Upgrade: h2c" }), notNamed],
	["no connection option", lines({ 2: "-" }), notNamed],
	["another connection option", lines({ 2: "Connection: keep-alive, upgraded" }), notNamed],
	["no accept key", lines({ 3: "-" }), noAccept],
	["another accept key", lines({ 3: `Sec-WebSocket-Accept: ${accept.toLowerCase()}` }), noAccept],
	["two accept keys", lines({}, good[3]!), "two accept keys in the answer to the upgrade"],
	["no subprotocol", lines({ 4: "-" }), notMQTT],
	["another subprotocol", lines({ 4: "Sec-WebSocket-Protocol: mqttv3.1" }), notMQTT],
	["a list of subprotocols", lines({ 4: "Sec-WebSocket-Protocol: mqtt, chat" }), notMQTT],
	["two subprotocols", lines({}, good[4]!), "two subprotocols in the answer to the upgrade"],
	[
		"an extension",
		lines({}, "Sec-WebSocket-Extensions: permessage-deflate"),
		"the server uses an extension of WebSocket that was not offered",
	],
	["a folded line", lines({}, " more"), "a line without a name in the answer to the upgrade"],
	["no colon", lines({}, "Server"), "a line without a name in the answer to the upgrade"],
	["no name", lines({}, ": x"), "a line without a name in the answer to the upgrade"],
	["a space in a name", lines({}, "Ser ver: x"), "a line without a name in the answer to the upgrade"],
	[
		"a line of interest that is long",
		lines({}, `Connection: ${"c".repeat(lineBytesMax)}`),
		`connection of more than ${lineBytesMax} bytes in the answer to the upgrade`,
	],
	[
		"an answer that is long",
		lines({}, ...new Array<string>(9).fill(`X: ${"c".repeat(1_000)}`)),
		`an answer to the upgrade of more than ${answerBytesMax} bytes`,
	],
	["LF alone", [good.join("\n")], "a LF without CR in the answer to it"],
	["CR alone", [good.join("\r")], "a CR without LF in the answer to the upgrade"],
];
for (const [title, all, fault] of refused)
	test(`upgrade: refused: ${title}`, t => {
		const text = `${all.join("\r\n")}\r\n\r\n`;
		for (const cut of [1, 2, 3, text.length]) {
			const answer = read(text, cut);
			t.is(answer.fault, fault);
			t.false(answer.done);
			t.is(answer.blame, "protocol");
		}
	});

test("upgrade: a server that has no room for us now is busy", t => {
	for (const status of ["503 Service Unavailable", "429 Too Many Requests"]) {
		const answer = read(`HTTP/1.1 ${status}\r\n`);
		t.is(answer.fault, `the server answers ${status} to the upgrade at path /mqtt`);
		t.is(answer.blame, "busy");
	}
});

test("upgrade: an answer without an end is neither granted nor refused", t => {
	const text = `${good.join("\r\n")}\r\n\r\n`;
	for (let end = 0; end < text.length; end++) {
		const answer = read(text.slice(0, end));
		t.false(answer.done);
		t.is(answer.fault, undefined);
	}
});
