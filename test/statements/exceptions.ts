/**
 * The statements that no code can keep, or no test can show, and why. A reason stands alone, in the table of
 * `npm run statements`.
 */
export const exceptions: Readonly<Record<string, { unkept?: string; untested?: string }>> = Object.freeze({});
