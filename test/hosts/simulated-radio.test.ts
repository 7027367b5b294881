import test from "ava";
import type { RadioHandler } from "../../hosts/host.js";
import { FlakyRadio, SteadyRadio, flakiness } from "../../hosts/simulated-radio.js";
import { Random } from "../support/random.js";
import { VirtualClock } from "../support/virtual-clock.js";

const network = { ssid: "home", password: "" };

/** Writes down what the radio says, with the time. */
class Ear implements RadioHandler {
	readonly heard: { time: number; what: string }[] = [];
	#clock: VirtualClock;

	constructor(clock: VirtualClock) {
		this.#clock = clock;
	}
	get last(): string {
		return this.heard.at(-1)?.what ?? "";
	}
	onUp(address: string): void {
		this.heard.push({ time: this.#clock.now(), what: `up ${address}` });
	}
	onDown(detail: string): void {
		this.heard.push({ time: this.#clock.now(), what: `down ${detail}` });
	}
}

test("SteadyRadio: it is up after a short time, and stays", t => {
	const clock = new VirtualClock();
	const radio = new SteadyRadio(clock, "192.0.2.7");
	const ear = new Ear(clock);
	radio.join(network, ear);
	t.deepEqual([ear.heard.length, radio.signal()], [0, undefined]);
	clock.run(86_400_000);
	t.deepEqual(ear.heard, [{ time: 100, what: "up 192.0.2.7" }]);
	t.is(radio.signal(), -50);
});

for (const name of ["SteadyRadio", "FlakyRadio"]) {
	const make = (clock: VirtualClock, seed: number) =>
		name === "SteadyRadio" ? new SteadyRadio(clock) : new FlakyRadio(clock, new Random(seed));

	test(`${name}: no callback comes after leave()`, t => {
		for (let seed = 1; seed <= 20; seed++) {
			const clock = new VirtualClock();
			const radio = make(clock, seed);
			const ear = new Ear(clock);
			radio.join(network, ear);
			clock.run(seed * 10);
			const count = ear.heard.length;
			radio.leave();
			clock.run(86_400_000);
			t.is(ear.heard.length, count);
			t.is(radio.signal(), undefined);
		}
	});

	test(`${name}: a join gives up the one before, whose handler hears no more`, t => {
		for (let seed = 1; seed <= 20; seed++) {
			const clock = new VirtualClock();
			const radio = make(clock, seed);
			const ears = [new Ear(clock), new Ear(clock)] as const;
			radio.join(network, ears[0]);
			clock.run(50);
			radio.join(network, ears[1]);
			clock.run(86_400_000);
			t.is(ears[0].heard.length, 0);
			t.true(ears[1].heard.length <= 2);
		}
	});
}

for (const make of [
	(clock: VirtualClock) => new SteadyRadio(clock),
	(clock: VirtualClock) => new FlakyRadio(clock, { word: () => 0x8000_0000 }),
]) {
	test(`${make(new VirtualClock()).constructor.name}: a join ends what was up`, t => {
		const clock = new VirtualClock();
		const radio = make(clock);
		const ears = [new Ear(clock), new Ear(clock)] as const;
		radio.join(network, ears[0]);
		while (ears[0].heard.length === 0) clock.run(clock.next);
		t.not(radio.signal(), undefined);
		radio.join(network, ears[1]);
		t.is(radio.signal(), undefined);
		while (ears[1].heard.length === 0) clock.run(clock.next);
		t.deepEqual([ears[0].heard.length, ears[1].last], [1, "up 127.0.0.1"]);
	});
}

test("FlakyRadio: every weather occurs, within its bounds", t => {
	const counts = { up: 0, failed: 0, mute: 0 };
	const clock = new VirtualClock();
	const radio = new FlakyRadio(clock, new Random(1));
	const rounds = 2_000;
	for (let i = 0; i < rounds; i++) {
		const ear = new Ear(clock);
		const start = clock.now();
		radio.join(network, ear);
		clock.run(start + flakiness.joinMaxMs);
		if (ear.heard.length === 0) {
			counts.mute++;
			t.is(clock.next, Infinity);
			continue;
		}
		const joinedAt = ear.heard[0]!.time;
		t.true(joinedAt - start >= flakiness.joinMinMs);
		if (ear.heard[0]!.what.startsWith("down")) {
			counts.failed++;
			continue;
		}
		counts.up++;
		if (ear.heard.length === 1) {
			const signal = radio.signal()!;
			t.true(signal >= flakiness.signalMin && signal <= flakiness.signalMax);
		}
		clock.run(joinedAt + flakiness.upMaxMs);
		t.is(ear.last, "down the signal is lost");
		t.true(ear.heard[1]!.time - joinedAt >= flakiness.upMinMs);
		t.is(radio.signal(), undefined);
	}
	const percent = (count: number) => (100 * count) / rounds;
	t.true(Math.abs(percent(counts.mute) - flakiness.mutePercent) < 2, `${counts.mute} mute`);
	t.true(Math.abs(percent(counts.failed) - 23.75) < 4, `${counts.failed} failed`);
});

test("FlakyRadio: the same seed brings the same weather", t => {
	const storms = [1, 1, 2].map(seed => {
		const clock = new VirtualClock();
		const radio = new FlakyRadio(clock, new Random(seed));
		const ear = new Ear(clock);
		for (let i = 0; i < 10; i++) {
			radio.join(network, ear);
			clock.run(clock.now() + 100_000);
		}
		return ear.heard;
	});
	t.deepEqual(storms[0], storms[1]);
	t.notDeepEqual(storms[0], storms[2]);
});
