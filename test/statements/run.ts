// npm run statements: each statement that binds a client, where the code keeps it and which tests show it.
// The last line is the sum; it ends with 1 when one is unkept or untested without a reason.

import { readStatements } from "./statements.js";

const statements = readStatements();
let unkept = 0;
let untested = 0;
let excused = 0;
for (const { id, version, paraphrase, ...places } of statements) {
	console.log(`${id} (${version}) ${paraphrase}`);
	console.log(`    kept    ${places.kept.join(" ") || (places.unkept ?? "NOWHERE")}`);
	console.log(`    tested  ${places.tested.join(" ") || (places.untested ?? "NOWHERE")}`);
	const isUnkept = places.kept.length === 0;
	const isUntested = places.tested.length === 0;
	if (isUnkept && places.unkept === undefined) unkept++;
	if (isUntested && places.untested === undefined) untested++;
	if ((isUnkept && places.unkept !== undefined) || (isUntested && places.untested !== undefined)) excused++;
}
const whole = statements.length - excused - unkept - untested;
console.log(
	`${statements.length} statements: ${whole < 0 ? 0 : statements.filter(isWhole).length} kept and tested, ` +
		`${excused} with a reason why not, ${unkept} unkept, ${untested} untested`,
);
process.exitCode = unkept + untested > 0 ? 1 : 0;

function isWhole({ kept, tested }: { kept: string[]; tested: string[] }): boolean {
	return kept.length > 0 && tested.length > 0;
}
