// node only
// A mutant whose place is gone from the code proves nothing any more.

import test from "ava";
import { readFileSync } from "node:fs";
import { mutants } from "./mutant-list.js";

test("each mutant of the list is one place of the code", t => {
	for (const { name, file, from } of mutants) t.is(readFileSync(file, "utf8").split(from).length, 2, name);
});
