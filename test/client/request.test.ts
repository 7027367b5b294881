import test from "ava";
import type { Answer } from "../../modules/client/replies.js";
import type { Message } from "../../modules/client/message.js";
import type { ClientOptions } from "../../modules/client/client-options.js";
import { dense } from "../support/bench.js";
import { ClientBench, settled } from "../support/client-bench.js";

// The host's word, half of the correlation data, is 0000ffff. The topic of replies is "replies/c".

const topic = "0009 7265706c6965732f63";
const accepted = "20 03 00 00 00";

/** A reply to the n-th request. */
function reply(n: number, word = "0000ffff", payload = "41"): string {
	return `30 18 ${topic} 0b 09 0008 ${word} 0000000${n} ${payload}`;
}

/** Online, with the first request sent and its subscription granted. */
function asked(options: Partial<ClientOptions> = {}): { bench: ClientBench; answer: Promise<Answer> } {
	const bench = new ClientBench({ version: 5, ...options });
	bench.connect();
	const answer = bench.client.request("q", "A", { timeoutMs: 1_000 });
	bench.sent();
	bench.host.wire.feed("90 04 0142 00 01");
	return { bench, answer };
}

/** An answer in short. */
async function say(answer: Promise<Answer>): Promise<string> {
	const [result] = await settled([answer]);
	if (typeof result === "string") return result;
	const { outcome, ...rest } = result as Answer;
	return `${outcome} ${"message" in rest ? rest.message.text() : JSON.stringify(rest)}`;
}

test("request: it subscribes first, and carries topic, correlation and expiry", t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	void bench.client.request("q", "A", { timeoutMs: 1_000, properties: { contentType: "x" } });
	const subscribe = `82 0f 0142 00 ${topic} 01`;
	const properties = `02 00000001 03 0001 78 08 ${topic} 09 0008 0000ffff 00000001`;
	t.is(bench.sent(), dense(`${subscribe}  32 27 0001 71 0001 20 ${properties} 41`));
	void bench.client.request("q", "B", { qos: 0, timeoutMs: 1_000, ttlMs: 9_000 });
	t.is(
		bench.sent(),
		dense(`30 21 0001 71 1c 02 00000009 08 ${topic} 09 0008 0000ffff 00000002 42`),
		"no second subscription",
	);
});

test("request: the reply with its correlation answers it, in any order, once", async t => {
	const { bench, answer } = asked();
	const second = bench.client.request("q", "B", { timeoutMs: 1_000 });
	const strays: Message[] = [];
	bench.client.onStray = message => void strays.push(message);
	bench.host.wire.feed(reply(2, "0000ffff", "42"));
	t.is(await say(second), "answered B");
	t.is(await say(answer), "pending");
	bench.host.wire.feed(reply(1));
	t.is(await say(answer), "answered A");
	t.is(strays.length, 0);
	bench.host.wire.feed(`${reply(1)} ${reply(3)} ${reply(1, "00010000")} 30 0d ${topic} 00 41`);
	bench.host.wire.feed(`30 11 ${topic} 04 09 0001 01 41`);
	t.is(strays.length, 5, "what nobody waits for is a stray");
});

test("request: no reply in time is an outcome", async t => {
	const { bench, answer } = asked();
	bench.host.pass(500);
	const second = bench.client.request("q", "B", { timeoutMs: 1_000 });
	bench.host.pass(499);
	t.is(await say(answer), "pending");
	bench.host.pass(1);
	t.is(await say(answer), 'unanswered {"why":"no reply came in time"}');
	t.is(await say(second), "pending");
	bench.host.pass(500);
	t.is(await say(second), 'unanswered {"why":"no reply came in time"}');
});

test("request: one that does not come as far as the broker is told as such", async t => {
	const { bench, answer } = asked();
	bench.host.wire.feed("40 04 0001 97 00");
	t.is(
		await say(answer),
		'undelivered {"delivery":{"outcome":"refused","reason":151,"why":"quota exceeded"}}',
	);
	const large = bench.client.request("q", "x".repeat(150));
	t.is(
		await say(bench.client.request("q", "y".repeat(150))),
		'undelivered {"delivery":{"outcome":"refused","reason":0,"why":"the outbox is full"}}',
	);
	bench.client.close();
	t.is(await say(large), 'unanswered {"why":"the client was closed"}');
});

