// The station against a radio whose air is a small table: which networks are in reach, which answer, and
// when the link drops. Time is virtual; chance is a fixed number where a wait is measured, a seed elsewhere.

import test from "ava";
import { FlakyRadio } from "../../hosts/simulated-radio.js";
import { Station, StationState, type StationOptions } from "../../modules/wifi/station.js";
import type { WiFiNetwork } from "../../modules/wifi/wifi-network.js";
import { AirRadio, StationDiary, answerMs } from "../support/air-radio.js";
import { Random } from "../support/random.js";
import { VirtualClock } from "../support/virtual-clock.js";

const home: WiFiNetwork = { ssid: "home", password: "feathers" };
const shed: WiFiNetwork = { ssid: "shed", password: "" };
const mast: WiFiNetwork = { ssid: "mast", password: "f".repeat(64) };
const joinMs = 20_000;
const healthyMs = 30_000;
const half = 0x8000_0000;

function setUp(networks: WiFiNetwork[], options: Partial<StationOptions> = {}, word = half) {
	const clock = new VirtualClock();
	const radio = new AirRadio(clock);
	const diary = new StationDiary(clock);
	const host = { clock, random: { word: () => word } };
	const station = new Station(host, radio, diary, { networks, joinMs, healthyMs, ...options });
	return { clock, radio, diary, station };
}

test("Station: it joins, and tells network and address", t => {
	const { clock, diary, station } = setUp([home]);
	t.is(station.signal, undefined);
	station.start();
	clock.run(1_000);
	station.start();
	t.is(clock.next, Infinity);
	t.deepEqual(diary.lines, ["500 home up 10.0.0.2"]);
	t.deepEqual([station.state, station.ssid, station.address], [StationState.up, "home", "10.0.0.2"]);
	t.deepEqual([station.joins, station.failures, station.losses, station.signal], [1, 0, 0, -60]);
});

test("Station: nothing is joined before the alarm of start()", t => {
	const { radio, station } = setUp([home]);
	station.start();
	t.deepEqual(radio.joins, []);
});

test("Station: an attempt without an answer ends at its deadline, and is given up", t => {
	const { clock, radio, diary, station } = setUp([home, shed]);
	radio.air["home"] = "mute";
	station.start();
	clock.run(joinMs - 1);
	t.is(station.state, StationState.joining);
	t.is(radio.leaves, 0);
	clock.run(joinMs + answerMs);
	t.is(radio.leaves, 1);
	t.deepEqual(diary.lines, ["20000 home failed: no answer in 20 s", "20500 shed up 10.0.0.2"]);
});

test("Station: a failure brings the next network at once, a round in vain a wait", t => {
	const { clock, radio, diary, station } = setUp([home, shed]);
	radio.air["home"] = radio.air["shed"] = "gone";
	station.start();
	clock.run(1_000);
	t.deepEqual(diary.lines, ["500 home failed: not found", "1000 shed failed: not found", "1000 waiting 500"]);
	t.deepEqual([station.state, station.retryMs, station.failures], [StationState.waiting, 500, 2]);
	clock.run(1_499);
	t.is(radio.joins.length, 2);
	clock.run(1_500);
	t.deepEqual(radio.joins, ["0 home", "500 shed", "1500 home"]);
	t.is(station.retryMs, 0);
});

