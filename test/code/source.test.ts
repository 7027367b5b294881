// node only
// The rules of this folder read sources with a small scanner: it is held against what it must not mistake.

import test from "ava";
import { blank, findFunctions, findImports } from "../support/source.js";

const texts: { title: string; source: string; code: string; isC?: boolean }[] = [
	{ title: "a line comment", source: "a // b\nc", code: "a     \nc" },
	{ title: "a block comment", source: "a /* b\n */ c", code: "a     \n    c" },
	{ title: "strings", source: `f("a\\"b", 'c')`, code: `f("    ", ' ')` },
	{ title: "a comment sign in a string", source: `"//" + b`, code: `"  " + b` },
	{ title: "a quote in a comment", source: `a // don't\nb`, code: `a         \nb` },
	{ title: "a template", source: "`a${b}c` + d", code: "`  {b} ` + d" },
	{
		title: "a template in a template",
		source: "`a${b({ c: `d${e}f` })}g`; h",
		code: "`  {b({ c: `  {e} ` })} `; h",
	},
	{ title: "a dollar sign in a template", source: "`$a`; b", code: "`  `; b" },
	{ title: "a regular expression", source: `a.test(/["'/]b/) / c`, code: `a.test(/      /) / c` },
	{ title: "a class with a slash", source: `x = /[/]"/; y`, code: `x = /    /; y` },
	{ title: "a division", source: `a / b / "c"`, code: `a / b / " "` },
	{ title: "a division behind brackets", source: `(a) / b[0] / "c"`, code: `(a) / b[0] / " "` },
	{ title: "C", source: `a = b / c; // d\nchar e = '"';`, code: `a = b / c;     \nchar e = ' ';`, isC: true },
];

for (const { title, source, code, isC } of texts) {
	test(`source: only code is left of ${title}`, t => {
		const left = blank(source, isC);
		t.is(left.length, source.length);
		t.is(left, code);
	});
}

test("source: imports are found in all their forms, and in nothing else", t => {
	const source = `
		import a from "./a.js"; // import b from "./b.js"
		import type { C } from './c.js';
		export { d } from "./d.js";
		import "./e.js";
		type F = import("./f.js").F;
		const g = await import( "./g.js" );
		const text = 'import h from "./h.js"';
		copy(from, "i");
	`;
	t.deepEqual(findImports(source), ["./a.js", "./c.js", "./d.js", "./e.js", "./f.js", "./g.js"]);
	t.deepEqual(findImports(source, false), ["./a.js", "./d.js", "./e.js", "./f.js", "./g.js"]);
});

const functions: { title: string; source: string; lines: number[]; isC?: boolean }[] = [
	{ title: "a function", source: "function f() {\n\n}", lines: [3] },
	{ title: "a method with a type", source: "class C {\n\tf(a: string): void {\n\n\t}\n}", lines: [3] },
	{ title: "an accessor and a constructor", source: "get f(): T {\n}\nconstructor() {\n}", lines: [2, 2] },
	{ title: "a type in braces", source: "f(): { a: T }[] {\n\n}", lines: [3] },
	{ title: "a type that is a function", source: "f(): (a: T) => U {\n\n}", lines: [3] },
	{ title: "parameters in braces", source: "f({ a }: {\n\ta: T;\n}) {\n\n}", lines: [5] },
	{ title: "an arrow with brackets", source: "const f = (a: T): U => {\n\n};", lines: [3] },
	{ title: "an arrow without", source: `test("a", t => {\n\n});`, lines: [3] },
	{ title: "a function in another", source: "function f() {\n\tg(a => {\n\t\tb;\n\t});\n}", lines: [5, 3] },
	{
		title: "no loop or condition",
		source: "if (a) {\n}\nfor (;;) {\n}\nwhile (b) {\n}\nswitch (c) {\n}",
		lines: [],
	},
	{ title: "no interface", source: "interface A {\n\tf(a: T): void;\n\tg: (a: T) => U;\n}", lines: [] },
	{ title: "no choice", source: "const a = f(b) ? g(c) : { d };", lines: [] },
	{ title: "no object", source: "const a = f({\n\tb,\n});", lines: [] },
	{ title: "C", source: "static int f(int a)\n{\n\tif (a) {\n\t}\n}", lines: [5], isC: true },
];

for (const { title, source, lines, isC } of functions) {
	test(`source: the functions found: ${title}`, t => {
		t.deepEqual(
			findFunctions(blank(source, isC)).map(span => span.lines),
			lines,
		);
	});
}
