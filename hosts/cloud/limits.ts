/** What the service allows, by its documents. All sizes are of this stand-in as well. */
export const Limits = Object.freeze({
	clientIdLength: 64,
	topicLength: 64,
	parentTopicLengthMin: 3,
	parentTopics: 25,
	groupIdLengthMin: 7,
	groupIdLength: 64,
	payloadBytes: 64 * 1024,
	/** A whole packet: said for MQTT 5, and held to in 3.1.1. */
	packetBytes: 128 * 1024,
	subscriptions: 30,
	wildcardsPerParent: 100,
	tokenTopics: 100,
	tokenLifeMsMin: 60_000,
	tokenLifeMs: 30 * 24 * 3_600_000,
	/** How long before its end a token is announced. */
	tokenNoticeMs: 5 * 60_000,
	offlineMs: 3 * 24 * 3_600_000,
	offlineMessages: 1_000_000,
	offlineBatch: 30,
	offlineBatchMs: 5_000,
	/** Requests for offline messages, in a second; more are passed over. */
	offlineRequests: 5,
	/** A push without acknowledgement is repeated after so long: the documents say 5 to 10 s. */
	repeatMs: 8_000,
	repeats: 15,
});

/** Bounds of the stand-in itself, of which the service says nothing. */
export const Bounds = Object.freeze({
	/** Messages not acknowledged by one device; more wait, or are dropped if nothing keeps them. */
	inFlight: 1_000,
	/** Bytes that a slow device leaves in our hands. */
	unsentBytes: 4 * 1024 * 1024,
	messages: 1_000_000,
	traceSteps: 50_000,
	deviceSteps: 10_000,
	presenceEvents: 10_000,
	/** Instances, storage instances, accounts: each. */
	resources: 100,
	groups: 1_000,
	deviceCredentials: 1_000,
	tokens: 1_000,
	/** The longest name of a region or an account. */
	name: 64,
	/** The longest frame of a WebSocket. */
	frameBytes: 1024 * 1024,
	/** The longest body of an HTTP request. */
	requestBytes: 256 * 1024,
	/** Rows in one answer. */
	listed: 1_000,
});
