// node only
// engine.TCP against a server of Node's on this computer: what ECMA-419 and the Moddable SDK promise.

import test from "ava";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { compilerAvailable } from "../../hosts/xs/build.js";
import { linesOf, type RunOptions } from "./run-script.js";

const check = compilerAvailable() || process.env["CI"] === "true" ? test : test.skip;

/** Runs the script, which knows the port, against a server that serves each connection like this. */
async function against(
	serve: (socket: Socket) => void,
	source: string,
	run: RunOptions = {},
): Promise<string[]> {
	const sockets = new Set<Socket>();
	const server = createServer({ noDelay: true }, socket => {
		sockets.add(socket);
		socket.on("error", () => {});
		serve(socket);
	});
	await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	try {
		return await linesOf(`const port = ${port}, address = "127.0.0.1";\n${helpers}\n${source}`, run);
	} finally {
		for (const socket of sockets) socket.destroy();
		server.close();
	}
}

const helpers = `
	const bytes = text => Uint8Array.from(text, c => c.charCodeAt(0));
	const text = buffer => String.fromCharCode(...new Uint8Array(buffer));
	const caught = call => { try { return String(call()); } catch (error) { return String(error); } };
	const say = (...values) => trace(values.join(" "), "\\n");
`;

check("what is written comes back", async t => {
	const lines = await against(
		socket => socket.pipe(socket),
		`
		new engine.TCP({
			address, port,
			onWritable(count) {
				if (this.sent) return;
				this.sent = true;
				say(count, this instanceof engine.TCP, this.write(bytes("hello")), this.write(new ArrayBuffer(0)));
			},
			onReadable(count) {
				say(count, text(this.read()), this.read());
				this.close();
				this.close();
			},
			onError() { say("error"); },
		});
	`,
	);
	t.deepEqual(lines, ["8192 true 8187 8187", "5 hello undefined".replace("undefined", "")]);
});

check("read takes as many bytes as it is asked for, or throws", async t => {
	const lines = await against(
		socket => socket.write("0123456789"),
		`
		new engine.TCP({
			address, port,
			onReadable(count) {
				const all = new Uint8Array(8), view = all.subarray(2, 5);
				say(count, text(this.read(2)), this.read(view), text(all.buffer.slice(2, 5)));
				say(caught(() => this.read(6)), caught(() => this.read(0)), caught(() => this.read(new Uint8Array(6))));
				const empty = caught(() => this.read(new Uint8Array(0)));
				this.read(new DataView(all.buffer, 0, 1));
				say(empty, text(all.buffer.slice(0, 1)));
				say(text(this.read()), this.read(1) === undefined, this.read(all) === undefined);
				this.close();
			},
		});
	`,
	);
	t.deepEqual(lines, [
		"10 01 3 234",
		"Error: invalid Error: invalid Error: invalid",
		"Error: invalid 5",
		"6789 true true",
	]);
});

check("onReadable tells of new bytes only, and counts the unread ones", async t => {
	const lines = await against(
		socket => {
			socket.write("abc");
			socket.once("data", () => socket.write("de"));
		},
		`
		new engine.TCP({
			address, port,
			onReadable(count) {
				say(count);
				if (count === 3) engine.Timer.set(() => this.write(bytes("x")), 30);
				if (count === 5) { say(text(this.read())); this.close(); }
			},
		});
	`,
	);
	t.deepEqual(lines, ["3", "5", "abcde"]);
});

check("a stream in odd pieces arrives whole, through a receive buffer that is smaller", async t => {
	const total = 200_000;
	const lines = await against(
		socket => {
			const data = Buffer.from(Array.from({ length: total }, (_, i) => i % 251));
			for (let at = 0, size = 1; at < total; at += size, size = (size * 7) % 4099) {
				socket.write(data.subarray(at, at + size));
			}
			socket.end();
		},
		`
		let seen = 0, wrong = 0;
		const piece = new Uint8Array(97);
		new engine.TCP({
			address, port,
			onReadable(count) {
				while (count > 0) {
					const part = count < 97 ? piece.subarray(0, count) : piece;
					count -= this.read(part);
					for (let i = 0; i < part.length; i++) if (part[i] !== seen++ % 251) wrong++;
				}
			},
			onError() { say(seen, wrong); },
		});
	`,
	);
	t.deepEqual(lines, [`${total} 0`]);
});

check("a refused connection is an error, later and once", async t => {
	const server = createServer();
	await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise(resolve => server.close(resolve));
	const lines = await linesOf(`
		const socket = new engine.TCP({
			address: "127.0.0.1", port: ${port},
			onWritable() { trace("writable\\n"); },
			onError() {
				trace("error ", this === socket, "\\n");
				try { this.write(new Uint8Array(1)); } catch (error) { trace(String(error), "\\n"); }
				this.close();
			},
		});
		trace("made\\n");
	`);
	t.deepEqual(lines, ["made", "error true", "Error: not ready"]);
});

for (const how of ["end", "resetAndDestroy"] as const) {
	check(`after ${how} by the peer the unread bytes come first, then one error`, async t => {
		const lines = await against(
			socket => socket.write("last words", () => setTimeout(() => socket[how](), 30)),
			`
			new engine.TCP({
				address, port,
				onReadable(count) {
					say("readable", count);
					engine.Timer.set(() => say(text(this.read(4))), 90);
					engine.Timer.set(() => say(text(this.read(6))), 120);
				},
				onError() { say("error"); },
			});
		`,
		);
		t.deepEqual(lines, ["readable 10", "last", " words", "error"]);
	});
}

