// node only

import { createServer as createHttpServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { WebSocketServer, type WebSocket } from "ws";
import { makeAuthority, makeServerCertificate } from "../../hosts/cloud/certificates.js";
import { deadPort } from "./dead-port.js";
import type { Peer } from "../hosts/transport.suite.js";

type Serve = (socket: Socket) => void;

const listenPlain = (serve: Serve) => listen(createTcpServer({ noDelay: true }, guarded(serve)));

function guarded(serve: Serve): Serve {
	return socket => {
		socket.on("error", () => {});
		serve(socket);
	};
}

async function listen(server: Server): Promise<number> {
	await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
	server.unref();
	return (server.address() as AddressInfo).port;
}

const echo = (socket: Socket) => void socket.pipe(socket);
const farewell = (socket: Socket) => {
	socket.resume();
	socket.end("farewell");
};

/** The far end of the transport suite; its servers keep no process from its end. */
export async function startPeer(): Promise<Peer> {
	return {
		echoPort: await listenPlain(echo),
		closingPort: await listenPlain(farewell),
		deadPort: await deadPort(),
	};
}

/** The same over TLS, and the authority to be trusted, in DER. */
export async function startTlsPeer(): Promise<Peer & { authority: Uint8Array }> {
	const authority = await makeAuthority();
	const { chainPem, privateKeyPem } = await makeServerCertificate({ names: ["localhost"], authority });
	const options = { cert: chainPem, key: privateKeyPem };
	return {
		echoPort: await listen(createTlsServer(options, guarded(echo))),
		closingPort: await listen(createTlsServer(options, guarded(farewell))),
		deadPort: await deadPort(),
		authority: authority.chain[0]!,
	};
}

/** The same in the frames of a WebSocket, by npm `ws`. */
export async function startWebPeer(): Promise<Peer> {
	return {
		echoPort: await listenWeb(socket => socket.on("message", bytes => socket.send(bytes))),
		closingPort: await listenWeb(socket => {
			socket.send(Buffer.from("farewell"));
			socket.close(1001, "bye");
		}),
		deadPort: await deadPort(),
	};
}

async function listenWeb(serve: (socket: WebSocket) => void): Promise<number> {
	const web = new WebSocketServer({ noServer: true });
	web.on("connection", socket => {
		socket.on("error", () => {});
		serve(socket);
	});
	const server = createHttpServer();
	server.on("upgrade", (request, socket, head) => {
		web.handleUpgrade(request, socket, head, opened => web.emit("connection", opened, request));
	});
	return listen(server);
}
