import test from "ava";
import { describeSettings, parseSettings } from "../../modules/settings/settings.js";

const parse = (entries: Record<string, unknown>) => parseSettings(entries, { deviceId: "a1b2c3" });
const lmq = { profile: "lmq", instance: "mqtt-cn-1", group: "GID_x-y", accesskey: "LTAI1" };
const connection = "HostName=h.example;DeviceId=dev1;SharedAccessKey=aHVzaA==";

test("settings: LMQ with a signature, which is the default", t => {
	const { profile, brokers, clientId, topic } = parse({ ...lmq, secret: "hush" });
	t.deepEqual(profile, {
		kind: "lmq",
		instance: "mqtt-cn-1",
		group: "GID_x-y",
		device: "a1b2c3",
		credential: { kind: "Signature", accessKey: "LTAI1", secret: "hush" },
	});
	t.deepEqual(brokers, ["mqtt://mqtt-cn-1.mqtt.aliyuncs.com"]);
	t.is(clientId, "GID_x-y@@@a1b2c3");
	t.is(topic, "godwit/a1b2c3");
});

test("settings: LMQ with a device's credential, or with tokens", t => {
	const { profile } = parse({ ...lmq, credential: "device", secret: "hush", device: "d-{deviceId}" });
	t.like(profile, { device: "d-a1b2c3", credential: { kind: "DeviceCredential", secret: "hush" } });
	const tokens = [
		{ type: "R", token: "hush" },
		{ type: "W", token: "sh" },
	];
	for (const entries of [{ credential: "token" }, {}])
		t.like(parse({ ...lmq, ...entries, token: "R|hush|W|sh" }).profile, {
			credential: { kind: "Token", tokens },
		});
});

test("settings: the wire chooses the port of the access point, unless the broker is named", t => {
	for (const wire of ["mqtt", "mqtts", "ws", "wss"])
		t.deepEqual(parse({ ...lmq, secret: "x", wire }).brokers, [`${wire}://mqtt-cn-1.mqtt.aliyuncs.com`]);
	t.deepEqual(parse({ ...lmq, secret: "x", broker: "ws://127.0.0.1:1" }).brokers, ["ws://127.0.0.1:1"]);
	t.deepEqual(parse({ profile: "azure", connection }).brokers, ["mqtts://h.example"]);
	t.deepEqual(parse({ profile: "azure", connection, wire: "wss" }).brokers, [
		"wss://h.example/$iothub/websocket",
	]);
});

test("settings: Azure goes by its connection string", t => {
	const { profile, clientId } = parse({ profile: "azure", connection });
	t.deepEqual(profile, { kind: "azure", hostName: "h.example", deviceId: "dev1", key: "aHVzaA==" });
	t.is(clientId, "dev1");
});

const bad: [title: string, entries: Record<string, unknown>, message: string | RegExp][] = [
	["no instance", { ...lmq, instance: undefined, secret: "hush" }, "profile lmq: it needs instance"],
	["no group", { ...lmq, group: undefined, secret: "hush" }, "profile lmq: it needs group"],
	["no access key", { ...lmq, accesskey: undefined, secret: "hush" }, "profile lmq: it needs accesskey"],
	["nothing to sign with", lmq, "profile lmq: credential signature needs secret"],
	["no secret of a device", { ...lmq, credential: "device" }, "profile lmq: credential device needs secret"],
	["no token", { ...lmq, credential: "token" }, "profile lmq: credential token needs token"],
	[
		"a secret and a token",
		{ ...lmq, secret: "hush", token: "R|hush" },
		"secret: credential token has no use for it",
	],
	[
		"a token for a signature",
		{ ...lmq, credential: "signature", secret: "hush", token: "R|hush" },
		"token: credential signature has no use for it",
	],
	["an empty secret", { ...lmq, secret: "" }, "profile lmq: credential signature needs secret"],
	[
		"no such credential",
		{ ...lmq, credential: "x", secret: "hush" },
		'credential "x": signature, device or token',
	],
	["what is no token", { ...lmq, token: "hush" }, /^token: it is R\|<token>/],
	[
		"a bad instance",
		{ ...lmq, instance: "a|b", secret: "hush" },
		/^instance "a\|b": it is the instance's id/,
	],
	["a bad group", { ...lmq, group: "x", secret: "hush" }, /^group "x": LMQ's Group IDs/],
	["a bad device", { ...lmq, device: "a.b", secret: "hush" }, /^device "a\.b": LMQ's device ids/],
	["a bad access key", { ...lmq, accesskey: "a|b", secret: "hush" }, 'accesskey "a|b": no key holds a |'],
	[
		"65 characters",
		{ ...lmq, device: "d".repeat(55), secret: "hush" },
		/it is 65 characters, and LMQ takes at most 64$/,
	],
	["a bad topic", { ...lmq, topic: "a.b", secret: "hush" }, /^topic "a\.b": LMQ's levels are/],
	["MQTT 3.1", { ...lmq, mqtt: "3.1", secret: "hush" }, 'mqtt "3.1": profile lmq takes 3.1.1'],
	["a client id", { ...lmq, client: "c", secret: "hush" }, "client: profile=lmq has no use for it"],
	["a user name", { ...lmq, username: "u", secret: "hush" }, "username: profile=lmq has no use for it"],
	["a bad wire", { ...lmq, wire: "tls", secret: "hush" }, 'wire "tls": mqtt, mqtts, ws, wss'],
	[
		"two wires",
		{ ...lmq, wire: "ws", broker: "ws://x", secret: "hush" },
		"wire: the URL of broker names it already",
	],
	["a group without LMQ", { group: "GID_x" }, "group: it needs profile=lmq"],
	["a secret without LMQ", { secret: "hush" }, "secret: it needs profile=lmq"],
	["a wire without a cloud", { wire: "ws" }, "wire: it needs profile=lmq or azure"],
	["a connection without Azure", { connection: "hush" }, "connection: it needs profile=azure"],
	[
		"Azure without a connection",
		{ profile: "azure" },
		"profile azure: it needs connection=HostName=…;DeviceId=…;SharedAccessKey=…, as the portal shows it",
	],
	["a bad connection", { profile: "azure", connection: "hush" }, /^connection: its form is HostName=/],
	[
		"Azure in the clear",
		{ profile: "azure", connection, wire: "mqtt" },
		'wire "mqtt": to IoT Hub it is mqtts, wss',
	],
	[
		"a topic for Azure",
		{ profile: "azure", connection, topic: "a" },
		"topic: profile=azure has no use for it",
	],
];

for (const [title, entries, message] of bad)
	test(`settings: refused: ${title}`, t => {
		const error = t.throws(() => parse(entries), { instanceOf: RangeError, message });
		t.false(error!.message.includes("hush"));
	});

test("settings: in their description, secrets of the clouds are masked", t => {
	const lines = (entries: Record<string, unknown>) => describeSettings(parse(entries)).join(" ");
	t.true(
		lines({ ...lmq, secret: "hush" }).includes(
			"profile=lmq instance=mqtt-cn-1 group=GID_x-y device=a1b2c3 " +
				"credential=signature accesskey=LTAI1 secret=********",
		),
	);
	t.true(lines({ ...lmq, token: "R|hush" }).includes("credential=token accesskey=LTAI1 token=********"));
	t.true(lines({ profile: "azure", connection }).includes("profile=azure connection=********"));
});
