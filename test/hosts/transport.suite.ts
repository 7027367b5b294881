import test from "ava";
import type { Clock, Network, Transport, TransportHandler } from "../../hosts/host.js";

/** The far end, on this computer. */
export interface Peer {
	/** Sends back whatever comes. */
	echoPort: number;
	/** Sends "farewell", and closes. */
	closingPort: number;
	/** Nobody listens there. */
	deadPort: number;
}

type Event = "writable" | "readable" | "lost";

/** A stream which notes what it reports, keeps to its allowance, and lets a test wait for an event. */
class Ear implements TransportHandler {
	readonly events: Event[] = [];
	writable = 0;
	/** How much there was to read, as the last event told. */
	readable = 0;
	detail = "";
	/** Called at each event, within the callback. */
	act: (event: Event) => void = () => {};
	#waiting: (() => void) | undefined;

	onWritable(count: number): void {
		this.writable = count;
		this.#note("writable");
	}
	onReadable(count: number): void {
		this.readable = count;
		this.#note("readable");
	}
	onLost(detail: string): void {
		this.detail = detail;
		this.#note("lost");
	}
	/** Until the condition holds; it is looked at after each event. */
	async until(holds: () => boolean): Promise<void> {
		while (!holds()) await new Promise<void>(resolve => (this.#waiting = resolve));
	}
	count(event: Event): number {
		return this.events.filter(other => other === event).length;
	}
	#note(event: Event): void {
		this.events.push(event);
		this.act(event);
		this.#waiting?.();
	}
}

/** All that can be read now, at most so many bytes at a time. */
function drain(stream: Transport, into: number[], max = 1_000): void {
	for (let bytes = stream.read(max); bytes !== undefined; bytes = stream.read(max)) into.push(...bytes);
}

/** What every Network does with TCP streams and names, whoever implements it. */
export function transportSuite(name: string, network: Network, clock: Clock, peer: Promise<Peer>): void {
	const bench = newBench(network, clock);
	opens(name, bench, peer);
	carries(name, bench, peer);
	ends(name, bench, peer);
	resolves(name, bench, network);
}

type Bench = ReturnType<typeof newBench>;

function newBench(network: Network, clock: Clock) {
	return {
		pass: (ms: number) => new Promise<void>(resolve => clock.alarm(resolve).set(clock.now() + ms)),
		open(port: number) {
			const ear = new Ear();
			const address = "127.0.0.1";
			return { ear, stream: network.open({ stream: "tcp", host: address, address, port }, ear) };
		},
	};
}

function opens(name: string, { open, pass }: Bench, peer: Promise<Peer>): void {
	test(`${name}: the first event is that it can be written to, and comes later than open()`, async t => {
		const { ear, stream } = open((await peer).echoPort);
		t.deepEqual(ear.events, []);
		await ear.until(() => ear.events.length > 0);
		stream.close();
		t.is(ear.events[0], "writable");
		t.true(ear.writable > 0);
	});

	test(`${name}: where nobody listens the stream is lost, once, without ever being writable`, async t => {
		const { ear, stream } = open((await peer).deadPort);
		await ear.until(() => ear.events.length > 0);
		await pass(50);
		t.deepEqual(ear.events, ["lost"]);
		t.true(ear.detail.length > 0);
		stream.close();
	});

	test(`${name}: a stream that is closed while it opens reports nothing`, async t => {
		for (const port of [(await peer).echoPort, (await peer).deadPort]) {
			const { ear, stream } = open(port);
			stream.close();
			await pass(80);
			t.deepEqual(ear.events, []);
		}
	});
}

function carries(name: string, { open, pass }: Bench, peer: Promise<Peer>): void {
	test(`${name}: all bytes come back in order [MQTT-4.2-1] [MQTT-7.1.2-1, 3.1.1]`, async t => {
		const total = 50_000;
		const { ear, stream } = open((await peer).echoPort);
		const chunk = new Uint8Array(2_048);
		const back: number[] = [];
		let sent = 0;
		const send = () => {
			while (ear.writable > 0 && sent < total) {
				const count = Math.min(ear.writable, chunk.length - 3, total - sent);
				for (let i = 0; i < count; i++) chunk[3 + i] = (sent + i) % 251;
				const room = stream.write(chunk, 3, 3 + count);
				if (!(room >= 0)) t.fail(`room for ${room}`);
				ear.writable = room;
				chunk.fill(255);
				sent += count;
			}
		};
		ear.act = event => {
			if (event === "readable") drain(stream, back);
			else if (event === "writable") send();
		};
		await ear.until(() => back.length >= total || ear.count("lost") > 0);
		stream.close();
		t.is(back.length, total, ear.detail);
		t.is(
			back.findIndex((byte, i) => byte !== i % 251),
			-1,
		);
	});

	test(`${name}: there is as much to read as is told, or nobody knows`, async t => {
		const { ear, stream } = open((await peer).echoPort);
		await ear.until(() => ear.writable > 0);
		const back: number[] = [];
		ear.act = event => {
			if (event !== "readable") return;
			const before = back.length;
			drain(stream, back, 2);
			if (ear.readable !== Infinity) t.is(back.length - before, ear.readable);
		};
		stream.write(Uint8Array.of(1, 2, 3, 4, 5, 6, 7), 0, 7);
		await ear.until(() => back.length === 7);
		stream.close();
		t.deepEqual(back, [1, 2, 3, 4, 5, 6, 7]);
	});

	test(`${name}: a read gives what it is asked for at most; the rest stays, also for later turns`, async t => {
		const { ear, stream } = open((await peer).echoPort);
		await ear.until(() => ear.writable > 0);
		t.is(stream.read(10), undefined);
		stream.write(Uint8Array.of(1, 2, 3, 4, 5, 6, 7), 0, 7);
		await ear.until(() => ear.count("readable") > 0);
		await pass(50);
		const back: number[] = [];
		for (const max of [1, 2]) {
			const bytes = stream.read(max)!;
			t.true(bytes.length > 0 && bytes.length <= max);
			back.push(...bytes);
		}
		await pass(50);
		drain(stream, back);
		t.deepEqual(back, [1, 2, 3, 4, 5, 6, 7]);
		t.is(stream.read(10), undefined);
		stream.close();
	});
}

function ends(name: string, { open, pass }: Bench, peer: Promise<Peer>): void {
	test(`${name}: what the peer sent before it closed is read first; then the stream is lost`, async t => {
		const { ear, stream } = open((await peer).closingPort);
		const back: number[] = [];
		ear.act = event => {
			if (event === "readable") drain(stream, back);
		};
		await ear.until(() => ear.count("lost") > 0);
		t.is(String.fromCharCode(...back), "farewell");
		await pass(50);
		t.is(ear.count("lost"), 1);
		t.is(ear.events.at(-1), "lost");
		t.true(ear.detail.length > 0);
		stream.close();
	});

	test(`${name}: a closed stream reports nothing more; closing twice is harmless`, async t => {
		for (const at of ["writable", "readable"] as const) {
			const { ear, stream } = open((await peer).echoPort);
			ear.act = event => {
				if (event === at) {
					stream.close();
					stream.close();
				} else if (event === "writable") stream.write(Uint8Array.of(1, 2, 3), 0, 3);
			};
			await ear.until(() => ear.events.includes(at));
			const seen = ear.events.length;
			await pass(80);
			t.is(ear.events.length, seen, ear.events.join(" "));
		}
	});
}

function resolves(name: string, { pass }: Bench, network: Network): void {
	test(`${name}: an address resolves to itself, a name that is none to nothing`, async t => {
		const ask = (of: string) => new Promise(resolve => network.resolve(of, resolve));
		t.is(await ask("127.0.0.1"), "127.0.0.1");
		t.is(await ask("no-such-name.invalid"), undefined);
		let answers = 0;
		network.resolve("127.0.0.1", () => answers++)();
		await pass(80);
		t.is(answers, 0, "called off");
	});
}
