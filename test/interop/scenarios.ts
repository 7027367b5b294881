import { everyVersion } from "./every-version.js";
import type { Scenario } from "./scenario.js";
import { version5 } from "./version-5.js";

/** The one list, for every engine, broker and version. */
export const scenarios: readonly Scenario[] = Object.freeze([...everyVersion, ...version5]);
