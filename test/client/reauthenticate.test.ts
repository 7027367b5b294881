import test from "ava";
import { dense } from "../support/bench.js";
import { ClientBench, settled } from "../support/client-bench.js";

const authenticator = { method: "m", start: () => undefined, answer: () => undefined };

test("reauthenticate: true when the broker has accepted", async t => {
	const bench = new ClientBench({ version: 5, authenticator });
	t.is(await bench.client.reauthenticate(), false, "there is no connection");
	bench.connect("20 07 00 00 04 15 0001 6d");
	const accepted = bench.client.reauthenticate();
	t.is(await bench.client.reauthenticate(), false, "it is under way");
	t.is(bench.sent(), dense("f0 06 19 04 15 0001 6d"));
	t.deepEqual(await settled([accepted]), ["pending"]);
	bench.host.wire.feed("f0 06 00 04 15 0001 6d");
	t.true(await accepted);
});

test("reauthenticate: false when the broker refuses, or the client is closed; onState tells why", async t => {
	for (const end of [
		(bench: ClientBench) => bench.host.wire.feed("e0 01 87"),
		(bench: ClientBench) => bench.client.close(),
	]) {
		const bench = new ClientBench({ version: 5, authenticator });
		bench.connect("20 07 00 00 04 15 0001 6d");
		const accepted = bench.client.reauthenticate();
		bench.sent();
		end(bench);
		t.deepEqual(await settled([accepted]), [false]);
		t.false(bench.client.health().online);
	}
});

test("reauthenticate: without an authenticator it throws, and before 5.0 an authenticator does", t => {
	const bench = new ClientBench({ version: 5 });
	bench.connect();
	t.throws(() => void bench.client.reauthenticate(), { instanceOf: TypeError });
	t.throws(() => new ClientBench({ authenticator }), { instanceOf: TypeError });
	t.true(bench.client.health().online);
});

test("authenticator: what is longer than the frame is told, and tried again less and less often", t => {
	const cases = [
		{ start: 2_000, answer: 1, what: "CONNECT" },
		{ start: 1, answer: 2_000, what: "AUTH" },
	];
	for (const { start, answer, what } of cases) {
		const bench = new ClientBench({
			version: 5,
			authenticator: {
				method: "m",
				start: () => new Uint8Array(start),
				answer: () => new Uint8Array(answer),
			},
		});
		bench.client.start();
		bench.host.word = 0xffff_ffff;
		for (const [ms, waitMs] of [
			[10, 4_999],
			[5_010, 9_999],
			[10_010, 19_999],
		] as const) {
			bench.host.pass(ms);
			bench.host.wire.up();
			bench.host.wire.feed("f0 06 18 04 15 0001 6d");
			const { state, cause, detail, retryMs } = bench.statuses.at(-1)!;
			t.deepEqual([state, cause, retryMs], ["waiting", "fault", waitMs]);
			const why = `${what} with 2000 bytes of authentication data is over the frame of 1460`;
			t.is(detail, `RangeError: ${why}: give it more frameBytes`);
		}
	}
});
