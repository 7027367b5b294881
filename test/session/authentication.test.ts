import test from "ava";
import type { Authenticator } from "../../modules/session/session-options.js";
import { Bench, dense } from "../support/bench.js";

class Echo implements Authenticator {
	method = "m";
	readonly asked: (number | undefined)[] = [];
	readonly finished: (number | undefined)[] = [];
	started = 0;
	start() {
		this.started++;
		return Uint8Array.of(1);
	}
	answer(data: Uint8Array | undefined) {
		this.asked.push(data?.[0]);
		return data === undefined ? undefined : Uint8Array.of(data[0]! + 1);
	}
	finish(data: Uint8Array | undefined) {
		this.finished.push(data?.[0]);
		if (data?.[0] === 0xee) throw new Error("not our broker");
	}
}

/** Without data, and content with anything. */
const mute: Authenticator = { method: "m", start: () => undefined, answer: () => undefined, finish() {} };

const method = "15 0001 6d";
const accepted = `20 07 00 00 04 ${method}`;

/** Online, by an authenticator. */
function online(connack = accepted): { bench: Bench; authenticator: Echo } {
	const authenticator = new Echo();
	const bench = new Bench({ version: 5, clean: true, authenticator });
	bench.connect(connack);
	return { bench, authenticator };
}

test("AUTH: challenges are answered before CONNACK, [MQTT-4.12.0-3] [MQTT-4.12.0-5]", t => {
	const authenticator = new Echo();
	const bench = new Bench({ version: 5, clean: true, authenticator });
	bench.session.open({});
	t.is(bench.sent(), dense("10 19 0004 4d515454 05 02 003c 0b 21 0003 15 0001 6d 16 0001 01 0001 63"));
	t.is(bench.feed("f0 0a 18 08 15 0001 6d 16 0001 07"), "");
	t.is(bench.sent(), dense("f0 0a 18 08 15 0001 6d 16 0001 08"));
	bench.feed("f0 06 18 04 15 0001 6d");
	t.is(bench.sent(), dense("f0 06 18 04 15 0001 6d"));
	t.is(bench.feed("20 07 00 00 04 15 0001 6d"), "connected");
	t.deepEqual(authenticator.asked, [7, undefined]);
	t.deepEqual(authenticator.finished, [undefined]);
	t.is(authenticator.started, 1);
});

test("AUTH: start is called once for each connection, and not by the check of its CONNECT", t => {
	const authenticator = new Echo();
	const bench = new Bench({ version: 5, clean: true, authenticator });
	bench.session.check(bench.frame, { username: "u" });
	t.is(authenticator.started, 0);
	for (const times of [1, 2]) {
		bench.session.open({});
		bench.sent();
		t.is(authenticator.started, times);
		bench.cut();
	}
});

test("AUTH: the broker's last data comes with CONNACK, and may be refused", t => {
	t.deepEqual(online(`20 0b 00 00 08 ${method} 16 0001 09`).authenticator.finished, [9]);
	t.throws(() => online(`20 0b 00 00 08 ${method} 16 0001 ee`), { message: "not our broker" });
});

test("AUTH: before 5.0 an authenticator is a TypeError", t => {
	for (const version of [3, 4] as const)
		t.throws(() => new Bench({ version, authenticator: new Echo() }), { instanceOf: TypeError });
});

test("re-authentication: AUTH with its reason, challenges, and success [MQTT-4.12.1-1]", t => {
	const { bench, authenticator } = online();
	const ends: boolean[] = [];
	t.true(bench.session.reauthenticate(accepted => ends.push(accepted)));
	t.false(
		bench.session.reauthenticate(() => t.fail()),
		"one at a time",
	);
	t.true(bench.session.due);
	t.is(bench.sent(), dense(`f0 0a 19 08 ${method} 16 0001 01`));
	bench.feed(`f0 0a 18 08 ${method} 16 0001 07`);
	t.is(bench.sent(), dense(`f0 0a 18 08 ${method} 16 0001 08`));
	bench.publish("A", 0);
	t.is(bench.sent(), dense("30 05 0001 74 00 41"), "messages go on meanwhile");
	t.deepEqual(ends, []);
	bench.feed(`f0 0a 00 08 ${method} 16 0001 05`);
	t.deepEqual(ends, [true]);
	t.deepEqual(authenticator.finished, [undefined, 5]);
	t.is(authenticator.started, 2);
	t.is(bench.sent(), "", "success asks for nothing");
	t.true(bench.session.reauthenticate(() => {}));
});

test("re-authentication: AUTH goes behind a ping that is due as well", t => {
	const { bench } = online();
	bench.session.reauthenticate(() => {});
	bench.askPing();
	t.is(bench.sent(), dense(`c0 00  f0 0a 19 08 ${method} 16 0001 01`));
});

