/** Why there is no connection. Each cause has a back-off of its own. */
export const Cause = Object.freeze({
	/** The name of the broker did not resolve. */
	name: 0,
	/** Nobody listens there, or the way is cut. */
	unreachable: 1,
	/** The CONNECT was refused: credentials, client id, version. */
	refused: 2,
	/** The broker is there and has no room for us now. */
	busy: 3,
	/** The broker, or something on the way, closed the connection. */
	closed: 4,
	/** No CONNACK, PINGRESP or acknowledgement in time. */
	silent: 5,
	/** Another client has connected with this client id. */
	duplicate: 6,
	/** The broker sent what MQTT does not allow. */
	protocol: 7,
	/** There are no credentials to connect with. */
	credentials: 8,
	/** The network is down: no attempt is made until it is back. */
	network: 9,
	/** A fault of our own or of the host; the connection is made anew. */
	fault: 10,
	/** No TLS with that broker: its certificate, its version, or a handshake that broke. */
	tls: 11,
	/** The broker sends us to another one. */
	moved: 12,
});
export type Cause = (typeof Cause)[keyof typeof Cause];

/** The field names of Cause by number, for health reports and logs. */
export const causeNames: readonly string[] = Object.freeze(Object.keys(Cause));

/** The longest first wait, and the longest ever, in ms. */
const waits: readonly (readonly [number, number])[] = Object.freeze([
	Object.freeze([1_000, 60_000] as const),
	Object.freeze([1_000, 60_000] as const),
	Object.freeze([10_000, 600_000] as const),
	Object.freeze([5_000, 120_000] as const),
	Object.freeze([2_000, 60_000] as const),
	Object.freeze([1_000, 60_000] as const),
	Object.freeze([30_000, 600_000] as const),
	Object.freeze([5_000, 300_000] as const),
	Object.freeze([5_000, 300_000] as const),
	Object.freeze([1_000, 1_000] as const),
	Object.freeze([5_000, 60_000] as const),
	Object.freeze([5_000, 300_000] as const),
	Object.freeze([10_000, 600_000] as const),
]);

/**
 * How long to wait before the next attempt, in ms: evenly from 0 to a bound that doubles with each failure in
 * a row ("full jitter"), so that devices which lose a broker together do not come back together.
 */
export function backOff(cause: Cause, failures: number, word: number): number {
	const [first, longest] = waits[cause]!;
	const bound = Math.min(longest, first * 2 ** Math.min(failures - 1, 16));
	return Math.floor((bound * word) / 0x1_0000_0000);
}

/** The cause that a refusing CONNACK names [MQTT5 3.2.2.2]. */
export function refusalCause(reason: number): Cause {
	return reason === 0x8e || isBusy(reason) ? closeCause(reason) : Cause.refused;
}

/** The cause that a DISCONNECT from the broker names [MQTT5 3.14.2.1]. */
export function closeCause(reason: number): Cause {
	if (reason === 0x8e) return Cause.duplicate;
	return isBusy(reason) ? Cause.busy : Cause.closed;
}

/** Server unavailable, busy, shutting down, quota exceeded, connection rate exceeded. */
function isBusy(reason: number): boolean {
	return reason === 0x88 || reason === 0x89 || reason === 0x8b || reason === 0x97 || reason === 0x9f;
}
