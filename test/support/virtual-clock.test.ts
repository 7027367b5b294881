import test from "ava";
import { VirtualClock } from "./virtual-clock.js";

test("virtual clock: callbacks come by their times, and at one time as they were set", t => {
	const clock = new VirtualClock();
	const order: string[] = [];
	const late = clock.alarm(() => order.push(`late ${clock.now()}`));
	late.set(10);
	clock.after(20, () => order.push(`after ${clock.now()}`));
	clock.after(10, () => order.push(`first ${clock.now()}`));
	clock.after(10, () => order.push(`second ${clock.now()}`));
	clock.after(5, () => late.set(20));
	clock.run(19);
	t.deepEqual([order, clock.now(), clock.next], [["first 10", "second 10"], 19, 20]);
	clock.run(20);
	t.deepEqual(order.slice(2), ["after 20", "late 20"]);
	t.is(clock.next, Infinity);
});

test("virtual clock: what is set in the past comes now, and what is called off never", t => {
	const clock = new VirtualClock();
	const times: number[] = [];
	const alarm = clock.alarm(() => times.push(clock.now()));
	const cancel = clock.after(50, () => t.fail("called off"));
	clock.run(100 - 51);
	cancel();
	clock.run(100);
	alarm.set(0);
	clock.run(100);
	alarm.set(101);
	alarm.set(Infinity);
	clock.run(200);
	t.deepEqual(times, [100]);
	t.throws(() => alarm.set(NaN), { instanceOf: TypeError });
});

test("virtual clock: a world that spins is stopped", t => {
	const clock = new VirtualClock();
	const alarm = clock.alarm(() => alarm.set(clock.now()));
	alarm.set(7);
	t.throws(() => clock.run(10), { message: /spins at 7 ms/ });
});

test("virtual clock: the date may have to be asked for", t => {
	const clock = new VirtualClock(1_000_000, false);
	t.is(clock.wall(), undefined);
	let known = false;
	clock.setWall(answer => (known = answer));
	clock.run(1_000);
	t.deepEqual([known, clock.wall()], [true, 1_001_000]);
});
