import { Outbox } from "../../../modules/outbox/outbox.js";
import { Acks } from "../../../modules/session/acks.js";
import { Incoming } from "../../../modules/session/incoming.js";
import { Pulse } from "../../../modules/session/pulse.js";
import { Receiver } from "../../../modules/session/receiver.js";
import { Requests } from "../../../modules/session/requests.js";
import { Sender } from "../../../modules/session/sender.js";
import { Session } from "../../../modules/session/session.js";
import { FrameReader } from "../../../modules/wire/frame-reader.js";
import { FrameWriter } from "../../../modules/wire/frame-writer.js";
import { Link } from "../../../modules/link/link.js";
import { engineHost } from "../../../hosts/xs/host.js";
import { Loops, publishPacket } from "../loops.js";
import { StubHost } from "../stub-host.js";

// Runs on the engine: which public methods a publish and a receipt pass through, how often, and how many
// computrons each of them takes itself, without those it calls. Private methods count as their callers.

interface Share {
	calls: number;
	own: number;
}

const turns = 500;
const classes = {
	Link,
	Session,
	Sender,
	Receiver,
	Acks,
	Requests,
	Pulse,
	Incoming,
	Outbox,
	FrameReader,
	FrameWriter,
	StubHost,
};
const shares = new Map<string, Share>();
/** Computrons of the calls within the one at hand, and what looking at a call costs itself. */
let inner = 0;
let inside = 0;
let outside = 0;

for (const [name, { prototype }] of Object.entries(classes)) watch(name, prototype);
calibrate();
const payload = new Uint8Array(32);
const packet = publishPacket(32, 7);
const results = {
	publish1: profile(1, loops => loops.publish(payload)),
	publish10: profile(10, loops => loops.publish(payload)),
	receive: profile(1, loops => loops.receive(packet), 0),
};
trace(`${JSON.stringify(results)}\n`);

function watch(name: string, prototype: object): void {
	for (const key of Object.getOwnPropertyNames(prototype)) {
		const property = Object.getOwnPropertyDescriptor(prototype, key)!;
		const kind = property.get === undefined ? "value" : "get";
		const original = property[kind] as (...words: unknown[]) => unknown;
		if (key === "constructor" || typeof original !== "function") continue;
		const share = { calls: 0, own: 0 };
		shares.set(`${name}.${key}`, share);
		property[kind] = function (this: unknown, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown) {
			const outer = inner;
			inner = 0;
			const start = engine.meter();
			const result = original.call(this, a, b, c, d, e);
			const whole = engine.meter() - start - inside;
			share.calls++;
			share.own += whole - inner;
			inner = outer + whole + inside + outside;
			return result;
		};
		Object.defineProperty(prototype, key, property);
	}
}

/** What a watched call of nothing shows inside, and costs around that. */
function calibrate(): void {
	class Nothing {
		call(): void {}
	}
	const nothing = new Nothing();
	const bare = loop(nothing);
	watch("Nothing", Nothing.prototype);
	const share = shares.get("Nothing.call")!;
	const watched = loop(nothing);
	inside = share.own / share.calls;
	outside = (watched - bare) / turns - inside;
	shares.delete("Nothing.call");
}

function loop(nothing: { call(): void }): number {
	const start = engine.meter();
	for (let i = 0; i < turns; i++) nothing.call();
	return engine.meter() - start;
}

/** By method: calls for each message, and computrons of its own for each message. */
function profile(window: number, work: (loops: Loops) => void, expected = 32): Record<string, number[]> {
	const loops = new Loops(engineHost().text, window);
	if (expected > 0) loops.expect(expected);
	else loops.host.expect(0, 0);
	for (let i = 0; i < 32; i++) work(loops);
	for (const share of shares.values()) share.calls = share.own = 0;
	for (let i = 0; i < turns; i++) work(loops);
	const each = turns * window;
	const used = [...shares].filter(([, { calls }]) => calls > 0).sort(([, a], [, b]) => b.own - a.own);
	return Object.fromEntries(
		used.map(([name, { calls, own }]) => [name, [calls / each, Math.round(own / each)]]),
	);
}
