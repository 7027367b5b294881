import { Outcome } from "../outbox/record.js";
import type { AckProperties } from "../wire/packet.js";
import { explain, reasonText } from "../wire/reason-code.js";

/** What became of a message. There is one for each publish() that did not throw, and it is the truth. */
export type Delivery =
	/** Acknowledged by the broker; at QoS 0 handed to the socket, with packet id and round trip 0. */
	| { outcome: "delivered"; packetId: number; roundTripMs: number }
	/** Not taken: the outbox is full (reason 0), or the broker acknowledged it with this reason code. */
	| { outcome: "refused"; reason: number; why: string; properties?: AckProperties }
	| { outcome: "dropped"; reason: number; why: string }
	| { outcome: "expired" };

/** Hears what became of a message. What it throws is told to onHandlerError(). */
export type DeliveryHandler = (delivery: Delivery) => void;

/** When publish() finds no room. */
export const outboxFull: Delivery = Object.freeze({
	outcome: "refused",
	reason: 0,
	why: "the outbox is full",
});

const dropReasons: Readonly<Record<number, string>> = Object.freeze({
	[Outcome.replaced]: "a newer message of its topic took its place",
	[Outcome.displaced]: "it made room for a newer message",
	[Outcome.unsendable]: "this broker does not take it",
	[Outcome.unknown]: "the broker lost the session before it confirmed the release: it may have arrived",
	[Outcome.abandoned]: "the client was closed",
});

/** Why it was not delivered. The fault is that of the source, the properties are the acknowledgement's. */
export function lossOf(
	outcome: Outcome,
	reason: number,
	fault: string,
	properties: AckProperties | undefined,
): Delivery {
	if (outcome === Outcome.expired) return { outcome: "expired" };
	if (outcome === Outcome.refused) {
		const why = explain(reason, properties);
		return { outcome: "refused", reason, why, ...(properties === undefined ? {} : { properties }) };
	}
	if (outcome === Outcome.unreadable)
		return { outcome: "dropped", reason, why: `its source failed: ${fault}` };
	const why = dropReasons[outcome]!;
	return { outcome: "dropped", reason, why: reason === 0 ? why : `${why}: ${reasonText(reason)}` };
}
