import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Version } from "../../modules/wire/packet-type.js";
import { Differential } from "./differential.js";

const versions: readonly Version[] = Object.freeze([3, 4, 5]);
const names = Object.freeze({ 3: "3.1", 4: "3.1.1", 5: "5.0" });

interface Outcome {
	packets: number;
	mutated: number;
	bothRefuse: number;
	explained: [string, number][];
	unexplained: string[];
}

/**
 * So many packets of each version against mqtt-packet, a process for each. False at a difference without a
 * row.
 */
export async function runDifferential(packets: number, seed: number): Promise<boolean> {
	const startedAt = performance.now();
	const outcomes = await Promise.all(versions.map(version => runVersion(version, packets, seed)));
	const sums = new Map<string, number>();
	for (const { explained } of outcomes)
		for (const [name, count] of explained) sums.set(name, (sums.get(name) ?? 0) + count);
	for (const [name, count] of [...sums].sort((a, b) => b[1] - a[1]))
		console.log(`${count.toLocaleString("en").padStart(9)}  ${name}`);
	for (const [i, { packets: count, bothRefuse }] of outcomes.entries())
		console.log(
			`MQTT ${names[versions[i]!]}: ${count.toLocaleString("en")} packets written and read both ways, ` +
				`as many changed, of which both refuse ${bothRefuse.toLocaleString("en")}`,
		);
	const misses = outcomes.flatMap(({ unexplained }) => unexplained);
	for (const miss of misses) console.log(miss);
	const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
	console.log(`${misses.length === 0 ? "ok" : "FAILED"}, ${seconds} s: ${misses.length} unexplained`);
	return misses.length === 0;
}

function runVersion(version: Version, packets: number, seed: number): Promise<Outcome> {
	const child = fork(fileURLToPath(import.meta.url), [String(version), String(packets), String(seed)]);
	return new Promise((resolve, reject) => {
		child.on("message", resolve);
		child.on("exit", code => {
			if (code !== 0) reject(new Error(`the process for version ${version} ends with code ${code}`));
		});
	});
}

/** In the process of one version. */
function work(version: Version, packets: number, seed: number): void {
	const differential = new Differential(version, seed);
	while (differential.packets < packets && differential.next());
	const { mutated, bothRefuse, explained, unexplained } = differential;
	const outcome: Outcome = {
		packets: differential.packets,
		mutated,
		bothRefuse,
		explained: [...explained],
		unexplained,
	};
	process.send!(outcome, () => process.exit(0));
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
	const [version, packets, seed] = process.argv.slice(2).map(Number);
	work(version as Version, packets!, seed!);
}
