import test from "ava";
import { parseEndpoint } from "../../modules/link/endpoint.js";

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
