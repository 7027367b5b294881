import test from "ava";
import type { Message } from "../../modules/client/message.js";
import { dense } from "../support/bench.js";
import { ClientBench, settled } from "../support/client-bench.js";

// The first request has the id 0x142: ids of requests lie above those of messages.

const qos = { qos: 1 } as const;

/** Subscribes each filter, and notes which of them hear what. */
function listen(bench: ClientBench, ...filters: string[]): string[] {
	const heard: string[] = [];
	for (const filter of filters)
		void bench.client.subscribe(filter, qos, message => void heard.push(`${filter}: ${message.topic}`));
	bench.client.onStray = message => void heard.push(`stray: ${message.topic}`);
	return heard;
}

/** A PUBLISH at QoS 0 to that topic, of at most seven ASCII characters. */
function publish(topic: string): string {
	let text = "";
	for (const character of topic) text += character.charCodeAt(0).toString(16);
	return `30 0${topic.length + 2} 000${topic.length} ${text}`;
}

test("subscribe: the promise gives the QoS granted", async t => {
	const bench = new ClientBench();
	bench.connect();
	const granted = bench.client.subscribe("a/+", { qos: 2 }, () => {});
	t.is(bench.sent(), dense("82 08 0142 0003 612f2b 02"));
	bench.host.wire.feed("90 03 0142 01");
	t.is(await granted, 1);
});

test("subscribe: a refusal rejects the promise, and its handler hears nothing", async t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	const heard: string[] = [];
	const refused = bench.client.subscribe("a", qos, message => void heard.push(message.topic));
	bench.sent();
	bench.host.wire.feed("90 04 0142 00 87  30 04 0001 61 00");
	t.deepEqual(await settled([refused]), ['rejected: subscription "a" was refused: not authorized']);
	t.deepEqual(heard, []);
});

test("subscribe: a bad filter throws at the call, and so does one too many", t => {
	const bench = new ClientBench({ subscriptionsMax: 1 });
	for (const filter of ["", "a#", "a/#/b", "a+", "x".repeat(65_536), "\ud800", "x".repeat(1_500)])
		t.throws(() => bench.client.subscribe(filter, qos, () => {}), undefined, filter.slice(0, 5));
	t.throws(() => bench.client.subscribe("a", { qos: 3 as 2 }, () => {}));
	t.throws(() => bench.client.subscribe("a", { qos: 0, nl: true }, () => {}));
	void bench.client.subscribe("a", qos, () => {});
	t.true(t.throws(() => bench.client.subscribe("b", qos, () => {})) instanceof RangeError);
	bench.connect();
	t.is(bench.sent(), dense("82 06 00c2 0001 61 01"), "nothing else was asked for");
});

test("subscribe: it is asked again after a lost session, and the promise is settled once", async t => {
	const bench = new ClientBench();
	const granted = bench.client.subscribe("a", qos, () => {});
	bench.connect();
	bench.host.wire.feed("90 03 0142 01");
	bench.host.wire.sent();
	bench.reconnect("20 02 01 00");
	t.is(bench.host.wire.sent(), "");
	bench.reconnect();
	t.is(bench.host.wire.sent(), dense("82 06 0242 0001 61 01"));
	bench.host.wire.feed("90 03 0242 00");
	t.is(await granted, 1);
});

test("subscribe: one that is granted first, and refused when it is asked again, hears no more", async t => {
	const bench = new ClientBench();
	const granted = bench.client.subscribe("a", qos, () => {});
	bench.connect();
	bench.host.wire.feed("90 03 0142 01");
	t.is(await granted, 1);
	const heard = listen(bench);
	bench.reconnect();
	bench.host.wire.feed(`90 03 0242 80  ${publish("a")}`);
	t.deepEqual(heard, ["stray: a"]);
});

test("handlers: each filter that matches hears a message, + is a level and # the rest", t => {
	const bench = new ClientBench();
	bench.connect();
	const heard = listen(bench, "a/b", "a/+", "a/#", "+/b", "#");
	bench.host.wire.feed(publish("a/b"));
	t.deepEqual(heard.splice(0), ["a/b: a/b", "a/+: a/b", "a/#: a/b", "+/b: a/b", "#: a/b"]);
	bench.host.wire.feed(publish("a"));
	t.deepEqual(heard.splice(0), ["a/#: a", "#: a"]);
	bench.host.wire.feed(publish("$a"));
	t.deepEqual(heard.splice(0), ["stray: $a"]);
});

