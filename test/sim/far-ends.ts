// What the certificates' package asks for, before it is loaded.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createSecureWeb } from "node:https";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createSecure, type TlsOptions } from "node:tls";
import { X509Certificate } from "@peculiar/x509";
import { Aedes } from "aedes";
import { WebSocketServer, createWebSocketStream } from "ws";
import {
	makeAuthority,
	makeClientCertificate,
	makeServerCertificate,
	type Authority,
	type Certified,
} from "../../hosts/cloud/certificates.js";
import { Mosquitto } from "../support/mosquitto.js";

/** What the device dials, and how it ends. */
export interface FarEnd {
	readonly port: number;
	/** Handshakes that were finished, and bytes of the application that were decrypted. */
	readonly seen: { handshakes: number; bytes: number };
	stop(): Promise<void>;
}

const names = ["localhost", "127.0.0.1"];
const dayMs = 86_400_000;

export interface Papers {
	readonly authority: Authority;
	readonly rsaAuthority: Authority;
	readonly ecdsa: Certified;
	readonly rsa: Certified;
	readonly foreign: Certified;
	readonly otherName: Certified;
	readonly expired: Certified;
	readonly future: Certified;
	readonly selfSigned: Certified;
	/** Self-signed, with our authority's certificate behind it. */
	readonly mixed: Certified;
	/** Signed by a leaf of our authority, which may not sign. */
	readonly byLeaf: Certified;
	/** The device's own. */
	readonly client: Certified;
}

export async function makePapers(): Promise<Papers> {
	const authority = await makeAuthority();
	const rsaAuthority = await makeAuthority({ algorithm: "rsa" });
	const now = Date.now();
	const selfSigned = await makeServerCertificate({ names });
	const certify = (more: object) => makeServerCertificate({ names, authority, ...more });
	const leaf = await certify({});
	const past = { notBefore: new Date(now - 9 * dayMs), notAfter: new Date(now - dayMs) };
	return {
		authority,
		rsaAuthority,
		ecdsa: leaf,
		rsa: await certify({ authority: rsaAuthority, algorithm: "rsa" }),
		foreign: await certify({ authority: await makeAuthority() }),
		otherName: await certify({ names: ["other.example"] }),
		expired: await certify(past),
		future: await certify({ notBefore: new Date(now + dayMs), notAfter: new Date(now + 9 * dayMs) }),
		selfSigned,
		mixed: {
			...selfSigned,
			chain: [selfSigned.chain[0]!, authority.chain[0]!],
			chainPem: selfSigned.chainPem + authority.chainPem,
		},
		client: await makeClientCertificate({ name: "device", authority: rsaAuthority, algorithm: "rsa" }),
		byLeaf: await certify({ authority: await asAuthority(leaf) }),
	};
}

async function asAuthority(leaf: Certified): Promise<Authority> {
	const algorithm = { name: "ECDSA", namedCurve: "P-256" };
	const signingKey = await webcrypto.subtle.importKey("pkcs8", leaf.privateKey, algorithm, true, ["sign"]);
	return { ...leaf, certificate: new X509Certificate(leaf.chain[0]!), signingKey };
}

/** A broker over TLS, or what looks like one. */
export async function secureBroker(papers: Certified, options: TlsOptions = {}): Promise<FarEnd> {
	const aedes = await Aedes.createBroker();
	const seen = { handshakes: 0, bytes: 0 };
	const settings = { key: papers.privateKeyPem, cert: papers.chainPem, ...options };
	const server = createSecure(settings, socket => {
		seen.handshakes++;
		socket.on("data", bytes => (seen.bytes += bytes.length));
		socket.on("error", () => {});
		aedes.handle(socket);
	});
	server.on("tlsClientError", () => {});
	return listen(server, seen, () => aedes.close());
}

