import test from "ava";
import { Lmq, type LmqOptions } from "../../modules/cloud/lmq.js";
import type { Token } from "../../modules/cloud/lmq-credentials.js";
import type { ClientOptions } from "../../modules/client/client-options.js";
import { ClientBench } from "../support/client-bench.js";
import { toHex } from "../support/hex.js";
import { utf8 } from "../support/text.js";

const minute = 60_000;
const signature = { kind: "Signature", accessKey: "key", secret: "hush" } as const;
const names = { instance: "mqtt-cn-1", group: "GID_Test", device: "0001" };

function start(options: Partial<LmqOptions> = {}, more: Partial<ClientOptions> = {}) {
	let lmq!: Lmq;
	const bench = new ClientBench(host => {
		lmq = new Lmq(host, { ...names, credential: signature, ...options });
		return { outboxBytes: 70_000, ...lmq.options, ...more };
	});
	const advice = () => bench.statuses.filter(({ state }) => state === "waiting").at(-1)!.advice;
	return { bench, lmq, advice, client: bench.client };
}

/** With tokens of a source that the test fills. */
function startTokens(tokens: Token[] | undefined) {
	const source = { tokens, asked: 0 };
	const credential = {
		kind: "Token" as const,
		accessKey: "key",
		tokens: (done: (tokens: readonly Token[] | undefined) => void) => {
			source.asked++;
			done(source.tokens);
		},
	};
	return { source, ...start({ credential }, { keepAliveMs: 36_000_000 }) };
}

const text = (value: string) => toHex(utf8(value));
/** A PUBLISH from the service at QoS 0. */
const publish = (topic: string, payload: string) => {
	const length = 2 + topic.length + payload.length;
	const head = toHex(
		new Uint8Array(length < 128 ? [0x30, length] : [0x30, (length & 0x7f) | 0x80, length >> 7]),
	);
	return head + toHex(new Uint8Array([0, topic.length])) + text(topic) + text(payload);
};

test("LMQ: the CONNECT has client id, user name and signature", t => {
	const { bench } = start();
	bench.client.start();
	bench.host.pass(10);
	bench.host.wire.up();
	const sent = bench.host.wire.sent();
	for (const part of ["GID_Test@@@0001", "Signature|key|mqtt-cn-1"]) t.true(sent.includes(text(part)), part);
	t.false(sent.includes(text("hush")));
});

for (const [title, more, message] of [
	["a will", { will: { topic: "a", payload: utf8(""), qos: 0, retain: false } }, /^will: LMQ supports none$/],
	["MQTT 3.1", { version: 3 }, /^version: LMQ takes MQTT 3\.1\.1/],
	["no pings", { keepAliveMs: 0 }, /^keepAliveMs: LMQ needs pings/],
	["room for a 31st subscription", { subscriptionsMax: 31 }, /^subscriptionsMax: LMQ allows 30/],
	["another client id", { clientId: "c" }, /^clientId: to LMQ this client is GID_Test@@@0001$/],
] as [string, Partial<ClientOptions>, RegExp][])
	test(`LMQ: refused at once: ${title}`, t => {
		t.throws(() => start({}, more), { instanceOf: RangeError, message });
	});

test("LMQ: what it does not take is refused at the call, and nothing is sent", t => {
	const { bench, client } = start();
	bench.connect();
	const deny = (message: RegExp, call: () => unknown) => t.throws(call, { instanceOf: RangeError, message });
	deny(/at most 64/, () => client.publish("p".repeat(65), ""));
	deny(/^payload of 65537 bytes: LMQ drops what is over 65536$/, () =>
		client.publish("a", new Uint8Array(65_537)),
	);
	deny(/^retain: LMQ keeps no messages/, () => client.publish("a", "", { retain: true }));
	deny(/^QoS 2: LMQ supports it only without a session/, () => client.publish("a", "", { qos: 2 }));
	deny(/^QoS 2: LMQ supports it only without a session/, () => client.subscribe("a", { qos: 2 }, () => {}));
	deny(/^topic filter /, () => client.subscribe("$SYS/#", { qos: 0 }, () => {}));
	t.is(bench.sent(), "");
	t.is(client.outbox.count, 0);
});

test("LMQ: 64 KB fit, and QoS 2 without a session to keep", t => {
	const { bench, client } = start({}, { clean: true });
	bench.connect();
	t.notThrows(() => void client.publish("a", new Uint8Array(65_536)));
	t.notThrows(() => void client.publish("a", "", { qos: 2 }));
	t.notThrows(() => void client.subscribe("a", { qos: 2 }, () => {}));
});

