import type { TlsOptions } from "../../hosts/host.js";
import type { Credentials, SessionOptions } from "../session/session-options.js";
import type { Endpoint } from "./endpoint.js";

export const LinkState = Object.freeze({
	stopped: 0,
	waiting: 1,
	resolving: 2,
	opening: 3,
	greeting: 4,
	online: 5,
});
export type LinkState = (typeof LinkState)[keyof typeof LinkState];

export interface LinkOptions {
	/** At least one; after a failure the next one's turn comes. */
	endpoints: readonly Endpoint[];
	/** For the endpoints of mqtts:// and wss://. */
	tls?: TlsOptions | undefined;
	session: SessionOptions;
	/** The longest packet that is kept whole. */
	readerBytes: number;
	/** The longest packet that a 5.0 broker may send, at least readerBytes, which is the default. */
	incomingBytesMax?: number;
	subscriptionsMax: number;
	/** For name, stream and CONNACK together. */
	connectMs: number;
	/** A connection that has lasted for so long starts the back-off anew. */
	healthyMs: number;
	/** Go where a broker sends us, over the same scheme; without it that is a failure as any other. */
	followRedirects: boolean;
	/** Asked at every attempt; done takes undefined when there are none to be had. */
	credentials?: ((done: (credentials: Credentials | undefined) => void) => void) | undefined;
}

/** What the link reports. None of these may throw. */
export interface LinkHandler {
	/** A state was entered, or left for a reason: state, endpoint, cause, detail and retryMs tell. */
	onLinkState(): void;
	/** The message in session.incoming; true when its handler is done, false when acknowledge() will follow. */
	onMessage(): boolean;
	/**
	 * A message longer than the reader has begun, and session.incoming is all that comes before its payload.
	 * True when it is taken by the link's inlet, perhaps at once. Else, and without it, it is passed over.
	 */
	onLong?(): boolean;
	/** A piece has come that Inlet.pull() asked for in vain. */
	onPiece?(): void;
	/** A message of that many bytes was longer than the reader, and was passed over. */
	onSkipped(bytes: number): void;
}
