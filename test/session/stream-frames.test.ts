import test from "ava";
import { Bench, dense, resumed } from "../support/bench.js";
import { toHex } from "../support/hex.js";
import { TextSource } from "../support/text-source.js";
import { utf8 } from "../support/text.js";

// How streams fill frames of 32 bytes, to the last byte.

const text = "0123456789".repeat(9);
const payload = toHex(utf8(text));

function online(): Bench {
	const bench = new Bench({ frameBytes: 32 });
	bench.connect();
	return bench;
}
function fail(message: string): never {
	throw new Error(message);
}

test("stream: a full frame keeps the next one out, and not only the one behind it", t => {
	const all = [
		`1e 0001 74 0001 ${"78".repeat(25)}`,
		`5f 0001 74 0002 ${payload}`,
		`5f 0001 74 0003 ${payload}`,
	];
	const bench = online();
	bench.publish("x".repeat(25), 1);
	for (const name of ["S", "T"]) bench.publishStream(name, new TextSource(text), 1);
	t.is(bench.sent(), dense(all.map(rest => `32 ${rest}`).join("")));
	t.is(bench.reconnect(resumed), dense(all.map(rest => `3a ${rest}`).join("")));
});

test("stream: of any length, it ends with its last byte, in a frame that is full or has one", t => {
	for (const again of [false, true])
		for (let length = 0; length < 140; length++) {
			const bench = online();
			const body = "x".repeat(length);
			bench.publishStream("S", new TextSource(body, 1), again ? 1 : 0);
			if (again) bench.sent();
			if (again) bench.cut();
			if (again) bench.session.open({});
			if (again) bench.sent();
			if (again) bench.feed(resumed);
			let bytes = 0;
			while (bench.session.transmit(bench.frame, bench.now)) {
				t.is(bench.take(), "");
				const { end, start, room } = bench.frame;
				bytes += end - start;
				t.true(room === 0 || bench.session.sender.direct === 0);
				bench.session.sender.flushed(end - 1);
				t.is(bench.take(), "", "a byte is missing");
				bench.session.sender.flushed(end);
				bench.frame.reset();
			}
			t.is(bytes, (again ? 7 : 5) + length + (length + (again ? 5 : 3) > 127 ? 1 : 0));
			t.is(bench.session.sender.direct, 0);
			t.is(bench.take(), again ? "" : "S delivered");
		}
});

test("stream: it begins in the last byte of a frame; when its source fails then, half of it is out", t => {
	for (const fails of [false, true])
		for (const again of [false, true]) {
			const bench = online();
			const source = new TextSource(text);
			bench.publish("x".repeat(24), 1);
			bench.publishStream("S", source, 1);
			if (again) bench.sent();
			if (again) bench.cut();
			if (again) bench.session.open({});
			if (again) bench.sent();
			if (again) bench.feed(resumed);
			t.true(bench.session.transmit(bench.frame, bench.now));
			t.is(bench.frame.room, 1);
			t.true(bench.session.transmit(bench.frame, bench.now));
			t.is(bench.frame.room, 0);
			bench.frame.reset();
			if (fails) source.onRead = () => fail("gone");
			if (fails) t.throws(() => bench.sent(), { message: /half a message .* gone$/ });
			else t.is(bench.sent().length, 2 * (7 + 90 - 1));
		}
});
