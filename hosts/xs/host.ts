/// <reference path="./engine.d.ts" />
import type { Alarm, Clock, Host, Network, Random, Target, Transport, TransportHandler } from "../host.js";
import type { Text } from "../../modules/wire/text.js";
import { guarded } from "../ecma419/guarded.js";
import { TCPTransport, type TCPConstructor } from "../ecma419/tcp-transport.js";
import { portableCrypto } from "./crypto.js";
import type { EngineTimer } from "./engine.js";

/** The host process around the engine, as a Host: the sockets are those of ECMA-419, as on a board. */
export function engineHost(): Host {
	return {
		clock,
		random,
		text,
		crypto: portableCrypto,
		network,
		radio: undefined,
		monitor: { print: line => trace(`${line}\n`) },
		deviceId: engine.random().toString(16).padStart(8, "0"),
	};
}

function report(error: unknown): void {
	trace(`fault: ${String(error)}\n`);
}

const clock: Clock = Object.freeze({
	now: () => engine.ticks(),
	wall: () => Date.now(),
	setWall: (done: (known: boolean) => void) => done(true),
	alarm: (callback: () => void) => new EngineAlarm(callback),
});

/** One timer, armed again for each time; cleared, so that nothing keeps the process, when there is none. */
class EngineAlarm implements Alarm {
	#timer: EngineTimer | undefined;
	#ring: () => void;

	constructor(callback: () => void) {
		this.#ring = guarded<void>(callback, report);
	}
	set(time: number): void {
		if (time === Infinity) {
			engine.Timer.clear(this.#timer);
			this.#timer = undefined;
			return;
		}
		const ms = time === 0 ? 0 : Math.max(0, time - engine.ticks());
		if (this.#timer === undefined) this.#timer = engine.Timer.set(this.#ring, ms);
		else engine.Timer.schedule(this.#timer, ms);
	}
}

const random: Random = Object.freeze({ word: () => engine.random() });

const text: Text = Object.freeze({
	write: (value: string, target: Uint8Array, at: number, limit: number) =>
		engine.encode(value, target, at, limit),
	read: (bytes: Uint8Array, from: number, to: number) => engine.decode(bytes, from, to),
});

const network: Network = Object.freeze({
	streams: Object.freeze(["tcp"] as const),
	resolve(name: string, done: (address: string | undefined) => void): () => void {
		let asked = true;
		engine.resolve(
			name,
			guarded((address: string | undefined) => {
				if (asked) done(address);
			}, report),
		);
		return () => {
			asked = false;
		};
	},
	open({ address, port }: Target, handler: TransportHandler): Transport {
		return new TCPTransport(engine.TCP as unknown as TCPConstructor, address, port, handler, report);
	},
});