test("LMQ: the 31st subscription is refused at the call", t => {
	const { client } = start();
	for (let i = 0; i < 30; i++) void client.subscribe(`a/${i}`, { qos: 1 }, () => {});
	t.throws(() => client.subscribe("a/30", { qos: 1 }, () => {}), {
		instanceOf: RangeError,
		message: /^subscription "a\/30": LMQ allows 30 for one client/,
	});
	t.notThrows(() => void client.subscribe("a/7", { qos: 0 }, () => {}), "it is one of the 30");
});

test("LMQ: what is meant for this client alone comes on a topic that nobody asked for", t => {
	const { bench, client } = start();
	const heard: string[] = [];
	client.onStray = ({ topic, payload }) => void heard.push(`${topic} ${toHex(payload)}`);
	bench.connect();
	bench.host.wire.feed(publish("godwit/p2p/GID_Test@@@0001", "hi"));
	t.deepEqual(heard, [`godwit/p2p/GID_Test@@@0001 ${text("hi")}`]);
});

test("LMQ: order is asked for at each connection, before anything else is sent", t => {
	const { bench, client } = start({ ordered: true });
	void client.publish("a", "", { qos: 1 });
	for (let i = 0; i < 2; i++) {
		bench.connect();
		const sent = bench.host.wire.sent() + bench.sent();
		t.true(sent.includes(text("$SYS/enableOrderMsg")) && sent.includes(text('{"order":"true"}')));
		t.true(sent.startsWith("32") && sent.length === 2 * (2 + 2 + 19 + 2 + 16), sent);
		bench.host.wire.handler.onLost("gone");
		bench.host.pass(2_000);
	}
});

test("LMQ: tokens stand in the password, and without a known end are asked for at each attempt", t => {
	const { bench, source } = startTokens([
		{ type: "R", token: "123" },
		{ type: "W", token: "abcd" },
	]);
	bench.client.start();
	bench.host.pass(10);
	bench.host.wire.up();
	const sent = bench.host.wire.sent();
	for (const part of ["Token|key|mqtt-cn-1", "R|123|W|abcd"]) t.true(sent.includes(text(part)), part);
	bench.host.wire.handler.onLost("gone");
	bench.host.pass(5_000);
	t.is(source.asked, 2);
});

test("LMQ: without tokens there is no attempt, and the user is told", t => {
	const { bench, source, advice } = startTokens(undefined);
	bench.client.start();
	bench.host.pass(minute);
	t.is(bench.host.wires.length, 0);
	t.true(source.asked > 1);
	t.is(advice(), "There is no token: see to it that the application gets one.");
});

test("LMQ: a token is renewed in place shortly before its end, and nothing else goes meanwhile", t => {
	const { bench, client, source } = startTokens([]);
	const wall = bench.host.clock.wall()!;
	source.tokens = [{ type: "RW", token: "old", expiresAt: wall + 60 * minute }];
	bench.connect();
	bench.host.pass(54 * minute);
	bench.host.wire.sent();
	t.is(source.asked, 1);
	source.tokens = [{ type: "RW", token: "new", expiresAt: wall + 120 * minute }];
	bench.host.pass(minute + 1_000);
	t.is(source.asked, 2);
	void client.publish("a", "later");
	const sent = bench.host.wire.sent() + bench.sent();
	const at = sent.indexOf(text("$SYS/uploadToken")) + 2 * "$SYS/uploadToken".length;
	t.is(sent.slice(at + 4), text('{"token":"new","type":"RW"}'));
	t.false(sent.includes(text("later")));
	bench.host.wire.feed(`40 02 ${sent.slice(at, at + 4)}`);
	t.true(bench.sent().includes(text("later")));
	bench.reconnect();
	t.is(source.asked, 2, "the new one is at hand");
});

test("LMQ: a token whose end is near is renewed before the next connection", t => {
	const { bench, source } = startTokens([]);
	const wall = bench.host.clock.wall()!;
	source.tokens = [{ type: "RW", token: "old", expiresAt: wall + 10 * minute }];
	bench.connect();
	bench.client.link.hold("gone");
	bench.host.pass(6 * minute);
	source.tokens = [{ type: "RW", token: "new", expiresAt: wall + 100 * minute }];
	bench.client.link.release();
	bench.host.pass(2_000);
	bench.host.wire.up();
	t.true(bench.host.wire.sent().includes(text("RW|new")));
});

test("LMQ: the notice of an end has the token renewed at once", t => {
	const { bench, source } = startTokens([{ type: "RW", token: "old" }]);
	const stray: string[] = [];
	bench.client.onStray = ({ topic }) => void stray.push(topic);
	bench.connect();
	source.tokens = [{ type: "RW", token: "new" }];
	bench.host.wire.feed(publish("$SYS/tokenExpireNotice", '{"expireTime":1700000000000,"type":"RW"}'));
	t.true(bench.sent().includes(text('{"token":"new","type":"RW"}')));
	t.deepEqual(stray, []);
});