test("handlers: a filter subscribed again has the last handler, and other options", t => {
	const bench = new ClientBench();
	bench.connect();
	const heard: string[] = [];
	void bench.client.subscribe("a", qos, () => void heard.push("first"));
	void bench.client.subscribe("a", { qos: 2 }, () => void heard.push("second"));
	t.is(bench.sent(), dense("82 06 0142 0001 61 01  82 06 0243 0001 61 02"));
	bench.host.wire.feed(publish("a"));
	t.deepEqual(heard, ["second"]);
});

test("handlers: a shared subscription and a plain one of the same filter are two", async t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	const heard = listen(bench, "a", "$share/g/a");
	bench.host.wire.feed("30 04 0001 61 00");
	t.deepEqual(heard.splice(0), ["a: a", "$share/g/a: a"]);
	void bench.client.unsubscribe("a");
	bench.host.wire.feed("30 04 0001 61 00");
	t.deepEqual(heard.splice(0), ["$share/g/a: a"]);
});

test("unsubscribe: true when the broker has said so, false for what was not subscribed", async t => {
	const bench = new ClientBench();
	bench.connect();
	const heard = listen(bench, "a");
	bench.sent();
	bench.host.wire.feed("90 03 0142 01");
	const gone = bench.client.unsubscribe("a");
	t.is(bench.sent(), dense("a2 05 0242 0001 61"));
	t.deepEqual(await settled([gone]), ["pending"]);
	bench.host.wire.feed(`b0 02 0242  ${publish("a")}`);
	t.is(await gone, true);
	t.deepEqual(heard, ["stray: a"]);
	t.is(await bench.client.unsubscribe("a"), false);
	bench.reconnect();
	t.is(bench.host.wire.sent(), "", "nothing is asked again");
});

test("acknowledgement: after the handler, and after its promise", async t => {
	const bench = new ClientBench();
	bench.connect();
	let finish = () => {};
	let message: Message | undefined;
	void bench.client.subscribe("t", qos, got => {
		message = got;
		return new Promise<void>(resolve => (finish = resolve));
	});
	bench.sent();
	bench.host.wire.feed("32 07 0001 74 0007 4142");
	t.is(message!.text(), "AB");
	t.is(message!.packetId, 7);
	t.is(bench.sent(), "");
	finish();
	await settled([]);
	t.is(bench.sent(), dense("40 02 0007"));
	bench.host.wire.feed("34 06 0001 73 0008 41");
	t.is(bench.host.wire.sent(), dense("50 02 0008"), "a stray one is acknowledged at once");
});

test("acknowledgement: two handlers must both be done", async t => {
	const bench = new ClientBench();
	bench.connect();
	const finish: (() => void)[] = [];
	for (const filter of ["t", "#"])
		void bench.client.subscribe(filter, qos, () => new Promise<void>(resolve => finish.push(resolve)));
	bench.sent();
	bench.host.wire.feed("32 06 0001 74 0007 41");
	finish[0]!();
	await settled([]);
	t.is(bench.sent(), "");
	finish[1]!();
	await settled([]);
	t.is(bench.sent(), dense("40 02 0007"));
});

test("handler: one that throws or rejects is told, and the message goes on its way", async t => {
	const bench = new ClientBench();
	bench.connect();
	const errors: string[] = [];
	bench.client.onHandlerError = (error, topic) => errors.push(`${(error as Error).message} ${topic}`);
	void bench.client.subscribe("t", qos, () => {
		throw new Error("thrown");
	});
	void bench.client.subscribe("#", qos, () => Promise.reject(new Error("rejected")));
	const heard: string[] = [];
	void bench.client.subscribe("+", qos, message => void heard.push(message.topic));
	bench.sent();
	bench.host.wire.feed("32 06 0001 74 0007 41");
	await settled([]);
	t.is(bench.sent(), dense("40 02 0007"));
	t.deepEqual(errors, ["thrown t", "rejected t"]);
	t.deepEqual(heard, ["t"]);
	t.is(bench.client.health().handlerErrors, 2);
});

test("handler: whatever the application throws in its callbacks, the connection stays", async t => {
	const bench = new ClientBench({ readerBytes: 32 });
	const fail = () => {
		throw new Error("application");
	};
	bench.client.onState = fail;
	bench.client.onStray = fail;
	bench.client.onHandlerError = fail;
	bench.client.onTooLong = fail;
	bench.connect();
	bench.host.wire.feed(`32 06 0001 74 0007 41  30 64 0001 74 ${"41".repeat(97)}`);
	void bench.client.subscribe("t", qos, () => Promise.reject(new Error("late")));
	bench.host.wire.feed("32 06 0001 74 0008 41");
	await settled([]);
	t.is(bench.sent().slice(0, 8), dense("40 02 0007"));
	t.true(bench.client.health().online);
	t.is(bench.client.health().skipped, 1);
});

