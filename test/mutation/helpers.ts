/** What instrumented code calls, as one script: mutants that were reached are marked, and one may be on. */
export const helpers = `
const __state = globalThis.__mutation;
function __reach(id) { __state.reached[id] = 1; return id === __state.on; }
function __number(id, value) { return __reach(id) ? value + 1 : value; }
function __truth(id, value) { return __reach(id) ? !value : value; }
function __unless(id, value) { return __reach(id) ? false : value; }
function __compare(id, operator, a, b) {
	const on = __reach(id);
	switch (operator) {
		case "<": return on ? a <= b : a < b;
		case "<=": return on ? a < b : a <= b;
		case ">": return on ? a >= b : a > b;
		case ">=": return on ? a > b : a >= b;
		case "===": return on ? a !== b : a === b;
		default: return on ? a === b : a !== b;
	}
}
`;
