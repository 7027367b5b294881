import type { Channel } from "./channel.js";
import type { Core } from "./core.js";
import { Limits } from "./limits.js";
import { Invalid, type Token, type TokenType, tokenTypes } from "./tokens.js";

/** The service's own topics. */
export const Control = Object.freeze({
	uploadToken: "$SYS/uploadToken",
	tokenExpireNotice: "$SYS/tokenExpireNotice",
	tokenInvalidNotice: "$SYS/tokenInvalidNotice",
	getOfflineMsg: "$SYS/getOfflineMsg",
	enableOrderMsg: "$SYS/enableOrderMsg",
});

/** Watches over the tokens of the connections, and answers what devices send to the service's own topics. */
export class ControlDesk {
	#core: Core;
	#alarms = new Map<Channel, Map<TokenType, () => void>>();
	#requests = new Map<Channel, number[]>();

	constructor(core: Core) {
		this.#core = core;
	}
	/** CONNACK is out. Without tokens yet, the channel stays closed for messages. */
	begin(channel: Channel): void {
		for (const token of channel.grant.tokens) this.#watch(channel, token);
		if (channel.grant.mode !== "Token" || channel.grant.tokens.length > 0) channel.open();
	}
	finish(channel: Channel): void {
		for (const cancel of this.#alarms.get(channel)?.values() ?? []) cancel();
		this.#alarms.delete(channel);
		this.#requests.delete(channel);
	}
	/** The notice and the end: for a token that was good, and for one that does not reach so far. */
	invalidate(channel: Channel, code: Invalid, type: string): void {
		const json = { code, type };
		channel.end(`token invalid, code ${code}`, { topic: Control.tokenInvalidNotice, json });
	}
	/** Revokes a token wherever it is in use. */
	revoke(text: string): void {
		const { type } = this.#core.tokens.revoke(text);
		for (const channel of [...this.#core.channels.values()])
			if (channel.grant.tokens.some(({ token }) => token === text))
				this.invalidate(channel, Invalid.revoked, type);
	}
	/** A PUBLISH to a topic under $SYS. False: there is no such topic. */
	async receive(channel: Channel, topic: string, payload: Uint8Array): Promise<boolean> {
		const json = parseObject(payload);
		if (topic === Control.uploadToken) this.#upload(channel, json);
		else if (topic === Control.getOfflineMsg) await this.#pull(channel, json);
		else if (topic === Control.enableOrderMsg) channel.isOrdered = json?.["order"] === "true";
		else return false;
		return true;
	}

	#upload(channel: Channel, json: Record<string, unknown> | undefined): void {
		const { grant, session } = channel;
		const { token: text, type } = json ?? {};
		const { tokens, clock } = this.#core;
		if (typeof text !== "string" || !tokenTypes.includes(type as TokenType))
			return this.invalidate(channel, Invalid.forged, String(type));
		const token = tokens.check(text, type as TokenType, session.instanceId, grant.account, clock.now());
		if (typeof token === "number") return this.invalidate(channel, token, type as TokenType);
		grant.tokens = [...grant.tokens.filter(other => other.type !== type), token];
		this.#watch(channel, token);
		channel.open();
	}
	async #pull(channel: Channel, json: Record<string, unknown> | undefined): Promise<void> {
		const { maxPushNum, pushOrder = "ASC" } = json ?? {};
		const now = this.#core.clock.now();
		const recent = (this.#requests.get(channel) ?? []).filter(at => at > now - 1_000);
		this.#requests.set(channel, recent);
		const isNumber = Number.isInteger(maxPushNum) && Number(maxPushNum) >= 1;
		if (!isNumber || Number(maxPushNum) > Limits.offlineBatch) return;
		if ((pushOrder !== "ASC" && pushOrder !== "DESC") || recent.length >= Limits.offlineRequests) return;
		recent.push(now);
		await channel.pull(Number(maxPushNum), pushOrder);
	}
	/** Announces a token's end some time before, once; and ends the connection with it. */
	#watch(channel: Channel, token: Token): void {
		const { clock } = this.#core;
		const { type, expireTime } = token;
		const alarms = this.#alarms.get(channel) ?? new Map<TokenType, () => void>();
		this.#alarms.set(channel, alarms);
		alarms.get(type)?.();
		const wait = (ms: number, call: () => void) => alarms.set(type, clock.after(Math.max(ms, 0), call));
		wait(expireTime - Limits.tokenNoticeMs - clock.now(), () => {
			channel.notify(Control.tokenExpireNotice, { expireTime, type });
			wait(expireTime - clock.now(), () => this.invalidate(channel, Invalid.expired, type));
		});
	}
}

function parseObject(payload: Uint8Array): Record<string, unknown> | undefined {
	try {
		const json: unknown = JSON.parse(Buffer.from(payload).toString());
		return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}