test("message: it is a copy, with what came with it", t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	const messages: Message[] = [];
	bench.client.onStray = message => void messages.push(message);
	bench.host.wire.feed("33 11 0001 74 0007 04 03 0001 78 7b2278223a317d");
	bench.host.wire.feed("30 06 0001 74 00 ff00");
	const [first, second] = messages;
	t.like(first, {
		topic: "t",
		qos: 1,
		retain: true,
		dup: false,
		packetId: 7,
		properties: { contentType: "x" },
	});
	t.deepEqual(first!.json(), { x: 1 });
	t.is(second!.text(), undefined);
	t.throws(() => second!.json());
	t.deepEqual(second!.payload, Uint8Array.of(0xff, 0));
});

test("subscribe: a broker that granted it and refuses it later is told of, and counted", async t => {
	const bench = new ClientBench({ version: 5 });
	const lost: string[] = [];
	bench.client.onSubscriptionLost = (filter, why) => {
		lost.push(`${filter} ${why}`);
		throw new Error("application");
	};
	const granted = bench.client.subscribe("a", qos, () => {});
	bench.connect();
	bench.host.wire.feed("90 04 0142 00 01");
	t.is(await granted, 1);
	bench.reconnect();
	bench.host.wire.feed("90 09 0242 05 1f 0002 6e6f 87");
	t.deepEqual(lost, ['a was refused: not authorized ("no")']);
	t.like(bench.client.health(), { online: true, subscriptionsLost: 1, handlerErrors: 1 });
});

test("unsubscribe: a refusal rejects the promise", async t => {
	const bench = new ClientBench({ version: 5 });
	void bench.client.subscribe("a", qos, () => {});
	bench.connect();
	bench.host.wire.feed("90 04 0142 00 01");
	const refused = bench.client.unsubscribe("a");
	bench.sent();
	bench.host.wire.feed("b0 04 0242 00 87");
	t.deepEqual(await settled([refused]), ['rejected: leaving "a" was refused: not authorized']);
});

test("close: what is not answered is rejected, and not asked for when the client starts again", async t => {
	const bench = new ClientBench();
	const kept = bench.client.subscribe("kept", qos, () => {});
	const left = bench.client.subscribe("left", qos, () => {});
	bench.connect();
	bench.host.wire.feed("90 03 0142 01  90 03 0243 01");
	const pending = [
		bench.client.subscribe("a", qos, () => {}),
		bench.client.subscribe("kept", { qos: 2 }, () => {}),
		bench.client.unsubscribe("left"),
	];
	const heard = listen(bench);
	bench.client.close();
	t.deepEqual(await settled([kept, left, ...pending]), [
		1,
		1,
		'rejected: subscription "a" was not answered before the client was closed',
		'rejected: subscription "kept" was not answered before the client was closed',
		'rejected: leaving "left" was not answered before the client was closed',
	]);
	bench.host.wire.sent();
	bench.connect();
	t.is(bench.sent(), "");
	bench.host.wire.feed(publish("a"));
	t.deepEqual(heard, ["stray: a"]);
	bench.client.close();
});

test("close: a subscription that a broker is being asked for again stays wanted", async t => {
	const bench = new ClientBench();
	const granted = bench.client.subscribe("a", qos, () => {});
	bench.connect();
	bench.host.wire.feed("90 03 0142 01");
	bench.reconnect();
	bench.client.close();
	t.deepEqual(await settled([granted]), [1]);
	bench.connect();
	t.regex(bench.sent(), /^8206....00016101$/);
});

test("close: a session expiry of its own, in 5.0, and none for a session without one", t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	bench.client.close({ sessionExpirySeconds: 7 });
	t.is(bench.host.wire.sent(), dense("e0 07 00 05 11 00000007"));
	for (const options of [{ clean: true }, { sessionExpirySeconds: 0 }]) {
		const without = new ClientBench({ version: 5, ...options });
		without.connect();
		t.throws(() => without.client.close({ sessionExpirySeconds: 1 }), { instanceOf: RangeError });
		t.true(without.client.health().online, "nothing has changed");
		without.client.close({ sessionExpirySeconds: 0 });
		t.is(without.host.wire.sent(), dense("e0 07 00 05 11 00000000"));
	}
	for (const seconds of [-1, 0.5, NaN, 0x1_0000_0000])
		t.throws(() => bench.client.close({ sessionExpirySeconds: seconds }), { instanceOf: RangeError });
	t.throws(() => new ClientBench().client.close({ sessionExpirySeconds: 1 }), { instanceOf: TypeError });
});
