// Packet ids, the three flows of QoS, their order, and what the broker allows.

import test from "ava";
import { Mark } from "../../modules/outbox/record.js";
import { Bench, accepted, accepted5, dense, resumed, resumed5, type BenchOptions } from "../support/bench.js";
import { nextSent } from "../support/next-sent.js";

const versions = [4, 5] as const;

/** A bench online in that version, and the packets as that version writes them. */
class Desk extends Bench {
	readonly version: 4 | 5;

	constructor(version: 4 | 5, options: BenchOptions = {}) {
		super({ version, ...options });
		this.version = version;
		this.connect();
	}
	/** A PUBLISH to t of one byte of payload, A unless told otherwise. */
	packet(head: string, id: string, payload = "41"): string {
		const bytes = 4 + (id === "" ? 0 : 2) + (this.version === 5 ? 1 : 0);
		return dense(`${head} 0${bytes} 0001 74 ${id} ${this.version === 5 ? "00" : ""} ${payload}`);
	}
	again(kept: boolean): string {
		const [none, same] = this.version === 5 ? [accepted5, resumed5] : [accepted, resumed];
		return this.reconnect(kept ? same : none);
	}
	/** Feeds that PUBLISH, and lets its handler be done; what goes out for it. */
	hear(head: string, id: string): string {
		this.feed(this.packet(head, id));
		return this.handled(this.session.incoming.token, parseInt(id, 16), (parseInt(head, 16) >> 1) & 3);
	}
	pubrelOf(id: string): string {
		return dense(`62 02 ${id}`);
	}
}

test(
	"QoS 0: no packet id, no DUP, no answer [MQTT-2.2.1-2] [MQTT-3.3.1-2] [MQTT-4.3.1-1] " +
		"[MQTT-2.3.1-5, 3.1.1] [MQTT-3.3.1-2, 3.1.1] [MQTT-4.3.1-1, 3.1.1]",
	t => {
		for (const version of versions) {
			const desk = new Desk(version);
			desk.publish("A", 0);
			while (desk.session.transmit(desk.frame, 0));
			t.is(desk.again(true), desk.packet("30", ""), "also when it is sent again");
			t.is(desk.feed(desk.packet("30", "")), "t=41 qos 0");
			t.is(desk.sent(), "");
		}
	},
);

test(
	"packet ids: a new message or request takes one that is not 0 and not in use " +
		"[MQTT-2.2.1-3] [MQTT-4.3.2-1] [MQTT-4.3.3-1] [MQTT-2.3.1-1, 3.1.1] [MQTT-2.3.1-2, 3.1.1]",
	t => {
		for (const version of versions) {
			const desk = new Desk(version, { outboxMessages: 3, window: 3, requestsMax: 2 });
			desk.publish("S", 1);
			const stays = desk.sent().slice(dense("32 06 0001 74").length, dense("32 06 0001 74 0000").length);
			const seen = new Set<string>();
			for (let round = 0; round < 33_000; round++) {
				const qos = 1 + (round & 1);
				desk.publish("A", qos);
				const id = desk.sent().slice(10, 14);
				if (id === "0000" || id === stays) t.fail(`${id} in round ${round}`);
				seen.add(id);
				desk.feed(qos === 1 ? `40 02 ${id}` : `50 02 ${id}  70 02 ${id}`);
				desk.sent();
				if (round % 64 > 0) continue;
				desk.session.request({ filter: "a", options: { qos: 1 }, onAnswer: () => {} });
				const request = desk.sent().slice(4, 8);
				if (request === "0000" || request === stays) t.fail(`${request} of a request`);
				desk.feed(version === 5 ? `90 04 ${request} 00 01` : `90 03 ${request} 01`);
			}
			t.true(seen.size > 8_000);
		}
	},
);

test(
	"packet ids: a resend has that of its message, which is free again only after its last acknowledgement " +
		"[MQTT-2.3.1-3, 3.1.1]",
	t => {
		const desk = new Desk(4, { outboxMessages: 1, window: 1 });
		desk.publish("A", 1);
		t.is(desk.sent(), desk.packet("32", "0001"));
		t.is(desk.again(true), desk.packet("3a", "0001"));
		t.is(desk.publish("B", 1), 0, "there is no other record, so no other id");
		desk.feed("40 02 0001");
		desk.publish("B", 1);
		t.not(desk.sent().slice(10, 14), "0001", "nor is it the next one");
	},
);

