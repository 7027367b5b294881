import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StandIn } from "../cloud/stand-in.js";
import type { TlsOptions } from "../host.js";

export interface OwnCloud {
	/** The settings given, with what the cloud's instance asks for where they do not say it. */
	entries: Record<string, string>;
	tls: TlsOptions;
	/** For who wants to use it as well. */
	introduction: string;
	stop(): Promise<void>;
}

/** Starts the stand-in cloud in a folder that goes with it. */
export async function startOwnCloud(given: Readonly<Record<string, string>>): Promise<OwnCloud> {
	const { wire = "mqtt", ...rest } = given;
	const folder = mkdtempSync(join(tmpdir(), "godwit-cloud-"));
	const cloud = await StandIn.start({ folder });
	const { host, ports, instanceId, groupId, accessKeyId, accessKeySecret, authority } = cloud.accessPoint;
	const stop = async () => {
		await cloud.close();
		rmSync(folder, { recursive: true });
	};
	if (!Object.hasOwn(ports, wire)) {
		await stop();
		throw new RangeError(`wire "${wire}": ${Object.keys(ports).join(", ")}`);
	}
	const port = ports[wire as keyof typeof ports];
	return {
		entries: {
			instance: instanceId,
			group: groupId,
			accesskey: accessKeyId,
			...(rest["token"] === undefined && { secret: accessKeySecret }),
			...rest,
			broker: `${wire}://${host}:${port}`,
		},
		tls: { authorities: [authority.der] },
		introduction: `A cloud of its own: instance ${instanceId}, group ${groupId}, ${wire} on port ${port}`,
		stop,
	};
}
