import type { Host } from "../../hosts/host.js";
import type { ClientOptions } from "../client/client-options.js";
import { IoTHub } from "../cloud/azure.js";
import { Lmq } from "../cloud/lmq.js";
import type { LmqCredential } from "../cloud/lmq-credentials.js";
import type { LmqSettings } from "../settings/profile-settings.js";
import type { Settings } from "../settings/settings.js";
import type { RoundsOptions } from "./rounds.js";

/** Who the firmware is to its broker, and where it does its rounds. */
export interface Role {
	client: Partial<ClientOptions>;
	rounds: Pick<RoundsOptions, "topic" | "filter" | "echoes">;
}

export function roleOf(host: Host, settings: Settings): Role {
	const { profile, topic, clientId, username, brokerPassword } = settings;
	if (profile.kind === "lmq") {
		const lmq = new Lmq(host, { ...profile, credential: credentialOf(profile) });
		return { client: lmq.options, rounds: { topic, filter: topic, echoes: true } };
	}
	if (profile.kind === "azure") {
		const { topics, options } = new IoTHub(host, profile);
		// A hub sends nothing back: what is heard comes from its side.
		const rounds = { topic: topics.telemetry, filter: `${topics.commands}#`, echoes: false };
		return { client: options, rounds };
	}
	const client: Partial<ClientOptions> = { clientId };
	if (username !== undefined) client.username = username;
	if (brokerPassword !== undefined) client.password = brokerPassword;
	return { client, rounds: { topic, filter: topic, echoes: true } };
}

function credentialOf({ credential }: LmqSettings): LmqCredential {
	if (credential.kind !== "Token") return credential;
	const { kind, accessKey, tokens } = credential;
	return { kind, accessKey, tokens: done => done(tokens) };
}
