/** Sends one more message, and calls back when it is acknowledged. */
export type Publish = (onAcked: () => void) => void;

/**
 * Keeps a window full until so many are acknowledged, or the time is over, in ms of that clock; gives how
 * many were, when none is in flight.
 */
export function keepFull(
	publish: Publish,
	window: number,
	count: number,
	ms: number,
	ticks: () => number,
): Promise<number> {
	const end = ticks() + ms;
	let sent = 0;
	let acked = 0;
	return new Promise(resolve => {
		const send = () => {
			sent++;
			publish(done);
		};
		const done = () => {
			acked++;
			if (sent < count && ticks() < end) send();
			else if (acked === sent) resolve(acked);
		};
		for (let i = 0; i < window; i++) send();
	});
}

/** Messages acknowledged in a second, once some have been for so long. */
export async function paceOf(
	publish: Publish,
	window: number,
	warmMs: number,
	ms: number,
	ticks: () => number,
): Promise<number> {
	await keepFull(publish, window, Infinity, warmMs, ticks);
	const start = ticks();
	const count = await keepFull(publish, window, Infinity, ms, ticks);
	return (count * 1000) / (ticks() - start);
}
