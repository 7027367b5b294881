/** Why the peer must be dropped. The value is the reason code of our DISCONNECT [MQTT5 4.13]. */
export const Violation = Object.freeze({
	malformedPacket: 0x81,
	protocolError: 0x82,
	receiveMaximumExceeded: 0x93,
	topicAliasInvalid: 0x94,
	packetTooLarge: 0x95,
});
export type Violation = (typeof Violation)[keyof typeof Violation];

/**
 * The broker broke the protocol, and the connection cannot go on.
 *
 * Only bytes from the network raise it. A mistake of the caller is a RangeError or a TypeError, and
 * an expected outcome (a full window, a refused subscription) is a return value.
 */
export class ProtocolError extends Error {
	readonly violation: Violation;

	constructor(violation: Violation, message: string) {
		super(message);
		this.violation = violation;
	}
	// An accessor, because preloading freezes Error.prototype: assigning this.name would throw on XS.
	override get name(): string {
		return "ProtocolError";
	}
}

export function malformed(message: string): ProtocolError {
	return new ProtocolError(Violation.malformedPacket, message);
}

/** Well-formed, but against the rules. */
export function breach(message: string): ProtocolError {
	return new ProtocolError(Violation.protocolError, message);
}
