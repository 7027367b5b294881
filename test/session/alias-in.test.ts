import test from "ava";
import { Bench, dense } from "../support/bench.js";

test("CONNECT: the Topic Alias Maximum is announced where there is one, and in 5.0", t => {
	for (const [version, topicAliasMax, bytes] of [
		[5, 7, "10 14 0004 4d515454 05 02 003c 06 21 0003 22 0007 0001 63"],
		[5, 0, "10 11 0004 4d515454 05 02 003c 03 21 0003 0001 63"],
		[4, 7, "10 0d 0004 4d515454 04 02 003c 0001 63"],
	] as const) {
		const bench = new Bench({ version, topicAliasMax, clean: true });
		bench.session.open({});
		t.is(bench.sent(), dense(bytes));
	}
});

test("alias: a topic that comes with one is meant by it, up to our maximum [MQTT-3.3.2-10]", t => {
	const bench = new Bench({ version: 5, topicAliasMax: 2 });
	bench.connect();
	t.is(bench.feed("30 08 0001 61 03 23 0001 41"), "a=41 qos 0");
	t.is(bench.feed("30 08 0001 62 03 23 0002 42"), "b=42 qos 0");
	t.is(bench.feed("30 07 0000 03 23 0001 43  32 09 0000 0007 03 23 0002 44"), "a=43 qos 0, b=44 qos 1");
	t.is(
		bench.feed("30 08 0001 63 03 23 0001 45  30 07 0000 03 23 0001 46", 1),
		"c=45 qos 0, c=46 qos 0",
		"it can change",
	);
	t.is(bench.feed("30 05 0001 61 00 47"), "a=47 qos 0", "and need not be used");
});

test("alias: the message does not show it", t => {
	const bench = new Bench({ version: 5, topicAliasMax: 1 });
	bench.connect();
	bench.feed("30 0c 0001 61 07 23 0001 03 0001 78 41");
	t.deepEqual(bench.session.incoming.properties, { contentType: "x" });
	bench.feed("30 05 0001 61 00 47");
	t.is(bench.session.incoming.properties, undefined);
});

test("alias: a repeat at QoS 2 gives its alias a topic as well", t => {
	const bench = new Bench({ version: 5, topicAliasMax: 1 });
	bench.connect();
	bench.feed("34 09 0001 61 0007 03 23 0001");
	t.is(bench.feed("3c 09 0001 62 0007 03 23 0001"), "", "it is not delivered again");
	t.is(bench.feed("30 06 0000 03 23 0001"), "b= qos 0");
});

test("alias: it ends with the connection [MQTT-3.3.2-7]", t => {
	const bench = new Bench({ version: 5, topicAliasMax: 1 });
	bench.connect();
	bench.feed("30 07 0001 61 03 23 0001");
	bench.reconnect("20 03 01 00 00");
	t.is(bench.breach("30 06 0000 03 23 0001"), "0x82 topic alias 1 was never given a topic");
});

test("alias: one in a head that is longer than the reader is lost, and no other connection takes any", t => {
	const topic = "61".repeat(20);
	const head = `32 1e 0014 ${topic} 0007 03 23 0001`;
	for (const version of [5, 4] as const) {
		const bench = new Bench({ version, topicAliasMax: 3, readerBytes: 26, clean: true });
		bench.reader.packetBytesMax = Infinity;
		bench.connect();
		if (version === 5) {
			t.is(bench.feed(`${head} 4142`), "skipped 30");
			t.is(bench.breach("30 06 0000 03 23 0001"), "0x82 topic alias 1 was never given a topic");
		} else t.is(bench.feed(`32 1e 0018 ${topic} 61616161 0007 41 42`), "skipped 30");
		bench.cut();
		bench.session.open({});
		t.is(
			bench.sent(),
			version === 5
				? dense("10 11 0004 4d515454 05 02 003c 03 21 0003 0001 63")
				: dense("10 0d 0004 4d515454 04 02 003c 0001 63"),
		);
	}
});

test("alias: one in a head that is here is kept, and so are all others", t => {
	for (const isTaken of [false, true]) {
		const bench = new Bench({ version: 5, topicAliasMax: 3, readerBytes: 16, clean: true });
		bench.reader.packetBytesMax = Infinity;
		bench.connect();
		bench.feed("30 16 0001 61 03 23 0001");
		if (isTaken) {
			bench.session.takeLong();
			bench.reader.fill(new Uint8Array(9));
			t.true(bench.reader.piece());
			t.false(bench.reader.piece());
			bench.reader.fill(new Uint8Array(6));
			t.true(bench.reader.piece());
			bench.session.endLong();
		} else t.is(bench.feed("00".repeat(15)), "skipped 22");
		t.is(bench.feed("30 06 0000 03 23 0001"), "a= qos 0");
		bench.cut();
		bench.session.open({});
		t.is(bench.sent(), dense("10 14 0004 4d515454 05 02 003c 06 21 0003 22 0003 0001 63"));
	}
});

test("alias: a head that is not here, behind a message that was taken whole, is noticed as well", t => {
	const bench = new Bench({ version: 5, topicAliasMax: 3, readerBytes: 16, clean: true });
	bench.reader.packetBytesMax = Infinity;
	bench.connect();
	bench.feed("30 16 0001 61 03 23 0001");
	bench.session.takeLong();
	for (const bytes of [9, 6]) {
		bench.reader.fill(new Uint8Array(bytes));
		while (bench.reader.piece());
	}
	bench.session.endLong();
	t.is(bench.feed(`32 1e 0014 ${"61".repeat(20)} 0007 03 23 0001 4142`), "skipped 30");
	t.false(bench.session.handshake.takesAliases);
});

const breaches: [string, string][] = [
	["30 06 0000 03 23 0001", "0x82 topic alias 1 was never given a topic"],
	["30 06 0000 03 23 0003", "0x94 topic alias 3 is over our maximum of 2"],
	["30 07 0001 61 03 23 ffff", "0x94 topic alias 65535 is over our maximum of 2"],
	["30 07 0001 61 03 23 0000", "0x94 topicAlias 0"],
	["30 0a 0001 61 06 23 0001 23 0001", "0x82 topicAlias twice in publish"],
	["30 03 0000 00", "0x82 PUBLISH without a topic"],
];
for (const [bytes, breach] of breaches)
	test(`alias: ${bytes} is a breach: ${breach}`, t => {
		const bench = new Bench({ version: 5, topicAliasMax: 2 });
		bench.connect();
		t.is(bench.breach(bytes), breach);
	});
