// node only

import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Aedes } from "aedes";
import { WebSocketServer, createWebSocketStream } from "ws";
import type { Certified } from "../../hosts/cloud/certificates.js";

export interface WebBroker {
	port: number;
	stop(): Promise<void>;
}

/** Aedes behind npm `ws`, over TLS where there is a certificate. */
export async function startWebBroker(certified?: Certified): Promise<WebBroker> {
	const aedes = await Aedes.createBroker();
	const server = certified
		? createHttpsServer({ cert: certified.chainPem, key: certified.privateKeyPem })
		: createHttpServer();
	const web = new WebSocketServer({ server, handleProtocols: () => "mqtt" });
	web.on("connection", (socket, request) => aedes.handle(createWebSocketStream(socket), request));
	await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
	return {
		port: (server.address() as AddressInfo).port,
		async stop() {
			for (const socket of web.clients) socket.terminate();
			await new Promise<void>(resolve => aedes.close(() => resolve()));
			server.closeAllConnections();
			await new Promise(resolve => server.close(resolve));
		},
	};
}
