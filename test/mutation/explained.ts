import { explainedInSession } from "./explained-session.js";
import { explainedInWire } from "./explained-wire.js";

export interface Explained {
	path: string;
	/** The line as the report prints it; of several with the same reason, each. */
	line: string | readonly string[];
	/** What the mutant makes of it, as the report prints it; of several mutants, each. */
	change: string | readonly string[];
	reason: string;
}

/** The mutants that no test can notice, and why: they do the same in another way, or only cost time. */
export const explained: readonly Explained[] = [...explainedInWire, ...explainedInSession];
