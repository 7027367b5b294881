// How a connection begins, is kept and ends: CONNECT, CONNACK, keep-alive, AUTH and DISCONNECT.

import test from "ava";
import type { Credentials } from "../../modules/session/session-options.js";
import type { Will } from "../../modules/wire/packet.js";
import { Bench, accepted, accepted5, dense, resumed, resumed5, type BenchOptions } from "../support/bench.js";
import { hex } from "../support/hex.js";
import { nextSent } from "../support/next-sent.js";
import { LinkBench } from "../support/link-bench.js";
import { utf8 } from "../support/text.js";

const versions = [4, 5] as const;
const t1 = "0001 74";

/** A CONNECT as a broker reads it. */
class ConnectReader {
	readonly bytes: Uint8Array;
	at = 2;

	constructor(text: string) {
		this.bytes = hex(text);
	}
	word(): number {
		return (this.bytes[this.at++]! << 8) | this.bytes[this.at++]!;
	}
	field(): string {
		const to = this.at + 2 + ((this.bytes[this.at]! << 8) | this.bytes[this.at + 1]!);
		let text = "";
		for (this.at += 2; this.at < to; this.at++) text += String.fromCharCode(this.bytes[this.at]!);
		return text;
	}
	properties(): void {
		this.at += 1 + this.bytes[this.at]!;
	}
}

const wills: (Will | undefined)[] = [
	undefined,
	{ topic: "w", payload: utf8("m") },
	{ topic: "w", payload: utf8("m"), qos: 1 },
	{ topic: "w", payload: utf8("m"), qos: 2, retain: true },
];
const credentials: Credentials[] = [{}, { username: "u" }, { username: "u", password: utf8("p") }];

/** Every combination of what a CONNECT can carry, with what a broker reads of it. */
function* everyConnect() {
	for (const version of versions)
		for (const clean of [false, true])
			for (const will of wills)
				for (const user of version === 5 ? [...credentials, { password: utf8("p") }] : credentials) {
					const bench = new Bench({ version, clean, will });
					bench.session.open(user);
					const reader = new ConnectReader(bench.sent());
					const name = reader.field();
					const level = reader.bytes[reader.at++]!;
					const flags = reader.bytes[reader.at++]!;
					reader.word();
					if (version === 5) reader.properties();
					yield { version, clean, will, user, reader, name, level, flags };
				}
}

test(
	"CONNECT: name and level of the protocol, and its reserved flag is 0 " +
		"[MQTT-3.1.2-1] [MQTT-3.1.2-3] [MQTT-3.1.2-4] [MQTT-7.0.0-2, 3.1.1]",
	t => {
		for (const { version, clean, name, level, flags } of everyConnect()) {
			t.is(name, "MQTT");
			t.is(level, version);
			t.is(flags & 1, 0);
			t.is((flags & 2) !== 0, clean);
		}
	},
);

test(
	"CONNECT: the flags of the will tell of the will, and are 0 without one [MQTT-3.1.2-9] [MQTT-3.1.2-11] " +
		"[MQTT-3.1.2-12] [MQTT-3.1.2-13] [MQTT-3.1.2-9, 3.1.1] [MQTT-3.1.2-11, 3.1.1] [MQTT-3.1.2-13, 3.1.1] " +
		"[MQTT-3.1.2-14, 3.1.1] [MQTT-3.1.2-15, 3.1.1]",
	t => {
		for (const { will, flags } of everyConnect()) {
			t.is((flags & 4) !== 0, will !== undefined);
			t.is((flags >> 3) & 3, will?.qos ?? 0);
			t.is((flags & 0x20) !== 0, will?.retain ?? false);
		}
		const bad = { topic: "w", payload: utf8("m"), qos: 3 as 2 };
		const bench = new Bench({ will: bad });
		t.throws(() => bench.session.check(bench.frame, {}), { instanceOf: RangeError });
	},
);

