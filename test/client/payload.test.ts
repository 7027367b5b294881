import test from "ava";
import type { Message } from "../../modules/client/message.js";
import { dense } from "../support/bench.js";
import { ClientBench } from "../support/client-bench.js";

const rows: [string, string][] = [
	["\0", "00"],
	["a\0", "61 00"],
	["\0\u00e9\0\0\u{1f426}", "00 c3a9 00 00 f09f90a6"],
];
for (const [text, bytes] of rows)
	test(`payload: a text may hold U+0000: ${bytes}`, t => {
		const bench = new ClientBench();
		bench.connect();
		const count = dense(bytes).length / 2;
		void bench.client.publish("t", text);
		const packet = `30 0${(3 + count).toString(16)} 0001 74 ${bytes}`;
		t.is(bench.sent(), dense(packet));
		const messages: Message[] = [];
		bench.client.onStray = message => void messages.push(message);
		bench.host.wire.feed(packet);
		t.is(messages[0]!.text(), text);
	});

test("payload: no text has an unpaired surrogate, nor bytes that are no UTF-8", t => {
	const bench = new ClientBench();
	bench.connect();
	t.throws(() => void bench.client.publish("t", "\0\ud800"), { instanceOf: TypeError });
	const messages: Message[] = [];
	bench.client.onStray = message => void messages.push(message);
	for (const bytes of ["ff 00", "00 ff", "61 00 c3"])
		bench.host.wire.feed(`30 0${3 + dense(bytes).length / 2} 0001 74 ${bytes}`);
	t.deepEqual(
		messages.map(message => message.text()),
		[undefined, undefined, undefined],
	);
});

test("payload: a text of any length, whatever room topic and properties have left in the scratch", t => {
	const bench = new ClientBench({ version: 5, scratchBytes: 12 });
	bench.connect();
	const properties = { contentType: "x" };
	for (let length = 0; length < 14; length++) {
		const text = "\u00e9".repeat(length);
		void bench.client.publish("t", text);
		void bench.client.publish("t", text, { properties });
		t.throws(() => void bench.client.publish("t", `${text}\ud800`), { instanceOf: TypeError });
		void bench.client.publish("t", "A");
		const hex = (count: number) => count.toString(16).padStart(2, "0");
		const payload = "c3a9".repeat(length);
		const plain = `30 ${hex(4 + 2 * length)} 0001 74 00 ${payload}`;
		const full = `30 ${hex(8 + 2 * length)} 0001 74 04 03 0001 78 ${payload}`;
		t.is(bench.sent(), dense(`${plain} ${full} 30 05 0001 74 00 41`));
	}
});
