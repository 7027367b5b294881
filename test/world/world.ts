import { LinkState } from "../../modules/link/link.js";
import { Random } from "../support/random.js";
import { Broker } from "./broker.js";
import { Counts } from "./counts.js";
import { Device, randomOptions } from "./device.js";
import { BrokenLaw, Timeline } from "./timeline.js";
import { Weather, kinds, type Kind } from "./weather.js";
import { Workload } from "./workload.js";

const stormMaxMs = 400_000;
/** From a clear sky on: the longest back-off, what a last silent connection takes, and room to drain. */
const calmMaxMs = 900_000;
const idleMs = 600_000;

/** Times at which a clock may start: 32-bit milliseconds overflow during some storms. */
const births = [0, 1_000, 2 ** 31 - 90_000, 2 ** 32 - 90_000, 1e9];

/** Storm of one seed: one client, one broker, and everything between them. Then a clear sky. */
export class World {
	readonly counts = new Counts();
	readonly weather: Weather;
	readonly device: Device;
	readonly broker: Broker;
	readonly time: Timeline;
	#random: Random;
	#workload: Workload;
	#stormy = true;

	/** With a subset of the kinds of weather, it is just these. */
	constructor(seed: number, only?: readonly Kind[]) {
		const random = new Random(seed);
		this.#random = random;
		this.time = new Timeline(random.pick(births));
		this.weather = new Weather(random, only);
		const version = random.pick([4, 5] as const);
		const options = randomOptions(random, version);
		const { incomingMax } = options.session;
		this.broker = new Broker(this.time, random, this.weather, this.counts, {
			version,
			early: random.once(2),
			outMax: 1 + random.below(40),
			qos2Max: incomingMax,
		});
		this.device = new Device(this.broker, options);
		this.#workload = new Workload(this.broker, this.device);
		this.time.onStep = () => this.device.check();
		this.device.host.onTrouble = trouble => {
			if (trouble === "cut") this.counts.cuts++;
			else this.counts.silentCuts++;
		};
		this.counts.seeds = 1;
	}
	/** Lives the world to its end; a BrokenLaw tells what went wrong. */
	run(): Counts {
		const { time, device } = this;
		device.link.start();
		this.#stroke();
		this.#work();
		time.run(time.now + 20_000 + this.#random.below(stormMaxMs));
		this.#stormy = false;
		this.#clear();
		const calmBy = time.now + calmMaxMs;
		this.#mend();
		time.run(calmBy, () => this.#calm);
		if (!this.#calm) {
			device.ledger.checkDelivered();
			throw new BrokenLaw(`liveness: ${this.#unsettled()}`);
		}
		this.#idle();
		this.counts.steps = time.steps;
		return this.counts;
	}
	get #calm(): boolean {
		return this.#unsettled() === "";
	}
	/** What is not as it must become under a clear sky. */
	#unsettled(): string {
		const { link, ledger } = this.device;
		if (link.state !== LinkState.online) return `the link is in state ${link.state}`;
		if (ledger.open > 0) return `${ledger.open} messages are not finished`;
		if (!this.#workload.settled) return "a subscription is missing";
		const session = this.broker.sessions.get("device");
		if (session === undefined || session.out.length > 0) return "messages for the client are left";
		return session.filters.size === 2 ? "" : "the broker does not know the subscriptions";
	}
	#clear(): void {
		const { link, hearing, witness, host } = this.device;
		this.weather.clear = true;
		// Without pings nobody finds out that nothing comes any more, unless something is sent.
		if (witness.keepAliveMs === 0) host.stream?.reset();
		hearing.lost();
		link.release();
		link.start();
	}
	/** Subscriptions that were refused are asked for again, as an application would. */
	#mend(): void {
		if (this.#stormy || this.#calm) return;
		this.#workload.subscribe();
		this.time.after(1_000, () => this.#mend());
	}
	/** Nothing to do: the link wakes for its keep-alive only, and stays connected. */
	#idle(): void {
		const { time, device } = this;
		const { host, witness, link } = device;
		// The last of the storm may still be on its way.
		time.run(time.now + 400_000);
		time.run(time.now + calmMaxMs, () => this.#calm);
		const { connection } = witness;
		const rings = host.rings;
		time.run(time.now + idleMs);
		if (witness.connection !== connection || link.state !== LinkState.online)
			throw new BrokenLaw("liveness: an idle connection under a clear sky is lost");
		const keepAlives = witness.keepAliveMs > 0 ? idleMs / witness.keepAliveMs : 0;
		if (host.rings - rings > 3 * keepAlives + 2)
			throw new BrokenLaw(`${host.rings - rings} wakeups while idle, for ${keepAlives} keep-alive times`);
		device.ledger.checkDelivered();
	}
	#work(): void {
		if (!this.#stormy) return;
		this.#workload.act();
		this.time.after(this.#random.below(this.#random.pick([10, 400, 4_000])), () => this.#work());
	}
	/** Trouble that comes by itself. */
	#stroke(): void {
		if (!this.#stormy) return;
		this.#strike(this.weather.pick(kinds));
		this.time.after(this.#random.below(2 * this.weather.strokeMs), () => this.#stroke());
	}
	#strike(kind: Kind | undefined): void {
		const { device, broker, time } = this;
		const random = this.#random;
		switch (kind) {
			case "cut":
			case "silent":
			case "halfSilent":
				return device.host.stream?.strike(device.host.trouble(kind));
			case "restart":
				return broker.restart(random.pick([10, 3_000, 30_000]), this.weather.has("forget") && random.once(2));
			case "forget":
				return broker.restart(random.pick([10, 3_000]), true);
			case "takeover":
				return broker.takeOver("device", random.once(3));
			case "kick":
				return broker.sessions.get("device")?.seat?.kick(random.pick([0x89, 0x8b, 0x98]));
			case "network":
				device.link.hold("the station has left");
				device.patience.excused = true;
				time.after(random.below(10_000), () => device.link.release());
				return;
			case "nap":
				device.link.stop();
				time.after(random.below(10_000), () => device.link.start());
				return;
			default:
				return;
		}
	}
}
