import test from "ava";
import {
	changeCipher,
	FakeSession,
	finished,
	flight,
	join,
	openTls,
	record,
	seal,
} from "../support/fake-tls.js";
import { hex, toHex } from "../support/hex.js";
import { Random } from "../support/random.js";

const { hello, certificate, keyExchange, request, done } = flight;
const clear = record(22, join(hello, certificate, keyExchange, done));
const good = join(clear, changeCipher, finished);
const noRoom = 29;
const rsaKey = hex("30 14 02 01 00 30 0d 06 09 2a864886f70d010101 0500 04 00");
const ecKey = hex("30 0e 02 01 00 30 09 06 07 2a8648ce3d0201");

test("TLS: nothing is taken, and nothing reported, before the handshake is over", t => {
	const { inner, stream, handler } = openTls();
	t.throws(() => stream.write(hex("01"), 0, 1), { instanceOf: TypeError });
	inner.allow(2_000);
	t.is(toHex(Uint8Array.from(inner.written)), toHex(hex("16 03 03 0005 68656c6c6f")));
	t.throws(() => stream.write(hex("01"), 0, 1), { instanceOf: TypeError });
	inner.receive(join(clear, changeCipher));
	t.throws(() => stream.write(hex("01"), 0, 1), { instanceOf: TypeError });
	t.deepEqual(handler.notes, []);
	inner.receive(finished);
	t.deepEqual(handler.notes, [`writable ${inner.writable - noRoom}`]);
});

test("TLS: the session hears whole messages, however they are cut and put into records", t => {
	for (let cut = 1; cut < 20; cut++) {
		const parts: Uint8Array[] = [];
		const bytes = join(hello, certificate, keyExchange, request, done);
		const length = cut * 7;
		for (let at = 0; at < bytes.length; at += length) parts.push(record(22, bytes.subarray(at, at + length)));
		const { inner, session, handler } = openTls();
		inner.allow(2_000);
		inner.receive(join(...parts, changeCipher, finished), cut);
		t.deepEqual(session.heard, ["1602", "160b", "160c", "160d", "160e", "1401", "1600"], `cut ${cut}`);
		t.regex(handler.notes[0]!, /^writable/);
	}
});

test("TLS: each step of the session has a new seed", t => {
	const { inner, seeds } = openTls();
	inner.allow(2_000);
	t.is(seeds(), 1);
	inner.receive(clear);
	t.is(seeds(), 5);
});

test("TLS: any cut of a handshake is waited out, and its end is a loss", t => {
	for (let length = 0; length < good.length; length++) {
		const { inner, handler } = openTls();
		inner.allow(2_000);
		inner.receive(good.subarray(0, length));
		t.deepEqual(handler.notes, [], `${length} bytes`);
		inner.handler.onLost("the connection was closed");
		t.deepEqual(handler.notes, ["lost: the connection was closed, in the TLS handshake"]);
	}
});

test("TLS: whatever bytes come, nothing is taken without the whole handshake, and nothing is thrown", t => {
	for (let seed = 1; seed <= 300; seed++) {
		const random = new Random(seed);
		const bytes = good.slice();
		for (let i = 0; i < 3; i++) bytes[random.below(clear.length)] = random.below(256);
		const { inner, handler, session } = openTls();
		inner.allow(2_000);
		inner.receive(bytes, 1 + random.below(300));
		const isOpen = handler.notes.some(note => note.startsWith("writable"));
		if (isOpen) t.deepEqual(session.heard.length, 6, `SEED=${seed}`);
		if (isOpen) t.is(handler.notes.length, 1, `SEED=${seed}`);
	}
	t.pass();
});

test("TLS: what the session throws is a loss, at every step", t => {
	for (let length = 0; length <= good.length; length += 11) {
		const { inner, handler, session } = openTls();
		inner.allow(2_000);
		inner.receive(good.subarray(0, length));
		session.breaks = new Error("deep inside");
		inner.receive(good.subarray(length));
		inner.receive(seal(23, hex("01")));
		t.regex(handler.notes.at(-1)!, /^lost: .*deep inside/);
		t.is(inner.closed, 1);
	}
});

