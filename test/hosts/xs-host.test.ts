// node only

import test from "ava";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../hosts/xs/bundle.js";
import { compilerAvailable } from "../../hosts/xs/build.js";
import { startPeer, startWebPeer } from "../support/peer.js";
import { runScript } from "../xs/run-script.js";

const check = compilerAvailable() || process.env["CI"] === "true" ? test : test.skip;

check("the suites of the ports pass within the engine", async t => {
	const folder = mkdtempSync(join(tmpdir(), "godwit-ports-"));
	t.teardown(() => rmSync(folder, { recursive: true }));
	const script = join(folder, "ports.js");
	await bundle("test/hosts/xs-host.ts", script, { alias: { ava: "./test/support/ava-on-xs.ts" } });
	const peers = [await startPeer(), await startWebPeer()];
	const { code, stdout, stderr } = await runScript(readFileSync(script, "utf8"), {
		options: ["--heap", "200000", "--chunks", "8000000", "--stack", "4096"],
		arguments: peers
			.flatMap(({ echoPort, closingPort, deadPort }) => [echoPort, closingPort, deadPort])
			.map(String),
	});
	t.is(code, 0, stdout + stderr);
	t.regex(stdout, /^[1-9]\d* passed, 0 failed$/m);
});
