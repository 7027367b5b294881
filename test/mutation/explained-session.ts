import type { Explained } from "./explained.js";

export const explainedInSession: readonly Explained[] = [];
