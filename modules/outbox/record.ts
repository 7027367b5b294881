/** What became of a message; each one has just one outcome. */
export const Outcome = Object.freeze({
	/** The broker has it: acknowledged, or at QoS 0 handed to the socket. */
	delivered: 0,
	/** The broker acknowledged it with a refusal: the reason is its code. */
	refused: 1,
	/** Its time to live ran out before it was sent. */
	expired: 2,
	/** A newer message of its topic took its place. */
	replaced: 3,
	/** It made room for a newer message. */
	displaced: 4,
	/** This broker does not take it: over its Maximum Packet Size, Maximum QoS, or without Retain. */
	unsendable: 5,
	/**
	 * The broker lost the session, or may have, between PUBREC and PUBCOMP: nobody knows if it was delivered.
	 */
	unknown: 6,
	/** The client was closed before it was delivered. */
	abandoned: 7,
	/** Its source failed, or ended before its length was read: it cannot be sent. */
	unreadable: 8,
});
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/**
 * What reserve() is told of a message, in one number: PUBLISH's own retain and QoS bits, and what is ours.
 */
export const Mark = Object.freeze({
	retain: 1,
	qosShift: 1,
	qos: 6,
	/** Unsent messages with the same key which have this mark are replaced by it. */
	latest: 0x10,
	/** May be displaced while unsent, and may displace older ones with this mark, when there is no room. */
	displaceable: 0x20,
	priorityShift: 6,
	priority: 0xc0,
	/** Where its key lies in the body: at so many bytes. */
	keyShift: 9,
	keyMask: 7,
	/** The body in the log is the head alone: the payload is read from elsewhere when it is sent. */
	streamed: 0x1_0000,
	/** What has a look of its own before it is sent: priority and streamed. */
	urgent: 0x1_00c0,
});

/** Where a record stands: only a waiting one can be displaced, replaced, or expire. */
export const RecordState = Object.freeze({
	free: 0,
	waiting: 1,
	sent: 2,
	released: 3,
	completing: 4,
	doubted: 5,
});
export type RecordState = (typeof RecordState)[keyof typeof RecordState];

/** The longest time to live: half the range of the 32-bit milliseconds in which a record keeps its end. */
export const ttlMaxMs = 0x7fff_ffff;
/** The most records: each has a row, and ids of 16 bits name rows. */
export const recordsLimit = 0x7ff0;
