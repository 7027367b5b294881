import test from "ava";
import { checkReach, parseEndpoint, streamOf } from "../../modules/link/endpoint.js";

const good: [string, string][] = [
	["mqtt://broker", "mqtt broker 1883 "],
	["mqtt://broker/", "mqtt broker 1883 "],
	["mqtt://broker:1/", "mqtt broker 1 "],
	["mqtt://broker:65535", "mqtt broker 65535 "],
	["mqtts://broker.example.org", "mqtts broker.example.org 8883 "],
	["ws://broker", "ws broker 80 /mqtt"],
	["ws://broker/", "ws broker 80 /"],
	["wss://broker", "wss broker 443 /mqtt"],
	["wss://broker:8443/a/b?c=d", "wss broker 8443 /a/b?c=d"],
	["mqtt://192.0.2.1:1883", "mqtt 192.0.2.1 1883 "],
	["mqtt://[::1]", "mqtt ::1 1883 "],
	["mqtt://[fe80::1]:1884", "mqtt fe80::1 1884 "],
	["serial:", "serial  0 "],
];
for (const [url, parts] of good)
	test(`endpoint: ${url}`, t => {
		const { scheme, host, port, path, ...rest } = parseEndpoint(url);
		t.is(`${scheme} ${host} ${port} ${path}`, parts);
		t.deepEqual(rest, { url });
	});

const schemeRule = "it begins with mqtt://, mqtts://, ws:// or wss://, or is serial:";
const characterRule = "host and path are of visible ASCII characters, without #";
const portRule = (port: string) => `its port is 1 to 65535, not "${port}"`;
const bad: [string, string][] = [
	["", schemeRule],
	["broker:1883", schemeRule],
	["://broker", schemeRule],
	["http://broker", schemeRule],
	["MQTT://broker", schemeRule],
	["mqtt:broker", schemeRule],
	["toString://broker", schemeRule],
	["serial://port", schemeRule],
	["mqtt://", "the host is missing"],
	["mqtt://:1883", "the host is missing"],
	["mqtt:///path", "mqtt:// takes no path"],
	["mqtts://broker/path", "mqtts:// takes no path"],
	["mqtt://[]", "the host is missing"],
	["mqtt://[::1", "the bracket of its IPv6 address is not closed"],
	["mqtt://[::1]x", "the host is missing"],
	["mqtt://[::1]x:1883", "the host is missing"],
	["mqtt://broker:", portRule("")],
	["mqtt://broker:0", portRule("0")],
	["mqtt://broker:65536", portRule("65536")],
	["mqtt://broker:x", portRule("x")],
	["mqtt://broker:1.5", portRule("1.5")],
	["mqtt://broker:1e3", portRule("1e3")],
	["mqtt://broker: 80", portRule(" 80")],
	["mqtt://broker:0x50", portRule("0x50")],
	["mqtt://::1", "the host is missing"],
	["ws://broker/a b", characterRule],
	["ws://broker/a\r\nHost: b", characterRule],
	["wss://bröker", characterRule],
	["ws://broker/a#b", characterRule],
];
for (const [url, rule] of bad)
	test(`endpoint: "${url}" is refused: ${rule}`, t => {
		const error = t.throws(() => parseEndpoint(url));
		t.true(error instanceof RangeError);
		t.is((error as Error).message, `broker URL "${url}": ${rule}`);
	});

test("endpoint: one with a user or password in it is refused, and not repeated in the message", t => {
	for (const url of ["mqtt://user:secret@broker", "mqtt://secret@broker", "mqtt://@secret"]) {
		const error = t.throws(() => parseEndpoint(url));
		t.true(error instanceof RangeError);
		t.regex((error as Error).message, /user name or password in it/);
		t.false((error as Error).message.includes("secret"));
	}
});

test("endpoint: what carries each scheme", t => {
	const schemes = ["mqtt://b", "mqtts://b", "ws://b", "wss://b", "serial:"];
	t.deepEqual(
		schemes.map(url => streamOf(parseEndpoint(url))),
		["tcp", "tls", "tcp", "tls", "serial"],
	);
});

const unreachable: [string, Parameters<typeof checkReach>[1], string][] = [
	["mqtts://b", ["tcp"], "there is no TLS here; use mqtt://, ws://"],
	["wss://b", ["tcp", "serial"], "there is no TLS here; use mqtt://, ws://, serial:"],
	["serial:", ["tcp", "tls"], "there is no serial line here; use mqtt://, mqtts://, ws://, wss://"],
	["mqtt://b", ["serial"], "there is no TCP here; use serial:"],
	["mqtt://b", [], "there is no TCP here; use another device"],
];
for (const [url, streams, rule] of unreachable)
	test(`endpoint: ${url} where there is ${streams.join(" and ") || "nothing"}: ${rule}`, t => {
		const error = t.throws(() => checkReach(parseEndpoint(url), streams));
		t.true(error instanceof RangeError);
		t.is((error as Error).message, `broker URL "${url}": ${rule}`);
	});

test("endpoint: one that can be reached is no mistake", t => {
	t.notThrows(() => checkReach(parseEndpoint("wss://b"), ["tls"]));
});
