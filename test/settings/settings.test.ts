import test from "ava";
import { describeSettings, parseSettings } from "../../modules/settings/settings.js";

const deviceId = "a1b2c3";
const parse = (entries: Record<string, unknown>) => parseSettings(entries, { deviceId });

test("settings: without any there are defaults", t => {
	t.deepEqual(parse({}), {
		networks: [],
		brokers: ["mqtt://127.0.0.1"],
		topic: "godwit/a1b2c3",
		clientId: "godwit-a1b2c3",
		username: undefined,
		brokerPassword: undefined,
		version: 4,
		profile: { kind: "plain" },
		rounds: 0,
		waitMs: 5_000,
		keepAliveMs: 60_000,
		window: 10,
		outboxBytes: 8_192,
		wifi: "steady",
	});
});

test("settings: all of them, as text", t => {
	const settings = parse({
		ssid: "home",
		password: "feathers",
		ssid2: "shed",
		ssid8: "mast",
		password8: "f".repeat(64),
		broker: "mqtt://a.example:1884, ws://b.example/x,serial:",
		topic: "plant/{deviceId}/x/{deviceId}",
		client: "c-{deviceId}",
		username: "u-{deviceId}",
		brokerpassword: "p-{deviceId}",
		mqtt: "5",
		profile: "plain",
		rounds: "7",
		wait: "0",
		keepalive: "65535",
		window: "64",
		outbox: "1024",
		wifi: "flaky",
	});
	t.deepEqual(settings, {
		networks: [
			{ ssid: "home", password: "feathers" },
			{ ssid: "shed", password: "" },
			{ ssid: "mast", password: "f".repeat(64) },
		],
		brokers: ["mqtt://a.example:1884", "ws://b.example/x", "serial:"],
		topic: "plant/a1b2c3/x/a1b2c3",
		clientId: "c-a1b2c3",
		username: "u-a1b2c3",
		brokerPassword: "p-{deviceId}",
		version: 5,
		profile: { kind: "plain" },
		rounds: 7,
		waitMs: 0,
		keepAliveMs: 65_535_000,
		window: 64,
		outboxBytes: 1_024,
		wifi: "flaky",
	});
});

for (const [text, version] of [
	["3.1", 3],
	["3.1.1", 4],
	["5", 5],
	["5.0", 5],
] as const) {
	test(`settings: mqtt=${text} is protocol level ${version}`, t => {
		t.is(parse({ mqtt: text }).version, version);
	});
}

test("settings: numbers may be numbers, as in a manifest", t => {
	const { rounds, version } = parse({ rounds: 3, mqtt: 5 });
	t.deepEqual([rounds, version], [3, 5]);
});

test("settings: what is undefined is not set", t => {
	t.deepEqual(parse({ ssid: undefined, topic: undefined }), parse({}));
});

test("settings: keys of others are passed over when they may be there, and only then", t => {
	const entries = { tls: { trace: true }, rounds: "2", toString: 1 };
	t.is(parseSettings(entries, { deviceId, ignoreUnknown: true }).rounds, 2);
	t.throws(() => parse(entries), { instanceOf: RangeError, message: /^there is no setting "tls"/ });
});

for (const [word, nearest] of [
	["brokr", "broker"],
	["Topic", "topic"],
	["pasword", "password"],
	["passwrd2", "password2"],
	["keep-alive", "keepalive"],
	["ssid9", "ssid"],
	["ssid1", "ssid"],
	["user", "username"],
	["keep", "keepalive"],
	["OUTBOXES", "outbox"],
	["x".repeat(10_000), "outbox"],
] as const) {
	test(`settings: instead of ${word.slice(0, 20)}, ${nearest} is proposed`, t => {
		const error = t.throws(() => parse({ [word]: "hush-hush" }), { instanceOf: RangeError });
		t.regex(error!.message, new RegExp(`did you mean ${nearest}\\?$`));
		t.false(error!.message.includes("hush"));
		t.true(error!.message.length < 150);
	});
}

