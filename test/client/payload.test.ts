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