test(
	"CONNECT: what the flags promise is there, in the order of the standard, and nothing else " +
		"[MQTT-3.1.2-16] [MQTT-3.1.2-17] [MQTT-3.1.2-18] [MQTT-3.1.2-19] [MQTT-3.1.3-1] [MQTT-3.1.3-3] " +
		"[MQTT-3.1.2-18, 3.1.1] [MQTT-3.1.2-19, 3.1.1] [MQTT-3.1.2-20, 3.1.1] [MQTT-3.1.2-21, 3.1.1] " +
		"[MQTT-3.1.3-1, 3.1.1] [MQTT-3.1.3-3, 3.1.1]",
	t => {
		for (const { version, will, user, reader, flags } of everyConnect()) {
			t.is(reader.field(), "c");
			if (will !== undefined) {
				if (version === 5) reader.properties();
				t.is(reader.field(), "w");
				t.is(reader.field(), "m");
			}
			t.is((flags & 0x80) !== 0, user.username !== undefined);
			t.is((flags & 0x40) !== 0, user.password !== undefined);
			if (user.username !== undefined) t.is(reader.field(), "u");
			if (user.password !== undefined) t.is(reader.field(), "p");
			t.is(reader.at, reader.bytes.length);
		}
	},
);

test("CONNECT: before 5.0 there is no password without a user name [MQTT-3.1.2-22, 3.1.1]", t => {
	const bench = new Bench();
	t.throws(() => bench.session.check(bench.frame, { password: utf8("p") }), { instanceOf: RangeError });
	t.notThrows(() => new Bench({ version: 5 }).session.check(bench.frame, { password: utf8("p") }));
});

test(
	"CONNECT: client id, user name and will topic are texts [MQTT-3.1.3-4] [MQTT-3.1.3-11] [MQTT-3.1.3-12] " +
		"[MQTT-3.1.3-4, 3.1.1] [MQTT-3.1.3-10, 3.1.1] [MQTT-3.1.3-11, 3.1.1]",
	t => {
		for (const version of versions)
			for (const bad of ["\ud800", "a\0"]) {
				const will = { topic: bad, payload: utf8("m") };
				for (const options of [{ clientId: bad }, { will }] as BenchOptions[]) {
					const bench = new Bench({ version, ...options });
					t.throws(() => bench.session.check(bench.frame, {}), { instanceOf: TypeError });
				}
				const bench = new Bench({ version });
				t.throws(() => bench.session.check(bench.frame, { username: bad }), { instanceOf: TypeError });
			}
	},
);

test("CONNECT: before 5.0 an empty client id asks for a clean session [MQTT-3.1.3-7, 3.1.1]", t => {
	const check = (options: BenchOptions) => () => {
		const bench = new Bench({ clientId: "", ...options });
		bench.session.check(bench.frame, {});
	};
	t.throws(check({}), { instanceOf: RangeError });
	t.notThrows(check({ clean: true }));
	t.notThrows(check({ version: 5 }));
});

test(
	"CONNECT: it is the first packet, and the only one of a connection " +
		"[MQTT-3.1.0-1] [MQTT-3.1.0-2] [MQTT-3.1.0-1, 3.1.1] [MQTT-3.1.0-2, 3.1.1]",
	t => {
		for (const version of versions) {
			const bench = new Bench({ version });
			bench.publish("A", 1);
			bench.session.request({ filter: "a", options: { qos: 1 }, onAnswer: () => {} });
			t.is(bench.sent(), "", "nothing goes out without a connection");
			bench.session.open({});
			t.is(bench.sent().slice(0, 2), "10");
			t.is(bench.sent(), "", "nothing goes out before CONNACK");
			t.throws(() => bench.session.open({}), { instanceOf: TypeError });
			bench.feed(version === 5 ? accepted5 : accepted);
			t.false(/^10/.test(bench.sent()));
		}
	},
);

test(
	"a client id names one session: it is the same in every CONNECT, the broker's where that chose it " +
		"[MQTT-3.1.3-2] [MQTT-3.1.3-2, 3.1.1]",
	t => {
		const bench = new Bench({ version: 5, clientId: "" });
		bench.connect("20 08 00 00 05 12 0002 6964");
		bench.cut();
		for (let times = 0; times < 3; times++) {
			bench.session.open({});
			t.true(bench.sent().endsWith(dense("0002 6964")));
			bench.cut();
		}
	},
);

test(
	"a clean start begins anew on both sides: nothing of the former session is used " +
		"[MQTT-3.1.2-4] [MQTT-3.1.2-6, 3.1.1]",
	t => {
		for (const version of versions) {
			const bench = new Bench({ version, clean: true });
			const publish = `34 0${version === 5 ? 7 : 6} ${t1} 0007 ${version === 5 ? "00" : ""} 41`;
			bench.connect();
			bench.publish("A", 1);
			bench.sent();
			bench.feed(publish);
			const again = bench.reconnect();
			t.is(again.slice(0, 2), "32", "what was in flight is a new message");
			t.is(bench.feed(publish), "t=41 qos 2", "and so is what comes");
			bench.cut();
			t.regex(connackBreach(bench, version === 5 ? resumed5 : resumed), /^0x82 session present/);
		}
	},
);

