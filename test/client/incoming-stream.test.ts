import test from "ava";
import type { IncomingStream } from "../../modules/client/client.js";
import type { ClientOptions } from "../../modules/client/client-options.js";
import { dense } from "../support/bench.js";
import { ClientBench, settled } from "../support/client-bench.js";
import { toHex } from "../support/hex.js";
import { utf8 } from "../support/text.js";

// Messages that are longer than the reader, taken piece by piece.

const text = "0123456789".repeat(10);
const payload = toHex(utf8(text));
const ping = "d0 00";

/** Of topic "t": 105 bytes of body, 107 in 5.0 with an empty block of properties. */
function long(qos: number, id = "", flags = 0): string {
	const head = toHex(Uint8Array.of(0x30 | (qos << 1) | flags));
	return qos === 0 ? `${head} 67 0001 74 ${payload}` : `${head} 69 0001 74 ${id} ${payload}`;
}

class Ear {
	readonly bench: ClientBench;
	readonly streams: IncomingStream[] = [];
	readonly heard: string[] = [];
	handler: (stream: IncomingStream) => void | Promise<void> = stream => this.takeAll(stream);

	constructor(options: Partial<ClientOptions> = {}) {
		this.bench = new ClientBench({ readerBytes: 16, ...options });
		void this.bench.client.subscribe("t", { qos: 2, stream: true }, stream => {
			this.streams.push(stream);
			return this.handler(stream);
		});
		void this.bench.client.subscribe("u", { qos: 0 }, message => {
			this.heard.push(message.text()!);
		});
		this.bench.connect(options.version === 5 ? "20 03 00 00 00" : "20 02 00 00");
		const five = options.version === 5;
		for (const [, id] of this.bench.sent().matchAll(five ? /8207(....)00/g : /8206(....)00/g))
			this.bench.host.wire.feed(five ? `90 04 ${id} 00 00` : `90 03 ${id} 00`);
	}
	async takeAll(stream: IncomingStream): Promise<void> {
		let all = "";
		for (let piece = await stream.read(); piece !== undefined; piece = await stream.read())
			for (let i = 0; i < piece.length; i++) all += String.fromCharCode(piece[i]!);
		this.heard.push(all);
	}
	/** These bytes come in, in pieces of that size, and all that follows from it happens. */
	async feed(bytes: string, piece = Infinity): Promise<void> {
		const all = dense(bytes);
		for (let at = 0; at < all.length; at += 2 * piece) {
			this.bench.host.wire.feed(all.slice(at, at + 2 * piece));
			await this.rest();
		}
	}
	async rest(): Promise<void> {
		for (let turns = 0; turns < 20; turns++) {
			await settled([]);
			this.bench.host.pass(0);
		}
	}
	take(): string {
		return this.heard.splice(0).join(", ");
	}
	sent(): string {
		return this.bench.sent();
	}
}

test("stream in: it is taken whole, however it comes, and acknowledged when its handler is done", async t => {
	for (const [qos, ack] of [
		[0, ""],
		[1, "40 02 0007"],
		[2, "50 02 0007"],
	] as const)
		for (const piece of [1, 2, 7, 15, 16, 17, Infinity]) {
			const ear = new Ear();
			await ear.feed(`${long(qos, "0007")} 30 04 0001 75 41 ${ping}`, piece);
			t.is(ear.take(), `${text}, A`, `QoS ${qos}, pieces of ${piece}`);
			t.is(ear.sent(), dense(ack));
			const [stream] = ear.streams;
			t.is(
				`${stream!.topic} ${stream!.qos} ${stream!.bytes} ${stream!.packetId}`,
				`t ${qos} 100 ${qos && 7}`,
			);
		}
});

test("stream in: what is not asked for stays in the socket, and our pings go out", async t => {
	const ear = new Ear();
	let go = () => {};
	ear.handler = async stream => {
		await new Promise<void>(resolve => (go = resolve));
		await ear.takeAll(stream);
	};
	const { host } = ear.bench;
	await ear.feed(`${long(1, "0007")} 30 04 0001 75 41`);
	t.is(host.wire.unread, 113 - 16);
	host.pass(50_000);
	t.is(host.wire.sent(), dense("c0 00"), "the broker's answer would lie behind the rest");
	host.pass(9_000);
	t.is(host.wire.closed, 0);
	t.is(ear.take(), "");
	go();
	await ear.rest();
	t.is(ear.take(), `${text}, A`);
	t.is(ear.sent(), dense("40 02 0007"));
});

