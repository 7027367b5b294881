import test from "ava";
import { Mark } from "../../modules/outbox/record.js";
import { PacketDecoder } from "../../modules/wire/packet-codec.js";
import { Bench, dense, resumed5, type BenchOptions } from "../support/bench.js";
import { hex, toHex } from "../support/hex.js";
import { utf8 } from "../support/text.js";

const topic = "plant/a1/climate";
const name = `0010 ${toHex(utf8(topic))}`;
/** A broker that takes so many aliases. */
const taking = (count: number) => `20 06 00 00 03 22 000${count}`;

function online(connack = taking(2), options: BenchOptions = {}): Bench {
	const bench = new Bench({
		version: 5,
		outgoingAliasMax: 5,
		window: 20,
		outboxMessages: 32,
		outboxBytes: 4096,
		...options,
	});
	bench.connect(connack);
	return bench;
}

test("alias: the second message of a topic brings it, the third one goes without the topic", t => {
	for (const [qos, id] of [
		[0, ["", "", ""]],
		[1, ["0001", "0002", "0003"]],
	] as const) {
		const bench = online();
		for (const payload of ["A", "B", "C"]) bench.publish(payload, qos, { topic });
		const head = toHex(Uint8Array.of(0x30 | (qos << 1)));
		const more = qos === 0 ? 0 : 2;
		const size = (bytes: number) => toHex(Uint8Array.of(bytes + more));
		t.is(
			bench.sent(),
			dense(
				`${head} ${size(20)} ${name} ${id[0]} 00 41` +
					`${head} ${size(23)} ${name} ${id[1]} 03 23 0001 42` +
					`${head} ${size(7)} 0000 ${id[2]} 03 23 0001 43`,
			),
		);
		t.is(bench.take(), qos === 0 ? "A delivered, B delivered, C delivered" : "");
	}
});

test("alias: properties and the expiry come behind it", t => {
	const bench = online();
	const properties = Uint8Array.of(3, 0, 1, 0x78);
	for (const payload of ["A", "B", "C"]) bench.publish(payload, 0, { topic, properties, ttlMs: 9000 });
	t.is(bench.sent().slice(-36), dense("30 10 0000 0c 23 0001 02 00000009 03 0001 78 43").slice(-36));
});

test("alias: it fits in front of properties of any length", t => {
	for (const bytes of [120, 121, 122, 123, 124, 125, 200]) {
		const bench = online(taking(2), { frameBytes: 400 });
		const properties = Uint8Array.from([3, 0, bytes, ...Array.from({ length: bytes }, () => 0x78)]);
		for (const payload of ["A", "B", "C"]) bench.publish(payload, 0, { topic, properties });
		const packets = [...new PacketDecoder(5).feed(hex(bench.sent()))];
		t.is(packets.length, 3);
		for (const [i, packet] of packets.entries()) {
			if (packet.cmd !== "publish") continue;
			t.is(packet.topic, i === 2 ? "" : topic);
			t.is(packet.properties?.topicAlias, i === 0 ? undefined : 1);
			t.is(packet.properties?.contentType, "x".repeat(bytes));
			t.deepEqual(packet.payload, utf8("ABC".charAt(i)));
		}
	}
});

test("alias: forgotten with the connection, and not used for what is sent again [MQTT-3.3.2-7]", t => {
	const bench = online();
	for (const payload of ["A", "B", "C"]) bench.publish(payload, 1, { topic });
	bench.sent();
	const again = ["0001 00 41", "0002 00 42", "0003 00 43"].map(rest => `3a 16 ${name} ${rest}`).join("");
	t.is(bench.reconnect("20 06 01 00 03 22 0002"), dense(again));
	for (const payload of ["D", "E", "F"]) bench.publish(payload, 0, { topic });
	t.is(bench.sent(), dense(`30 14 ${name} 00 44  30 17 ${name} 03 23 0001 45  30 07 0000 03 23 0001 46`));
});

test(
	"alias: never more than the broker takes, or we want; none without an offer " +
		"[MQTT-3.2.2-17] [MQTT-3.2.2-18] [MQTT-3.3.2-8] [MQTT-3.3.2-9]",
	t => {
		for (const [connack, aliasMax, most] of [
			[taking(2), 5, 2],
			[taking(5), 1, 1],
			["20 03 00 00 00", 5, 0],
			[taking(5), 0, 0],
			["20 0b 00 00 08 22 0005 27 00000016", 5, 0],
		] as const) {
			const bench = online(connack, { outgoingAliasMax: aliasMax });
			const seen = new Set<number>();
			for (let i = 0; i < 40; i++) {
				bench.publish("A", 0, { topic: `topic/number/${i % 4}` });
				for (const packet of new PacketDecoder(5).feed(hex(bench.sent()))) {
					if (packet.cmd !== "publish") continue;
					const alias = packet.properties?.topicAlias;
					if (alias !== undefined) seen.add(alias);
					else t.is(packet.topic, `topic/number/${i % 4}`);
				}
			}
			t.deepEqual(
				[...seen].sort(),
				Array.from({ length: most }, (_, i) => i + 1),
			);
		}
	},
);

test("alias: at every size of the frame a broker that knows its aliases gets the same messages", t => {
	for (let frameBytes = 26; frameBytes < 120; frameBytes++) {
		const bench = online(taking(2), { frameBytes });
		const expected: string[] = [];
		for (let i = 0; i < 24; i++) {
			const to = i % 3 === 0 ? "a/b" : `${topic}/${i % 2}`;
			const payload = `${i}`.repeat(1 + (i % 7));
			const marks = i % 5 === 0 ? Mark.retain : 0;
			bench.publish(payload, i % 3, { topic: to, marks });
			expected.push(`${to}=${payload} ${i % 3} ${marks}`);
		}
		const topics: string[] = [];
		const got: string[] = [];
		for (const packet of new PacketDecoder(5).feed(hex(bench.sent(7)))) {
			if (packet.cmd !== "publish") continue;
			const alias = packet.properties?.topicAlias ?? 0;
			if (alias > 0 && packet.topic !== "") topics[alias] = packet.topic;
			const text = String.fromCharCode(...(packet.payload as Uint8Array));
			got.push(`${packet.topic || topics[alias]}=${text} ${packet.qos} ${packet.retain ? 1 : 0}`);
		}
		t.deepEqual(got, expected, `frame ${frameBytes}`);
		t.is(bench.session.sender.unwritten, 0);
		t.is(bench.outbox.count, 16);
	}
});

test("alias: topics which differ in their beginning alone have two", t => {
	const bench = online();
	for (const to of ["x/same/ending", "y/same/ending", "x/same/ending", "y/same/ending"])
		bench.publish("A", 0, { topic: to });
	const out = bench.sent();
	t.true(out.includes(toHex(utf8("y/same/ending"))) && out.includes(dense("03 23 0001 41")));
	t.is(out.split(dense("23 0002")).length, 2);
	t.is(bench.reconnect(resumed5), "");
});

test("alias: one topic is not taken for the beginning of another with the same hash", t => {
	// One byte more counts as much as 31 less in the first of the last eight.
	const bench = online();
	for (const to of ["aBBBBBBBB", "aBBBBBBBB", "aBBBBBBB"]) bench.publish("A", 0, { topic: to });
	t.is(bench.sent().slice(-32), dense("0f 0008 61 42424242424242 03 23 0002 41"));
});
