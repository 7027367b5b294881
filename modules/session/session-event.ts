/** What a packet brought about; details are in the session's fields of that name. */
export const SessionEvent = Object.freeze({
	none: 0,
	connected: 1,
	refused: 2,
	message: 3,
	skipped: 4,
	disconnected: 5,
	/** Of a message longer than the reader: whoever wants its payload must take it now. */
	begun: 6,
});
export type SessionEvent = (typeof SessionEvent)[keyof typeof SessionEvent];