test("TLS: a session that says too early that it is done is not believed", t => {
	const { inner, handler, session } = openTls();
	inner.allow(2_000);
	inner.receive(join(clear, changeCipher));
	session.serverCipher = undefined;
	inner.receive(finished);
	t.regex(handler.notes[0]!, /^lost: the broker's TLS handshake ended early/);
});

test("TLS: a session that is never done, leaves bytes, or has heard an alert is not believed", t => {
	const faults: ((session: FakeSession) => void)[] = [
		session => (session.handshake = stream => ((stream.readable = 0), false)),
		session => (session.handshake = () => true),
		session => (session.alert = { description: 0 }),
	];
	for (const fault of faults) {
		const { inner, handler, session, stream } = openTls();
		inner.allow(2_000);
		inner.receive(join(clear, changeCipher));
		fault(session);
		inner.receive(finished);
		t.is(handler.notes.length, 1);
		t.regex(handler.notes[0]!, /^lost: .*TLS/);
		t.throws(() => stream.write(hex("01"), 0, 1), { instanceOf: TypeError });
	}
});

test("TLS: bytes come out as they were put in, however much is read at a time", t => {
	const { inner, stream, handler, ready } = openTls();
	ready();
	inner.receive(join(seal(23, hex("01 02 03")), seal(23, hex("")), seal(23, hex("04"))), 9);
	t.true(handler.notes.length > 0);
	t.deepEqual([...stream.read(2)!], [1, 2]);
	t.deepEqual([...stream.read(2)!], [3]);
	t.deepEqual([...stream.read(2)!], [4]);
	t.is(stream.read(2), undefined);
	t.is(stream.read(0), undefined);
});

test("TLS: what is left unread holds up what comes after it", t => {
	const { inner, stream, ready } = openTls();
	ready();
	inner.receive(seal(23, hex("01")));
	inner.receive(join(...new Array<Uint8Array>(99).fill(seal(23, hex("02")))));
	t.true(inner.incoming.length > 1_000, "it has read on");
	for (let count = 0; count < 100; count++) t.is(stream.read(9)!.length, 1);
	t.is(stream.read(9), undefined);
});

test("TLS: writing counts what records add, and never asks the inner stream for more than it takes", t => {
	const { inner, stream, handler, ready } = openTls({ recordBytesMax: 512 });
	ready();
	inner.allow(600);
	t.deepEqual(handler.notes, [`writable ${512 + (600 - 541 - noRoom)}`]);
	t.is(stream.write(new Uint8Array(542), 0, 542), 0);
	t.is(inner.writable, 0);
	inner.allow(noRoom);
	t.is(handler.notes.length, 1);
	inner.allow(noRoom + 5);
	t.is(stream.write(new Uint8Array(9), 2, 4), 0);
	t.deepEqual(inner.written.slice(-31, -24), [23, 3, 3, 0, 26, 0, 0]);
});

test("TLS: a handshake goes out in the pieces that the inner stream takes", t => {
	const { inner, handler } = openTls();
	inner.allow(4);
	t.is(inner.written.length, 4);
	inner.allow(3);
	inner.allow(100);
	t.is(toHex(Uint8Array.from(inner.written)), toHex(hex("16 03 03 0005 68656c6c6f")));
	inner.writable = 0;
	inner.allow(3);
	inner.receive(good);
	t.deepEqual(handler.notes, []);
	inner.allow(100);
	t.regex(handler.notes[0]!, /^writable/);
});

const ends: { title: string; bytes: Uint8Array; note: RegExp; alert: boolean }[] = [
	{
		title: "a close_notify",
		bytes: seal(21, hex("01 00")),
		note: /the broker closed the connection/,
		alert: false,
	},
	{
		title: "an alert",
		bytes: seal(21, hex("02 31")),
		note: /it denies us access \(TLS alert 49\)/,
		alert: false,
	},
	{
		title: "a damaged record",
		bytes: record(23, new Uint8Array(40)),
		note: /damaged.*auth failed/,
		alert: true,
	},
	{
		title: "a record too short to be one",
		bytes: record(23, new Uint8Array(23)),
		note: /malformed/,
		alert: true,
	},
	{
		title: "a record too long",
		bytes: hex("17 03 03 4019"),
		note: /16409 bytes, more than the 16384/,
		alert: true,
	},
	{ title: "a record in the clear", bytes: record(22, hello), note: /anew/, alert: true },
	{ title: "a new handshake", bytes: seal(22, hello), note: /anew/, alert: true },
	{ title: "a new cipher", bytes: seal(20, hex("01")), note: /anew/, alert: true },
];

for (const { title, bytes, note, alert } of ends) {
	test(`TLS: an open stream ends at ${title}, after what came before`, t => {
		const { inner, stream, handler, ready, turn } = openTls();
		ready();
		inner.receive(join(seal(23, hex("07")), bytes));
		t.deepEqual(handler.notes, ["readable"]);
		t.deepEqual([...stream.read(5)!], [7]);
		t.is(stream.read(5), undefined);
		t.deepEqual(handler.notes, ["readable"], "reported from within a call");
		turn();
		t.is(handler.notes.length, 2);
		t.regex(handler.notes[1]!, note);
		t.is(inner.written[0], alert ? 21 : undefined);
		inner.receive(seal(23, hex("08")));
		inner.allow(900);
		inner.handler.onLost("again");
		turn();
		t.is(handler.notes.length, 2);
	});
}

test("TLS: the end of the inner stream comes after what it brought", t => {
	const { inner, stream, handler, ready, turn } = openTls();
	ready();
	inner.receive(seal(23, hex("07")));
	inner.handler.onLost("the connection was closed");
	t.deepEqual([...stream.read(5)!], [7]);
	t.is(stream.read(5), undefined);
	turn();
	t.is(handler.notes.at(-1), "lost: the connection was closed");
});

test("TLS: a write that fails is a loss, reported in a turn of its own", t => {
	const { stream, handler, session, ready, turn } = openTls();
	ready();
	session.breaks = new Error("deep inside");
	t.is(stream.write(hex("01"), 0, 1), 0);
	t.deepEqual(handler.notes, []);
	turn();
	t.regex(handler.notes[0]!, /^lost: .*deep inside/);
});

test("TLS: closing says farewell, once, and nothing is reported any more", t => {
	const { inner, stream, handler, ready } = openTls();
	ready();
	stream.close();
	t.is(toHex(Uint8Array.from(inner.written)), toHex(seal(21, hex("01 00"))));
	stream.close();
	inner.handler.onWritable(9);
	inner.handler.onReadable(0);
	inner.handler.onLost("late");
	t.deepEqual(handler.notes, []);
	t.is(inner.written.length, 31);
});

test("TLS: closing amid the handshake sends nothing", t => {
	const { inner, stream, handler } = openTls();
	inner.allow(2_000);
	inner.written.length = 0;
	stream.close();
	inner.receive(good);
	t.deepEqual(inner.written, []);
	t.deepEqual(handler.notes, []);
});

test("TLS: the session is told name, protocols, length of records and client certificate", t => {
	const { session } = openTls({
		protocols: ["mqtt"],
		recordBytesMax: 1_024,
		certificates: [hex("01")],
		privateKey: rsaKey,
	});
	const { serverName, verify, cache, clientKey, ...rest } = session.options;
	t.is(serverName, "broker.test");
	t.false(verify);
	t.false(cache);
	t.deepEqual(new Uint8Array(clientKey!), rsaKey);
	t.is(rest.tls_max_fragment_length, 1_024);
	t.deepEqual(rest.applicationLayerProtocolNegotiation, ["mqtt"]);
	t.is(openTls({}, "10.1.2.3").session.options.serverName, undefined);
});

test("TLS: a certificate of ours that is longer than records may be goes in several", t => {
	const { inner, session } = openTls({ recordBytesMax: 512 });
	inner.allow(4_000);
	inner.written.length = 0;
	session.handshake = stream => {
		stream.write(record(22, new Uint8Array(600).fill(7)));
		return false;
	};
	inner.receive(record(22, hello));
	t.deepEqual(inner.written.slice(0, 6), [22, 3, 3, 2, 0, 7]);
	t.deepEqual(inner.written.slice(517, 523), [22, 3, 3, 0, 88, 7]);
});

const wrongs = [
	{ title: "no authority", options: { authorities: [] }, says: /certificate of an authority/ },
	{ title: "an authority that is none", options: { authorities: [hex("30 00")] }, says: /malformed/ },
	{ title: "a certificate without its key", options: { certificates: [hex("00")] }, says: /come together/ },
	{
		title: "a key that is not RSA",
		options: { certificates: [hex("00")], privateKey: ecKey },
		says: /is RSA/,
	},
	{ title: "records of 600 bytes", options: { recordBytesMax: 600 }, says: /512, 1024, 2048, 4096/ },
	{ title: "a name that is none", options: {}, host: "a b", says: /no name/ },
];

for (const { title, options, host, says } of wrongs) {
	test(`TLS: the caller is told of ${title}`, t => {
		t.throws(() => openTls(options, host), { instanceOf: RangeError, message: says });
	});
}
