import type { Host, Network } from "../../hosts/host.js";
import { WebSocketTransport } from "../../modules/transport/web-socket.js";

const payloadMax = 1_460;

/** The host's network, but each stream is a WebSocket over one of its own. */
export function framedNetwork(host: Host): Network {
	const { network } = host;
	return {
		streams: network.streams,
		resolve: (name, done) => network.resolve(name, done),
		open(target, handler) {
			const web = { host: target.host, port: target.port, path: "/mqtt", isSecure: target.stream === "tls" };
			return new WebSocketTransport(host, web, payloadMax, handler, below => network.open(target, below));
		},
	};
}
