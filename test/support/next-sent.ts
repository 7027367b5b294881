import type { Bench } from "./bench.js";

/** Lets time pass until something goes out, which is given, or the connection ends, which is told. */
export function nextSent(bench: Bench): string {
	for (let turns = 0; turns < 100; turns++) {
		bench.now = Math.max(bench.now, bench.session.pulse.deadline);
		const out = bench.session.tick(bench.now, false) ?? bench.sent();
		if (out !== "") return out;
	}
	return "nothing";
}
