import type { Explained } from "./explained.js";

export const explainedInWire: readonly Explained[] = [];
