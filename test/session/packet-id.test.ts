import { PacketType } from "../../modules/wire/packet-type.js";
import test from "ava";
import { Offer } from "../../modules/session/offer.js";
import { Requests, type Request } from "../../modules/session/requests.js";
import { FrameWriter } from "../../modules/wire/frame-writer.js";
import { portableText } from "../../modules/wire/text.js";
import { Bench, dense } from "../support/bench.js";
import { TextSource } from "../support/text-source.js";
import { Random } from "../support/random.js";

const request: Request = { filter: "a", options: { qos: 0 }, onAnswer: () => {} };

test("packet id: PUBLISH, SUBSCRIBE and UNSUBSCRIBE share them, in two parts of each round", t => {
	const bench = new Bench({ outboxMessages: 4, requestsMax: 2 });
	bench.connect();
	bench.publish("A", 1);
	bench.session.request(request);
	bench.session.request({ ...request, options: undefined });
	bench.publish("B", 2);
	t.is(
		bench.sent(),
		dense("82 06 000e 0001 61 00  a2 05 0017 0001 61  32 06 0001 74 0001 41  34 06 0001 74 0002 42"),
	);
});

test("packet id: a QoS 0 message has none on the wire, and takes its row's all the same", t => {
	const bench = new Bench();
	bench.connect();
	bench.publish("A", 0);
	bench.sent();
	bench.publish("B", 1);
	t.is(bench.sent(), dense("32 06 0001 74 0021 42"));
});

test("packet id: it stays that of the message in every connection, and another one comes with its row", t => {
	const bench = new Bench({ window: 1 });
	bench.connect();
	bench.publish("A", 1);
	bench.sent();
	t.is(bench.reconnect("20 02 01 00"), dense("3a 06 0001 74 0001 41"));
	t.is(bench.reconnect(), dense("32 06 0001 74 0001 41"));
	t.is(bench.reconnect("20 02 01 00"), dense("3a 06 0001 74 0001 41"), "DUP comes and goes");
	bench.feed("40 02 0001");
	bench.publish("B", 1);
	t.is(bench.sent(), dense("32 06 0001 74 0021 42"));
	bench.feed("40 02 0001");
	t.is(bench.take(), "A delivered id 1 0 ms", "the former id ends nothing");
});

test("packet id: the first ones follow the seed, up to 65,535, and never 0", t => {
	for (const [seed, id] of [
		[0, "0021"],
		[0x1fff, "2001"],
		[0xffbf, "ffc1"],
		[0xffdf, "ffe1"],
		[0xffff, "0001"],
	] as const) {
		const bench = new Bench({ seed });
		bench.connect();
		bench.publish("A", 1);
		t.is(bench.sent(), dense(`32 06 0001 74 ${id} 41`));
		bench.feed(`40 02 ${id}`);
		t.is(bench.outbox.count, 0);
		bench.publishStream("S", new TextSource("B"), 2);
		const next = bench.sent();
		t.is(next.slice(0, 10) + next.slice(14), dense("34 06 0001 74 42"));
		bench.feed(`50 02 ${next.slice(10, 14)}`);
		t.is(bench.sent(), dense(`62 02 ${next.slice(10, 14)}`));
		bench.feed(`70 02 ${next.slice(10, 14)}`);
		t.is(bench.outbox.count, 0, "it was that of the message");
	}
});

test("packet id: when all are in use, requests and messages wait", t => {
	const bench = new Bench({ window: 1, requestsMax: 1 });
	bench.connect();
	bench.publish("A", 1);
	bench.sent();
	t.true(bench.session.request(request));
	t.false(bench.session.request(request));
	t.is(bench.sent(), dense("82 06 0032 0001 61 00"));
	bench.publish("B", 1);
	t.is(bench.sent(), "");
	bench.feed("40 02 0001");
	t.is(bench.sent(), dense("32 06 0001 74 0002 42"));
});

test("packet id: requests never share one, nor take a message's, over four rounds of all of them", t => {
	const random = new Random(5);
	const requests = new Requests(3, new Offer(), 12, 16);
	const frame = new FrameWriter(portableText, new Uint8Array(32));
	const owed: number[] = [];
	for (let i = 0; i < 4 * 4096; i++) {
		if (requests.add(request)) {
			requests.transmit(frame, 4);
			const id = (frame.bytes[2]! << 8) | frame.bytes[3]!;
			frame.reset();
			if (owed.some(other => other % 16 === id % 16) || id % 16 < 12 || id > 0xffff) t.fail(`id ${id}`);
			owed.push(id);
		}
		if (owed.length === 3 || random.once(2)) {
			const [id] = owed.splice(random.below(owed.length), 1);
			requests.answer(id!, [0], PacketType.suback);
			if (requests.owed !== owed.length) t.fail(`id ${id} was not asked`);
		}
	}
	t.is(requests.owed, owed.length);
});
