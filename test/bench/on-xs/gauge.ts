/// <reference path="../../../hosts/xs/engine.d.ts" />

/** What one turn of some work takes: computrons, and what it leaves for the collector. */
export interface Cost {
	computrons: number;
	slots: number;
	chunkBytes: number;
}

const before = new Float64Array(8);
const after = new Float64Array(8);

/** The average of many turns; the heap must be large enough for no collection to happen. */
export function gauge(turns: number, work: (turn: number) => void): Cost {
	for (let i = 0; i < 32; i++) work(i);
	engine.gc();
	engine.memory(before);
	const start = engine.meter();
	for (let i = 0; i < turns; i++) work(i);
	const computrons = engine.meter() - start;
	engine.memory(after);
	if (after[5] !== before[5]) throw new Error("the collector ran within a measurement");
	return {
		computrons: computrons / turns,
		slots: (after[0]! - before[0]!) / turns,
		chunkBytes: (after[2]! - before[2]!) / turns,
	};
}

/** What is left of a cost without that of the bench itself, for each of count messages. */
export function net(cost: Cost, bench: Cost, count = 1): Cost {
	return {
		computrons: (cost.computrons - bench.computrons) / count,
		slots: (cost.slots - bench.slots) / count,
		chunkBytes: (cost.chunkBytes - bench.chunkBytes) / count,
	};
}
