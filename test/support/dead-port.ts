import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";

/**
 * A port of 127.0.0.1 on which nobody listens, nor will while this process lives. It is the near end of a
 * connection: a port that was only let go may be given to another test's server in the next moment.
 */
export async function deadPort(): Promise<number> {
	const server = createServer(socket => socket.unref()).unref();
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
	await once(socket, "connect");
	return socket.unref().localPort!;
}
