// node only

import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Peer } from "../hosts/transport.suite.js";

async function listen(serve: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
	const server = createServer({ noDelay: true }, socket => {
		socket.on("error", () => {});
		serve(socket);
	});
	await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
	server.unref();
	return { server, port: (server.address() as AddressInfo).port };
}

/** The far end of the transport suite; its servers keep no process from its end. */
export async function startPeer(): Promise<Peer> {
	const echo = await listen(socket => void socket.pipe(socket));
	const closing = await listen(socket => {
		socket.resume();
		socket.end("farewell");
	});
	const dead = await listen(() => {});
	await new Promise(resolve => dead.server.close(resolve));
	return { echoPort: echo.port, closingPort: closing.port, deadPort: dead.port };
}
