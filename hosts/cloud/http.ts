import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";
import { Fields } from "./fields.js";
import { routes } from "./http-routes.js";
import { Bounds } from "./limits.js";
import { listen, loopback } from "./listeners.js";
import type { StandIn } from "./stand-in.js";

/** A request that is refused before anything looks at it. */
class Refused extends Error {
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

const requestMs = 10_000;

/**
 * The stand-in's interface for programs on this computer: JSON over HTTP, on loopback only. A page of another
 * site, which a browser on this computer shows, must not reach it: the Host must be ours, an Origin as well,
 * and whatever changes something must be JSON by its type, which no form can send.
 */
export class HttpInterface {
	readonly port: number;
	#server: Server;
	#sockets: Set<Socket>;

	private constructor(server: Server, port: number, sockets: Set<Socket>) {
		this.#server = server;
		this.port = port;
		this.#sockets = sockets;
	}
	/** Port 0 takes any free one. What goes wrong in the stand-in itself is told by onFailure. */
	static async start(
		cloud: StandIn,
		port = 0,
		onFailure: (error: unknown) => void = () => {},
	): Promise<HttpInterface> {
		let own = port;
		const options = { requestTimeout: requestMs, headersTimeout: requestMs };
		const server = createServer(options, (request, response) => {
			void answer(cloud, own, request).then(
				([status, json]) => reply(response, status, json),
				(error: Error) => reply(response, ...failure(error, onFailure)),
			);
		});
		const sockets = new Set<Socket>();
		own = await listen(server, port, sockets);
		return new HttpInterface(server, own, sockets);
	}
	get url(): string {
		return `http://${loopback}:${this.port}`;
	}
	async close(): Promise<void> {
		const closed = new Promise(resolve => this.#server.close(resolve));
		for (const socket of this.#sockets) socket.destroy();
		await closed;
	}
}

async function answer(cloud: StandIn, port: number, request: IncomingMessage): Promise<[number, unknown]> {
	const { method = "", headers } = request;
	const hosts = [`${loopback}:${port}`, `localhost:${port}`];
	if (!hosts.includes(headers.host ?? "")) throw new Refused(403, `the Host is ${hosts.join(" or ")}`);
	if (headers.origin !== undefined && !hosts.some(host => headers.origin === `http://${host}`))
		throw new Refused(403, "a page of another site may not ask");
	const url = new URL(request.url ?? "/", `http://${loopback}`);
	const found = findRoute(method, url.pathname);
	const isChange = method !== "GET";
	if (isChange && headers["content-type"]?.split(";")[0]?.trim().toLowerCase() !== "application/json")
		throw new Refused(415, "the Content-Type is application/json");
	const fields = new Fields(isChange ? parse(await readBody(request)) : {});
	const result = await found.answer(cloud, {
		part: name => found.parts.get(name)!,
		query: name => url.searchParams.get(name) ?? undefined,
		fields,
	});
	if (isChange) await cloud.saved();
	return [method === "POST" ? 201 : 200, result ?? {}];
}

function findRoute(method: string, path: string) {
	const asked = path.split("/");
	const methods: string[] = [];
	for (const [name, answer] of Object.entries(routes)) {
		const [known = "", pattern = ""] = name.split(" ");
		const parts = match(pattern.split("/"), asked);
		if (!parts) continue;
		if (known === method) return { answer, parts };
		methods.push(known);
	}
	if (methods.length > 0) throw new Refused(405, `${path} knows ${methods.join(", ")}`);
	throw new Refused(404, `there is no ${path}; the resources: ${Object.keys(routes).join("; ")}`);
}

function match(pattern: string[], asked: string[]): Map<string, string> | undefined {
	if (pattern.length !== asked.length) return undefined;
	const parts = new Map<string, string>();
	for (const [at, part] of pattern.entries()) {
		const given = asked[at]!;
		if (!part.startsWith(":")) {
			if (part !== given) return undefined;
		} else parts.set(part.slice(1), decode(given));
	}
	return parts;
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new Refused(400, "the path is not well written");
	}
}

async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	// The answer to a long body goes over the connection that an iterator would close.
	for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > Bounds.requestBytes)
			throw new Refused(413, `a body has ${Bounds.requestBytes} bytes at most`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString();
}

function parse(body: string): unknown {
	if (body === "") return {};
	try {
		return JSON.parse(body);
	} catch {
		throw new Refused(400, "the body is not JSON");
	}
}

function failure(error: Error, onFailure: (error: unknown) => void): [number, object] {
	if (error instanceof Refused) return [error.status, { error: error.message }];
	if (error instanceof RangeError || error instanceof TypeError) return [400, { error: error.message }];
	onFailure(error);
	return [500, { error: "the stand-in failed; its console says more" }];
}

function reply(response: ServerResponse, status: number, json: unknown): void {
	const body = `${JSON.stringify(json)}\n`;
	const headers = { "Content-Type": "application/json", "Cache-Control": "no-store", Connection: "close" };
	response.writeHead(status, { ...headers, "X-Content-Type-Options": "nosniff" }).end(body);
}
