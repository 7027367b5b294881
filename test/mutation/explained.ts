/** The mutants that no test can notice, and why: they do the same in another way, or only cost time. */
export const explained: readonly { path: string; line: string; change: string; reason: string }[] = [];
