import test from "ava";
import { IoTHub, type IoTHubOptions } from "../../modules/cloud/azure.js";
import { HubDevice, type HubHandlers } from "../../modules/cloud/azure-device.js";
import { decodeBag, encodeBag, parseConnectionString } from "../../modules/cloud/azure-names.js";
import type { ClientOptions } from "../../modules/client/client-options.js";
import type { Credentials } from "../../modules/session/session-options.js";
import { portableText } from "../../modules/wire/text.js";
import { ClientBench, settled } from "../support/client-bench.js";
import { toHex } from "../support/hex.js";
import { ScriptedHost } from "../support/scripted-host.js";
import { utf8 } from "../support/text.js";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const identity = { hostName: "demo-hub.azure-devices.net", deviceId: "dev1", key };
const text = (value: string) => toHex(utf8(value));

function start(options: Partial<IoTHubOptions> = {}, more: Partial<ClientOptions> = {}) {
	let hub!: IoTHub;
	const bench = new ClientBench(host => {
		hub = new IoTHub(host, { ...identity, ...options });
		return { url: "mqtts://demo-hub.azure-devices.net", ...hub.options, keepAliveMs: 1_177_000, ...more };
	});
	const advice = () => bench.statuses.filter(({ state }) => state === "waiting").at(-1)!.advice;
	return { bench, hub, advice, client: bench.client };
}

function startDevice(handlers: HubHandlers = {}) {
	const all = start({}, { outboxBytes: 4_096 });
	const device = new HubDevice(all.client, all.hub.topics, all.bench.host.clock, handlers);
	all.bench.connect();
	return { ...all, device };
}

/** A PUBLISH from the hub at QoS 0. */
const publish = (topic: string, payload: string) => {
	const bytes = new Uint8Array([0x30, 2 + topic.length + payload.length, 0, topic.length]);
	return toHex(bytes) + text(topic) + text(payload);
};

test("Azure: the SAS token of a time", t => {
	const host = new ScriptedHost();
	host.clock.wall = () => (1_800_000_000 - 3_600) * 1000;
	let signed: Credentials | undefined;
	new IoTHub(host, identity).options.credentials!(credentials => (signed = credentials));
	const { username, password } = signed!;
	t.is(username, "demo-hub.azure-devices.net/dev1/?api-version=2021-04-12");
	t.is(
		portableText.read(password!, 0, password!.length),
		"SharedAccessSignature sr=demo-hub.azure-devices.net%2Fdevices%2Fdev1" +
			"&sig=2Dc7Z%2B%2FxPh%2BW%2FMa%2BHoz%2FbRvMcHQfhAHvhfCyOkBXF%2BU%3D&se=1800000000",
	);
});

test("Azure: a token waits for the date, and without it there is no attempt", t => {
	const host = new ScriptedHost();
	let done: (known: boolean) => void = () => {};
	host.clock.setWall = callback => (done = callback);
	host.clock.wall = () => undefined;
	const answers: (Credentials | undefined)[] = [];
	const ask = () => new IoTHub(host, identity).options.credentials!(answer => answers.push(answer));
	ask();
	t.deepEqual(answers, []);
	done(false);
	t.deepEqual(answers, [undefined]);
	ask();
	host.clock.wall = () => 1_700_000_000_000;
	done(true);
	t.is(answers[1]?.username, "demo-hub.azure-devices.net/dev1/?api-version=2021-04-12");
});

test("Azure: the connection is made anew, with a new token, before the token ends", t => {
	const { bench } = start({ tokenSeconds: 600 });
	bench.connect();
	bench.host.pass(479_000);
	t.is(bench.host.wires.length, 1);
	bench.host.pass(2_000);
	t.is(bench.host.wires.length, 2);
	t.is(bench.host.wires[0]!.sent(), "e000");
	t.is(bench.host.wires[0]!.closed, 1);
	bench.host.wire.up();
	const expiry = Math.floor(bench.host.clock.epoch / 1000) + 480 + 600;
	t.true(bench.host.wire.sent().includes(text(`&se=${expiry}`)));
	t.is(bench.client.health().endings["closed"], undefined);
});

for (const [string, rule] of [
	["", /^connection: HostName is missing; its form is HostName=…;DeviceId=…;SharedAccessKey=…$/],
	["HostName=h;DeviceId=d", /SharedAccessKey is missing/],
	["HostName=h;DeviceId=d;SharedAccessKey=", /SharedAccessKey is missing/],
	[
		"HostName=h;SharedAccessKeyName=owner;SharedAccessKey=hush",
		/one of the hub's own policies; take that of the device$/,
	],
	["HostName=h;DeviceId=d;ModuleId=m;SharedAccessKey=hush", /its form is/],
	["HostName=h;HostName=h;DeviceId=d;SharedAccessKey=hush", /its form is/],
	["hush", /its form is/],
	["HostName=h/x;DeviceId=d;SharedAccessKey=hush", /HostName is no name of a host/],
	["HostName=h;DeviceId=d/+;SharedAccessKey=hush", /DeviceId has characters/],
	[`HostName=h;DeviceId=${"d".repeat(129)};SharedAccessKey=hush`, /too long/],
] as const)
	test(`Azure: no connection string: ${string.slice(0, 60).replaceAll("hush", "…")}`, t => {
		const error = t.throws(() => parseConnectionString(string), { instanceOf: RangeError, message: rule });
		t.false(error!.message.includes("hush"));
	});