test("Station: the bound of the wait doubles from 1 s, and ends at 60 s", t => {
	const { clock, radio, diary, station } = setUp([home]);
	radio.air["home"] = "gone";
	station.start();
	clock.run(600_000);
	const waits = diary.lines.filter(line => line.includes("waiting")).map(line => Number(line.split(" ")[2]));
	t.deepEqual(waits.slice(0, 9), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

for (const { title, word, waitMs } of [
	{ title: "no wait at all at the lower end", word: 0, waitMs: 0 },
	{ title: "the bound less 1 ms at the upper end", word: 0xffff_ffff, waitMs: 999 },
]) {
	test(`Station: the jitter is full: ${title}`, t => {
		const { clock, radio, station } = setUp([home], {}, word);
		radio.air["home"] = "gone";
		station.start();
		clock.run(answerMs + waitMs);
		t.deepEqual(radio.joins, ["0 home", `${answerMs + waitMs} home`]);
	});
}

test("Station: a healthy network that drops is joined again at once, before those of higher priority", t => {
	const { clock, radio, diary, station } = setUp([home, shed, mast]);
	radio.air["home"] = "gone";
	station.start();
	clock.run(1_000 + healthyMs);
	radio.air["home"] = "good";
	radio.drop();
	clock.run(clock.now() + answerMs);
	t.deepEqual(radio.joins, ["0 home", "500 shed", "31000 shed"]);
	t.deepEqual(diary.lines.slice(1), [
		"1000 shed up 10.0.0.2",
		"31000 shed lost: out of reach",
		"31500 shed up 10.0.0.2",
	]);
	t.deepEqual([station.joins, station.failures, station.losses], [2, 1, 1]);
});

test("Station: when the lost network does not come back, the others follow by priority, each once", t => {
	const { clock, radio, station } = setUp([home, shed, mast]);
	radio.air["home"] = "gone";
	station.start();
	clock.run(1_000 + healthyMs);
	radio.air["shed"] = radio.air["mast"] = "gone";
	radio.drop();
	clock.run(33_000);
	t.deepEqual(radio.joins.slice(2), ["31000 shed", "31500 home", "32000 mast", "33000 home"]);
});

test("Station: a loss soon after the join is waited out, and the waits grow", t => {
	const { clock, radio, diary, station } = setUp([home]);
	station.start();
	for (let i = 0; i < 3; i++) {
		while (station.state !== StationState.up) clock.run(clock.next);
		radio.drop();
	}
	t.deepEqual(
		diary.lines.filter(line => line.includes("waiting")).map(line => line.split(" ")[2]),
		["500", "1000", "2000"],
	);
});

test("Station: a healthy while starts the back-off anew, and one just too short does not", t => {
	for (const [upMs, waitMs] of [
		[healthyMs, 500],
		[healthyMs - 1, 4_000],
	] as const) {
		const { clock, radio, station } = setUp([home]);
		radio.air["home"] = "gone";
		station.start();
		clock.run(answerMs * 2 + 500);
		radio.air["home"] = "good";
		clock.run(answerMs * 3 + 1_500 + upMs);
		t.is(station.state, StationState.up);
		radio.air["home"] = "gone";
		radio.drop();
		if (upMs < healthyMs) t.is(station.retryMs, 2_000);
		clock.run(clock.now() + station.retryMs + answerMs);
		t.is(station.retryMs, waitMs);
	}
});

test("Station: what a given-up join hears later is ignored", t => {
	const { clock, radio, diary, station } = setUp([home, shed]);
	radio.air["home"] = "mute";
	station.start();
	clock.run(joinMs);
	radio.handlers[0]!.onUp("10.0.0.9");
	radio.handlers[0]!.onDown("late");
	t.is(station.state, StationState.joining);
	clock.run(joinMs + answerMs);
	radio.handlers[0]!.onUp("10.0.0.9");
	radio.handlers[0]!.onDown("late");
	t.deepEqual(diary.lines, ["20000 home failed: no answer in 20 s", "20500 shed up 10.0.0.2"]);
});

test("Station: a loss is told once, however often the radio tells it", t => {
	const { clock, radio, diary, station } = setUp([home]);
	station.start();
	clock.run(answerMs);
	radio.drop();
	radio.drop();
	t.is(station.losses, 1);
	t.deepEqual(diary.lines.slice(1), ["500 home lost: out of reach", "500 waiting 500"]);
});

test("Station: another address is told, the same one is not told again", t => {
	const { clock, radio, diary, station } = setUp([home]);
	station.start();
	clock.run(answerMs);
	radio.handlers[0]!.onUp("10.0.0.2");
	radio.handlers[0]!.onUp("10.0.0.3");
	t.deepEqual(diary.lines, ["500 home up 10.0.0.2", "500 home up 10.0.0.3"]);
	t.deepEqual([station.joins, station.address], [1, "10.0.0.3"]);
});

test("Station: a radio that throws is a failed attempt", t => {
	const { clock, radio, diary, station } = setUp([home, shed]);
	radio.air["home"] = "broken";
	radio.leave = () => {
		throw new Error("no radio");
	};
	station.start();
	clock.run(answerMs);
	t.deepEqual(diary.lines, ["0 home failed: Error: no radio", "500 shed up 10.0.0.2"]);
});

test("Station: a radio that answers within join() neither recurses nor spins", t => {
	const { clock, radio, station } = setUp([home, shed]);
	radio.join = (_network, handler) => handler.onDown("at once");
	station.start();
	clock.run(3_600_000);
	t.true(station.failures > 100 && station.failures < 400, `${station.failures} attempts in an hour`);
});

test("Station: stop() leaves, and nothing follows until start()", t => {
	const { clock, radio, diary, station } = setUp([home]);
	station.start();
	clock.run(answerMs);
	station.stop();
	station.stop();
	radio.handlers[0]!.onDown("left");
	clock.run(3_600_000);
	t.deepEqual([radio.leaves, radio.joins.length, clock.next], [1, 1, Infinity]);
	t.deepEqual([station.state, station.address, station.signal], [StationState.stopped, "", undefined]);
	t.deepEqual(diary.lines, ["500 home up 10.0.0.2"]);
	station.start();
	clock.run(3_600_000 + answerMs);
	t.is(station.state, StationState.up);
});

test("Station: stop() while it waits ends the waiting, and from within a report no wait is told", t => {
	const { clock, radio, diary, station } = setUp([home]);
	radio.air["home"] = "gone";
	diary.onDown = () => station.stop();
	station.start();
	clock.run(answerMs);
	t.deepEqual([radio.joins.length, diary.lines.length, clock.next], [1, 0, Infinity]);
});

test("Station: start() after stop() begins anew, with the first network and the shortest wait", t => {
	const { clock, radio, diary, station } = setUp([home, shed]);
	radio.air["home"] = "gone";
	station.start();
	clock.run(1_000);
	radio.air["shed"] = "gone";
	radio.drop();
	clock.run(2_000);
	t.is(station.ssid, "home");
	station.stop();
	station.start();
	clock.run(3_000);
	t.deepEqual(radio.joins.slice(-2), ["2000 home", "2500 shed"]);
	t.is(diary.lines.at(-1), "3000 waiting 500");
});

test("Station: in a flaky air it is up most of the time, and always comes back", t => {
	let losses = 0;
	let failures = 0;
	for (let seed = 1; seed <= 20; seed++) {
		const clock = new VirtualClock();
		const random = new Random(seed);
		const diary = new StationDiary(clock);
		const station = new Station({ clock, random }, new FlakyRadio(clock, random), diary, {
			networks: [home, shed],
		});
		let upSeconds = 0;
		let downSeconds = 0;
		station.start();
		for (let second = 1; second <= 3_600; second++) {
			clock.run(second * 1_000);
			const isUp = station.state === StationState.up;
			upSeconds += isUp ? 1 : 0;
			downSeconds = isUp ? 0 : downSeconds + 1;
			if (downSeconds > 240) t.fail(`seed ${seed}: down for ${downSeconds} s at ${second} s`);
		}
		t.true(upSeconds > 1_800, `seed ${seed}: up for ${upSeconds} s of 3600`);
		losses += station.losses;
		failures += station.failures;
	}
	t.true(losses > 200 && failures > 200, `the air was not flaky: ${losses} losses, ${failures} failures`);
});

for (const options of [{ joinMs: 0 }, { joinMs: NaN }, { joinMs: Infinity }, { healthyMs: -1 }]) {
	test(`Station: options refused: ${Object.keys(options)[0]} ${Object.values(options)[0]}`, t => {
		t.throws(() => setUp([home], options), { instanceOf: RangeError });
	});
}
