import test from "ava";
import { Bench, accepted, accepted5, dense } from "../support/bench.js";

const greeting: [3 | 4 | 5, string, string][] = [
	[4, "30 03 0001 74", "0x82 packet type 3 instead of CONNACK"],
	[4, "90 03 0001 00", "0x82 packet type 9 instead of CONNACK"],
	[4, "d0 00", "0x82 packet type 13 instead of CONNACK"],
	[4, "e0 00", "0x82 packet type 14 instead of CONNACK"],
	[4, "20 02 02 00", "0x81 connack flags 2"],
	[4, "20 02 01 05", "0x82 session present in a refusal"],
	[4, "20 02 00 06", "0x82 connack return code 6"],
	[4, "20 03 00 00 00", "0x81 1 bytes too many"],
	[4, "20 01 00", "0x81 packet ends within a field"],
	[4, "21 02 00 00", "0x81 packet type 2 with flags 1"],
	[4, "48 54 54 50 2f 31 2e 31", "0x81 packet type 4 with flags 8"],
	[4, "f0 00", "0x81 packet type 15"],
	[5, "20 03 00 01 00", "0x82 reason code 1 in connack"],
	[5, "20 02 00 02", "0x82 reason code 2 in connack"],
	[5, "20 02 01 01", "0x82 reason code 1 in connack"],
	[5, "20 09 00 00 06 21 0001 21 0001", "0x82 receiveMaximum twice in connack"],
	[5, "20 06 00 00 03 21 0000", "0x82 receiveMaximum 0"],
	[5, "20 05 00 00 02 24 02", "0x82 maximumQoS 2"],
	[5, "20 07 00 00 04 15 0001 6d", "0x82 CONNACK with another authentication method"],
	[5, "f0 06 18 04 15 0001 6d", "0x82 AUTH without an authentication method"],
];
for (const [version, bytes, breach] of greeting)
	test(`before CONNACK, version ${version}: ${bytes} is a breach: ${breach}`, t => {
		const bench = new Bench({ version });
		bench.session.open({});
		bench.sent();
		t.is(bench.breach(bytes), breach);
		t.false(bench.session.online);
	});

const later: [3 | 4 | 5, string, string][] = [
	[4, accepted, "0x82 CONNACK twice"],
	[5, accepted5, "0x82 CONNACK twice"],
	[4, "10 0d 0004 4d515454 04 00 003c 0001 63", "0x82 packet type 1 from a broker"],
	[4, "82 06 0001 0001 61 00", "0x82 packet type 8 from a broker"],
	[4, "a2 05 0001 0001 61", "0x82 packet type 10 from a broker"],
	[4, "c0 00", "0x82 packet type 12 from a broker"],
	[4, "e0 00", "0x82 packet type 14 from a broker"],
	[5, "e0 01 04", "0x82 DISCONNECT as only clients send it"],
	[5, "e0 07 00 05 11 00000001", "0x82 DISCONNECT as only clients send it"],
	[4, "40 02 0000", "0x82 packet id 0"],
	[4, "40 01 00", "0x81 packet ends within a field"],
	[4, "40 03 0001 00", "0x81 1 bytes too many"],
	[4, "42 02 0001", "0x81 packet type 4 with flags 2"],
	[4, "60 02 0001", "0x81 packet type 6 with flags 0"],
	[5, "40 03 0001 01", "0x82 reason code 1 in puback"],
	[5, "40 05 0001 00 00 00", "0x81 1 bytes too many"],
	[4, "d0 01 00", "0x81 1 bytes too many"],
	[4, "90 03 0000 00", "0x82 packet id 0"],
	[4, "90 03 0001 03", "0x82 suback return code 3"],
	[4, "36 06 0001 74 0001 41", "0x81 PUBLISH at QoS 3"],
	[4, "38 03 0001 74", "0x82 PUBLISH with DUP at QoS 0"],
	[4, "32 05 0001 74 0000", "0x82 packet id 0"],
	[4, "32 04 0001 74 00", "0x81 packet ends within a field"],
	[4, "30 03 0001 2b", "0x82 topic + holds a wildcard"],
	[4, "30 05 0003 612f23", "0x82 topic a/# holds a wildcard"],
	[4, "30 02 0000", "0x82 PUBLISH without a topic"],
	[5, "30 03 0000 00", "0x82 PUBLISH without a topic"],
	[4, "30 03 0001 00", "0x81 text is not UTF-8, or holds U+0000"],
	[4, "30 03 0001 ff", "0x81 text is not UTF-8, or holds U+0000"],
	[5, "30 07 0001 74 03 23 0001", "0x94 topic alias 1 is over our maximum of 0"],
	[5, "30 07 0001 74 03 23 0000", "0x94 topicAlias 0"],
	[5, "30 08 0001 74 04 21 0001 00", "0x81 property 33 in publish"],
	[5, "90 80 80 04", "0x95 packet of 65536 bytes is over 256"],
	[5, "30 80 80 04", "0x95 packet of 65536 bytes is over 256"],
	[4, "90 80 80 04", "0x95 packet of 65536 bytes is over 256"],
	[5, "f0 06 18 04 15 0001 6d", "0x82 AUTH without an authentication method"],
];
for (const [version, bytes, breach] of later)
	test(`online, version ${version}: ${bytes} is a breach: ${breach}`, t => {
		const bench = new Bench({ version });
		bench.connect();
		t.is(bench.breach(bytes), breach);
	});

