/** Makes one script of an entry and all that it imports: what godwit-xs runs. */

import { build } from "esbuild";

export interface BundleOptions {
	/** Modules to put in the place of others, by the name that imports use. */
	alias?: Record<string, string>;
	/** Shortens names and takes out spaces. */
	minify?: boolean;
	/** Names and the literals which stand for them. */
	define?: Record<string, string>;
}

/** Writes the bundle of the entry to outfile. Throws when an import cannot be found. */
export async function bundle(entry: string, outfile: string, options: BundleOptions = {}): Promise<void> {
	await build({
		entryPoints: [entry],
		outfile,
		bundle: true,
		format: "iife",
		target: "es2022",
		charset: "utf8",
		platform: "neutral",
		mainFields: ["module", "main"],
		conditions: ["import", "default"],
		// Modules are strict, but a script is not unless it says so.
		banner: { js: '"use strict";' },
		minify: options.minify ?? false,
		alias: options.alias ?? {},
		define: options.define ?? {},
		legalComments: "none",
		logLevel: "silent",
	});
}
