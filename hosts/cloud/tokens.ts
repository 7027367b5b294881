import { randomBytes } from "node:crypto";
import { Bounds, Limits } from "./limits.js";
import { covers, parentOf, topicProblem } from "./names.js";
import type { Store } from "./store.js";
import { Table } from "./table.js";

export const tokenTypes = Object.freeze(["R", "W", "RW"] as const);
export type TokenType = (typeof tokenTypes)[number];

/** Codes of $SYS/tokenInvalidNotice. */
export const Invalid = Object.freeze({
	forged: 1,
	expired: 2,
	revoked: 3,
	resource: 4,
	permission: 5,
	signature: 8,
	account: -1,
});
export type Invalid = (typeof Invalid)[keyof typeof Invalid];

export interface Token {
	token: string;
	type: TokenType;
	instanceId: string;
	account: string;
	/** Topics and filters, sorted. */
	resources: string[];
	expireTime: number;
	isRevoked: boolean;
}

export interface TokenRequest {
	/** "R", "W" or "R,W". */
	actions: string;
	resources: readonly string[];
	/** Undefined: as long as there may be. Longer ones are cut without a word. */
	lifeMs?: number;
}

/**
 * Tokens as the service hands them out to an application's server: for some topics, some time, some actions.
 */
export class Tokens {
	#table: Table<Token>;

	private constructor(table: Table<Token>) {
		this.#table = table;
	}
	static async open(store: Store): Promise<Tokens> {
		return new Tokens(await Table.open<Token>(store, "token", Bounds.tokens, "tokens"));
	}
	apply(instanceId: string, account: string, request: TokenRequest, now: number): Token {
		const { actions, resources, lifeMs = Limits.tokenLifeMs } = request;
		const type = actions.replace(",", "") as TokenType;
		if (!["R", "W", "R,W"].includes(actions))
			throw new RangeError(`actions are R, W or R,W, not "${actions}"`);
		if (resources.length === 0 || resources.length > Limits.tokenTopics)
			throw new RangeError(`a token is for 1 to ${Limits.tokenTopics} topics`);
		for (const resource of resources) {
			const problem = parentOf(resource).length === 0 ? "it is empty" : topicProblem(resource, true);
			if (problem) throw new RangeError(`topic "${resource}" cannot be in a token: ${problem}`);
		}
		if (!(lifeMs >= Limits.tokenLifeMsMin))
			throw new RangeError(`a token lives ${Limits.tokenLifeMsMin / 1000} s at least`);
		this.#forget(now);
		const token = {
			token: `LzMT+${randomBytes(24).toString("base64")}`,
			type,
			instanceId,
			account,
			resources: [...resources].sort(),
			expireTime: now + Math.min(lifeMs, Limits.tokenLifeMs),
			isRevoked: false,
		};
		return this.#table.add(token.token, token);
	}
	revoke(text: string): Token {
		const token = this.#table.need(text, "token");
		return this.#table.set(text, { ...token, isRevoked: true });
	}
	list(instanceId: string): Token[] {
		return this.#table.all().filter(token => token.instanceId === instanceId);
	}
	/** The token; or the code of what is wrong with it. */
	check(text: string, type: string, instanceId: string, account: string, now: number): Token | Invalid {
		const token = this.#table.get(text);
		if (!token || token.type !== type || token.instanceId !== instanceId) return Invalid.forged;
		if (token.account !== account) return Invalid.account;
		if (token.isRevoked) return Invalid.revoked;
		return token.expireTime <= now ? Invalid.expired : token;
	}

	/** A token that ended long ago is as good as forged. */
	#forget(now: number): void {
		for (const { token, expireTime } of this.#table.all())
			if (expireTime + Limits.tokenLifeMs < now) this.#table.delete(token);
	}
}

/**
 * Whether these tokens let a client read from a filter, or write to a topic; or the code of what is missing.
 */
export function tokensAllow(tokens: readonly Token[], action: "R" | "W", topic: string): Invalid | undefined {
	const able = tokens.filter(({ type }) => type.includes(action));
	if (able.some(({ resources }) => resources.some(resource => covers(resource, topic)))) return undefined;
	const isKnown = tokens.some(({ resources }) => resources.some(resource => covers(resource, topic)));
	return isKnown ? Invalid.permission : Invalid.resource;
}
