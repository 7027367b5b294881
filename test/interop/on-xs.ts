/// <reference path="../../hosts/xs/engine.d.ts" />
import { engineHost } from "../../hosts/xs/host.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { runScenarios } from "./scenario.js";
import { scenarios } from "./scenarios.js";

// The scenarios on the engine host. Its arguments are URL and version; it prints the results as JSON.

const [url, version] = engine.arguments;
void runScenarios(scenarios, engineHost(), url!, Number(version) as Version).then(results => {
	trace(`${JSON.stringify(results)}\n`);
	engine.exit(0);
});
