import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { root } from "./mutants.js";
import type { Answer, Order } from "./worker.js";

/** A process that runs tests with a mutant on; when it hangs or dies, the next order goes to another. */
export class Runner {
	#words: string[];
	#child: ChildProcess | undefined;

	constructor(bundlePath: string, mutants: number) {
		this.#words = [bundlePath, String(mutants)];
	}
	/**
	 * The answer; undefined when there is none in so many milliseconds, or the process has died. The clock
	 * starts when the process can work: on a busy machine its start takes seconds.
	 */
	async ask(order: Order, ms: number): Promise<Answer | undefined> {
		const child = (this.#child ??= await this.#start());
		return new Promise(resolve => {
			const done = (answer: Answer | undefined) => {
				clearTimeout(alarm);
				child.removeAllListeners();
				if (answer === undefined) this.end();
				resolve(answer);
			};
			const alarm = setTimeout(() => done(undefined), ms);
			child.once("message", message => done(message as Answer));
			child.once("exit", () => done(undefined));
			child.once("error", () => done(undefined));
			child.send(order);
		});
	}
	end(): void {
		this.#child?.kill("SIGKILL");
		this.#child = undefined;
	}
	#start(): Promise<ChildProcess> {
		const child = fork(join(root, "test/mutation/worker.ts"), this.#words, {
			execArgv: ["--import=tsx"],
			stdio: ["ignore", "ignore", "ignore", "ipc"],
		});
		return new Promise((resolve, reject) => {
			child.once("message", () => {
				child.removeAllListeners();
				resolve(child);
			});
			child.once("exit", code =>
				reject(new Error(`a process for the tests ended with ${code} at its start`)),
			);
		});
	}
}
