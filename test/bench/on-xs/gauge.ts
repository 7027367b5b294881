/// <reference path="../../../hosts/xs/engine.d.ts" />

/** What one turn of some work takes: computrons, and what it leaves for the collector. */
export interface Cost {
	computrons: number;
	slots: number;
	chunkBytes: number;
}

const warmTurns = 32;
const before = new Float64Array(8);
const after = new Float64Array(8);

/** The average of many turns; the heap must be large enough for no collection to happen. */
export function gauge(turns: number, work: (turn: number) => void): Cost {
	for (let i = 0; i < warmTurns; i++) work(i);
	begin();
	const start = engine.meter();
	for (let i = 0; i < turns; i++) work(i);
	return costOf(turns, engine.meter() - start);
}

/** The same with the jobs of promises after each turn. */
export async function gaugeTurns(turns: number, work: () => void): Promise<Cost> {
	for (let i = 0; i < warmTurns; i++) {
		work();
		await undefined;
	}
	begin();
	const start = engine.meter();
	for (let i = 0; i < turns; i++) {
		work();
		await undefined;
	}
	return costOf(turns, engine.meter() - start);
}

function begin(): void {
	engine.gc();
	engine.memory(before);
}

function costOf(turns: number, computrons: number): Cost {
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
