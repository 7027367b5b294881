/** The time of the stand-in: ms since 1970, and calls to come. Tests bring their own. */
export interface CloudClock {
	now(): number;
	/** Calls back once, after so many ms; what it returns cancels that. */
	after(ms: number, call: () => void): () => void;
}

/** The longest that a timer of Node can wait; a token lives longer. */
const delayMax = 0x7fff_ffff;

export const systemClock: CloudClock = {
	now: () => Date.now(),
	after(ms, call) {
		let timer: NodeJS.Timeout;
		const arm = (left: number) => {
			const next = () => (left > delayMax ? arm(left - delayMax) : call());
			timer = setTimeout(next, Math.min(left, delayMax));
		};
		arm(ms);
		return () => clearTimeout(timer);
	},
};
