import type { Host, Target, Transport, TransportHandler } from "../../hosts/host.js";
import { WebSocketTransport } from "../transport/web-socket.js";
import type { FrameWriter } from "../wire/frame-writer.js";
import type { LinkOptions } from "./link-options.js";
import { streamOf, type Endpoint } from "./endpoint.js";

/** Starts to open what that URL asks for. No write to a WebSocket will be longer than the frame. */
export function openStream(
	host: Host,
	endpoint: Endpoint,
	address: string,
	{ tls }: LinkOptions,
	frame: FrameWriter,
	handler: TransportHandler,
): Transport {
	const { host: name, port, path } = endpoint;
	const target: Target = { stream: streamOf(endpoint), host: name, address, port, tls };
	if (path === "") return host.network.open(target, handler);
	const web = { host: name, port, path, isSecure: target.stream === "tls" };
	const writeMax = frame.bytes.length - frame.start;
	return new WebSocketTransport(host, web, writeMax, handler, below => host.network.open(target, below));
}
