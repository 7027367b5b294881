/**
 * Puts mutants into a source: each comparison, number, truth value and early return becomes a call of a
 * helper that tells it was reached, and does the other thing while its mutant is on. So all mutants live in
 * one bundle, and none needs a build of its own.
 */

import { parse, type Node } from "acorn";
import { ancestor } from "acorn-walk";

export interface Mutant {
	/** Of the whole bundle, from 1. */
	id: number;
	path: string;
	/** The method or function it stands in. */
	place: string;
	kind: "comparison" | "constant" | "early return";
	/** The line as esbuild writes it, without what is around. */
	line: string;
	/** What stands there, and what the mutant makes of it. */
	change: string;
}

interface Edit {
	at: number;
	/** Behind what is inserted at the same place by a node that began before. */
	order: number;
	remove: number;
	text: string;
}

type AnyNode = Node & Record<string, unknown>;
type Found = Omit<Mutant, "id" | "path">;

const comparisons: Readonly<Record<string, string>> = Object.freeze({
	"<": "<=",
	"<=": "<",
	">": ">=",
	">=": ">",
	"===": "!==",
	"!==": "===",
});
const leaves = /^(Return|Throw|Break|Continue)Statement$/;

/**
 * The script with its mutants, numbered from firstId on. It calls __compare, __number, __truth and __unless:
 * see helpers.ts.
 */
export function instrument(
	script: string,
	path: string,
	firstId: number,
): { code: string; mutants: Mutant[] } {
	const mutants: Mutant[] = [];
	const edits: Edit[] = [];
	const add = (node: Node, ancestors: readonly Node[], found: Pick<Found, "kind" | "change">): number => {
		const id = firstId + mutants.length;
		mutants.push({ id, path, place: placeOf(ancestors), line: lineAt(script, node.start), ...found });
		return id;
	};
	const insert = (at: number, text: string, order: number, remove = 0) =>
		edits.push({ at, order, remove, text });
	// Nodes come inner ones first. What begins at one place begins with the outer one, and ends with the inner.
	const wrap = (node: Node, head: string, tail: string) => {
		const inner = edits.length / 1e6;
		insert(node.start, head, -node.end - inner);
		insert(node.end, tail, -1e9 - node.start + inner);
	};
	ancestor(parse(script, { ecmaVersion: "latest", sourceType: "module" }), {
		BinaryExpression(node, _state, ancestors) {
			const { left, right, operator } = node as unknown as { left: Node; right: Node; operator: string };
			const other = comparisons[operator];
			if (other === undefined) return;
			const id = add(node, ancestors, { kind: "comparison", change: `${operator} to ${other}` });
			wrap(node, `__compare(${id},"${operator}",`, ")");
			const at = left.end + script.slice(left.end, right.start).indexOf(operator);
			insert(at, ",", 0, operator.length);
		},
		Literal(node, _state, ancestors) {
			const { value } = node as unknown as { value: unknown };
			if (typeof value !== "number" && typeof value !== "boolean") return;
			const parent = ancestors.at(-2) as AnyNode;
			// esbuild writes undefined as void 0.
			if (isKey(parent, node) || (parent.type === "UnaryExpression" && parent["operator"] === "void")) return;
			const other = typeof value === "number" ? value + 1 : !value;
			const id = add(node, ancestors, { kind: "constant", change: `${String(value)} to ${String(other)}` });
			wrap(node, `${typeof value === "number" ? "__number" : "__truth"}(${id},`, ")");
		},
		IfStatement(node, _state, ancestors) {
			const { test, consequent, alternate } = node as unknown as {
				test: Node;
				consequent: AnyNode;
				alternate: Node | null;
			};
			const body =
				consequent.type === "BlockStatement" ? (consequent["body"] as AnyNode[]).at(-1) : consequent;
			if (alternate !== null || body === undefined || !leaves.test(body.type)) return;
			const id = add(node, ancestors, { kind: "early return", change: "left out" });
			wrap(test, `__unless(${id},`, ")");
		},
	});
	return { code: apply(script, edits), mutants };
}

function isKey(parent: AnyNode, node: Node): boolean {
	return (
		(parent.type === "Property" || parent.type === "PropertyDefinition") &&
		(parent["key"] as Node) === node &&
		!(parent["computed"] as boolean)
	);
}

function placeOf(ancestors: readonly Node[]): string {
	const names: string[] = [];
	for (const node of ancestors as readonly AnyNode[]) {
		const named = (node["id"] ?? node["key"]) as { name?: string; type: string } | undefined;
		if (named?.name === undefined) continue;
		if (/^(Class|Function)Declaration$|^MethodDefinition$|^VariableDeclarator$/.test(node.type))
			names.push((named.type === "PrivateIdentifier" ? "#" : "") + named.name);
	}
	return names.slice(0, 2).join(".");
}

function lineAt(script: string, at: number): string {
	const from = script.lastIndexOf("\n", at - 1) + 1;
	const to = script.indexOf("\n", at);
	return script.slice(from, to < 0 ? script.length : to).trim();
}

function apply(script: string, edits: Edit[]): string {
	let code = "";
	let at = 0;
	for (const edit of edits.sort((a, b) => a.at - b.at || a.order - b.order)) {
		code += script.slice(at, edit.at) + edit.text;
		at = edit.at + edit.remove;
	}
	return code + script.slice(at);
}
