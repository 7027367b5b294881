import test from "ava";
import { SerialLine, type SerialOptions } from "../../hosts/ecma419/serial-line.js";
import { FakePort, NotingHandler } from "../support/fake-port.js";
import { VirtualClock } from "../support/virtual-clock.js";

function openLine() {
	const clock = new VirtualClock();
	const faults: unknown[] = [];
	const options = { transmit: 0, receive: 1, baud: 115_200 };
	const line = new SerialLine(FakePort<SerialOptions>, options, clock, error => faults.push(error));
	const port = FakePort.opened.at(-1)! as unknown as FakePort<SerialOptions>;
	port.writable = 128;
	port.options.onWritable(128);
	const receive = (...bytes: number[]) => {
		port.incoming.push(...bytes);
		port.options.onReadable(port.incoming.length);
	};
	return { clock, line, port, faults, receive };
}

test("serial line: a stream opens when the line has been quiet", t => {
	const { clock, line } = openLine();
	const handler = new NotingHandler();
	line.open(handler);
	clock.run(249);
	t.deepEqual(handler.notes, []);
	clock.run(250);
	t.deepEqual(handler.notes, ["writable 128"]);
});

test("serial line: what comes before that is discarded, and puts it off, but not for ever", t => {
	const { clock, line, port, receive } = openLine();
	const handler = new NotingHandler();
	line.open(handler);
	for (let now = 200; now < 3_000; now += 200) {
		clock.run(now);
		receive(1, 2, 3);
	}
	t.deepEqual(handler.notes, []);
	clock.run(3_000);
	t.deepEqual(handler.notes, ["writable 128"]);
	t.is(port.incoming.length, 0);
});

test("serial line: bytes go both ways", t => {
	const { clock, line, port, receive } = openLine();
	const handler = new NotingHandler();
	const stream = line.open(handler);
	clock.run(250);
	t.is(stream.write(Uint8Array.of(1, 2, 3), 0, 2), 126);
	t.deepEqual(port.written, [1, 2]);
	receive(7, 8, 9);
	t.deepEqual([...stream.read(2)!], [7, 8]);
	t.deepEqual([...stream.read(2)!], [9]);
	t.is(stream.read(2), undefined);
	port.options.onWritable(128);
	t.deepEqual(handler.notes, ["writable 128", "readable", "writable 128"]);
});

test("serial line: a stream without an answer is lost", t => {
	const { clock, line } = openLine();
	const handler = new NotingHandler();
	line.open(handler);
	clock.run(60_000);
	t.deepEqual(handler.notes, ["writable 128", "lost: nothing came in 10 s"]);
});

test("serial line: one that was answered may be silent for as long as it likes", t => {
	const { clock, line, receive } = openLine();
	const handler = new NotingHandler();
	line.open(handler);
	clock.run(5_000);
	receive(1);
	clock.run(3_600_000);
	t.deepEqual(handler.notes, ["writable 128", "readable"]);
});

test("serial line: between streams nothing piles up in the port", t => {
	const { clock, line, port, receive } = openLine();
	const stream = line.open(new NotingHandler());
	clock.run(250);
	receive(1, 2, 3);
	stream.close();
	t.is(port.incoming.length, 0, "what was left unread");
	receive(...new Array<number>(300).fill(1));
	t.is(port.incoming.length, 0, "what comes later");
	t.false(port.closed);
});

test("serial line: a closed stream hears nothing, and leaves the next one alone", t => {
	const { clock, line, receive } = openLine();
	const [first, second] = [new NotingHandler(), new NotingHandler()];
	const stream = line.open(first);
	clock.run(250);
	line.open(second);
	stream.close();
	clock.run(1_000);
	receive(1);
	t.deepEqual(first.notes, ["writable 128"]);
	t.deepEqual(second.notes, ["writable 128", "readable"]);
	t.throws(() => stream.write(Uint8Array.of(1), 0, 1), { instanceOf: TypeError });
});

test("serial line: an exception of the handler ends the stream, not the device", t => {
	const { clock, line, faults, receive } = openLine();
	const handler = new NotingHandler();
	handler.act = note => {
		if (note === "readable") throw new Error("ours");
	};
	line.open(handler);
	clock.run(250);
	t.notThrows(() => receive(1));
	t.deepEqual(handler.notes, ["writable 128", "readable", "lost: fault: Error: ours"]);
	t.is(faults.length, 1);
});
