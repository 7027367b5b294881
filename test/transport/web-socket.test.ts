import test from "ava";
import { portableText } from "../../modules/wire/text.js";
import { hex, toHex } from "../support/hex.js";
import { utf8 } from "../support/text.js";
import { WebBench, frame, http, key, upgraded } from "../support/web-bench.js";

function opened(payloadMax?: number): WebBench {
	const bench = new WebBench(payloadMax);
	bench.open();
	return bench;
}

function requestOf(bench: WebBench): string {
	const bytes = hex(bench.wire.sent());
	return portableText.read(bytes, 0, bytes.length)!;
}

const bytesOf = (count: number) => toHex(new Uint8Array(count).map((_, i) => i % 251));

test("WebSocket open: a request for mqtt is granted [MQTT-6.0.0-3] [MQTT-6.0.0-3, 3.1.1]", t => {
	const bench = new WebBench();
	t.is(bench.wire.sent(), "");
	bench.wire.up();
	const request = requestOf(bench);
	t.true(request.startsWith("GET /mqtt HTTP/1.1\r\nHost: one\r\n"));
	t.true(request.includes(`\r\nSec-WebSocket-Key: ${key}\r\n`));
	t.true(request.endsWith("\r\n\r\n"));
	t.is(bench.noted(), "");
	bench.feed(http(upgraded));
	t.is(bench.noted(), "writable 300");
});

test("WebSocket open: a request that does not fit below goes out in pieces", t => {
	const bench = new WebBench();
	let sent = "";
	for (let i = 0; i < 5; i++) {
		bench.wire.up(50);
		sent += bench.wire.sent();
	}
	t.true(sent.endsWith("0d0a0d0a"));
	bench.wire.up();
	bench.feed(http(upgraded));
	t.is(bench.noted(), "writable 300");
});

test("WebSocket open: an answer before the request is whole ends it", t => {
	const bench = new WebBench();
	bench.wire.up(50);
	bench.feed(http(upgraded));
	t.is(bench.noted(), "lost: an answer to the upgrade before it was asked for");
});

test("WebSocket open: what comes behind the answer at once is not lost", t => {
	const bench = new WebBench();
	bench.wire.up();
	bench.feed(http(upgraded) + frame(0x82, "01 02 03"));
	t.is(bench.noted(), "writable 300, readable");
	t.is(bench.received, "010203");
});

test("WebSocket open: nothing can be read or written before", t => {
	const bench = new WebBench();
	bench.wire.up();
	t.is(bench.read(), undefined);
	t.throws(() => bench.write("01"), { instanceOf: RangeError });
});

test("WebSocket open: one that is refused is lost, once, and the stream below is closed", t => {
	const bench = new WebBench(300, "/x");
	bench.wire.up();
	bench.feed(http(["HTTP/1.1 404 Not Found", "Content-Length: 0"]));
	t.is(bench.noted(), "lost: the server answers 404 Not Found to the upgrade at path /x");
	t.is(bench.blame, "protocol");
	t.is(bench.wire.closed, 1);
	bench.feed("00");
	bench.wire.up();
	bench.wire.handler.onLost("gone");
	t.is(bench.noted(), "");
});

test("WebSocket open: the key is drawn anew for each connection", t => {
	const requests = [0x0102_0304, 0xf1f2_f3f4].map(word => {
		const bench = new WebBench(300, "/mqtt", word);
		bench.wire.up();
		return /Key: [^\r]+/.exec(requestOf(bench))![0];
	});
	t.deepEqual(requests, ["Key: AQEBAQEBAQEBAQEBAQEBAQ==", "Key: 8fHx8fHx8fHx8fHx8fHx8Q=="]);
});

test("WebSocket: the loss of the stream below is passed on, with its blame", t => {
	const bench = opened();
	bench.wire.handler.onLost("the certificate is bad", "tls");
	t.is(bench.noted(), "lost: the certificate is bad");
	t.is(bench.blame, "tls");
});

test("WebSocket: closed while it opens, it says nothing, and reports nothing", t => {
	const bench = new WebBench();
	bench.wire.up();
	bench.wire.sent();
	bench.socket.close();
	bench.socket.close();
	t.is(bench.wire.closed, 1);
	t.is(bench.wire.sent(), "");
	bench.feed(http(upgraded));
	t.is(bench.noted(), "");
});

const writes: [number, string][] = [
	[1, "82 81"],
	[125, "82 fd"],
	[126, "82 fe 007e"],
	[300, "82 fe 012c"],
];
for (const [count, head] of writes)
	test(`WebSocket write: ${count} bytes are one frame, masked`, t => {
		const bench = opened();
		bench.host.word = 0xa5a5_a5a5;
		bench.write(bytesOf(count));
		const masked = toHex(hex(bytesOf(count)).map(byte => byte ^ 0xa5));
		t.is(bench.wire.sent(), toHex(hex(`${head} a5a5a5a5`)) + masked);
		t.is(bench.wire.writes, 2, "one write for the request, and one for the frame");
	});

