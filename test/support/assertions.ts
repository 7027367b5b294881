/** The assertions of ava that the pure suites use, where ava itself cannot run. */

import { difference, show, unlike } from "../xs/difference.js";

type Thrower = () => unknown;

interface Expectation {
	instanceOf?: new (...args: never[]) => unknown;
	message?: string | RegExp | ((message: string) => boolean);
	name?: string;
	code?: string | number;
	is?: unknown;
}

/** An assertion that did not hold. It is also counted, so that a test cannot swallow it. */
export class AssertionFailure extends Error {
	override get name(): string {
		return "AssertionFailure";
	}
}

export class Assertions {
	readonly title: string;
	readonly failures: string[] = [];
	#count = 0;
	#planned: number | undefined;

	constructor(title: string) {
		this.title = title;
	}
	pass(): void {
		this.#count++;
	}
	fail(message?: string): never {
		this.#count++;
		this.#raise(message ?? "failed");
	}
	is(actual: unknown, expected: unknown, message?: string): void {
		this.#check(
			Object.is(actual, expected),
			message,
			() => `is ${show(actual)}, should be ${show(expected)}`,
		);
	}
	not(actual: unknown, other: unknown, message?: string): void {
		this.#check(!Object.is(actual, other), message, () => `should not be ${show(actual)}`);
	}
	true(actual: unknown, message?: string): void {
		this.#check(actual === true, message, () => `is ${show(actual)}, should be true`);
	}
	false(actual: unknown, message?: string): void {
		this.#check(actual === false, message, () => `is ${show(actual)}, should be false`);
	}
	truthy(actual: unknown, message?: string): void {
		this.#check(Boolean(actual), message, () => `is ${show(actual)}, should be truthy`);
	}
	falsy(actual: unknown, message?: string): void {
		this.#check(!actual, message, () => `is ${show(actual)}, should be falsy`);
	}
	assert(actual: unknown, message?: string): void {
		this.truthy(actual, message);
	}
	deepEqual(actual: unknown, expected: unknown, message?: string): void {
		const found = difference(actual, expected);
		this.#check(found === undefined, message, () => found ?? "");
	}
	notDeepEqual(actual: unknown, other: unknown, message?: string): void {
		this.#check(difference(actual, other) !== undefined, message, () => `should not be ${show(actual)}`);
	}
	like(actual: unknown, selector: unknown, message?: string): void {
		const found = unlike(actual, selector);
		this.#check(found === undefined, message, () => found ?? "");
	}
	regex(text: string, pattern: RegExp, message?: string): void {
		this.#check(text.search(pattern) >= 0, message, () => `${show(text)} should match ${pattern}`);
	}
	notRegex(text: string, pattern: RegExp, message?: string): void {
		this.#check(text.search(pattern) < 0, message, () => `${show(text)} should not match ${pattern}`);
	}
	throws(run: Thrower, expectation: Expectation = {}, message?: string): unknown {
		try {
			run();
		} catch (error) {
			return this.#expect(error, expectation, message);
		}
		this.#check(false, message, () => "nothing was thrown");
		return undefined;
	}
	notThrows(run: Thrower, message?: string): void {
		try {
			run();
		} catch (error) {
			this.#check(false, message, () => `threw ${show(error)}`);
		}
		this.pass();
	}
	async throwsAsync(run: Thrower | Promise<unknown>, expectation: Expectation = {}, message?: string) {
		try {
			await (typeof run === "function" ? run() : run);
		} catch (error) {
			return this.#expect(error, expectation, message);
		}
		this.#check(false, message, () => "nothing was thrown");
		return undefined;
	}
	async notThrowsAsync(run: Thrower | Promise<unknown>, message?: string): Promise<void> {
		try {
			await (typeof run === "function" ? run() : run);
		} catch (error) {
			this.#check(false, message, () => `threw ${show(error)}`);
		}
		this.pass();
	}
	plan(count: number): void {
		this.#planned = count;
	}
	log(...values: unknown[]): void {
		trace(`  ${values.map(value => (typeof value === "string" ? value : show(value))).join(" ")}\n`);
	}
	/** Nothing is limited but the whole: see testMs. */
	timeout(): void {}
	/** Looks at what cannot be seen before the end. */
	finish(): void {
		if (this.failures.length > 0) return;
		if (this.#planned !== undefined && this.#planned !== this.#count) {
			this.failures.push(`made ${this.#count} assertions, planned ${this.#planned}`);
		} else if (this.#planned === undefined && this.#count === 0) this.failures.push("made no assertion");
	}
	#expect(error: unknown, expectation: Expectation, message: string | undefined): unknown {
		if (error instanceof AssertionFailure) throw error;
		const { instanceOf, is } = expectation;
		const got = error as { message?: unknown; name?: unknown; code?: unknown };
		const told = () => `threw ${show(error)}`;
		if (instanceOf)
			this.#check(error instanceof instanceOf, message, () => `${told()}, not a ${instanceOf.name}`);
		if ("is" in expectation) this.#check(Object.is(error, is), message, () => `${told()}, not ${show(is)}`);
		for (const key of ["name", "code"] as const) {
			if (expectation[key] === undefined) continue;
			this.#check(
				got[key] === expectation[key],
				message,
				() => `${told()}, not with ${key} ${expectation[key]}`,
			);
		}
		if (expectation.message !== undefined) {
			const fits = matches(String(got.message), expectation.message);
			this.#check(fits, message, () => `${told()}, not with message ${expectation.message}`);
		}
		this.pass();
		return error;
	}
	#check(holds: boolean, message: string | undefined, detail: () => string): void {
		if (!holds) this.#raise(message === undefined ? detail() : `${message}: ${detail()}`);
		this.#count++;
	}
	#raise(detail: string): never {
		this.failures.push(detail);
		throw new AssertionFailure(detail);
	}
}

function matches(text: string, wanted: NonNullable<Expectation["message"]>): boolean {
	if (typeof wanted === "string") return text === wanted;
	return typeof wanted === "function" ? wanted(text) : text.search(wanted) >= 0;
}