test("acknowledgements have the id of the PUBLISH [MQTT-2.2.1-5] [MQTT-2.3.1-6, 3.1.1]", t => {
	for (const version of versions)
		for (const id of ["0001", "00ff", "ffff"]) {
			const desk = new Desk(version);
			t.is(desk.hear("32", id), dense(`40 02 ${id}`));
			t.is(desk.hear("34", id), dense(`50 02 ${id}`));
			desk.feed(`62 02 ${id}`);
			t.is(desk.sent(), dense(`70 02 ${id}`));
		}
});

test(
	"QoS 1: sent once with its id and without DUP, it is unacknowledged until PUBACK " +
		"[MQTT-4.3.2-2] [MQTT-4.3.2-3] [MQTT-4.3.2-1, 3.1.1]",
	t => {
		for (const version of versions) {
			const desk = new Desk(version);
			desk.publish("A", 1);
			t.is(desk.sent(), desk.packet("32", "0001"));
			desk.feed("50 02 0001  70 02 0001  40 02 0002");
			t.is(desk.take(), "");
			t.is(desk.session.sender.owed, 1);
			desk.feed("40 02 0001");
			t.is(desk.take(), "A delivered id 1 0 ms");
			t.is(desk.session.sender.owed, 0);
		}
	},
);

test(
	"QoS 2: PUBLISH until PUBREC, then PUBREL until PUBCOMP, and no PUBLISH again once that went out " +
		"[MQTT-4.3.3-2] [MQTT-4.3.3-3] [MQTT-4.3.3-4] [MQTT-4.3.3-5] [MQTT-4.3.3-6] [MQTT-4.3.3-1, 3.1.1]",
	t => {
		for (const version of versions) {
			const desk = new Desk(version);
			desk.publish("A", 2);
			t.is(desk.sent(), desk.packet("34", "0001"));
			t.is(desk.again(true), desk.packet("3c", "0001"));
			desk.feed("50 02 0001");
			t.is(desk.sent(), desk.pubrelOf("0001"));
			for (let times = 0; times < 3; times++) t.is(desk.again(true), desk.pubrelOf("0001"));
			t.is(desk.session.sender.owed, 1);
			desk.feed("70 02 0001");
			t.is(desk.take(), "A delivered id 1 0 ms");
			t.is(desk.again(true), "");
		}
	},
);

test("QoS 2: a message that was sent does not expire [MQTT-4.3.3-7]", t => {
	const desk = new Desk(5);
	desk.publish("A", 2, { ttlMs: 1000 });
	desk.sent();
	desk.now += 5000;
	desk.outbox.expire(desk.now);
	t.is(desk.take(), "");
	desk.feed("50 02 0001");
	t.is(desk.sent(), desk.pubrelOf("0001"));
});

test(
	"the answer is that of the QoS, after the handler, whether anybody wants the message or not " +
		"[MQTT-3.3.4-1] [MQTT-4.5.0-2] [MQTT-3.3.4-1, 3.1.1] [MQTT-4.5.0-2, 3.1.1]",
	t => {
		for (const version of versions) {
			const desk = new Desk(version);
			desk.feed(desk.packet("30", ""));
			t.is(desk.sent(), "");
			t.is(desk.hear("32", "0007"), dense("40 02 0007"));
			t.is(desk.hear("34", "0007"), dense("50 02 0007"));
			const small = new Desk(version, { readerBytes: 16 });
			if (version === 5) continue;
			small.feed(`32 14 0001 74 0009 ${"41".repeat(15)}`);
			t.is(small.sent(), dense("40 02 0009"), "one that is passed over");
		}
	},
);