export async function secureWebBroker(papers: Certified): Promise<FarEnd> {
	const aedes = await Aedes.createBroker();
	const seen = { handshakes: 0, bytes: 0 };
	const server = createSecureWeb({ key: papers.privateKeyPem, cert: papers.chainPem });
	server.on("tlsClientError", () => {});
	server.on("secureConnection", socket => {
		seen.handshakes++;
		socket.on("data", bytes => (seen.bytes += bytes.length));
	});
	const web = new WebSocketServer({ server, handleProtocols: () => "mqtt" });
	web.on("connection", socket => {
		const stream = createWebSocketStream(socket);
		stream.on("error", () => {});
		aedes.handle(stream);
	});
	return listen(server, seen, () => aedes.close());
}

export async function secureMosquitto(papers: Certified): Promise<FarEnd> {
	const folder = mkdtempSync(join(tmpdir(), "godwit-sim-"));
	// Started by root, it reads them as somebody else.
	chmodSync(folder, 0o755);
	writeFileSync(join(folder, "chain.pem"), papers.chainPem);
	writeFileSync(join(folder, "key.pem"), papers.privateKeyPem);
	const files = [`certfile ${folder}/chain.pem`, `keyfile ${folder}/key.pem`];
	const mosquitto = await Mosquitto.start(["allow_anonymous true", ...files]);
	const stop = async () => {
		await mosquitto.kill();
		rmSync(folder, { recursive: true });
	};
	return { port: mosquitto.port, seen: { handshakes: 0, bytes: 0 }, stop };
}

/** Answers the first bytes with these, and says no more. */
export async function parrot(answer: Uint8Array): Promise<FarEnd> {
	const server = createServer(socket => {
		socket.once("data", () => socket.write(answer));
		socket.on("error", () => {});
	});
	return listen(server, { handshakes: 0, bytes: 0 });
}

async function listen(server: Server, seen: FarEnd["seen"], end = () => {}): Promise<FarEnd> {
	const sockets = new Set<Socket>();
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.on("close", () => sockets.delete(socket));
	});
	await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
	const stop = () => {
		for (const socket of sockets) socket.destroy();
		end();
		return new Promise<void>(resolve => server.close(() => resolve()));
	};
	return { port: (server.address() as AddressInfo).port, seen, stop };
}

/** What is changed of the bytes that go to the device, the first of which is at 0; fewer end the stream. */
export type Change = (bytes: Buffer, at: number) => Uint8Array;

/** A wiretap on the port that the device dials: keeps what it says, and changes what it hears. */
export class Tap {
	readonly said: Buffer[] = [];
	connections = 0;
	#server: Server;
	#sockets = new Set<Socket>();

	private constructor(server: Server) {
		this.#server = server;
	}
	static async start(port: number, to: FarEnd, change: Change = bytes => bytes): Promise<Tap> {
		const server = createServer({ noDelay: true });
		const tap = new Tap(server);
		server.on("connection", socket => tap.#join(socket, to.port, change));
		await new Promise<void>((resolve, reject) => {
			server.once("error", reject);
			server.listen(port, "127.0.0.1", resolve);
		});
		return tap;
	}
	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}
	async stop(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await new Promise<void>(resolve => this.#server.close(() => resolve()));
	}
	/** Whether the device said anything of the application, in the clear or in a record for it. */
	get leaked(): boolean {
		const all = Buffer.concat(this.said);
		if (all.includes("MQTT") || all.includes("MQIsdp") || all.includes("HTTP/1.1")) return true;
		for (let at = 0; at + 5 <= all.length; at += 5 + all.readUInt16BE(at + 3))
			if (all[at] === 23) return true;
		return false;
	}
	#join(socket: Socket, port: number, change: Change): void {
		const isFirst = this.connections++ === 0;
		const far = connect({ port, host: "127.0.0.1", noDelay: true });
		let at = 0;
		for (const one of [socket, far]) {
			this.#sockets.add(one);
			one.on("error", () => {});
			one.on("close", () => {
				socket.destroy();
				far.destroy();
			});
		}
		socket.on("data", bytes => {
			// Records of two connections do not join.
			if (isFirst) this.said.push(bytes);
			far.write(bytes);
		});
		far.on("data", bytes => {
			const changed = change(Buffer.from(bytes), at);
			at += bytes.length;
			if (changed.length < bytes.length) socket.end(changed);
			else socket.write(changed);
		});
	}
}
