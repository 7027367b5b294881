import type { ChildProcess } from "node:child_process";
import { connect, createServer, type AddressInfo } from "node:net";

// What brokers of other people that run beside the tests have in common.

/** No broker outlives the process that started it. */
export function endWithUs(child: ChildProcess): void {
	const end = () => child.kill("SIGKILL");
	process.once("exit", end);
	child.once("close", () => process.off("exit", end));
}

/** As a power cut would: without a farewell to anyone. */
export async function kill(child: ChildProcess | undefined): Promise<void> {
	if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
	const closed = new Promise(resolve => child.once("close", resolve));
	child.kill("SIGKILL");
	await closed;
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise(resolve => server.close(resolve));
	return port;
}

/** Waits until the broker listens on the port; it is killed, and that is told, when it ends or is late. */
export async function untilListens(child: ChildProcess, port: number, longestMs: number): Promise<void> {
	let failure = "";
	child.once("error", error => (failure = error.message));
	child.once("exit", code => (failure = `it ended with code ${code}`));
	const until = Date.now() + longestMs;
	while (!(await listens(port))) {
		if (failure === "" && Date.now() > until) failure = `${longestMs / 1000} s are over`;
		if (failure !== "") {
			await kill(child);
			throw new Error(`${child.spawnfile} does not listen on port ${port}: ${failure}`);
		}
		await new Promise(resolve => setTimeout(resolve, 20));
	}
}

function listens(port: number): Promise<boolean> {
	return new Promise(resolve => {
		const socket = connect(port, "127.0.0.1");
		socket.once("connect", () => {
			socket.destroy();
			resolve(true);
		});
		socket.once("error", () => resolve(false));
	});
}