test("WebSocket write: each frame has another mask, of all four bytes", t => {
	const bench = opened();
	const masks: string[] = [];
	for (const word of [0x0102_0304, 0xf1f2_f3f4]) {
		bench.host.word = word;
		bench.write("00 00 00 00 00");
		const sent = bench.wire.sent();
		masks.push(sent.slice(4, 12));
		t.is(sent.slice(12), sent.slice(4, 12) + sent.slice(4, 6));
	}
	t.deepEqual(
		masks.map(mask => [...hex(mask)].sort((a, b) => a - b)),
		[
			[1, 2, 3, 4],
			[0xf1, 0xf2, 0xf3, 0xf4],
		],
	);
});

const rooms: [number, number][] = [
	[1, 1],
	[6, 1],
	[7, 1],
	[8, 2],
	[131, 125],
	[132, 125],
	[133, 125],
	[134, 126],
	[307, 299],
	[308, 300],
	[100_000, 300],
];
for (const [room, allowed] of rooms)
	test(`WebSocket write: where ${room} bytes fit, ${allowed} of payload are allowed`, t => {
		const bench = opened();
		bench.wire.up(room);
		t.is(bench.noted(), `writable ${allowed}`);
		bench.write(bytesOf(allowed));
		for (let i = 0; i < 9; i++) bench.wire.up(room);
		t.is(bench.sentFrames(), `82 ${bytesOf(allowed)}`);
	});

test("WebSocket write: more than was allowed is the caller's mistake", t => {
	const bench = opened();
	t.throws(() => bench.write(bytesOf(301)), { instanceOf: RangeError });
	bench.wire.up(9);
	bench.write("01 02 03");
	bench.wire.up(0);
	bench.feed(frame(0x89, bytesOf(9)));
	t.is(bench.sentFrames(), "82 010203");
});

test("WebSocket write: a frame whose room was taken by a pong waits, and nothing is allowed meanwhile", t => {
	const bench = opened();
	bench.wire.up(20);
	t.is(bench.writable, 14);
	bench.feed(frame(0x89, "aa bb"));
	bench.write(bytesOf(14));
	t.is(bench.writable, 0);
	t.throws(() => bench.write("01"), { instanceOf: RangeError });
	bench.notes.length = 0;
	bench.wire.up(8);
	t.is(bench.noted(), "");
	bench.wire.up(100);
	t.is(bench.noted(), "writable 94", "what is left of the room behind the rest of the frame");
	t.is(bench.sentFrames(), `8a aabb, 82 ${bytesOf(14)}`);
});

test("WebSocket read: payload comes as it is, at most as much as asked", t => {
	const bench = opened();
	bench.reads = false;
	bench.feed(frame(0x82, "01 02 03 04 05"));
	t.is(bench.read(0), undefined);
	t.deepEqual([...bench.read(2)!], [1, 2]);
	t.deepEqual([...bench.read(9)!], [3, 4, 5]);
	t.is(bench.read(9), undefined);
	t.is(bench.noted(), "readable");
});

test("WebSocket read: a frame larger than all memory streams through", t => {
	const bench = opened();
	bench.feed("82 7f 0000010000000000");
	for (let i = 0; i < 100; i++) bench.feed(bytesOf(500));
	t.is(bench.received, bytesOf(500).repeat(100));
	t.is(bench.notes.filter(note => note !== "readable").length, 0);
});

test("WebSocket read: messages in pieces, others between [MQTT-6.0.0-2] [MQTT-6.0.0-2, 3.1.1]", t => {
	const bench = opened();
	bench.feed(
		frame(0x02, "01 02") +
			frame(0x00, "") +
			frame(0x89, "aa") +
			frame(0x00, "03") +
			frame(0x8a, "bb") +
			frame(0x80, "04") +
			frame(0x82, "") +
			frame(0x82, "05"),
	);
	t.is(bench.received, "0102030405");
	t.is(bench.sentFrames(), "8a aa");
});

test("WebSocket read: frames without payload are nothing to be read", t => {
	const bench = opened();
	bench.feed(frame(0x82, "") + frame(0x8a, "01 02 03"));
	t.is(bench.noted(), "");
	t.is(bench.read(), undefined);
});

test("WebSocket read: frames behind what is left unread wait with it", t => {
	const bench = opened();
	bench.reads = false;
	bench.feed(frame(0x82, "01 02") + frame(0x89, "") + frame(0x82, "03"));
	t.is(bench.sentFrames(), "");
	bench.drain();
	t.is(bench.received, "010203");
	t.is(bench.sentFrames(), "8a");
});

for (const count of [0, 1, 125])
	test(`WebSocket ping: ${count} bytes come back as a pong`, t => {
		const bench = opened();
		bench.feed(frame(0x89, bytesOf(count)));
		t.is(bench.sentFrames(), `8a ${bytesOf(count)}`.trim());
		t.is(bench.noted(), "");
	});

test("WebSocket ping: of those for which there is no room, the last is answered", t => {
	const bench = opened();
	bench.wire.up(3);
	bench.feed(
		frame(0x89, "01") + frame(0x89, "02") + frame(0x8a, "ff") + frame(0x89, "03") + frame(0x8a, "ff"),
	);
	bench.wire.up(100);
	t.is(bench.sentFrames(), "8a 01, 8a 03", "the first had begun");
});