test(
	"QoS 1: PUBACK when it is ours, and then the id is a new message, whatever DUP says " +
		"[MQTT-4.3.2-4] [MQTT-4.3.2-5] [MQTT-4.3.2-2, 3.1.1]",
	t => {
		for (const version of versions) {
			const desk = new Desk(version);
			desk.feed(desk.packet("32", "0007"));
			t.is(desk.sent(), "", "not yet ours");
			t.is(desk.handled(desk.session.incoming.token, 7, 1), dense("40 02 0007"));
			for (const head of ["32", "3a"]) {
				t.is(desk.feed(desk.packet(head, "0007")), "t=41 qos 1");
				desk.handled(desk.session.incoming.token, 7, 1);
			}
		}
	},
);

test(
	"QoS 2: PUBREC; until PUBREL a repeat gets PUBREC and no handler; PUBREL gets PUBCOMP; then the id is new " +
		"[MQTT-4.3.3-8] [MQTT-4.3.3-10] [MQTT-4.3.3-11] [MQTT-4.3.3-12] [MQTT-4.3.3-2, 3.1.1]",
	t => {
		for (const version of versions) {
			const desk = new Desk(version);
			for (let round = 0; round < 3; round++) {
				t.is(desk.feed(desk.packet("34", "0007")), "t=41 qos 2");
				t.is(desk.handled(desk.session.incoming.token, 7, 2), dense("50 02 0007"));
				for (const head of ["3c", "34"]) {
					t.is(desk.feed(desk.packet(head, "0007")), "");
					t.is(desk.sent(), dense("50 02 0007"));
				}
				desk.feed("62 02 0007");
				t.is(desk.sent(), dense("70 02 0007"));
			}
		}
	},
);

test("QoS 2: we refuse no message, so no PUBREC of 0x80 or more goes out [MQTT-4.3.3-9]", t => {
	const desk = new Desk(5);
	for (let id = 1; id <= 40; id++) {
		const digits = id.toString(16).padStart(4, "0");
		t.is(desk.hear("34", digits), dense(`50 02 ${digits}`));
		desk.feed(`62 02 ${digits}`);
		desk.sent();
	}
});

test("QoS 2: the handshake of what comes goes on when its expiry is over [MQTT-4.3.3-13]", t => {
	const desk = new Desk(5);
	t.is(desk.feed("34 0c 0001 74 0007 05 02 00000001 41"), "t=41 qos 2");
	desk.now += 60_000;
	t.is(desk.handled(desk.session.incoming.token, 7, 2), dense("50 02 0007"));
	desk.feed("62 02 0007");
	t.is(desk.sent(), dense("70 02 0007"));
});

test(
	"resends: with DUP and the same ids, only on a new connection to the session that was kept " +
		"[MQTT-3.3.1-1] [MQTT-4.4.0-1] [MQTT-3.3.1-1, 3.1.1] [MQTT-4.4.0-1, 3.1.1]",
	t => {
		for (const version of versions) {
			const desk = new Desk(version);
			desk.publish("A", 1);
			desk.publish("B", 2);
			desk.publish("C", 2);
			desk.sent();
			desk.feed("50 02 0003");
			desk.sent();
			desk.now += 3_600_000;
			t.is(desk.sent(), "", "not on the same connection, however long it takes");
			t.is(
				desk.again(true),
				dense("62 02 0003") + desk.packet("3a", "0001") + desk.packet("3c", "0002", "42"),
			);
			t.is(desk.again(false).slice(0, 2), "32", "a new session gets new messages");
		}
	},
);

test("resends: none of what a PUBACK or PUBREC of 0x80 or more has ended [MQTT-4.4.0-2]", t => {
	const desk = new Desk(5);
	desk.publish("A", 1);
	desk.publish("B", 2);
	desk.sent();
	desk.feed("40 03 0001 97  50 03 0002 87");
	t.is(desk.take(), "A refused 0x97 id 1 0 ms, B refused 0x87 id 2 0 ms");
	t.is(desk.again(true), "");
});

test("order: resends go out as they were sent [MQTT-4.6.0-1] [MQTT-4.6.0-1, 3.1.1]", t => {
	for (const version of versions) {
		const desk = new Desk(version);
		for (const payload of ["A", "B", "C"]) desk.publish(payload, 1);
		desk.sent();
		desk.feed("40 02 0002");
		desk.publish("D", 1);
		const all = desk.packet("3a", "0001") + desk.packet("3a", "0003", "43") + desk.packet("32", "0004", "44");
		t.is(desk.again(true).replace(/00(04|22)/, "0004"), all);
	}
});

