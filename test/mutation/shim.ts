/** What stands for ava in the mutants' bundle: it only collects the tests. */

import { Assertions, AssertionFailure } from "../support/assertions.js";
import type { Collected } from "./worker.js";

const collected: Collected[] = [];
(globalThis as unknown as { __mutation: { tests: Collected[] } }).__mutation.tests = collected;

export default function test(title: string, run: (t: Assertions) => unknown): void {
	collected.push({
		title,
		async passes() {
			const t = new Assertions(title);
			try {
				await run(t);
			} catch (error) {
				if (!(error instanceof AssertionFailure)) return false;
			}
			t.finish();
			return t.failures.length === 0;
		},
	});
}
test.serial = test;
test.skip = (): void => {};
test.todo = (): void => {};
