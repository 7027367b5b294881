import type { Client, Status } from "../client/client.js";
import type { TopicOptions } from "../client/topic.js";
import { Mark } from "../outbox/record.js";
import type { Text } from "../wire/text.js";
import { isTokenType } from "./lmq-credentials.js";
import { quoted } from "./quoted.js";

/** A connection that ends so soon after it began, or after we sent something, may end because of that. */
const soonMs = 5_000;
/** One that lasted for so long was a good one. */
const goodMs = 60_000;
/** So many alike in a row are no accident. */
const alikeMin = 2;

/** What $SYS/tokenInvalidNotice says, by its code. */
const tokenFaults: Readonly<Record<number, string>> = Object.freeze({
	1: "is forged or unreadable",
	2: "has expired",
	3: "was revoked",
	4: "is not for this topic",
	5: "does not allow this",
	8: "has a wrong signature",
	[-1]: "is of an account that may not do this",
});

export interface LmqIdentity {
	kind: "Signature" | "DeviceCredential" | "Token";
	instance: string;
	group: string;
	clientId: string;
}

/**
 * What a user is told of connections that LMQ ends. It gives no reasons: it closes the connection. So they
 * are read from what was under way, and told when the same happens again.
 */
export class LmqAdvice {
	#identity: LmqIdentity;
	#text: Text;
	#onlineAt = 0;
	#sentAt = -Infinity;
	/** The last topic sent to at QoS 0, of which nothing is left when it is out. */
	#lastTopic = "";
	#suspect = "";
	#alike = 0;
	#tokenFault = "";

	constructor(identity: LmqIdentity, text: Text) {
		this.#identity = identity;
		this.#text = text;
	}
	/** A message is on its way. */
	onPublish(topic: string, { qos = 0 }: TopicOptions, now: number): void {
		this.#sentAt = now;
		this.#lastTopic = qos === 0 ? topic : "";
	}
	onOnline(now: number): void {
		this.#onlineAt = now;
	}
	/** The service says what is wrong with a token, before it closes the connection. */
	onTokenInvalid(type: unknown, code: unknown): void {
		const name = isTokenType(type) ? `The ${type} token` : "A token";
		const fault = typeof code === "number" ? (tokenFaults[code] ?? `is invalid, code ${code}`) : "is invalid";
		this.#tokenFault = `${name} ${fault}: a new one is needed.`;
	}
	/** The connection ended, or was not made. */
	explain({ cause, detail }: Status, wasOnline: boolean, client: Client, now: number): string {
		const tokenFault = this.#tokenFault;
		this.#tokenFault = "";
		if (tokenFault !== "") return tokenFault;
		const { kind, group, instance } = this.#identity;
		if (cause === "refused" || detail.endsWith("before CONNACK")) {
			const key =
				kind === "Token" ? "the token is for this instance and has not expired" : "accesskey and secret fit";
			return `Check that ${key}, and that group ${group} of that account exists in instance ${instance}.`;
		}
		if (cause === "credentials") return "There is no token: see to it that the application gets one.";
		if (cause !== "closed" || !wasOnline) return "";
		return this.#explainClose(client, now);
	}
	#explainClose(client: Client, now: number): string {
		const lasted = now - this.#onlineAt;
		const isSoon = now - Math.max(this.#onlineAt, this.#sentAt) < soonMs;
		const deed = isSoon ? this.#deedOf(client) : "";
		const suspect = deed === "" && lasted < goodMs ? "nothing" : deed;
		this.#alike = suspect !== "" && suspect === this.#suspect ? this.#alike + 1 : 1;
		this.#suspect = suspect;
		if (suspect === "" || this.#alike < alikeMin) return "";
		if (deed === "")
			return (
				`Another device may use the client id ${this.#identity.clientId}: ` +
				"give each device a device id of its own."
			);
		return (
			`The service closes the connection right after ${deed}: its parent topic may not exist, ` +
			"or this client may not use it. Create it in the console, or grant the right to it."
		);
	}
	/** What was sent and not answered. */
	#deedOf({ link, outbox }: Client): string {
		const filter = link.session.requests.firstFilter;
		if (filter !== undefined) return `SUBSCRIBE to ${quoted(filter)}`;
		const { head, memory } = outbox;
		if (head === 0 || head === outbox.next)
			return this.#lastTopic === "" ? "" : `PUBLISH to ${quoted(this.#lastTopic)}`;
		const at = outbox.place(head) + ((outbox.marks(head) >> Mark.keyShift) & Mark.keyMask);
		const topicBytes = (memory[at]! << 8) | memory[at + 1]!;
		return `PUBLISH to ${quoted(this.#text.read(memory, at + 2, at + 2 + topicBytes) ?? "")}`;
	}
}
