// node only
// Every statement of the standard that binds a client has a test that names it.

import test from "ava";
import { readStatements } from "./statements.js";

const statements = readStatements();

test("statements: the table has those of both versions", t => {
	t.is(statements.filter(({ version }) => version === "3.1.1").length, 75);
	t.is(statements.filter(({ version }) => version === "5.0").length, 136);
});
