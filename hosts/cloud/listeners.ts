import { createServer as createHttp, type IncomingMessage, type Server as HttpServer } from "node:http";
import { createServer as createHttps } from "node:https";
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTls } from "node:tls";
import { createWebSocketStream, WebSocketServer } from "ws";
import type { Certified } from "./certificates.js";
import { Bounds } from "./limits.js";

/** The four wires of an access point, by the schemes of their URLs. */
export const wires = Object.freeze(["mqtt", "mqtts", "ws", "wss"] as const);
export type Wire = (typeof wires)[number];
export type Ports = Record<Wire, number>;

export const loopback = "127.0.0.1";
const path = "/mqtt";
const subprotocol = "mqtt";
/** How a WebSocket is closed on a text frame [RFC 6455 7.4.1]. */
const unsupportedData = 1003;

export type OnStream = (stream: Duplex, request?: IncomingMessage) => void;

/** The access point's four listeners, on this computer only. */
export class Listeners {
	readonly ports: Ports;
	#servers: Server[];
	#sockets: Set<Socket>;

	private constructor(ports: Ports, servers: Server[], sockets: Set<Socket>) {
		this.ports = ports;
		this.#servers = servers;
		this.#sockets = sockets;
	}
	/** Port 0 takes any free one. A port that is in use is a RangeError, and nothing listens then. */
	static async start(ports: Ports, certified: Certified, onStream: OnStream): Promise<Listeners> {
		const { privateKeyPem: key, chainPem: cert } = certified;
		const tls = { key, cert, minVersion: "TLSv1.2" } as const;
		const made: Record<Wire, Server> = {
			mqtt: createTcp({ noDelay: true }, socket => onStream(socket)),
			mqtts: createTls({ ...tls, noDelay: true }, socket => onStream(socket)),
			ws: upgrading(createHttp(answerPlain), onStream),
			wss: upgrading(createHttps(tls, answerPlain), onStream),
		};
		const sockets = new Set<Socket>();
		const listening: Server[] = [];
		const found: Ports = { ...ports };
		try {
			for (const wire of wires) {
				const server = made[wire];
				found[wire] = await listen(server, ports[wire], sockets);
				listening.push(server);
			}
		} catch (error) {
			await Promise.all(listening.map(server => new Promise(resolve => server.close(resolve))));
			throw error;
		}
		return new Listeners(found, listening, sockets);
	}
	async close(): Promise<void> {
		const closed = this.#servers.map(server => new Promise(resolve => server.close(resolve)));
		for (const socket of this.#sockets) socket.destroy();
		await Promise.all(closed);
	}
}

/** Listens on this computer only; gives the port, and keeps the connections so that they can be ended. */
export async function listen(server: Server, port: number, sockets: Set<Socket>): Promise<number> {
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.once("close", () => sockets.delete(socket));
		// What goes wrong on a wire, as a failed handshake, ends that connection and nothing else.
		socket.on("error", () => socket.destroy());
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", (error: NodeJS.ErrnoException) => {
			const isTaken = error.code === "EADDRINUSE";
			const plain = `port ${port} is in use by another program: give another one, or end that program`;
			reject(isTaken ? new RangeError(plain) : error);
		});
		server.listen(port, loopback, resolve);
	});
	return (server.address() as AddressInfo).port;
}

/** WebSocket on the path of the service, with its subprotocol, in binary frames [MQTT 3.1.1, 6]. */
function upgrading(server: HttpServer, onStream: OnStream): HttpServer {
	const sockets = new WebSocketServer({
		noServer: true,
		maxPayload: Bounds.frameBytes,
		handleProtocols: () => subprotocol,
	});
	server.on("upgrade", (request, socket, head) => {
		const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map(word => word.trim());
		if (new URL(request.url ?? "", "ws://any").pathname !== path)
			return refuse(socket, "404 Not Found", `the path is ${path}`);
		if (!offered.includes(subprotocol))
			return refuse(socket, "400 Bad Request", `the subprotocol is ${subprotocol}`);
		sockets.handleUpgrade(request, socket, head, webSocket => {
			// First in line, so that nothing of a text frame gets any further.
			webSocket.on("message", (_data, isBinary) => {
				if (isBinary) return;
				webSocket.close(unsupportedData);
				stream.destroy();
			});
			const stream = createWebSocketStream(webSocket);
			// Until the engine has it, and after it has let go.
			stream.on("error", () => stream.destroy());
			onStream(stream, request);
		});
	});
	return server;
}

function refuse(socket: Duplex, status: string, why: string): void {
	socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: ${why.length}\r\n\r\n${why}`);
}

function answerPlain(
	_request: IncomingMessage,
	response: { writeHead(status: number): { end(text: string): void } },
) {
	response.writeHead(426).end("here is MQTT over WebSocket\n");
}