test("WebSocket ping: none is answered with half of another", t => {
	const bench = opened();
	bench.wire.up(3);
	bench.feed(frame(0x89, "01") + frame(0x89, "02 02") + frame(0x89, "03 03").slice(0, 6));
	bench.wire.up(100);
	t.is(bench.sentFrames(), "8a 01");
	bench.feed("03");
	t.is(bench.sentFrames(), "8a 0303");
});

const text = (reason: string) => toHex(utf8(reason));
const closes: [string, string, string, string, string?][] = [
	["without a code", "", "03e8", "the server closed the WebSocket"],
	["1000", "03e8", "03e8", "the server closed the WebSocket: code 1000"],
	["with a reason", `03e9${text("bye")}`, "03e9", 'the server closed the WebSocket: code 1001, "bye"'],
	[
		"a reason not for the screen",
		"03e9 61 0a 1b 62",
		"03e9",
		'the server closed the WebSocket: code 1001, "a??b"',
	],
	["try again later", "03f5", "03f5", "the server closed the WebSocket: code 1013", "busy"],
	["3000", "0bb8", "0bb8", "the server closed the WebSocket: code 3000"],
	["4999", "1387", "1387", "the server closed the WebSocket: code 4999"],
	["half a code", "03", "03ea", "a WebSocket close without a code that may be", "protocol"],
	...["03e7", "03ec", "03ed", "03ee", "03f7", "0bb7", "1388", "0000", "ffff"].map(
		(code): [string, string, string, string, string] => [
			`code ${parseInt(code, 16)}`,
			code,
			"03ea",
			"a WebSocket close without a code that may be",
			"protocol",
		],
	),
	["a reason that is no text", "03e8 ff", "03ef", "a WebSocket close whose reason is no text", "protocol"],
];
for (const [title, payload, answer, detail, blame] of closes)
	test(`WebSocket close by the server: ${title}`, t => {
		const bench = opened();
		bench.feed(frame(0x82, "01") + frame(0x88, payload) + frame(0x82, "02"));
		t.is(bench.sentFrames(), `88 ${answer}`);
		t.is(bench.noted(), `readable, lost: ${detail}`);
		t.is(bench.blame, blame as typeof bench.blame);
		t.is(bench.received, "01", "nothing counts behind a close");
		t.is(bench.wire.closed, 1);
	});

test("WebSocket close by us: code 1000, then the stream below; nothing is reported any more", t => {
	const bench = opened();
	bench.write("01 02");
	bench.socket.close();
	bench.socket.close();
	t.is(bench.sentFrames(), "82 0102, 88 03e8");
	t.is(bench.wire.closed, 1);
	bench.feed(frame(0x82, "01"));
	bench.wire.up();
	bench.wire.handler.onLost("gone");
	t.is(bench.noted(), "");
	t.is(bench.read(), undefined);
});

test("WebSocket close by us: a loss that was not reported yet is not reported any more", t => {
	const bench = opened();
	bench.wire.feed(frame(0x81, ""));
	bench.socket.close();
	bench.settle();
	t.is(bench.noted(), "");
});

test("WebSocket close by us: it goes not into the midst of a frame", t => {
	const bench = opened();
	bench.wire.up(20);
	bench.feed(frame(0x89, ""));
	bench.write(bytesOf(14));
	bench.socket.close();
	t.is(
		bench.wire.sent(),
		toHex(hex(`8a80 5a5a5a5a 828e 5a5a5a5a`)) + toHex(hex(bytesOf(8)).map(b => b ^ 0x5a)),
	);
	t.is(bench.wire.closed, 1);
});

const breaches: [string, string, string, string][] = [
	[
		"a frame of text [MQTT-6.0.0-1] [MQTT-6.0.0-1, 3.1.1]",
		"81 01 61",
		"03eb",
		"a WebSocket frame of text, where MQTT is binary",
	],
	["a masked frame", "82 81 00000000 61", "03ea", "a WebSocket frame that is masked, from a server"],
	["an unknown type", "83 00", "03ea", "a WebSocket frame of unknown type 3"],
	["reserved bits", "f2 00", "03ea", "a WebSocket frame with reserved bits"],
];
for (const [title, bytes, code, detail] of breaches)
	test(`WebSocket breach: ${title}: it is closed and lost, after what came before`, t => {
		for (const reads of [true, false]) {
			const bench = opened();
			bench.reads = reads;
			bench.feed(`82 01 01 ${bytes} 82 01 02`);
			if (!reads) {
				t.is(bench.noted(), "readable");
				bench.drain();
				t.is(bench.noted(), "", "not within a call of the one who hears of it");
				bench.write("01");
				t.is(bench.writable, 0, "who has not heard of it may still write");
				bench.settle();
			}
			t.is(bench.noted(), `${reads ? "readable, " : ""}lost: ${detail}`);
			t.is(bench.received, "01");
			t.is(bench.blame, "protocol");
			t.is(bench.sentFrames(), `88 ${code}`);
			t.is(bench.wire.closed, 1);
			bench.feed("00");
			t.is(bench.noted(), "");
		}
	});
