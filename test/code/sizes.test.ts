// node only
// How long things may be, so that one screen and one head hold them. A tab counts as one column.

import test from "ava";
import { blank, findFiles, findFunctions, readText } from "../support/source.js";

const fileLinesMax = 400;
const functionLinesMax = 70;
const columnsMax = 110;

const paths = findFiles("", [".ts", ".c", ".h"]);

test("sizes: there are files to measure", t => {
	t.true(paths.includes("test/code/sizes.test.ts"));
	t.true(paths.includes("hosts/host.ts"));
});

test(`sizes: no file is over ${fileLinesMax} lines`, t => {
	const offenders: string[] = [];
	for (const path of paths) {
		const count = readText(path)!.replace(/\n$/, "").split("\n").length;
		if (count > fileLinesMax) offenders.push(`${path}: ${count} lines`);
	}
	t.deepEqual(offenders, []);
});

test(`sizes: no line is over ${columnsMax} columns`, t => {
	const offenders: string[] = [];
	for (const path of paths) {
		readText(path)!
			.split("\n")
			.forEach((line, i) => {
				const columns = [...line].length;
				if (columns > columnsMax) offenders.push(`${path}:${i + 1}: ${columns} columns`);
			});
	}
	t.deepEqual(offenders, []);
});

test(`sizes: no function is over ${functionLinesMax} lines`, t => {
	const offenders: string[] = [];
	for (const path of paths) {
		for (const { line, lines } of findFunctions(blank(readText(path)!, !path.endsWith(".ts"))))
			if (lines > functionLinesMax) offenders.push(`${path}:${line}: ${lines} lines`);
	}
	t.deepEqual(offenders, []);
});