test("request: a broker that refuses the topic of replies is told of, and asked again later", async t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	const answer = bench.client.request("q", "A");
	bench.sent();
	bench.host.wire.feed("90 04 0142 00 87");
	t.is(await say(answer), 'unanswered {"why":"subscription \\"replies/c\\" was refused: not authorized"}');
	void bench.client.request("q", "B");
	t.true(bench.sent().startsWith(dense(`82 0f 0242 00 ${topic} 01`)));
});

test("request: no more than repliesMax wait at a time", async t => {
	const { bench, answer } = asked({ repliesMax: 1 });
	bench.host.wire.sent();
	t.is(
		await say(bench.client.request("q", "B")),
		'unanswered {"why":"1 requests are waiting for their replies"}',
	);
	t.is(bench.sent(), "");
	bench.host.wire.feed(reply(1));
	t.is(await say(answer), "answered A");
	void bench.client.request("q", "C");
	t.not(bench.sent(), "");
});

test("request: the topic of replies is the one given, or under what the broker gives", t => {
	const information = (text: string) => {
		const bytes = text.length / 2;
		return `20 0${(bytes + 6).toString(16)} 00 00 0${bytes + 3} 1a 000${bytes} ${text}`;
	};
	const rows: [Partial<ClientOptions>, string, string][] = [
		[{}, accepted, "replies/c"],
		[{ repliesTopic: "my/own" }, accepted, "my/own"],
		[{ repliesTopic: "my/own" }, information("612f62"), "a/b/replies"],
		[{}, information("612f"), "a/replies"],
		[{}, information("612f2b"), "replies/c"],
	];
	for (const [options, connack, filter] of rows) {
		const bench = new ClientBench({ version: 5, ...options });
		bench.connect(connack);
		void bench.client.request("q", "A");
		const sent = bench.sent();
		t.true(sent.slice(0, 60).includes([...filter].map(c => c.charCodeAt(0).toString(16)).join("")), filter);
	}
});

test("request: the broker is asked for its Response Information where that is wanted", t => {
	const bench = new ClientBench({ version: 5, clean: true, requestResponseInformation: true });
	bench.client.start();
	bench.host.pass(10);
	bench.host.wire.up();
	t.true(bench.host.wire.sent().includes("1901"));
});

test("request: the caller's mistakes throw at once, and nothing is asked", t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	for (const timeoutMs of [0, -1, 0.5, NaN, 2 ** 31])
		t.throws(() => void bench.client.request("q", "", { timeoutMs }), { instanceOf: RangeError });
	for (const properties of [{ responseTopic: "x" }, { correlationData: new Uint8Array(1) }])
		t.throws(() => void bench.client.request("q", "", { properties }), { instanceOf: RangeError });
	t.throws(() => void new ClientBench().client.request("q", ""), { instanceOf: TypeError });
	t.is(bench.sent(), "");
	t.throws(() => void bench.client.request("q/#", ""), { instanceOf: RangeError });
	t.notRegex(bench.sent(), /^3/);
});

test("reply: to the response topic, with the correlation data, at the QoS of the request", t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	const requests: Message[] = [];
	bench.client.onStray = message => void requests.push(message);
	bench.host.wire.feed("32 10 0001 71 0007 09 08 0001 72 09 0002 abcd 41");
	bench.host.wire.feed("30 09 0001 71 04 08 0001 73 41  30 05 0001 71 00 41");
	bench.sent();
	void bench.client.reply(requests[0]!, "B");
	t.is(bench.sent(), dense("32 0c 0001 72 0001 05 09 0002 abcd 42"));
	void bench.client.reply(requests[1]!, "C", { properties: { contentType: "x" } });
	t.is(bench.sent(), dense("30 09 0001 73 04 03 0001 78 43"));
	t.throws(() => void bench.client.reply(requests[2]!, "D"), { instanceOf: TypeError });
});
