// npm run statements: each statement that binds a client, where the code keeps it and which tests show it.
// The last line is the sum; it ends with 1 when one is unkept or untested without a reason.

import { readStatements } from "./statements.js";

let whole = 0;
let excused = 0;
let open = 0;
const statements = readStatements();
for (const { id, version, paraphrase, kept, tested, unkept, untested } of statements) {
	console.log(`${id} (${version}) ${paraphrase}`);
	console.log(`    kept    ${kept.join(" ") || (unkept ?? "NOWHERE")}`);
	console.log(`    tested  ${tested.join(" ") || (untested ?? "NOWHERE")}`);
	if (kept.length > 0 && tested.length > 0) whole++;
	else if ((kept.length > 0 || unkept !== undefined) && (tested.length > 0 || untested !== undefined))
		excused++;
	else open++;
}
console.log(
	`${statements.length} statements: ${whole} kept and tested, ${excused} with a reason, ` +
		`${open} unkept or untested without one`,
);
process.exitCode = open > 0 ? 1 : 0;