const bad: { entries: Record<string, unknown>; message: string }[] = [
	{ entries: { rounds: "-1" }, message: 'rounds "-1": a whole number from 0 to 1000000000' },
	{ entries: { rounds: "1e3" }, message: 'rounds "1e3": a whole number from 0 to 1000000000' },
	{ entries: { rounds: "0x10" }, message: 'rounds "0x10": a whole number from 0 to 1000000000' },
	{ entries: { rounds: 1.5 }, message: 'rounds "1.5": a whole number from 0 to 1000000000' },
	{ entries: { rounds: "" }, message: 'rounds "": it is empty; leave it out instead' },
	{ entries: { rounds: true }, message: "rounds: text or a number, not boolean" },
	{ entries: { rounds: null }, message: "rounds: text or a number, not null" },
	{ entries: { wait: "86400001" }, message: 'wait "86400001": a whole number from 0 to 86400000' },
	{ entries: { keepalive: "65536" }, message: 'keepalive "65536": a whole number from 0 to 65535' },
	{ entries: { window: "0" }, message: 'window "0": a whole number from 1 to 64' },
	{ entries: { outbox: "1023" }, message: 'outbox "1023": a whole number from 1024 to 16777216' },
	{ entries: { mqtt: "4" }, message: 'mqtt "4": 3.1, 3.1.1 or 5' },
	{ entries: { mqtt: "toString" }, message: 'mqtt "toString": 3.1, 3.1.1 or 5' },
	{ entries: { profile: "aws" }, message: 'profile "aws": plain, lmq or azure' },
	{ entries: { wifi: "wet" }, message: 'wifi "wet": steady or flaky' },
	{ entries: { topic: "a/#" }, message: 'topic "a/#": 1 to 1000 bytes without + and #' },
	{ entries: { topic: "a/+/b" }, message: 'topic "a/+/b": 1 to 1000 bytes without + and #' },
	{ entries: { topic: "a\nb" }, message: 'topic "a\\nb": text without control characters' },
	{ entries: { topic: "é".repeat(501) }, message: `topic "${"é".repeat(70)}…": at most 1000 bytes of UTF-8` },
	{ entries: { client: "a\ud800" }, message: 'client "a\\ud800": at most 1000 bytes of UTF-8' },
	{
		entries: { client: "c".repeat(24), mqtt: "3.1" },
		message: `client "${"c".repeat(24)}": 1 to 23 bytes in MQTT 3.1`,
	},
	{
		entries: { broker: "http://x" },
		message: 'broker URL "http://x": it begins with mqtt://, mqtts://, ws:// or wss://, or is serial:',
	},
	{ entries: { broker: "mqtt://x:0" }, message: 'broker URL "mqtt://x:0": its port is 1 to 65535, not "0"' },
	{
		entries: { broker: "mqtt://x,," },
		message: 'broker "mqtt://x,,": one URL, or several with a comma between two',
	},
	{
		entries: { broker: new Array(9).fill("serial:").join() },
		message:
			'broker "serial:,serial:,serial:,serial:,serial:,serial:,serial:,serial:,serial…": at most 8 URLs',
	},
	{ entries: { ssid: "" }, message: 'ssid "": it is empty; leave it out instead' },
	{
		entries: { ssid2: "s".repeat(33) },
		message: `ssid2 "${"s".repeat(33)}": an SSID is 1 to 32 bytes of UTF-8`,
	},
	{ entries: { password3: "feathers" }, message: "password3: it needs ssid3 as well" },
];

for (const { entries, message } of bad) {
	const title = Object.entries(entries).map(([key, value]) => `${key}=${String(value).slice(0, 12)}`);
	test(`settings: refused: ${title.join(" ").replaceAll("\n", "\\n")}`, t => {
		t.throws(() => parse(entries), { instanceOf: RangeError, message });
	});
}

test("settings: what a placeholder brings counts as well", t => {
	for (const [entries, id, message] of [
		[{}, "a/+", /^topic "godwit\/a\/\+": 1 to 1000 bytes without \+ and #$/],
		[{}, "a".repeat(994), /^topic "godwit\/a+…": 1 to 1000 bytes/],
		[{ topic: "t" }, "a".repeat(994), /^client "godwit-a+…": 1 to 1000 bytes$/],
		[{ client: "{deviceId}" }, "", /^client "": 1 to 1000 bytes$/],
	] as const) {
		t.throws(() => parseSettings(entries, { deviceId: id }), { instanceOf: RangeError, message });
	}
});

const secrets: { entries: Record<string, unknown>; message: string }[] = [
	{
		entries: { ssid: "a", password: "secret!" },
		message: "password: a Wi-Fi password is 8 to 63 characters, 64 hex digits, or empty",
	},
	{
		entries: { ssid: "a", ssid2: "b", password2: "secret!".repeat(10) },
		message: "password2: a Wi-Fi password is 8 to 63 characters, 64 hex digits, or empty",
	},
	{ entries: { password: "secret!!" }, message: "password: it needs ssid as well" },
	{
		entries: { brokerpassword: "secret!" },
		message: "brokerpassword: it needs a username, except in MQTT 5",
	},
	{
		entries: { username: "u", brokerpassword: "secret!".repeat(200) },
		message: "brokerpassword: at most 1000 bytes of UTF-8",
	},
	{
		entries: { broker: "mqtt://me:secret!@x" },
		message: "broker: a URL takes no user name and password; set username and brokerpassword",
	},
	{
		entries: { broker: "mqt://me:secret!@x" },
		message: "broker: a URL takes no user name and password; set username and brokerpassword",
	},
];

for (const { entries, message } of secrets) {
	const title = Object.keys(entries).join(" ");
	test(`settings: no secret is told when it is refused: ${title}, ${String(Object.values(entries)[0])}`, t => {
		const error = t.throws(() => parse(entries), { instanceOf: RangeError, message });
		t.false(error!.message.includes("secret!"));
	});
}

test("settings: a broker password without a user name is allowed in MQTT 5", t => {
	t.is(parse({ mqtt: "5", brokerpassword: "x" }).brokerPassword, "x");
});

test("settings: in their description secrets are masked, whatever their length", t => {
	const settings = parse({
		ssid: "home",
		password: "feathers",
		ssid2: "shed",
		username: "u",
		brokerpassword: "x",
		mqtt: "3.1",
		wait: "250",
		keepalive: "30",
	});
	t.deepEqual(describeSettings(settings), [
		"ssid=home",
		"password=********",
		"ssid2=shed",
		"password2= (an open network)",
		"broker=mqtt://127.0.0.1",
		"topic=godwit/a1b2c3",
		"client=godwit-a1b2c3",
		"username=u",
		"brokerpassword=********",
		"mqtt=3.1",
		"profile=plain",
		"rounds=0",
		"wait=250",
		"keepalive=30",
		"window=10",
		"outbox=8192",
		"wifi=steady",
	]);
});

test("settings: what is not set is not described", t => {
	const lines = describeSettings(parse({}));
	t.false(
		lines.some(line => line.includes("ssid") || line.includes("password") || line.includes("username")),
	);
});
