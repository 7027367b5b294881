import { Client } from "../../modules/client/client.js";
import type { ClientOptions } from "../../modules/client/client-options.js";
import { secureContextOf } from "./tls.js";
import { nodeHost } from "./host.js";

/** Room for a program on a computer, where the firmware's own defaults are a device's. */
const computerDefaults = Object.freeze({
	window: 100,
	outboxBytes: 1_048_576,
	outboxMessages: 4_096,
	frameBytes: 65_536,
	readerBytes: 262_144,
	scratchBytes: 65_537,
});

/**
 * The firmware's client on this computer, started: it connects, and keeps at it until close(). Messages may
 * be published and filters subscribed to at once; what becomes of them, their promises tell.
 */
export function connect(url: string | readonly string[], options: Omit<ClientOptions, "url"> = {}): Client {
	// Otherwise what is wrong with them would show at each attempt, and not to the one who gave them.
	if (options.tls !== undefined) secureContextOf(options.tls);
	const client = new Client(nodeHost(), { ...computerDefaults, ...options, url });
	client.start();
	return client;
}