test("order: a packet before CONNECT went out is a breach", t => {
	const bench = new Bench();
	t.is(bench.breach(accepted), "0x82 a packet before CONNECT");
	bench.cut();
	bench.session.open({});
	t.is(bench.breach(accepted), "0x82 a packet before CONNECT");
});

test("DISCONNECT from a 5.0 broker: its reason and text, before CONNACK too", t => {
	const bench = new Bench({ version: 5 });
	bench.session.open({});
	bench.sent();
	t.is(bench.feed("e0 01 89"), "disconnected 0x89");
	bench.reconnect();
	t.is(bench.feed("e0 00"), "disconnected 0x0");
	t.is(bench.feed("e0 0c 9c 0a 1f 0002 6e6f 1c 0002 7632"), "disconnected 0x9c no");
	t.is(bench.session.handshake.properties?.serverReference, "v2");
	t.is(bench.feed("e0 01 8e"), "disconnected 0x8e");
	t.is(bench.session.handshake.properties, undefined);
});

test("DISCONNECT of ours: the last packet, with a reason in 5.0 only", t => {
	for (const [version, reason, bytes] of [
		[4, 0, "e0 00"],
		[4, 0x81, "e0 00"],
		[5, 0, "e0 00"],
		[5, 0x81, "e0 01 81"],
	] as const) {
		const bench = new Bench({ version });
		bench.connect();
		bench.publish("A", 1);
		bench.feed("62 02 0001");
		bench.session.leave(reason);
		t.false(bench.session.handshake.left);
		t.is(bench.sent(), dense(bytes));
		t.true(bench.session.handshake.left);
		bench.session.leave(reason);
		t.is(bench.sent(), "");
		t.is(bench.breach("c0 00  40 02 0000"), "", "what comes behind it is nobody's business");
	}
});

test("DISCONNECT of ours: with a session expiry of its own, where this broker takes so long a packet", t => {
	for (const [connack, bytes] of [
		[accepted5, "e0 07 00 05 11 00010000"],
		["20 08 00 00 05 27 00000009", "e0 07 00 05 11 00010000"],
		["20 08 00 00 05 27 00000008", "e0 00"],
	] as const) {
		const bench = new Bench({ version: 5 });
		bench.connect(connack);
		bench.session.leave(0, 0x1_0000);
		t.is(bench.sent(), dense(bytes));
		t.true(bench.session.handshake.left);
	}
});

test("DISCONNECT of ours: not before CONNECT, and not without a connection", t => {
	const bench = new Bench();
	bench.session.leave(0);
	t.is(bench.sent(), "");
	bench.session.open({});
	bench.session.leave(0);
	t.is(bench.sent(), "");
	t.true(bench.session.handshake.left);
	bench.cut();
	bench.session.open({});
	bench.sent();
	bench.session.leave(0);
	t.is(bench.sent(), dense("e0 00"), "after CONNECT it may come before CONNACK");
});

test("DISCONNECT of ours: nine bytes are room enough for each", t => {
	for (const [length, room] of [
		[10, 9],
		[11, 8],
	] as const) {
		const bench = new Bench({ frameBytes: 24 });
		bench.connect();
		bench.publish("x".repeat(length), 0);
		bench.session.transmit(bench.frame, 0);
		t.is(bench.frame.room, room);
		bench.session.leave(0);
		t.is(bench.session.transmit(bench.frame, 0), room === 9);
	}
});

test("DISCONNECT of ours: it waits for a frame with room", t => {
	const bench = new Bench({ frameBytes: 24 });
	bench.connect();
	bench.publish("x".repeat(17), 0);
	bench.session.transmit(bench.frame, 0);
	bench.session.leave(0);
	t.false(bench.session.transmit(bench.frame, 0));
	t.false(bench.session.handshake.left);
	t.is(bench.sent().slice(-4), dense("e0 00"));
});
