import { lookup } from "node:dns";
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { Host, Network, Random, Target, Transport, TransportHandler } from "../host.js";
import { nodeClock } from "./clock.js";
import { nodeCrypto } from "./crypto.js";
import { openTCP } from "./tcp.js";
import { nodeText } from "./text.js";
import { openTLS } from "./tls.js";

const network: Network = Object.freeze({
	streams: Object.freeze(["tcp", "tls"] as const),
	resolve(name: string, done: (address: string | undefined) => void): () => void {
		let asked = true;
		const answer = (address: string | undefined) => {
			if (asked) done(address);
		};
		if (isIP(name)) setImmediate(answer, name);
		else lookup(name, (error, address) => answer(error ? undefined : address));
		return () => {
			asked = false;
		};
	},
	open(target: Target, handler: TransportHandler): Transport {
		return target.stream === "tls" ? openTLS(target, handler) : openTCP(target, handler);
	},
});

const random: Random = Object.freeze({ word: () => randomBytes(4).readUInt32LE() });

/** This computer as a Host. Its network is the operating system's matter, so there is no radio. */
export function nodeHost(print: (line: string) => void = line => console.log(line)): Host {
	return {
		clock: nodeClock,
		random,
		text: nodeText,
		crypto: nodeCrypto,
		network,
		radio: undefined,
		monitor: { print },
		deviceId: deviceId(),
	};
}

/**
 * The last three bytes of the first hardware address, or as many drawn by chance; with the process's own
 * number.
 */
function deviceId(): string {
	const addresses = Object.values(networkInterfaces()).flatMap(list => list ?? []);
	const mac = addresses.find(({ internal, mac }) => !internal && mac !== "00:00:00:00:00:00")?.mac;
	const suffix = process.pid.toString(16).padStart(4, "0");
	return `${mac?.replaceAll(":", "").slice(6) ?? randomBytes(3).toString("hex")}${suffix}`;
}
