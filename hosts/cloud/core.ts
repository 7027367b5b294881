import type { Channel } from "./channel.js";
import type { CloudClock } from "./clock.js";
import { Limits } from "./limits.js";
import { MessageIds } from "./message-id.js";
import { Messages } from "./messages.js";
import { Offline } from "./offline.js";
import { Registry } from "./registry.js";
import { Sessions } from "./session.js";
import { Store } from "./store.js";
import { Tokens } from "./tokens.js";
import { Trace } from "./trace.js";

/** What the parts of the stand-in share: its tables, its clock, and who is connected. */
export interface Core {
	readonly clock: CloudClock;
	readonly store: Store;
	readonly registry: Registry;
	readonly tokens: Tokens;
	readonly messages: Messages;
	readonly offline: Offline;
	readonly sessions: Sessions;
	readonly trace: Trace;
	readonly ids: MessageIds;
	/** By client id. */
	readonly channels: Map<string, Channel>;
}

export interface CoreOptions {
	folder: string;
	clock: CloudClock;
	offlineMessages?: number | undefined;
	messages: number;
	onFailure: (error: unknown) => void;
}

export async function openCore(options: CoreOptions): Promise<Core> {
	const { folder, clock, offlineMessages = Limits.offlineMessages, messages, onFailure } = options;
	const store = await Store.open(folder, onFailure);
	try {
		const trace = await Trace.open(store);
		const offline = await Offline.open(store, Limits.offlineMs, offlineMessages);
		offline.onDrop = ({ messageId, clientId }, note) =>
			trace.message({ messageId, clientId, at: clock.now(), action: "dropped", note });
		return {
			clock,
			store,
			registry: await Registry.open(store),
			tokens: await Tokens.open(store),
			messages: await Messages.open(store, Limits.offlineMs, messages),
			offline,
			sessions: await Sessions.open(store),
			trace,
			ids: new MessageIds(),
			channels: new Map(),
		};
	} catch (error) {
		await store.close();
		throw error;
	}
}