test("LMQ: the same token again is not uploaded, and asked for again later", t => {
	const { bench, source } = startTokens([{ type: "RW", token: "old" }]);
	bench.connect();
	bench.host.wire.feed(publish("$SYS/tokenExpireNotice", "{}"));
	t.is(bench.sent(), "");
	t.is(source.asked, 2);
});

for (const [notice, words] of [
	['{"code":2,"type":"RW"}', "The RW token has expired: a new one is needed."],
	['{"code":3,"type":"R"}', "The R token was revoked: a new one is needed."],
	['{"code":-1,"type":"W"}', "The W token is of an account that may not do this: a new one is needed."],
	['{"code":77,"type":"W"}', "The W token is invalid, code 77: a new one is needed."],
	['{"code":"\\u001b[2J","type":"\\u001b[2J"}', "A token is invalid: a new one is needed."],
	["{", "A token is invalid: a new one is needed."],
] as const)
	test(`LMQ: the user is told why a token is no good: ${notice}`, t => {
		const { bench, source, advice } = startTokens([]);
		const expiresAt = bench.host.clock.wall()! + 60 * minute;
		source.tokens = [{ type: "RW", token: "old", expiresAt }];
		bench.connect();
		bench.host.wire.feed(publish("$SYS/tokenInvalidNotice", notice));
		bench.host.wire.handler.onLost("the connection was closed");
		t.is(advice(), words);
		bench.host.pass(5_000);
		t.is(source.asked, 2, "the old one is not used again");
	});

test("LMQ: a notice that is not JSON changes nothing but the token", t => {
	const { bench } = startTokens([{ type: "RW", token: "old" }]);
	bench.connect();
	for (const payload of ["", "null", "7", "{"])
		bench.host.wire.feed(publish("$SYS/tokenInvalidNotice", payload));
	t.is(bench.host.wire.closed, 0);
});

test("LMQ: a refusal tells what to check, by the kind of credential", t => {
	const group = "group GID_Test of that account exists in instance mqtt-cn-1.";
	for (const [bench, words] of [
		[start(), `Check that accesskey and secret fit, and that ${group}`],
		[
			startTokens([{ type: "R", token: "x" }]),
			`Check that the token is for this instance and has not expired, and that ${group}`,
		],
	] as const) {
		bench.bench.connect("20 02 00 05");
		t.is(bench.advice(), words);
	}
});

const close = "the connection was closed";

test("LMQ: a close right after SUBSCRIBE names the topic, the second time", t => {
	const { bench, client, advice } = start();
	void client.subscribe("foreign/x", { qos: 1 }, () => {});
	bench.connect();
	bench.sent();
	bench.host.wire.handler.onLost(close);
	t.is(advice(), "");
	bench.host.pass(5_000);
	bench.connect();
	bench.sent();
	bench.host.wire.handler.onLost(close);
	t.is(
		advice(),
		'The service closes the connection right after SUBSCRIBE to "foreign/x": its parent topic may not exist, ' +
			"or this client may not use it. Create it in the console, or grant the right to it.",
	);
});

for (const qos of [0, 1] as const)
	test(`LMQ: a close right after PUBLISH names the topic, the second time: QoS ${qos}`, t => {
		const { bench, client, advice } = start();
		for (let i = 0; i < 2; i++) {
			bench.connect();
			if (i === 0 || qos === 0) void client.publish("foreign/x", "", { qos });
			bench.sent();
			bench.host.wire.handler.onLost(close);
			if (i === 0) t.is(advice(), "");
			bench.host.pass(5_000);
		}
		t.regex(advice(), /^The service closes the connection right after PUBLISH to "foreign\/x": /);
	});

test("LMQ: short connections that end without a deed of ours speak of another device", t => {
	const { bench, advice } = start();
	for (let i = 0; i < 2; i++) {
		bench.connect("20 02 01 00");
		bench.host.pass(10_000);
		bench.host.wire.handler.onLost(close);
		if (i === 0) t.is(advice(), "");
		bench.host.pass(5_000);
	}
	t.is(
		advice(),
		"Another device may use the client id GID_Test@@@0001: give each device a device id of its own.",
	);
});

test("LMQ: connections that last say nothing of anyone", t => {
	const { bench, advice } = start({}, { keepAliveMs: 600_000 });
	for (let i = 0; i < 3; i++) {
		bench.connect("20 02 01 00");
		bench.host.pass(2 * minute);
		bench.host.wire.handler.onLost(close);
		t.is(advice(), "");
		bench.host.pass(5_000);
	}
});
