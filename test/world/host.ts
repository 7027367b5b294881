import type { Alarm, Clock, Host, Target, Transport, TransportHandler } from "../../hosts/host.js";
import { portableCrypto } from "../../hosts/xs/crypto.js";
import { portableText } from "../../modules/wire/text.js";
import type { Random } from "../support/random.js";
import { Stream, type FarEnd, type Tap, type Trouble } from "./stream.js";
import type { Task, Timeline } from "./timeline.js";
import type { Weather } from "./weather.js";

/** The broker, seen from the network. */
export interface Listener {
	/** False: nobody listens at the port. */
	readonly up: boolean;
	accept(stream: Stream): FarEnd;
}

export const lateMaxMs = 30;
const lateMs = lateMaxMs;

/** Everything that a platform must bring, in virtual time and under that weather. */
export class VirtualHost implements Host {
	readonly clock: Clock;
	readonly text = portableText;
	readonly crypto = portableCrypto;
	readonly radio = undefined;
	readonly monitor = { print: () => {} };
	readonly deviceId: string;
	readonly random: Random;
	readonly network = {
		streams: Object.freeze(["tcp"] as const),
		resolve: (_name: string, done: (address: string | undefined) => void) => this.#resolve(done),
		open: (target: Target, handler: TransportHandler): Transport => this.#open(target, handler),
	};
	/** The stream opened last. */
	stream: Stream | undefined;
	/** Alarms that rang. */
	rings = 0;
	/** Times at which the client opened a stream. */
	onOpen: () => void = () => {};
	onTrouble: (trouble: Trouble) => void = () => {};
	#time: Timeline;
	#weather: Weather;
	#listener: Listener;
	#tap: Tap;

	constructor(time: Timeline, random: Random, weather: Weather, listener: Listener, tap: Tap, name: string) {
		this.random = random;
		this.deviceId = name;
		this.#time = time;
		this.#weather = weather;
		this.#listener = listener;
		this.#tap = tap;
		this.clock = {
			now: () => time.now,
			wall: () => undefined,
			setWall: done => void time.after(1, () => done(false)),
			alarm: callback => this.#alarm(callback),
		};
	}
	#alarm(callback: () => void): Alarm {
		let task: Task | undefined;
		const ring = () => {
			task = undefined;
			this.rings++;
			callback();
		};
		return {
			set: time => {
				if (task !== undefined) task.run = undefined;
				task = undefined;
				if (time === Infinity) return;
				const late = this.#weather.strikes("lateAlarms", 3) ? this.random.below(lateMs) : 0;
				task = this.#time.at(Math.max(time, this.#time.now) + late, ring);
			},
		};
	}
	#resolve(done: (address: string | undefined) => void): () => void {
		const weather = this.#weather;
		if (weather.strikes("blackhole", 8)) return () => {};
		const address = weather.strikes("name", 3) ? undefined : "192.0.2.1";
		const task = this.#time.after(this.random.below(weather.has("delay") ? weather.delayMs : 3), () =>
			done(address),
		);
		return () => {
			task.run = undefined;
		};
	}
	#open(_target: Target, handler: TransportHandler): Stream {
		const weather = this.#weather;
		const stream = new Stream(this.#time, this.random, weather, handler, this.#tap);
		this.stream = stream;
		this.onOpen();
		stream.onTrouble = trouble => this.onTrouble(trouble);
		if (weather.strikes("blackhole", 6)) return stream;
		this.#time.after(1 + this.random.below(weather.has("delay") ? weather.delayMs : 5), () => {
			if (stream.over) return;
			if (!this.#listener.up || weather.strikes("refuse", 3)) {
				stream.over = true;
				return handler.onLost("connection refused");
			}
			this.#aim(stream);
			stream.far = this.#listener.accept(stream);
			stream.begin();
		});
		return stream;
	}
	/** Trouble that will strike at some byte. */
	#aim(stream: Stream): void {
		const kind = this.#weather.strikes("cutByte", 2)
			? this.#weather.pick(["cut", "silent", "halfSilent", "cutByte"])
			: undefined;
		if (kind === undefined) return;
		stream.troubleAt = 1 + this.random.below(this.random.pick([40, 150, 1_500]));
		stream.trouble = this.trouble(kind);
	}
	trouble(kind: string): Trouble {
		if (kind === "silent") return "silent";
		if (kind === "halfSilent") return this.random.once(2) ? "up" : "down";
		return "cut";
	}
}
