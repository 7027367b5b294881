import type { Host, Target, TlsOptions, Transport, TransportHandler } from "../../hosts/host.js";
import { WebSocketTransport } from "../transport/web-socket.js";
import type { FrameWriter } from "../wire/frame-writer.js";
import { streamOf, type Endpoint } from "./endpoint.js";

/** What the network has to open for that URL. */
export function targetOf(endpoint: Endpoint, address: string, tls: TlsOptions | undefined): Target {
	return { stream: streamOf(endpoint), host: endpoint.host, address, port: endpoint.port, tls };
}

/** Starts to open a WebSocket there. No write will be longer than the frame. */
export function openWebSocket(
	host: Host,
	target: Target,
	path: string,
	frame: FrameWriter,
	handler: TransportHandler,
): Transport {
	const web = { host: target.host, port: target.port, path, isSecure: target.stream === "tls" };
	const writeMax = frame.bytes.length - frame.start;
	return new WebSocketTransport(host, web, writeMax, handler, below => host.network.open(target, below));
}
