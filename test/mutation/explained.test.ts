// node only
import test from "ava";
import { explained } from "./explained.js";
import { allMutants, idleParts } from "./mutants.js";

test("each explained mutant is one that the code has", async t => {
	t.deepEqual(idleParts(explained, await allMutants()), []);
});
