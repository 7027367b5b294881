import test from "ava";
import { rsaAuthority, rsaServer, selfSigned } from "../support/certificate-samples.js";
import {
	certificates,
	changeCipher,
	finished,
	flight,
	join,
	message,
	openTls,
	point,
	record,
	seal,
} from "../support/fake-tls.js";
import { hex, toHex } from "../support/hex.js";

const { hello, certificate, keyExchange, request, done } = flight;
const clear = record(22, join(hello, certificate, keyExchange, done));

const handshakes: {
	title: string;
	bytes: Uint8Array;
	says: RegExp;
	after?: string;
	date?: number;
	host?: string;
	authorities?: Uint8Array[];
}[] = [
	{
		title: "a close_notify in the clear",
		bytes: hex("15 03 03 0002 01 00"),
		says: /closed the connection/,
		after: "",
	},
	{
		title: "an alert in the clear",
		bytes: hex("15 03 03 0002 02 28"),
		says: /no cipher in common/,
		after: "",
	},
	{
		title: "a close_notify after the broker's messages",
		bytes: join(clear, hex("15 03 03 0002 01 00")),
		says: /closed the connection/,
		after: "6b6579",
	},
	{ title: "what is no TLS", bytes: hex("20 02 00 00 00 00"), says: /does not speak TLS/ },
	{ title: "text", bytes: hex("48 54 54 50 2f 31 2e 31"), says: /does not speak TLS/ },
	{ title: "data of the application", bytes: hex("17 03 03 0001 00"), says: /out of order/ },
	{ title: "a record of another version", bytes: hex("16 03 01 0001 02"), says: /does not speak TLS 1.2/ },
	{ title: "a record of another protocol", bytes: hex("16 02 03 0001 02"), says: /does not speak TLS$/ },
	{ title: "an empty record", bytes: hex("16 03 03 0000"), says: /malformed/ },
	{
		title: "a record that is too long",
		bytes: hex("16 03 03 ffff"),
		says: /65535 bytes, more than the 16384/,
	},
	{
		title: "a message that is too long",
		bytes: hex("16 03 03 0005 0b 00ffff 00"),
		says: /message of 65539 bytes/,
	},
	{ title: "TLS 1.1", bytes: changedHello(`0302 ${"22".repeat(32)} 00 c02b 00`), says: /not speak TLS 1.2/ },
	{
		title: "a cipher not offered",
		bytes: changedHello(`0303 ${"22".repeat(32)} 00 002f 00`),
		says: /cipher that it was not/,
	},
	{
		title: "compression",
		bytes: changedHello(`0303 ${"22".repeat(32)} 00 c02b 01`),
		says: /cipher that it was not/,
	},
	{
		title: "an extension not offered",
		bytes: changedHello(`0303 ${"22".repeat(32)} 00 c02b 00 0004 0023 0000`),
		says: /extension that it was not offered \(35\)/,
	},
	{ title: "a hello that is cut", bytes: changedHello("0303 2222"), says: /malformed/ },
	{ title: "no certificate", bytes: flightOf(hello, keyExchange), says: /out of order/ },
	{ title: "an empty list of them", bytes: flightOf(hello, certificates()), says: /has no certificate/ },
	{ title: "a self-signed one", bytes: flightOf(hello, certificates(selfSigned)), says: /self-signed/ },
	{
		title: "one for another cipher",
		bytes: flightOf(hello, certificates(rsaServer)),
		says: /does not fit the cipher/,
		authorities: [rsaAuthority],
	},
	{ title: "an expired one", bytes: clear, says: /expired on/, date: Date.UTC(2030, 0) },
	{ title: "another name", bytes: clear, says: /not for other.test/, host: "other.test" },
	{
		title: "a key exchange without a signature",
		bytes: exchange("04 00 0000"),
		says: /not signed as it must be/,
	},
	{
		title: "one without a hash",
		bytes: exchange("00 03 0008 30060201010201 02"),
		says: /not signed as it must be/,
	},
	{
		title: "one with SHA-1",
		bytes: exchange("02 03 0008 30060201010201 02"),
		says: /not signed as it must be/,
	},
	{
		title: "one signed with zeros",
		bytes: exchange("04 03 0008 30060201000201 00"),
		says: /not signed as it must be/,
	},
	{
		title: "one signed by another kind of key",
		bytes: exchange("04 01 0008 30060201010201 02"),
		says: /not signed/,
	},
	{
		title: "one with bytes behind it",
		bytes: exchange("04 03 0008 30060201010201 02 00"),
		says: /malformed/,
	},
	{
		title: "another curve",
		bytes: flightOf(hello, certificate, message(12, hex("03 001d 20"))),
		says: /curve that it was not offered/,
	},
	{ title: "a point off its curve", bytes: keyOf(`04${"11".repeat(64)}`), says: /no point of its curve/ },
	{ title: "a point that is not whole", bytes: keyOf("04"), says: /no point of its curve/ },
	{
		title: "a compressed point",
		bytes: keyOf("036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
		says: /no point of its curve/,
	},
	{ title: "the certificate twice", bytes: flightOf(hello, certificate, certificate), says: /out of order/ },
	{
		title: "two requests",
		bytes: flightOf(hello, certificate, keyExchange, request, request),
		says: /out of order/,
	},
	{ title: "the cipher changed at once", bytes: changeCipher, says: /out of order/ },
	{
		title: "the cipher changed too early",
		bytes: join(flightOf(hello, certificate), changeCipher),
		says: /out of order/,
	},
	{ title: "the cipher changed to 2", bytes: join(clear, record(20, hex("02"))), says: /out of order/ },
	{
		title: "the cipher changed amid a message",
		bytes: join(record(22, hello.subarray(0, 9)), changeCipher),
		says: /malformed/,
	},
	{ title: "no change of cipher", bytes: join(clear, finished), says: /out of order/ },
	{ title: "no last message", bytes: join(clear, changeCipher, seal(23, hex("20"))), says: /out of order/ },
	{
		title: "a last message too short to be encrypted",
		bytes: join(clear, changeCipher, record(22, hex("14"))),
		says: /malformed/,
	},
];

for (const { title, bytes, says, after, date, host, authorities } of handshakes) {
	test(`TLS: a handshake ends at ${title}`, t => {
		for (const cut of [bytes.length, 1]) {
			const { inner, handler, stream } = openTls(
				{ ...(authorities !== undefined && { authorities }) },
				host,
				date,
			);
			inner.allow(2_000);
			inner.written.length = 0;
			inner.receive(bytes, cut);
			t.is(handler.notes.length, 1);
			t.regex(handler.notes[0]!, says);
			t.is(inner.closed, 1);
			const sent = toHex(Uint8Array.from(inner.written));
			// At the most its own share of the handshake, and an alert.
			if (after === undefined) t.regex(sent, /^(160303000 ?36b6579)?(15030300(02|1a)|$)/);
			else t.is(sent, after === "" ? "" : toHex(record(22, hex(after))));
			t.throws(() => stream.write(hex("01"), 0, 1), { instanceOf: TypeError });
		}
	});
}

test("TLS: the protocol that the broker chose is known, and must be one that was offered", t => {
	const answer = (text: string) => changedHello(`0303 ${"22".repeat(32)} 00 c02b 00 ${text}`);
	const { inner, stream } = openTls({ protocols: ["mqtt"] });
	inner.allow(2_000);
	inner.receive(answer("000b 0010 0007 0005 04 6d717474"));
	t.is(stream.protocol, "mqtt");
	const other = openTls({ protocols: ["mqtt"] });
	other.inner.allow(2_000);
	other.inner.receive(answer("0009 0010 0005 0003 02 6832"));
	t.regex(other.handler.notes[0]!, /chose a protocol that it was not offered/);
});

test("TLS: records are as long as was asked for, or the handshake ends", t => {
	const answer = (code: string) => changedHello(`0303 ${"22".repeat(32)} 00 c02b 00 0005 0001 0001 ${code}`);
	for (const [code, says] of [
		["02", undefined],
		["01", /chose records of another length/],
	] as const) {
		const { inner, handler } = openTls({ recordBytesMax: 1_024 });
		inner.allow(2_000);
		inner.receive(answer(code));
		if (says === undefined) t.deepEqual(handler.notes, []);
		else t.regex(handler.notes[0]!, says);
	}
});

function flightOf(...messages: Uint8Array[]): Uint8Array {
	return record(22, join(...messages));
}

function changedHello(body: string): Uint8Array {
	return flightOf(message(2, hex(body)));
}

/** A key exchange with another signature. */
function exchange(signature: string): Uint8Array {
	return flightOf(hello, certificate, message(12, hex(`03 0017 41 ${point} ${signature}`)));
}

/** A key exchange with another point. */
function keyOf(hexPoint: string): Uint8Array {
	const bytes = hex(hexPoint);
	return flightOf(
		hello,
		certificate,
		message(
			12,
			join(hex("03 0017"), Uint8Array.of(bytes.length), bytes, hex("04 03 0008 30060201010201 02")),
		),
	);
}
