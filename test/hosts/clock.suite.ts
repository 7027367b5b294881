import test from "ava";
import type { Clock } from "../../hosts/host.js";

/** What every Clock does, whoever implements it. Times are real: only what comes too early is wrong. */
export function clockSuite(name: string, clock: Clock): void {
	const pass = (ms: number) => new Promise<void>(resolve => clock.alarm(resolve).set(clock.now() + ms));

	test(`${name}: it never goes back`, async t => {
		let last = clock.now();
		for (let i = 0; i < 1_000; i++) {
			const now = clock.now();
			if (now < last) t.fail(`${now} after ${last}`);
			last = now;
		}
		await pass(30);
		t.true(clock.now() - last >= 30);
	});

	test(`${name}: an alarm rings once, at its time or later, and not from within set()`, async t => {
		const rings: number[] = [];
		const due = clock.now() + 20;
		clock.alarm(() => rings.push(clock.now())).set(due);
		t.deepEqual(rings, []);
		await pass(100);
		t.is(rings.length, 1);
		t.true(rings[0]! >= due, `${rings[0]} is before ${due}`);
	});

	test(`${name}: 0 and a time gone by are at once, but not within set()`, async t => {
		for (const time of [0, clock.now() - 5]) {
			let rings = 0;
			clock.alarm(() => rings++).set(time);
			t.is(rings, 0);
			await pass(50);
			t.is(rings, 1);
		}
	});

	test(`${name}: setting an alarm again replaces it, and Infinity clears it`, async t => {
		const rings: string[] = [];
		const later = clock.alarm(() => rings.push("later"));
		const never = clock.alarm(() => rings.push("never"));
		later.set(0);
		later.set(clock.now() + 60);
		never.set(0);
		never.set(Infinity);
		await pass(30);
		t.deepEqual(rings, []);
		await pass(80);
		t.deepEqual(rings, ["later"]);
	});

	test(`${name}: an alarm can be set again from its own callback`, async t => {
		let rings = 0;
		await new Promise<void>(resolve => {
			const alarm = clock.alarm(() => {
				if (++rings === 40) return resolve();
				alarm.set(rings % 2 === 0 ? 0 : clock.now() + 1);
			});
			alarm.set(0);
		});
		t.is(rings, 40);
		await pass(20);
		t.is(rings, 40);
	});

	test(`${name}: who asks for the date is answered, and it is of these years or unknown`, async t => {
		const known = await new Promise<boolean>(resolve => clock.setWall(resolve));
		const wall = clock.wall();
		t.is(wall !== undefined, known);
		t.true(wall === undefined || (wall > Date.UTC(2024, 0) && wall < Date.UTC(2100, 0)));
	});
}
