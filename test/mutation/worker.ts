/** Runs the tests of the bundle with one mutant on, in a process of its own that may hang. */

import { readFileSync } from "node:fs";
import { Script } from "node:vm";

export interface Collected {
	title: string;
	passes(): Promise<boolean>;
}

/** The mutant to turn on, 0 for none, and the tests to run, by number; all of them when there are none. */
export interface Order {
	mutant: number;
	tests: number[] | undefined;
}

export type Answer =
	/** Without a mutant: what each test reached, and how long it took; and what loading reached. */
	| { tests: { title: string; ms: number; reached: number[]; passed: boolean }[]; loaded: number[] }
	/** With one: the title of the first test that failed, or nothing. */
	| { killedBy: string };

interface State {
	on: number;
	reached: Uint8Array;
	tests: Collected[];
}

const [file, count] = process.argv.slice(2);
const script = new Script(readFileSync(file!, "utf8"), { filename: "mutants.js" });
const state: State = { on: 0, reached: new Uint8Array(Number(count) + 1), tests: [] };
(globalThis as unknown as { __mutation: State }).__mutation = state;

process.on("message", (order: Order) => {
	void answer(order).then(result => process.send!(result));
});
// A mutant may leave a promise rejected; the test that waits for it tells.
process.on("unhandledRejection", () => {});
process.send!("ready");

async function answer({ mutant, tests }: Order): Promise<Answer> {
	state.on = mutant;
	try {
		script.runInThisContext();
	} catch (error) {
		return { killedBy: `loading: ${String(error)}` };
	}
	if (mutant === 0) return await survey();
	for (const number of tests ?? state.tests.keys()) {
		const test = state.tests[number]!;
		if (!(await test.passes())) return { killedBy: test.title };
	}
	return { killedBy: "" };
}

async function survey(): Promise<Answer> {
	const loaded = reachedNow();
	const tests = [];
	for (const test of state.tests) {
		state.reached.fill(0);
		const from = performance.now();
		const passed = await test.passes();
		tests.push({ title: test.title, ms: performance.now() - from, reached: reachedNow(), passed });
	}
	return { tests, loaded };
}

function reachedNow(): number[] {
	const ids: number[] = [];
	state.reached.forEach((value, id) => {
		if (value > 0) ids.push(id);
	});
	return ids;
}