const orders: [string, string, string][] = [
	["PUBACKs [MQTT-4.6.0-2] [MQTT-4.6.0-2, 3.1.1]", "32", "40"],
	["PUBRECs [MQTT-4.6.0-3] [MQTT-4.6.0-3, 3.1.1]", "34", "50"],
];
for (const [title, head, ack] of orders)
	test(`order: as the messages came, whichever handler is done first: ${title}`, t => {
		for (const version of versions) {
			const desk = new Desk(version);
			const tokens: number[] = [];
			for (const id of ["0009", "0007", "0008"]) {
				desk.feed(desk.packet(head, id));
				tokens.push(desk.session.incoming.token);
			}
			const qos = head === "32" ? 1 : 2;
			const out = desk.handled(tokens[2]!, 8, qos) + desk.handled(tokens[0]!, 9, qos);
			t.is(out, dense(`${ack} 02 0009`));
			t.is(desk.handled(tokens[1]!, 7, qos), dense(`${ack} 02 0007  ${ack} 02 0008`));
		}
	});

test("order: PUBRELs go out as the PUBRECs came [MQTT-4.6.0-4] [MQTT-4.6.0-4, 3.1.1]", t => {
	for (const version of versions) {
		const desk = new Desk(version);
		for (const payload of ["A", "B", "C"]) desk.publish(payload, 2);
		desk.sent();
		desk.feed("50 02 0003  50 02 0001  50 02 0002");
		t.is(desk.sent(), dense("62 02 0003  62 02 0001  62 02 0002"));
	}
});

const limits: [string, string, number, number, string][] = [
	["no QoS above the broker's [MQTT-3.2.2-11]", "20 05 00 00 02 24 01", 2, 0, "unsendable 0x9b"],
	[
		"no RETAIN where there is none [MQTT-3.2.2-14]",
		"20 05 00 00 02 25 00",
		1,
		Mark.retain,
		"unsendable 0x9a",
	],
	[
		"no packet over the broker's maximum [MQTT-3.2.2-15]",
		"20 08 00 00 05 27 00000007",
		1,
		0,
		"unsendable 0x95",
	],
];
for (const [title, connack, qos, marks, end] of limits)
	test(`limits: ${title}`, t => {
		const desk = new Desk(5);
		desk.reconnect(connack);
		desk.publish("A", qos, { marks });
		t.is(desk.sent(), "");
		t.is(desk.take(), `A ${end}`);
		desk.publish("", 0);
		t.is(desk.sent(), dense("30 04 0001 74 00"));
	});

test(
	"Receive Maximum: never more in flight, QoS 2 until PUBCOMP, and then the next " +
		"[MQTT-3.3.4-7] [MQTT-4.9.0-1] [MQTT-4.9.0-2]",
	t => {
		for (const max of [1, 2, 3]) {
			const desk = new Desk(5);
			desk.reconnect(`20 06 00 00 03 21 000${max}`);
			for (let n = 0; n < 6; n++) desk.publish("A", 2);
			t.is(desk.sent().length / desk.packet("34", "0001").length, max);
			desk.feed("50 02 0001");
			t.is(desk.sent(), desk.pubrelOf("0001"), "not yet");
			desk.feed("70 02 0001");
			t.is(desk.sent().slice(0, 2), "34");
			t.is(desk.session.sender.owed, max);
		}
	},
);

test("Receive Maximum: it holds back PUBLISH alone [MQTT-3.3.4-8] [MQTT-4.9.0-3]", t => {
	const desk = new Desk(5);
	desk.reconnect("20 06 00 00 03 21 0001");
	desk.publish("A", 1);
	desk.publish("B", 1);
	desk.sent();
	desk.session.request({ filter: "a", options: { qos: 1 }, onAnswer: () => {} });
	t.is(desk.sent().slice(0, 2), "82");
	t.is(desk.hear("32", "0007"), dense("40 02 0007"));
	desk.feed("62 02 0009");
	t.is(desk.sent(), dense("70 03 0009 92"));
	t.is(nextSent(desk), dense("c0 00"));
});