test("Azure: a connection string, in any order", t => {
	t.deepEqual(parseConnectionString(`SharedAccessKey=${key};HostName=h.example;DeviceId=d:1.a`), {
		hostName: "h.example",
		deviceId: "d:1.a",
		key,
	});
});

test("Azure: a key that is not Base64, and a life under a minute, are refused without being told", t => {
	const host = new ScriptedHost();
	const make = (options: object) => () => new IoTHub(host, { ...identity, ...options });
	const error = t.throws(make({ key: "hush!" }), { instanceOf: RangeError, message: /is not Base64$/ });
	t.false(error!.message.includes("hush"));
	t.throws(make({ tokenSeconds: 59 }), { instanceOf: RangeError, message: "tokenSeconds: 60 or more" });
	t.throws(make({ tokenSeconds: NaN }), { instanceOf: RangeError });
});

for (const [title, more, message] of [
	["another client id", { clientId: "c" }, /^clientId: to IoT Hub it is the device id/],
	["MQTT 5", { version: 5 }, /^version: IoT Hub takes MQTT 3\.1\.1 only$/],
	["no pings", { keepAliveMs: 0 }, /^keepAliveMs: IoT Hub takes 1 to 1177 s$/],
	["rare pings", { keepAliveMs: 1_178_000 }, /^keepAliveMs/],
	["a wire in the clear", { url: "mqtt://hub" }, /^broker URL: IoT Hub takes mqtts:\/\/ and wss:\/\/ only$/],
	["one of several in the clear", { url: ["wss://hub", "ws://hub"] }, /^broker URL/],
] as [string, Partial<ClientOptions>, RegExp][])
	test(`Azure: refused at once: ${title}`, t => {
		t.throws(() => start({}, more), { instanceOf: RangeError, message });
	});

test("Azure: what the hub does not take is refused at the call", t => {
	const { bench, client } = start({}, { outboxBytes: 300_000 });
	bench.connect();
	const up = "devices/dev1/messages/events/";
	const deny = (message: RegExp, call: () => unknown) => t.throws(call, { instanceOf: RangeError, message });
	deny(/^topic "a": IoT Hub takes telemetry on devices\/dev1\/messages\/events\/, and no other$/, () =>
		client.publish("a", ""),
	);
	deny(/^QoS 2: IoT Hub closes the connection/, () => client.publish(up, "", { qos: 2 }));
	deny(/^retain/, () => client.publish(up, "", { retain: true }));
	deny(/^a message of 262145 bytes: IoT Hub takes at most 262144$/, () =>
		client.publish(up, new Uint8Array(262_145 - up.length)),
	);
	t.notThrows(() => void client.publish(up, new Uint8Array(262_144 - up.length)));
	deny(/^QoS 2/, () => client.subscribe("$iothub/methods/POST/#", { qos: 2 }, () => {}));
	deny(/^topic filter "devices\/dev2\/messages\/devicebound\/#": IoT Hub lets this device hear /, () =>
		client.subscribe("devices/dev2/messages/devicebound/#", { qos: 1 }, () => {}),
	);
});

test("Azure: bags of properties, both ways", t => {
	const bag = { "$.ct": "application/json", "a b": "ü&=", empty: "" };
	const encoded = "%24.ct=application%2Fjson&a%20b=%C3%BC%26%3D&empty=";
	t.is(encodeBag(bag), encoded);
	t.deepEqual(decodeBag(encoded), bag);
	t.deepEqual(decodeBag("?$rid=1&bare&%zz=1"), { $rid: "1", bare: "", "%zz": "1" });
});

test("Azure: telemetry goes to its topic, with its properties", t => {
	const { bench, device } = startDevice();
	void device.telemetry("{}", { "$.ct": "application/json" });
	t.true(bench.sent().includes(text("devices/dev1/messages/events/%24.ct=application%2Fjson")));
});