check("write takes all or nothing, and onWritable says when there is room again", async t => {
	const lines = await against(
		socket => {
			let received = 0;
			socket.on("data", data => {
				received += data.length;
				if (received === 8192 + 8000) socket.write("k");
			});
		},
		`
		let turns = 0;
		new engine.TCP({
			address, port,
			onWritable(count) {
				turns++;
				if (turns > 2) return;
				say(count);
				if (turns === 1) {
					say(caught(() => this.write(new Uint8Array(8193))), this.write(new Uint8Array(8190)));
					say(caught(() => this.write(new Uint8Array(3))), this.write(new Uint8Array(2)));
					say(caught(() => this.write("ab")), caught(() => this.write([1])));
				}
				else say(this.write(new Uint8Array(8000)));
			},
			onReadable(count) { say(text(this.read())); this.close(); },
		});
	`,
	);
	t.deepEqual(lines, [
		"8192",
		"Error: would block 2",
		"Error: would block 0",
		"TypeError: invalid buffer TypeError: invalid buffer",
		"8192",
		"192",
		"k",
	]);
});

check("a peer that does not read fills the buffers, and no byte is lost", async t => {
	const total = 3_000_000;
	let received = 0;
	let wrong = 0;
	const lines = await against(
		socket => {
			socket.pause();
			socket.on("data", data => {
				for (const byte of data) if (byte !== received++ % 251) wrong++;
				if (received === total) socket.end("k");
			});
			setTimeout(() => socket.resume(), 100);
		},
		`
		let sent = 0;
		const chunk = new Uint8Array(1000);
		new engine.TCP({
			address, port,
			onWritable(count) {
				while (count >= 1000 && sent < ${total}) {
					for (let i = 0; i < 1000; i++) chunk[i] = sent++ % 251;
					count = this.write(chunk);
				}
			},
			onReadable() { this.read(); },
			onError() { say(sent); },
		});
	`,
	);
	t.deepEqual(lines, [String(total)]);
	t.deepEqual([received, wrong], [total, 0]);
});

check("before the connection is open, write is not ready; after close, nothing is", async t => {
	const lines = await against(
		() => {},
		`
		const socket = new engine.TCP({ address, port, onWritable() { say("never"); } });
		say(caught(() => socket.write(bytes("x"))), socket.read());
		socket.close();
		socket.close();
		say(caught(() => socket.write(bytes("x"))));
		say(caught(() => socket.read()));
	`,
	);
	t.deepEqual(lines, ["Error: not ready ", "TypeError: closed socket", "TypeError: closed socket"]);
});

check("close in a callback stops all others, and what was written still goes out", async t => {
	let heard = "";
	const lines = await against(
		socket => {
			socket.write("hello");
			socket.on("data", data => (heard += data));
		},
		`
		for (const callback of ["onWritable", "onReadable"]) {
			const socket = new engine.TCP({
				address, port,
				onWritable() { if (callback === "onWritable") this.finish(); },
				onReadable() { if (callback === "onReadable") this.finish(); },
				onError() { say("error"); },
			});
			socket.finish = () => { say(callback); socket.write(bytes("bye")); socket.close(); engine.gc(); };
		}
	`,
	);
	t.deepEqual(lines.sort(), ["onReadable", "onWritable"]);
	t.is(heard, "byebye");
});

check("a peer that never reads does not keep a closed socket for ever", async t => {
	const [full] = await against(
		socket => socket.pause(),
		`
		let sent = 0;
		new engine.TCP({
			address, port,
			onWritable(count) {
				engine.Timer.clear(this.quiet);
				this.quiet = engine.Timer.set(() => { say(sent > 8192); this.close(); }, 200);
				if (count === 8192) { sent += 8192; this.write(new Uint8Array(8192)); }
			},
		});
	`,
	);
	t.is(full, "true");
});

check("a socket lives without being held, and its callbacks with it", async t => {
	const lines = await against(
		socket => setTimeout(() => socket.write("x"), 50),
		`
		(() => { new engine.TCP({ address, port, onReadable() { say(text(this.read())); this.close(); } }); })();
		engine.gc();
		engine.Timer.set(() => engine.gc(), 10);
	`,
	);
	t.deepEqual(lines, ["x"]);
});

check("bad options are the caller's mistake", async t => {
	const lines = await linesOf(`
		const options = [
			{ address: "localhost", port: 1 }, { address: "1.2.3", port: "x" }, { address: "127.0.0.1", port: 0 },
			{ address: "127.0.0.1", port: 65536 }, { address: "127.0.0.1", port: 1, onError: 1 }, undefined,
		];
		for (const each of options) try { new engine.TCP(each); } catch (error) { trace(error.name, "\\n"); }
		try { engine.TCP({}); } catch (error) { trace(error.name, "\\n"); }
		try { engine.TCP.prototype.read.call({}); } catch (error) { trace(error.name, "\\n"); }
		engine.gc();
	`);
	const range = "RangeError";
	t.deepEqual(lines, [range, range, range, range, ...Array<string>(4).fill("TypeError")]);
});

check("reading, writing and waiting make no garbage", async t => {
	const lines = await against(
		socket => socket.pipe(socket),
		`
		const message = new Uint8Array(32), reply = new Uint8Array(32);
		const before = new Float64Array(8), after = new Float64Array(8);
		let rounds = 0;
		new engine.TCP({
			address, port, nodelay: true,
			onWritable() { if (rounds === 0) { rounds = 1; this.write(message); } },
			onReadable(count) {
				if (count < 32) return;
				this.read(reply);
				if (rounds === 10) engine.memory(before);
				if (++rounds < 1000) return this.write(message);
				engine.memory(after);
				say(after[0] - before[0], after[2] - before[2]);
				this.close();
			},
		});
	`,
	);
	t.deepEqual(lines, ["0 0"]);
});