function connackBreach(bench: Bench, connack: string): string {
	bench.session.open({});
	bench.sent();
	return bench.breach(connack);
}

test(
	"a session outlasts its connection: what is in flight, released or received stays known " +
		"[MQTT-3.1.2-23] [MQTT-4.1.0-1] [MQTT-3.1.2-4, 3.1.1] [MQTT-4.1.0-1, 3.1.1] [MQTT-4.1.0-2, 3.1.1]",
	t => {
		for (const version of versions) {
			const bench = new Bench({ version });
			const none = version === 5 ? "00" : "";
			const publish = (id: string) => `34 0${version === 5 ? 7 : 6} ${t1} ${id} ${none} 41`;
			bench.connect();
			bench.publish("A", 1);
			bench.publish("B", 2);
			bench.sent();
			bench.feed("50 02 0002");
			bench.feed(publish("0007"));
			bench.handled(bench.session.incoming.token, 7, 2);
			const again = bench.reconnect(version === 5 ? resumed5 : resumed);
			t.true(again.includes(dense("62 02 0002")), again);
			t.regex(again, /3a0[67]0001740001/);
			t.is(bench.feed(publish("0007")), "", "delivered before");
		}
	},
);

test("CONNACK: a session that is present although the start was clean ends it [MQTT-3.2.2-4]", t => {
	t.regex(connackBreach(new Bench({ version: 5, clean: true }), resumed5), /^0x82 session present/);
});

test("CONNACK: without a session all that was of it is given up [MQTT-3.2.2-5]", t => {
	const bench = new Bench({ version: 5 });
	bench.connect();
	bench.publish("A", 2);
	bench.sent();
	bench.feed(`34 07 ${t1} 0007 00 41`);
	t.is(bench.reconnect(accepted5), dense(`34 07 ${t1} 0001 00 41`), "without DUP");
	t.is(bench.feed(`34 07 ${t1} 0007 00 41`), "t=41 qos 2", "a new message");
});

test("keep-alive: PINGREQ goes out when nothing else does [MQTT-3.1.2-20] [MQTT-3.1.2-23, 3.1.1]", t => {
	for (const version of versions)
		for (const keepAliveMs of [4_000, 60_000]) {
			const bench = new Bench({ version, keepAliveMs });
			bench.connect();
			for (let times = 0; times < 3; times++) {
				const from = bench.now;
				t.is(nextSent(bench), dense("c0 00"));
				t.true(bench.now - from <= keepAliveMs && bench.now - from >= keepAliveMs / 2);
				bench.feed("d0 00");
			}
		}
});

test("keep-alive: the server's takes the place of ours [MQTT-3.1.2-21] [MQTT-3.2.2-21]", t => {
	for (const [serverKeepAlive, ms] of [
		["0005", 5_000],
		["0258", 600_000],
	] as const) {
		const bench = new Bench({ version: 5, keepAliveMs: 60_000 });
		bench.connect(`20 06 00 00 03 13 ${serverKeepAlive}`);
		const from = bench.now;
		t.is(nextSent(bench), dense("c0 00"));
		t.true(bench.now - from <= ms && bench.now - from >= ms / 2);
	}
});

const authenticator = { method: "m", start: () => Uint8Array.of(1), answer: () => Uint8Array.of(2) };

test("AUTH: before CONNACK nothing but AUTH and DISCONNECT goes out [MQTT-3.1.2-30]", t => {
	const bench = new Bench({ version: 5, authenticator });
	bench.publish("A", 1);
	bench.session.open({});
	bench.sent();
	t.is(bench.sent(), "");
	bench.feed("f0 06 18 04 15 0001 6d");
	t.is(bench.sent().slice(0, 2), "f0");
	bench.session.leave(0);
	t.is(bench.sent(), dense("e0 00"));
});

test("AUTH: the answer is 0x18, with the method of CONNECT [MQTT-4.12.0-3] [MQTT-4.12.0-5]", t => {
	const bench = new Bench({ version: 5, authenticator });
	bench.session.open({});
	t.true(bench.sent().includes(dense("15 0001 6d 16 0001 01")));
	bench.feed("f0 06 18 04 15 0001 6d");
	t.is(bench.sent(), dense("f0 0a 18 08 15 0001 6d 16 0001 02"));
	for (const bytes of [accepted5, "20 07 00 00 04 15 0001 6e", "f0 06 18 04 15 0001 6e"]) {
		const other = new Bench({ version: 5, authenticator });
		t.regex(connackBreach(other, bytes), /^0x82 .* another authentication method/);
	}
});

