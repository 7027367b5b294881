import type { Host } from "../../hosts/host.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { Rig } from "./rig.js";

/** The engine host looks up eight names at a time, and has 64 sockets. */
const lanes = 6;
/** The longest that a scenario may take. */
const limitMs = 60_000;
const tooLong = Symbol("too long");

/** What a client and a broker do together. It throws when that does not come out as the standards say. */
export interface Scenario {
	title: string;
	/** All, unless it says which. */
	versions?: readonly Version[];
	run(rig: Rig): Promise<void>;
}

export interface Result {
	title: string;
	/** Empty when it came out right. */
	fault: string;
}

/**
 * Runs all scenarios of the version, some at a time, each with clients of its own; the last of the list,
 * which take longest, begin.
 */
export async function runScenarios(
	scenarios: readonly Scenario[],
	host: Host,
	url: string,
	version: Version,
): Promise<Result[]> {
	const left = scenarios.filter(({ versions }) => versions?.includes(version) ?? true);
	const results: Result[] = [];
	const lane = async () => {
		for (let next = left.pop(); next !== undefined; next = left.pop())
			results.push(await runOne(next, new Rig(host, url, version)));
	};
	await Promise.all(Array.from({ length: lanes }, lane));
	return results;
}

async function runOne({ title, run }: Scenario, rig: Rig): Promise<Result> {
	try {
		await Promise.race([run(rig), rig.wait(limitMs).then(() => tooLong)]).then(end => {
			if (end === tooLong) throw new Error(`it is not over in ${limitMs / 1000} s`);
		});
		return { title, fault: "" };
	} catch (error) {
		return { title, fault: error instanceof Error ? error.message : String(error) };
	} finally {
		rig.close();
	}
}
