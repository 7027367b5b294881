// node only
// TLS servers on 127.0.0.1 that are good, or have one fault each, behind a tap: what the client sent, as it
// went over the wire and as the server made it out.

import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions as ServerOptions } from "node:tls";
import {
	makeAuthority,
	makeServerCertificate,
	type Authority,
	type ServerCertificateOptions,
} from "../../hosts/cloud/certificates.js";

const names = ["localhost", "127.0.0.1"];
const authorityName = "Authority of the tests";
const dayMs = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs);

interface Fault {
	certificate?: Partial<ServerCertificateOptions>;
	/** The name of the authority that signs it, of which nobody was told. */
	foreign?: string;
	/** Vouches for itself. */
	isSelfSigned?: boolean;
	/** The server sends its own certificate alone, without that of the authority. */
	isAlone?: boolean;
	server?: ServerOptions;
	/** In place of TLS, what is said to whatever comes. */
	says?: string;
}

/** By name; "cut" and "corrupted" take a place, which is counted in bytes from the server. */
export const faults = Object.freeze({
	good: {},
	"tls-1.2-only": { server: { maxVersion: "TLSv1.2" } },
	"tls-1.3-only": { server: { minVersion: "TLSv1.3" } },
	"tls-1.1-only": { server: { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } },
	"leaf-alone": { isAlone: true },
	"wrong-authority": { foreign: "Somebody else" },
	/** It has the name of the one that is trusted. */
	impostor: { foreign: authorityName },
	"self-signed": { isSelfSigned: true },
	"wrong-name": { certificate: { names: ["other.example"] } },
	expired: { certificate: { notBefore: inDays(-9), notAfter: inDays(-1) } },
	"not-yet-valid": { certificate: { notBefore: inDays(1), notAfter: inDays(9) } },
	"client-certificate": { server: { requestCert: true, rejectUnauthorized: true } },
	/** In plain: warning, close_notify. A client must not take it for the end of the handshake. */
	"close-notify": { says: "\x15\x03\x03\x00\x02\x01\x00" },
	"no-tls": { says: "HTTP/1.1 400 Bad Request\r\n\r\n" },
	cut: {},
	corrupted: {},
	/** Corrupts the first record after it has made something out of what the client sent. */
	"corrupted-reply": { server: { maxVersion: "TLSv1.2" } },
} as const satisfies Record<string, Fault>);
export type FaultName = keyof typeof faults;

export interface FaultOptions {
	port?: number;
	/** For cut and corrupted: at which byte from the server. */
	at?: number;
	/** More for the server. */
	server?: ServerOptions;
	/** Called with what the client sent, once it was made out. */
	onData?: (bytes: Buffer, socket: Socket) => void;
}

export class FaultServer {
	/** The one whose certificates a client is to trust. */
	readonly authority: Authority;
	/** What came from clients: as it was made out, and as it went over the wire. */
	received = "";
	wire = Buffer.alloc(0);
	/** How many bytes the server has sent, on the connection opened last. */
	sentBytes = 0;
	#servers: Server[] = [];
	#sockets = new Set<Socket>();
	#port = 0;

	private constructor(authority: Authority) {
		this.authority = authority;
	}
	static async start(name: FaultName, options: FaultOptions = {}): Promise<FaultServer> {
		const fault: Fault = faults[name];
		const faulty = new FaultServer(await makeAuthority({ name: authorityName }));
		const back = await faulty.#makeServer(fault, options);
		const backPort = await faulty.#listen(back, 0);
		const place = options.at ?? Infinity;
		const tap = createServer({ noDelay: true }, socket => faulty.#tap(socket, backPort, name, place));
		faulty.#port = await faulty.#listen(tap, options.port ?? 0);
		return faulty;
	}
	get port(): number {
		return this.#port;
	}
	/** The types of the records that the client sent: 22 handshake, 21 alert, 23 application data. */
	get records(): number[] {
		const types: number[] = [];
		for (let at = 0; at + 5 <= this.wire.length; at += 5 + this.wire.readUInt16BE(at + 3))
			types.push(this.wire[at]!);
		return types;
	}
	async stop(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await Promise.all(this.#servers.map(server => new Promise(resolve => server.close(resolve))));
	}
	async #makeServer(fault: Fault, { onData, server }: FaultOptions): Promise<Server> {
		const hear = (socket: Socket) => {
			this.#keep(socket);
			socket.on("data", bytes => {
				this.received += bytes.toString("latin1");
				onData?.(bytes, socket);
			});
		};
		if (fault.says !== undefined)
			return createServer(socket => {
				this.#keep(socket);
				socket.on("data", () => socket.write(fault.says!, "latin1"));
			});
		const authority = fault.foreign ? await makeAuthority({ name: fault.foreign }) : this.authority;
		const made = await makeServerCertificate({
			names,
			...(!fault.isSelfSigned && { authority }),
			...fault.certificate,
		});
		const [own] = made.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/);
		const cert = fault.isAlone ? own! : made.chainPem;
		const options = {
			cert,
			key: made.privateKeyPem,
			ca: this.authority.chainPem,
			...fault.server,
			...server,
		};
		return createTlsServer(options, hear).on("tlsClientError", () => {});
	}
	#tap(socket: Socket, backPort: number, name: FaultName, place: number): void {
		const back = connect({ port: backPort, host: "127.0.0.1", noDelay: true });
		this.#keep(socket);
		this.#keep(back);
		this.sentBytes = 0;
		socket.on("data", bytes => {
			this.wire = Buffer.concat([this.wire, bytes]);
			back.write(bytes);
		});
		back.on("data", bytes => {
			const isReply = name === "corrupted-reply" && this.received !== "";
			const index = isReply ? bytes.length - 1 : place - this.sentBytes;
			this.sentBytes += bytes.length;
			if (index < 0 || index >= bytes.length) return void socket.write(bytes);
			if (name === "corrupted" || isReply) {
				bytes[index]! ^= 0x40;
				socket.write(bytes);
			} else if (name === "cut") {
				socket.end(bytes.subarray(0, index));
				back.destroy();
			}
		});
		socket.on("close", () => back.end());
		back.on("close", () => socket.end());
	}
	#keep(socket: Socket): void {
		this.#sockets.add(socket);
		socket.on("error", () => {});
		socket.on("close", () => this.#sockets.delete(socket));
	}
	async #listen(server: Server, port: number): Promise<number> {
		await new Promise<void>((resolve, reject) => {
			server.once("error", reject);
			server.listen(port, "127.0.0.1", resolve);
		});
		this.#servers.push(server);
		return (server.address() as AddressInfo).port;
	}
}