test("AUTH: without a method in CONNECT none is sent, and none is taken [MQTT-4.12.0-7]", t => {
	const bench = new Bench({ version: 5 });
	t.regex(connackBreach(bench, "f0 06 18 04 15 0001 6d"), /^0x82 AUTH without/);
	t.is(bench.sent(), "");
});

test(
	"DISCONNECT: nothing is sent behind it, and the stream is closed " +
		"[MQTT-3.14.4-1] [MQTT-3.14.4-2] [MQTT-3.14.4-1, 3.1.1] [MQTT-3.14.4-2, 3.1.1]",
	t => {
		for (const version of versions) {
			const bench = new Bench({ version });
			bench.connect();
			bench.publish("A", 1);
			bench.feed("62 02 0001");
			bench.session.leave(0);
			t.is(bench.sent(), dense("e0 00"));
			bench.publish("B", 1);
			t.is(bench.sent(), "");
			t.true(bench.session.handshake.left);
		}
	},
);

test(
	"no reason string or property goes with an ack, DISCONNECT or AUTH of ours, so none is too long " +
		"[MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2] [MQTT-3.5.2-3] [MQTT-3.6.2-2] [MQTT-3.6.2-3] " +
		"[MQTT-3.7.2-2] [MQTT-3.7.2-3] [MQTT-3.14.2-3] [MQTT-3.14.2-4] [MQTT-3.15.2-2] [MQTT-3.15.2-3]",
	t => {
		const bench = new Bench({ version: 5 });
		bench.connect();
		bench.publish("A", 2);
		bench.sent();
		bench.feed(`32 07 ${t1} 0007 00 41`);
		t.is(bench.handled(bench.session.incoming.token, 7, 1), dense("40 02 0007"));
		bench.feed(`34 07 ${t1} 0008 00 41`);
		t.is(bench.handled(bench.session.incoming.token, 8, 2), dense("50 02 0008"));
		bench.feed("50 02 0001");
		t.is(bench.sent(), dense("62 02 0001"));
		bench.feed("62 02 0008  62 02 0009");
		t.is(bench.sent(), dense("70 02 0008  70 03 0009 92"));
		bench.session.leave(0x81);
		t.is(bench.sent(), dense("e0 01 81"));
		const bare = { method: "m", start: () => undefined, answer: () => undefined };
		const other = new Bench({ version: 5, authenticator: bare });
		other.session.open({});
		other.sent();
		other.feed("f0 0d 18 0b 15 0001 6d 26 0001 6b 0001 76");
		t.is(other.sent(), dense("f0 06 18 04 15 0001 6d"));
	},
);

const ends: [string, (bench: LinkBench, version: 4 | 5) => string, RegExp][] = [
	["a breach [MQTT-4.13.1-1] [MQTT-4.8.0-1, 3.1.1]", () => "30 02 0000", /protocol, /],
	["an error while a packet is handled [MQTT-4.8.0-2, 3.1.1]", failing, /fault, Error: handler/],
	[
		"a DISCONNECT of 0x80 or more [MQTT-4.13.2-1]",
		(_, version) => (version === 5 ? "e0 01 8b" : "e0 00"),
		/closed by the broker|from a broker/,
	],
];
for (const [title, bytes, end] of ends)
	test(`the connection ends, and only it: ${title}`, t => {
		for (const version of versions) {
			const bench = new LinkBench({ session: { version } });
			bench.connect(version === 5 ? accepted5 : accepted);
			bench.seen();
			bench.host.wire.feed(bytes(bench, version));
			t.regex(bench.seen(), end);
			t.is(bench.host.wire.closed, 1);
		}
	});

/** A message whose handler throws. */
function failing(bench: LinkBench, version: 4 | 5): string {
	bench.onEach = () => {
		throw new Error("handler");
	};
	return version === 5 ? "30 04 0001 74 00" : "30 03 0001 74";
}

test("a refusal in CONNACK ends the connection too [MQTT-4.13.2-1]", t => {
	const bench = new LinkBench({ session: { version: 5 } });
	bench.connect("20 03 00 87 00");
	t.regex(bench.seen(), /refused: not authorized$/);
	t.is(bench.host.wire.closed, 1);
});