test("Azure: what it listens to follows from its handlers", t => {
	const { bench, device } = startDevice({
		onCommand: () => {},
		onDesired: () => {},
		onMethod: () => noAnswer,
	});
	void device.listen();
	const sent = bench.sent();
	for (const start of ["$iothub/twin/res/", "$iothub/methods/POST/", "devices/dev1/messages/devicebound/"])
		t.true(sent.includes(text(`${start}#`)), start);
	t.true(sent.includes(text("$iothub/twin/PATCH/properties/desired/#")));
	const few = startDevice();
	void few.device.listen();
	t.false(few.bench.sent().includes(text("devicebound")));
});

const noAnswer = { status: 200 };

test("Azure: commands come with their properties", t => {
	const heard: unknown[] = [];
	const { bench, device } = startDevice({
		onCommand: (message, properties) => void heard.push(message.text(), properties),
	});
	void device.listen();
	bench.host.wire.feed(publish("devices/dev1/messages/devicebound/%24.mid=1&a=%C3%BC", "go"));
	t.deepEqual(heard, ["go", { "$.mid": "1", a: "ü" }]);
});

test("Azure: the twin is asked for, and reported to, each answer to its question", async t => {
	const { bench, device } = startDevice();
	void device.listen();
	const twin = device.twin();
	const report = device.report({ fan: "on", old: null });
	const sent = bench.sent();
	t.true(sent.includes(text("$iothub/twin/GET/?$rid=1")));
	t.true(sent.includes(text("$iothub/twin/PATCH/properties/reported/?$rid=2")));
	t.true(sent.includes(text('{"fan":"on","old":null}')));
	bench.host.wire.feed(publish("$iothub/twin/res/204/?$rid=2&$version=7", ""));
	bench.host.wire.feed(publish("$iothub/twin/res/200/?$rid=1", '{"desired":{}}'));
	bench.host.wire.feed(publish("$iothub/twin/res/200/?$rid=9", "{}"));
	t.deepEqual(await settled([twin, report]), [
		{ status: 200, body: { desired: {} }, version: undefined },
		{ status: 204, body: undefined, version: 7 },
	]);
});

test("Azure: a question without an answer ends after half a minute", async t => {
	const { bench, device } = startDevice();
	const twin = device.twin();
	const sent = bench.sent();
	bench.host.wire.feed(
		`40 02 ${sent.slice(sent.indexOf(text("$rid=1")) + 12, sent.indexOf(text("$rid=1")) + 16)}`,
	);
	bench.host.pass(29_000);
	t.deepEqual(await settled([twin]), ["pending"]);
	bench.host.pass(1_000);
	t.deepEqual(await settled([twin]), [undefined]);
});

test("Azure: desired properties come with their version", t => {
	const heard: unknown[] = [];
	const { bench, device } = startDevice({ onDesired: (patch, version) => void heard.push(patch, version) });
	void device.listen();
	bench.host.wire.feed(publish("$iothub/twin/PATCH/properties/desired/?$version=3", '{"fan":"off"}'));
	t.deepEqual(heard, [{ fan: "off" }, 3]);
});

for (const [title, onMethod, answer] of [
	["a body", () => ({ status: 200, body: { ok: 1 } }), ["200/?$rid=a1", '{"ok":1}']],
	["none", () => ({ status: 204 }), ["204/?$rid=a1", ""]],
	["a promise", () => Promise.resolve({ status: 202, body: 7 }), ["202/?$rid=a1", "7"]],
	[
		"a failure",
		() => {
			throw new Error("no fan");
		},
		["500/?$rid=a1", '"Error: no fan"'],
	],
	["what is not JSON", () => ({ status: 200, body: 1n }), ["500/?$rid=a1", "TypeError: "]],
] as [string, NonNullable<HubHandlers["onMethod"]>, [string, string]][])
	test(`Azure: a direct method is answered: ${title}`, async t => {
		const calls: unknown[] = [];
		const { bench, device } = startDevice({
			onMethod: (name, body) => {
				calls.push(name, body);
				return onMethod(name, body);
			},
		});
		void device.listen();
		bench.sent();
		bench.host.wire.feed(publish("$iothub/methods/POST/turn%20on/?$rid=a1", '{"fan":1}'));
		await settled([]);
		t.deepEqual(calls, ["turn on", { fan: 1 }]);
		const sent = bench.sent();
		t.true(sent.includes(text(`$iothub/methods/res/${answer[0]}`)), sent);
		t.true(sent.includes(text(answer[1])));
	});

test("Azure: what a user is told", t => {
	const { bench, advice } = start();
	bench.connect("20 02 00 05");
	t.is(
		advice(),
		"Check the connection string and this device's date, and that the device is enabled in the hub.",
	);
	bench.host.pass(20_000);
	for (let i = 0; i < 2; i++) {
		bench.connect("20 02 01 00");
		bench.host.wire.handler.onLost("the connection was closed");
		if (i === 0) t.is(advice(), "");
		bench.host.pass(10_000);
	}
	t.is(advice(), "Another device may use the device id dev1: each needs one of its own.");
});
