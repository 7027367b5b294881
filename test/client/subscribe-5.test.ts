import test from "ava";
import type { Message } from "../../modules/client/message.js";
import { dense } from "../support/bench.js";
import { ClientBench, settled } from "../support/client-bench.js";

const qos = { qos: 1 } as const;

test("subscribe: what the broker does not offer, or is too long for it, is refused", async t => {
	const bench = new ClientBench({ version: 5 });
	const refused = [
		bench.client.subscribe("$share/g/a", qos, () => {}),
		bench.client.subscribe("a/+", qos, () => {}),
		bench.client.subscribe("a", { qos: 1, properties: { subscriptionIdentifier: 1 } }, () => {}),
		bench.client.subscribe("a23456789", qos, () => {}),
	];
	bench.connect("20 0e 00 00 0b 28 00 29 00 2a 00 27 0000000c");
	t.is(bench.sent(), "");
	t.deepEqual(await settled(refused), [
		'rejected: subscription "$share/g/a" was refused: shared subscriptions not supported',
		'rejected: subscription "a/+" was refused: wildcard subscriptions not supported',
		'rejected: subscription "a" was refused: subscription identifiers not supported',
		'rejected: subscription "a23456789" was refused: packet too large',
	]);
});

test("subscribe: the mistakes of a shared subscription and of an identifier throw [MQTT-3.8.3-4]", t => {
	const bench = new ClientBench({ version: 5 });
	const subscribe = (filter: string, options: object) => () =>
		void bench.client.subscribe(filter, { qos: 1, ...options }, () => {});
	const rows: [string, object][] = [
		["$share/g/a", { nl: true }],
		["$share/g", {}],
		["$share//a", {}],
		["$share/g/", {}],
		["$share/+/a", {}],
		["a", { rh: 3 }],
		["a", { properties: { subscriptionIdentifier: 0 } }],
		["a", { properties: { subscriptionIdentifier: 0x1000_0000 } }],
		["a", { properties: { contentType: "x" } }],
	];
	for (const [filter, options] of rows)
		t.throws(subscribe(filter, options), { instanceOf: RangeError }, `${filter} ${JSON.stringify(options)}`);
	const older = new ClientBench();
	for (const options of [{ rap: true }, { properties: { subscriptionIdentifier: 1 } }])
		t.throws(() => void older.client.subscribe("a", { qos: 1, ...options }, () => {}), {
			instanceOf: RangeError,
		});
	bench.connect();
	t.is(bench.sent(), "");
});

test("identifiers: of overlapping subscriptions each hears its own copy", t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	const heard: string[] = [];
	const subscribe = (filter: string, subscriptionIdentifier: number) =>
		void bench.client.subscribe(filter, { qos: 0, properties: { subscriptionIdentifier } }, message => {
			heard.push(`${filter} ${message.subscriptionIdentifiers.join("+")}`);
		});
	subscribe("a/#", 1);
	subscribe("a/+", 300);
	void bench.client.subscribe("#", { qos: 0 }, () => void heard.push("#"));
	bench.client.onStray = () => void heard.push("stray");
	bench.host.wire.feed("30 08 0003 612f62 02 0b 01");
	t.deepEqual(heard.splice(0), ["a/# 1", "#"]);
	bench.host.wire.feed("30 09 0003 612f62 03 0b ac02");
	t.deepEqual(heard.splice(0), ["a/+ 300", "#"]);
	bench.host.wire.feed("30 0b 0003 612f62 05 0b ac02 0b 01");
	t.deepEqual(heard.splice(0), ["a/# 300+1", "a/+ 300+1", "#"]);
	bench.host.wire.feed("30 06 0003 612f62 00");
	t.deepEqual(heard.splice(0), ["a/# ", "a/+ ", "#"], "without identifiers the topic decides");
	bench.host.wire.feed("30 08 0003 622f62 02 0b 01");
	t.deepEqual(heard.splice(0), ["#"], "a wrong one does not outweigh the topic");
});

test("shared: its handler hears what matches the filter within, before 5.0 as well", t => {
	for (const version of [4, 5] as const) {
		const bench = new ClientBench({ version });
		bench.connect();
		const heard: string[] = [];
		for (const filter of ["$share/g/a/+", "$share/h/$SYS/#"])
			void bench.client.subscribe(filter, qos, ({ topic }) => void heard.push(`${filter}: ${topic}`));
		bench.client.onStray = ({ topic }) => void heard.push(`stray: ${topic}`);
		const none = version === 5 ? " 00" : "";
		bench.host.wire.feed(`30 0${none ? 6 : 5} 0003 612f62${none}`);
		bench.host.wire.feed(`30 0${none ? 8 : 7} 0005 672f612f62${none}`);
		t.deepEqual(heard, ["$share/g/a/+: a/b", "stray: g/a/b"]);
	}
});

test("user properties: a message has them in their order, names that come again too", t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	const messages: Message[] = [];
	bench.client.onStray = message => void messages.push(message);
	const block = "15 26 0001 61 0001 31 26 0001 62 0001 32 26 0001 61 0001 33";
	bench.host.wire.feed(`30 19 0001 74 ${block}  30 04 0001 74 00  30 09 0001 74 05 01 01 03 0000`);
	const pairs = [
		["a", "1"],
		["b", "2"],
		["a", "3"],
	] as const;
	t.deepEqual(messages[0]!.userProperties, pairs);
	t.deepEqual(
		messages.map(message => message.userProperties.length),
		[3, 0, 0],
	);
	t.deepEqual({ ...messages[0]!.properties!.userProperties }, { a: ["1", "3"], b: "2" });
	for (const userProperties of [pairs, messages[0]!.userProperties]) {
		void bench.client.publish("t", "", { properties: { userProperties } });
		t.is(bench.sent(), dense(`30 19 0001 74 ${block}`));
	}
	for (const userProperties of [[["a"]], [["a", 1]], [["a", "b", "c"]]])
		t.throws(
			() => void bench.client.publish("t", "", { properties: { userProperties: userProperties as never } }),
			{ instanceOf: TypeError },
		);
});

test("reasons: what the broker says with a refusal reaches the sender of the message", async t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	const refused = [1, 2].map(level => bench.client.publish("t", "A", { qos: level as 1 | 2 }));
	bench.sent();
	bench.host.wire.feed("40 09 0001 97 05 1f 0002 6e6f  50 04 0002 87 00");
	t.deepEqual(await settled(refused), [
		{ outcome: "refused", reason: 0x97, why: 'quota exceeded ("no")', properties: { reasonString: "no" } },
		{ outcome: "refused", reason: 0x87, why: "not authorized" },
	]);
});

test("reasons: what the broker says in CONNACK and DISCONNECT is in the status", t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect("20 0a 00 00 07 26 0001 6b 0001 76");
	t.deepEqual({ ...bench.statuses.at(-1)!.properties!.userProperties }, { k: "v" });
	bench.host.wire.feed("e0 07 89 05 1f 0002 6e6f");
	t.like(bench.statuses.at(-1), {
		detail: 'closed by the broker: server busy ("no")',
		properties: { reasonString: "no" },
	});
});