test("stream in: a handler that is done early has the rest passed over, then acknowledged", async t => {
	for (const reads of [0, 1, 2]) {
		const ear = new Ear();
		let last: Uint8Array | undefined;
		ear.handler = async stream => {
			for (let i = 0; i < reads; i++) last = await stream.read();
		};
		const bytes = dense(long(2, "0007"));
		await ear.feed(bytes.slice(0, 100));
		t.is(ear.sent(), "", "its last byte has not come");
		await ear.feed(`${bytes.slice(100)} 30 04 0001 75 41`);
		t.is(ear.sent(), dense("50 02 0007"));
		t.is(ear.take(), "A");
		t.is(last === undefined, reads === 0);
		t.is(ear.bench.client.health().skipped, 0);
		await t.throwsAsync(ear.streams[0]!.read(), { message: /its handler is done$/ });
	}
});

test("stream in: a handler with all bytes that does not look for the end is done", async t => {
	const ear = new Ear();
	ear.handler = async stream => {
		for (let left = stream.bytes; left > 0;) left -= (await stream.read())!.length;
	};
	await ear.feed(`${long(2, "0007")} 30 04 0001 75 41`);
	t.is(ear.sent(), dense("50 02 0007"));
	t.is(ear.take(), "A");
});

test("stream in: cut in the middle, read() is rejected, and it comes again from its start, once", async t => {
	for (const qos of [0, 1, 2])
		for (let cut = 20; cut < 100; cut += 13) {
			const ear = new Ear();
			const errors: string[] = [];
			ear.bench.client.onHandlerError = (error, topic) =>
				errors.push(`${topic}: ${(error as Error).message}`);
			await ear.feed(dense(long(qos, "0007")).slice(0, 2 * cut));
			ear.bench.reconnect("20 02 01 00");
			await ear.rest();
			t.regex(errors.join(), qos === 0 ? /^t: .* 100 bytes$/ : /^t: .* bytes, it will come again$/);
			t.is(ear.sent(), "");
			await ear.feed(long(qos, "0007", qos === 0 ? 0 : 8));
			t.is(ear.take(), text);
			t.is(ear.sent(), dense(["", "40 02 0007", "50 02 0007"][qos]!));
			if (qos < 2) continue;
			await ear.feed(`${long(2, "0007", 8)} 62 02 0007 ${long(2, "0007")}`);
			t.is(ear.sent(), dense("50 02 0007 70 02 0007 50 02 0007"));
			t.is(ear.take(), text, "known before its release, and another one behind it");
		}
});

test("stream in: a handler that outlives its connection acknowledges on the next one", async t => {
	const ear = new Ear();
	let go = () => {};
	ear.handler = async stream => {
		await ear.takeAll(stream);
		await new Promise<void>(resolve => (go = resolve));
	};
	await ear.feed(long(2, "0007"));
	t.is(ear.sent(), "");
	ear.bench.reconnect("20 02 01 00");
	await ear.feed(long(2, "0007", 8));
	t.is(ear.sent(), "");
	go();
	await ear.rest();
	t.is(ear.sent(), dense("50 02 0007"));
	t.is(ear.streams.length, 1);
});

test("stream in: messages that fit come the same way, and one without a payload is at its end", async t => {
	const ear = new Ear({ readerBytes: 64 });
	await ear.feed("32 07 0001 74 0007 4142  30 03 0001 74");
	t.deepEqual(ear.heard.splice(0).sort(), ["", "AB"]);
	t.deepEqual(
		ear.streams.map(stream => stream.bytes),
		[2, 0],
	);
	t.is(ear.sent(), dense("40 02 0007"));
});

test("stream in: nobody who wants it, and it is passed over, acknowledged, counted and told", async t => {
	const ear = new Ear();
	const told: number[] = [];
	ear.bench.client.onTooLong = bytes => told.push(bytes);
	await ear.feed(`32 69 0001 75 0008 ${payload} 30 04 0001 75 41`);
	t.is(ear.take(), "A");
	t.is(ear.sent(), dense("40 02 0008"));
	t.deepEqual(told, [105]);
	t.is(ear.bench.client.health().skipped, 1);
});

test("stream in: a handler that reads nothing for too long is told, and the rest is passed over", async t => {
	const ear = new Ear({ streamMs: 5_000 });
	const errors: string[] = [];
	ear.bench.client.onHandlerError = error => errors.push((error as Error).message);
	ear.handler = async stream => {
		await stream.read();
		await new Promise(() => {});
	};
	await ear.feed(`${long(1, "0007")} 30 04 0001 75 41`);
	ear.bench.host.pass(4_999);
	t.is(ear.take(), "");
	ear.bench.host.pass(1);
	await ear.rest();
	t.is(ear.take(), "A");
	t.is(ear.bench.host.wire.sent(), dense("40 02 0007"));
	t.deepEqual(errors, ['message to "t": nothing was read for 5 s, and the rest is passed over']);
});

