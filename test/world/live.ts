import { causeNames } from "../../modules/link/cause.js";
import type { Counts } from "./counts.js";
import { Trace } from "./trace.js";
import { BrokenLaw } from "./timeline.js";
import { World } from "./world.js";

/** Lives one world. When a law breaks, it is lived again, just the same, with somebody who takes notes. */
export function live(seed: number): { counts: Counts; fault?: string } {
	const world = new World(seed);
	try {
		return { counts: world.run() };
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		return { counts: world.counts, fault: describe(seed, error) };
	}
}

function describe(seed: number, first: Error): string {
	const world = new World(seed);
	const trace = new Trace(world);
	let again: Error | undefined;
	try {
		world.run();
	} catch (error) {
		again = error as Error;
	}
	const { weather, device } = world;
	const { session, ...options } = device.options;
	const endings = causeNames.map((name, i) => `${name} ${device.link.endings[i]}`).join(", ");
	return [
		`seed ${seed}: ${first.message}`,
		...(first instanceof BrokenLaw ? [] : [first.stack ?? ""]),
		...(again?.message === first.message ? [] : [`(when lived again: ${again?.message ?? "nothing"})`]),
		`weather: ${weather.names}`,
		`options: ${JSON.stringify({ ...options, ...session })}, broker ${JSON.stringify(world.broker.options)}`,
		`endings: ${endings}`,
		...trace.tail(),
		`replay: npm run world -- --seeds 1 --seed ${seed}`,
	].join("\n");
}
