import { causeNames } from "../link/cause.js";
import { LinkState, type Link } from "../link/link.js";
import type { Properties } from "../wire/packet.js";

/** What onState() says, by the number of LinkState. */
export const stateNames = Object.freeze([
	"stopped",
	"waiting",
	"resolving",
	"opening",
	"greeting",
	"online",
] as const);

/** What onState() is told. */
export interface Status {
	state: "stopped" | "waiting" | "resolving" | "opening" | "greeting" | "online";
	url: string;
	/** Online: the broker kept our session. */
	sessionPresent: boolean;
	/** What the broker said in its last CONNACK or DISCONNECT of 5.0. */
	properties: Properties | undefined;
	/** Waiting: why, for people, and how long. */
	cause: string;
	detail: string;
	retryMs: number;
	/** What the service makes of it, for people; or "". */
	advice: string;
}

/** What is to be said of the link's state, without advice. */
export function statusOf({ state, endpoint, cause, detail, retryMs, session }: Link): Status {
	return {
		state: stateNames[state]!,
		url: endpoint.url,
		sessionPresent: state === LinkState.online && session.handshake.sessionPresent,
		properties: session.handshake.properties,
		cause: causeNames[cause]!,
		detail,
		retryMs,
		advice: "",
	};
}
