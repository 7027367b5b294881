// Prints the first of so many seeds which breaks a law, with the law; nothing when none does. For mutants.ts.

import { live } from "./live.js";

for (let seed = 1; seed <= Number(process.argv[2]); seed++) {
	const { fault } = live(seed);
	if (fault === undefined) continue;
	console.log(fault.slice(0, fault.indexOf("\n")));
	break;
}
