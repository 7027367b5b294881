/** The standard's statements that bind a client, and where the code and the tests name them. Node only. */

import { findFiles, readText } from "../support/source.js";
import { exceptions } from "./exceptions.js";

export interface Statement {
	/** As the standard numbers it, MQTT-4.4.0-1. */
	id: string;
	version: "3.1.1" | "5.0";
	role: string;
	paraphrase: string;
	/** path:line of each place in the code that names it. */
	kept: string[];
	/** path:line of each test that names it in its title. */
	tested: string[];
	/** Why it has no place in the code, or no test; or undefined. */
	unkept: string | undefined;
	untested: string | undefined;
}

/** Both versions number from 1: [MQTT-4.4.0-1] is of 5.0, and [MQTT-4.4.0-1, 3.1.1] of 3.1.1. */
const tag = /\[(MQTT-[0-9][-.0-9]*[0-9])(, 3\.1\.1)?\]/g;
const comment = /^\s*(\/\/|\/\*|\*)/;

/** What names a statement: its id and its version. */
export function keyOf(id: string, version: string): string {
	return `${id} ${version}`;
}

export function readStatements(): Statement[] {
	const kept = findTags(["modules", "hosts"], line => line.lastIndexOf("//") >= 0 || comment.test(line));
	const tested = findTags(["test"], line => !comment.test(line));
	return readTable().map(row => {
		const key = keyOf(row.id, row.version);
		return {
			...row,
			kept: kept.get(key) ?? [],
			tested: tested.get(key) ?? [],
			unkept: exceptions[key]?.unkept,
			untested: exceptions[key]?.untested,
		};
	});
}

/** The tags of the code and the tests that name none of the table's statements, as path:line and tag. */
export function findStrayTags(): string[] {
	const known = new Set(readTable().map(row => keyOf(row.id, row.version)));
	const stray: string[] = [];
	for (const [key, places] of findTags(["modules", "hosts", "test"], () => true))
		if (!known.has(key)) stray.push(...places.map(place => `${place}: ${key}`));
	return stray;
}

function readTable(): Pick<Statement, "id" | "version" | "role" | "paraphrase">[] {
	const [, ...lines] = readText("test/statements/client-statements.tsv")!.trimEnd().split("\n");
	return lines.map(line => {
		const [id, version, role, paraphrase] = line.split("\t");
		return { id: id!, version: version as Statement["version"], role: role!, paraphrase: paraphrase! };
	});
}

function findTags(folders: string[], takes: (line: string) => boolean): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const path of folders.flatMap(folder => findFiles(folder, [".ts", ".c"]))) {
		if (path.startsWith("test/statements/exceptions")) continue;
		readText(path)!
			.split("\n")
			.forEach((line, index) => {
				if (!takes(line)) return;
				for (const match of line.matchAll(tag)) {
					const key = keyOf(match[1]!, match[2] === undefined ? "5.0" : "3.1.1");
					found.set(key, [...(found.get(key) ?? []), `${path}:${index + 1}`]);
				}
			});
	}
	return found;
}
