import test from "ava";
import { TCPTransport, type TCPOptions } from "../../hosts/ecma419/tcp-transport.js";
import { FakePort, NotingHandler } from "../support/fake-port.js";

function open() {
	const handler = new NotingHandler();
	const faults: unknown[] = [];
	const transport = new TCPTransport(FakePort<TCPOptions>, "192.0.2.1", 1883, handler, error =>
		faults.push(error),
	);
	const socket = FakePort.opened.at(-1)! as unknown as FakePort<TCPOptions>;
	const { options } = socket;
	const writable = (count: number) => {
		socket.writable = count;
		options.onWritable(count);
	};
	const readable = (bytes: number[]) => {
		socket.incoming.push(...bytes);
		options.onReadable(socket.incoming.length);
	};
	return { transport, socket, options, handler, faults, writable, readable };
}

test("ECMA-419 TCP: what is writable is passed on, and counted down by writes", t => {
	const { transport, socket, handler, writable } = open();
	writable(10);
	t.deepEqual(handler.notes, ["writable 10"]);
	t.is(transport.write(Uint8Array.of(1, 2, 3, 4), 1, 3), 8);
	t.deepEqual(socket.written, [2, 3]);
});

test("ECMA-419 TCP: reads take what is there and no more, in pieces as large as asked", t => {
	const { transport, readable } = open();
	readable([1, 2, 3, 4, 5]);
	t.deepEqual([...transport.read(2)!], [1, 2]);
	t.deepEqual([...transport.read(100)!], [3, 4, 5]);
	t.is(transport.read(100), undefined);
	readable(new Array<number>(700).fill(7));
	t.is(transport.read(1000)!.length + transport.read(1000)!.length, 700);
	t.is(transport.read(0), undefined);
});

test("ECMA-419 TCP: ranges that come again need no new view", t => {
	const { transport, socket, writable, readable } = open();
	const bytes = new Uint8Array(32);
	for (let i = 0; i < 3; i++) {
		writable(100);
		transport.write(bytes, 5, 20);
		readable([1, 2, 3, 4]);
		transport.read(100);
	}
	t.is(new Set(socket.views).size, 2);
	transport.write(new Uint8Array(32), 5, 20);
	t.is(new Set(socket.views).size, 3, "the same range of another buffer is another view");
});

test("ECMA-419 TCP: a write that fails although it was allowed is done later, and first", t => {
	const { transport, socket, handler, writable } = open();
	writable(10);
	socket.fails = true;
	const bytes = Uint8Array.of(1, 2, 3);
	t.is(transport.write(bytes, 0, 3), 0);
	bytes.fill(9);
	socket.fails = false;
	writable(10);
	t.deepEqual(socket.written, [1, 2, 3]);
	t.deepEqual(handler.notes, ["writable 10", "writable 7"]);
});

test("ECMA-419 TCP: when that fails again, the stream is lost", t => {
	const { transport, socket, handler, faults, writable } = open();
	writable(10);
	socket.fails = true;
	transport.write(Uint8Array.of(1), 0, 1);
	writable(10);
	t.deepEqual(handler.notes, ["writable 10", "lost: fault: Error: not ready"]);
	t.is(faults.length, 1);
	t.true(socket.closed);
});

test("ECMA-419 TCP: closed by us in onWritable, it reports nothing of the same turn", t => {
	const { transport, options, handler, writable } = open();
	handler.act = () => transport.close();
	writable(10);
	options.onReadable(3);
	options.onWritable(3);
	options.onError();
	t.deepEqual(handler.notes, ["writable 10"]);
	t.is(transport.read(3), undefined);
	transport.close();
});

for (const { title, isOpen, note } of [
	{ title: "before it was open", isOpen: false, note: "lost: it cannot be reached" },
	{ title: "after", isOpen: true, note: "lost: the connection was closed" },
]) {
	test(`ECMA-419 TCP: an error ${title} is reported once`, t => {
		const { socket, options, handler, writable } = open();
		if (isOpen) writable(10);
		options.onError();
		options.onError();
		t.deepEqual(
			handler.notes.filter(text => text.startsWith("lost")),
			[note],
		);
		t.true(socket.closed);
	});
}

test("ECMA-419 TCP: an exception of the handler ends the stream, not the device", t => {
	const { handler, faults, socket, readable } = open();
	handler.act = note => {
		if (note === "readable") throw new Error("ours");
	};
	t.notThrows(() => readable([1]));
	t.deepEqual(handler.notes, ["readable", "lost: fault: Error: ours"]);
	t.is(faults.length, 1);
	t.true(socket.closed);
});

test("ECMA-419 TCP: an exception while the loss is reported is caught as well", t => {
	const { handler, faults, options } = open();
	handler.act = () => {
		throw new Error("ours");
	};
	t.notThrows(() => options.onError());
	t.notThrows(() => options.onReadable(1));
	t.is(faults.length, 1);
});