test("re-authentication: it fails with the connection, and has no other than one that is online", t => {
	const { bench } = online();
	const ends: boolean[] = [];
	bench.session.reauthenticate(accepted => ends.push(accepted));
	bench.cut();
	t.deepEqual(ends, [false]);
	t.false(bench.session.reauthenticate(() => t.fail()));
	t.is(bench.connect(accepted), "", "the AUTH has gone with it");
	const without = new Bench({ version: 5 });
	without.connect();
	t.throws(() => without.session.reauthenticate(() => {}), {
		instanceOf: TypeError,
		message: "there is no authenticator",
	});
});

test("re-authentication: a broker that does not answer is given up", t => {
	const { bench } = online();
	bench.now += 20_000;
	bench.session.reauthenticate(() => {});
	bench.sent();
	t.true(bench.session.pulse.deadline <= bench.now + 30_000);
	bench.now += 29_999;
	bench.feed("d0 00");
	t.is(bench.session.tick(bench.now, false), undefined);
	bench.now++;
	t.is(bench.session.tick(bench.now, false), "no acknowledgement for 30 s");
});

test("re-authentication: refused by DISCONNECT", t => {
	const { bench } = online();
	bench.session.reauthenticate(() => {});
	bench.sent();
	t.is(bench.feed("e0 01 87"), "disconnected 0x87");
});

test("AUTH: it waits for an empty frame, and dies with the connection", t => {
	const { bench } = online();
	bench.publish("A", 0);
	bench.session.transmit(bench.frame, 0);
	bench.session.reauthenticate(() => {});
	t.false(bench.session.transmit(bench.frame, 0));
	t.is(bench.sent(), dense(`30 05 0001 74 00 41  f0 0a 19 08 ${method} 16 0001 01`));
	bench.feed(`f0 06 18 04 ${method}`);
	t.is(bench.reconnect(accepted), "");
});

test("AUTH: one over the broker's Maximum Packet Size is not sent [MQTT-3.2.2-15]", t => {
	const exact = online(`20 0c 00 00 09 ${method} 27 0000000c`).bench;
	exact.session.reauthenticate(() => {});
	t.is(exact.sent(), dense(`f0 0a 19 08 ${method} 16 0001 01`));
	const { bench } = online(`20 0c 00 00 09 ${method} 27 0000000b`);
	bench.session.reauthenticate(() => {});
	t.throws(() => bench.sent(), { message: /over the broker's 11/ });
	t.is(bench.frame.end, bench.frame.start);
});

test("AUTH: data longer than the frame is the authenticator's mistake, and says what to do", t => {
	const long = new Uint8Array(300);
	const first = new Bench({ version: 5, authenticator: { ...mute, start: () => long } });
	first.session.open({});
	const advice = "with 300 bytes of authentication data is over the frame of 256: give it more frameBytes";
	t.throws(() => first.sent(), { instanceOf: RangeError, message: `CONNECT ${advice}` });
	const second = new Bench({ version: 5, authenticator: { ...mute, answer: () => long } });
	second.session.open({});
	second.sent();
	second.feed(`f0 06 18 04 ${method}`);
	t.throws(() => second.sent(), { instanceOf: RangeError, message: `AUTH ${advice}` });
	const third = new Bench({ version: 5, authenticator: { ...mute, method: "m".repeat(300) } });
	third.session.open({});
	const bare =
		"CONNECT with 0 bytes of authentication data is over the frame of 256: give it more frameBytes";
	t.throws(() => third.sent(), { instanceOf: RangeError, message: bare });
	const fourth = new Bench({ version: 5, authenticator: { ...mute, start: () => "data" as never } });
	fourth.session.open({});
	t.throws(() => fourth.sent(), { instanceOf: TypeError, message: "authenticationData is not bytes" });
});

test("AUTH: one that was not asked for is a breach", t => {
	for (const bytes of [`f0 06 18 04 ${method}`, `f0 06 00 04 ${method}`])
		t.is(online().bench.breach(bytes), "0x82 AUTH that answers nothing");
});

test("AUTH: another method, or an end before CONNACK, is a breach", t => {
	const rows: [string, string][] = [
		["f0 06 18 04 15 0001 6e", "0x82 AUTH with another authentication method"],
		["f0 06 00 04 15 0001 6d", "0x82 AUTH ends before CONNACK"],
		["f0 00", "0x82 AUTH with another authentication method"],
		["f0 06 19 04 15 0001 6d", "0x82 AUTH as only clients send it"],
		["20 03 00 00 00", "0x82 CONNACK with another authentication method"],
		["20 07 00 00 04 15 0001 6e", "0x82 CONNACK with another authentication method"],
	];
	for (const [bytes, breach] of rows) {
		const bench = new Bench({ version: 5, authenticator: new Echo() });
		bench.session.open({});
		bench.sent();
		t.is(bench.breach(bytes), breach);
	}
});
