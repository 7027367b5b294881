import { connect } from "node:net";
import type { Target, Transport, TransportHandler } from "../host.js";
import { SocketTransport, type Loss } from "./socket-transport.js";

/** A TCP stream. */
export function openTCP({ address, port }: Target, handler: TransportHandler): Transport {
	return new SocketTransport(
		{
			connect: onread => connect({ host: address, port, noDelay: true, onread }),
			openEvent: "connect",
			explain: error => explainTCP(error, address, port),
		},
		handler,
	);
}

/** What the error means for people. */
export function explainTCP(error: NodeJS.ErrnoException | undefined, address: string, port: number): Loss {
	if (error === undefined) return { detail: "the connection was closed" };
	const { code, message } = error;
	if (code === "ECONNREFUSED") return { detail: `nobody listens on port ${port} of ${address}` };
	if (code === "ECONNRESET" || code === "EPIPE") return { detail: "the connection was reset" };
	if (code === "ETIMEDOUT") return { detail: `${address} did not answer` };
	if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return { detail: `there is no way to ${address}` };
	return { detail: message };
}