test("stream in: a broker that sends slowly is waited for as long as its bytes come", async t => {
	const ear = new Ear({ streamMs: 5_000, keepAliveMs: 20_000 });
	const bytes = dense(long(1, "0007"));
	await ear.feed(bytes.slice(0, 20));
	for (let at = 20; at < bytes.length; at += 2) {
		await ear.feed(bytes.slice(at, at + 2));
		ear.bench.host.pass(6_000);
		t.is(ear.bench.host.wire.closed, 0, `byte ${at / 2}`);
	}
	t.is(ear.take(), text);
	const silent = new Ear({ keepAliveMs: 20_000 });
	await silent.feed(bytes.slice(0, 60));
	silent.bench.host.pass(40_000);
	await silent.rest();
	t.regex(silent.bench.statuses.map(status => status.detail).join(), /no PINGRESP/);
});

test("stream in: one read() at a time, and undefined behind the end", async t => {
	const ear = new Ear();
	let done = () => {};
	ear.handler = () => new Promise<void>(resolve => (done = resolve));
	await ear.feed(dense(long(1, "0007")).slice(0, 32));
	const [stream] = ear.streams;
	t.is((await stream!.read())!.length, 9);
	const waiting = stream!.read();
	await t.throwsAsync(stream!.read(), { instanceOf: TypeError });
	await ear.feed(dense(long(1, "0007")).slice(32));
	t.is((await waiting)!.length, 16);
	while ((await stream!.read()) !== undefined);
	t.is(await stream!.read(), undefined);
	t.is(ear.sent(), "");
	done();
	await ear.rest();
	t.is(ear.sent(), dense("40 02 0007"));
});

test("stream in: a handler may throw, and may close the client", async t => {
	const ear = new Ear();
	const errors: unknown[] = [];
	ear.bench.client.onHandlerError = error => errors.push(error);
	ear.handler = () => {
		throw new Error("oops");
	};
	await ear.feed(`${long(1, "0007")} 30 04 0001 75 41`);
	t.is(errors.length, 1);
	t.is(ear.sent(), dense("40 02 0007"));
	t.is(ear.take(), "A");
	ear.handler = () => ear.bench.client.close();
	await ear.feed(long(1, "0008"));
	t.is(ear.bench.host.wire.closed, 1);
	t.is(ear.bench.host.clock.next, Infinity, "nothing keeps a program from its end");
});

test("stream in: properties and aliases of 5.0 come with it, also when it is passed over", async t => {
	const ear = new Ear({ version: 5, readerBytes: 40, incomingBytesMax: 1_000, topicAliasMax: 2 });
	await ear.feed(`30 6d 0001 74 05 01 01 23 0001 ${payload}`);
	t.is(ear.take(), text);
	t.deepEqual({ ...ear.streams[0]!.properties }, { payloadFormatIndicator: true });
	await ear.feed(`30 6b 0001 75 03 23 0002 ${payload}  30 07 0000 03 23 0002 41`);
	t.is(ear.take(), "A");
});

test("stream in: over the maximum that we announced it ends one connection, not the next", async t => {
	for (const [options, announced] of [
		[{ readerBytes: 40 }, "27 00000028"],
		[{ readerBytes: 40, incomingBytesMax: 100 }, "27 00000064"],
	] as const) {
		const bench = new ClientBench({ version: 5, ...options });
		const told: number[] = [];
		bench.client.onTooLong = bytes => told.push(bytes);
		bench.client.start();
		bench.host.pass(10);
		bench.host.wire.up();
		t.true(bench.host.wire.sent().includes(dense(announced)));
		bench.host.wire.feed("20 03 00 00 00");
		const poison = `32 6a 0001 74 0007 00 ${payload}`;
		bench.host.wire.feed(poison);
		t.is(bench.host.wire.sent(), dense("e0 01 95"));
		t.is(bench.statuses.at(-1)!.cause, "protocol");
		bench.connect(`20 03 01 00 00 3a${poison.slice(2)}`);
		t.is(bench.host.wire.sent(), dense("40 02 0007"));
		t.deepEqual(told, [106]);
		t.is(bench.statuses.at(-1)!.state, "online");
	}
});

for (const value of [39, 0x1000_0005, Infinity, 50.5])
	test(`options: incomingBytesMax ${value} for a reader of 40 is a RangeError`, t => {
		t.throws(() => new ClientBench({ readerBytes: 40, incomingBytesMax: value }), { instanceOf: RangeError });
	});
