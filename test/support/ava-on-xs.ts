/**
 * As much of ava as the pure suites use, for XS: a bundle maps "ava" to this module. Tests run in the order
 * in which they were made, each awaited before the next; failures are printed, and a last line sums up.
 *
 * It knows nothing but `engine` and trace(), and fails when no test ran, when a test makes no assertion, and
 * when a test does not end.
 */

import { show } from "../xs/difference.js";
import { AssertionFailure, Assertions } from "./assertions.js";

type Run = (t: Assertions) => unknown;
const testMs = 60_000;
const tests: { title: string; run: Run }[] = [];

// fast-check takes these at its start; the suites themselves have no timers.
Object.assign(globalThis, {
	setTimeout: (callback: () => void, ms: number) => engine.Timer.set(callback, ms),
	clearTimeout: (id: Parameters<typeof engine.Timer.clear>[0]) => engine.Timer.clear(id),
});

/** Adds a test. */
export default function test(title: string, run: Run): void {
	if (tests.length === 0) Promise.resolve().then(runAll);
	tests.push({ title, run });
}
test.serial = test;
test.skip = (title: string, _run: Run): void => trace(`- ${title} (skipped)\n`);
test.todo = (title: string): void => trace(`- ${title} (to do)\n`);

// A bundle without a test must not pass for a good one; with one, the sum is printed long before.
engine.Timer.set(() => {
	if (tests.length > 0) return;
	trace("0 passed, 0 failed: no test ran\n");
	engine.exit(1);
}, 0);

async function runAll(): Promise<void> {
	let failed = 0;
	for (const { title, run } of tests) {
		const failures = await runOne(title, run);
		if (failures.length === 0) continue;
		failed++;
		trace(`✘ ${title}\n${failures.map(failure => `    ${failure}\n`).join("")}`);
	}
	trace(`${tests.length - failed} passed, ${failed} failed\n`);
	engine.exit(failed > 0 ? 1 : 0);
}

async function runOne(title: string, run: Run): Promise<string[]> {
	const t = new Assertions(title);
	const alarm = engine.Timer.set(() => {
		trace(`✘ ${title}\n    does not end\n`);
		engine.exit(1);
	}, testMs);
	try {
		await run(t);
	} catch (error) {
		if (!(error instanceof AssertionFailure)) t.failures.push(`threw ${describe(error)}`);
	}
	engine.Timer.clear(alarm);
	t.finish();
	return t.failures;
}

function describe(error: unknown): string {
	return error instanceof Error && error.stack ? error.stack : show(error);
}
