/** The project's own source files, as text to be judged by tests. Node only. */

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const foreign = /^(node_modules|build|coverage)$/;

/** Paths from the root, with slashes, of the files below the folder with such an ending; no hidden ones. */
export function findFiles(folder: string, endings: readonly string[]): string[] {
	const paths: string[] = [];
	for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
		if (entry.name.startsWith(".")) continue;
		const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
		if (entry.isDirectory()) {
			if (!foreign.test(entry.name)) paths.push(...findFiles(path, endings));
		} else if (entry.isFile() && endings.some(ending => path.endsWith(ending))) paths.push(path);
	}
	return paths.sort();
}

/** The text of a file, or undefined when it does not exist. */
export function readText(path: string): string | undefined {
	try {
		return readFileSync(join(root, path), "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}

/**
 * What a source imports or exports from, in the order of the text; the types of import() as well. What is
 * imported for its types alone, and gone when the code runs, can be left out.
 */
export function findImports(source: string, withTypes = true): string[] {
	const code = blank(source);
	const names: string[] = [];
	for (const match of code.matchAll(/\b(?:from|import)\s*\(?\s*(["'])/g)) {
		const statement = code.slice(code.slice(0, match.index).search(/\b(?:import|export)\b[^;]*$/));
		if (!withTypes && match[0].startsWith("from") && /^\w+\s+type\s*[{*\w]/.test(statement)) continue;
		const start = match.index + match[0].length;
		names.push(source.slice(start, code.indexOf(match[1]!, start)));
	}
	return names;
}

/**
 * The source with spaces for all that is not code: comments, and what stands in strings, templates and
 * regular expressions. Every character keeps its place. C has neither templates nor regular expressions.
 */
export function blank(source: string, isC = false): string {
	let code = "";
	/** Depths of braces at which the substitution of a template ends. */
	const templates: number[] = [];
	let depth = 0;
	const take = (pattern: RegExp, keepEnds: number) => {
		pattern.lastIndex = code.length;
		const text = pattern.exec(source)?.[0] ?? source.slice(code.length);
		const ends = Math.min(keepEnds, text.length >> 1);
		const inner = text.slice(ends, text.length - ends).replace(/[^\n]/g, " ");
		code += text.slice(0, ends) + inner + text.slice(text.length - ends);
	};
	while (code.length < source.length) {
		const at = code.length;
		const character = source[at]!;
		if (source.startsWith("//", at)) take(/[^\n]*/y, 0);
		else if (source.startsWith("/*", at)) take(/[^]*?\*\//y, 0);
		else if (character === '"') take(/"(?:\\[^]|[^"\\])*"/y, 1);
		else if (character === "'") take(/'(?:\\[^]|[^'\\])*'/y, 1);
		else if (!isC && (character === "`" || (character === "}" && templates.at(-1) === depth))) {
			if (character === "}") templates.pop();
			take(/[`}](?:\\[^]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y, 1);
			if (source[code.length - 1] === "{") templates.push(depth);
		} else if (!isC && character === "/" && startsRegExp(code))
			take(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y, 1);
		else {
			if (character === "{") depth++;
			if (character === "}") depth--;
			code += character;
		}
	}
	return code;
}

/** Whether a slash behind that code is the start of a regular expression, and not a division. */
function startsRegExp(code: string): boolean {
	const before = code.trimEnd();
	if (/\b(?:return|typeof|case|in|of|void|yield|await)$/.test(before)) return true;
	return before === "" || /[^\w$)\]}"'`]$/.test(before) || before.endsWith("=>");
}

/** A function in a source: lines count from 1, and the body is from one brace to the other. */
export interface FunctionSpan {
	line: number;
	lines: number;
}

const control = /\b(?:if|for|while|switch|catch|with|await)\s*$/;

/** All functions with a body in braces, methods and arrows included. The code is blank()'s. */
export function findFunctions(code: string): FunctionSpan[] {
	const spans: FunctionSpan[] = [];
	const braces = new Set<number>();
	const add = (from: number, brace: number) => {
		if (braces.has(brace)) return;
		braces.add(brace);
		const end = skipBrackets(code, brace);
		const lines = countLines(code.slice(from, end)) + 1;
		spans.push({ line: countLines(code.slice(0, from)) + 1, lines });
	};
	for (const match of code.matchAll(/\(|\b\w+\s*=>\s*\{/g)) {
		if (match[0] !== "(") {
			add(match.index, match.index + match[0].length - 1);
			continue;
		}
		if (control.test(code.slice(Math.max(0, match.index - 20), match.index))) continue;
		const brace = findBody(code, skipBrackets(code, match.index));
		if (brace !== undefined) add(match.index, brace);
	}
	return spans;
}

/** The opening brace of the body, when what follows a closed list of parameters is a function's. */
function findBody(code: string, at: number): number | undefined {
	const rest = /\s*(:\s*)?(\{)?/y;
	rest.lastIndex = at;
	const [text, colon, brace] = rest.exec(code)!;
	at += text.length;
	if (colon === undefined) {
		if (brace !== undefined) return at - 1;
		const arrow = /=>\s*\{/y;
		arrow.lastIndex = at;
		return arrow.test(code) ? arrow.lastIndex - 1 : undefined;
	}
	if (brace !== undefined) at = skipBrackets(code, at - 1);
	for (; at < code.length; at++) {
		if (code[at] === "{") return at;
		if ("([".includes(code[at]!)) at = skipBrackets(code, at) - 1;
		else if (code.startsWith("=>", at)) at++;
		else if (";,=)?:".includes(code[at]!)) return undefined;
	}
	return undefined;
}

/** The place behind the bracket that closes the one which opens there. */
function skipBrackets(code: string, at: number): number {
	let depth = 0;
	for (; at < code.length; at++) {
		if ("([{".includes(code[at]!)) depth++;
		if (")]}".includes(code[at]!) && --depth === 0) return at + 1;
	}
	return at;
}

function countLines(text: string): number {
	return text.split("\n").length - 1;
}
