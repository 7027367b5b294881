import type { ExecutionContext } from "ava";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { generate, type IPublishPacket, type Packet, parser } from "mqtt-packet";
import type { CloudClock } from "../../hosts/cloud/clock.js";
import { signClientId } from "../../hosts/cloud/credentials.js";
import type { Wire } from "../../hosts/cloud/listeners.js";
import { type AccessPoint, StandIn, type StandInOptions } from "../../hosts/cloud/stand-in.js";

const waitMs = 30_000;

/** Time that passes only when told to. It begins at the real one, since a token's life is told in dates. */
export class HandClock implements CloudClock {
	#now = Date.now();
	#alarms = new Set<{ at: number; call: () => void }>();

	now(): number {
		return this.#now;
	}
	after(ms: number, call: () => void): () => void {
		const alarm = { at: this.#now + ms, call };
		this.#alarms.add(alarm);
		return () => this.#alarms.delete(alarm);
	}
	advance(ms: number): void {
		const end = this.#now + ms;
		for (;;) {
			const due = [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
			if (!due) break;
			this.#alarms.delete(due);
			this.#now = Math.max(this.#now, due.at);
			due.call();
		}
		this.#now = end;
	}
}

export function newFolder(t: ExecutionContext): string {
	const folder = mkdtempSync(join(tmpdir(), "godwit-cloud-"));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

export async function startCloud(
	t: ExecutionContext,
	options: Partial<StandInOptions> = {},
): Promise<StandIn> {
	const cloud = await StandIn.start({ folder: options.folder ?? newFolder(t), ...options });
	t.teardown(() => cloud.close());
	return cloud;
}

/** The options of a client that signs its id with the account's key. */
export function signed(point: AccessPoint, clientId: string): IClientOptions {
	return {
		clientId,
		username: `Signature|${point.accessKeyId}|${point.instanceId}`,
		password: signClientId(clientId, point.accessKeySecret),
	};
}

export function urlOf({ host, ports }: AccessPoint, wire: Wire = "mqtt"): string {
	const path = wire === "ws" || wire === "wss" ? "/mqtt" : "";
	return `${wire}://${host}:${ports[wire]}${path}`;
}

export interface Arrival {
	topic: string;
	payload: string;
	qos: number;
	dup: boolean;
}

/** MQTT.js as a device: what it received, and how its connection went. */
export class Device {
	readonly client: MqttClient;
	readonly arrivals: Arrival[] = [];
	isClosed = false;
	#waiters: (() => void)[] = [];

	constructor(client: MqttClient) {
		this.client = client;
		client.on("packetreceive", packet => {
			if (packet.cmd !== "publish") return;
			const { topic, qos, dup } = packet;
			this.arrivals.push({ topic, payload: packet.payload.toString(), qos, dup });
			this.#look();
		});
		client.on("close", () => {
			this.isClosed = true;
			this.#look();
		});
		client.on("error", () => {});
	}
	/** Resolves when it holds; rejects when it does not for so long. */
	until(holds: (device: Device) => boolean, what = "what was awaited"): Promise<void> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`${what} does not come`)), waitMs);
			const look = () => {
				if (!holds(this)) return void this.#waiters.push(look);
				clearTimeout(timer);
				resolve();
			};
			look();
		});
	}
	arrived(count: number): Promise<void> {
		return this.until(device => device.arrivals.length >= count, `arrival ${count}`);
	}
	closed(): Promise<void> {
		return this.until(device => device.isClosed, "the end of the connection");
	}
	get payloads(): string[] {
		return this.arrivals.map(({ payload }) => payload);
	}
	async leave(): Promise<void> {
		await this.client.endAsync();
	}
	#look(): void {
		for (const look of this.#waiters.splice(0)) look();
	}
}

/** Connects; rejects with the refusal. It does not try again by itself. */
export async function connectDevice(
	t: ExecutionContext,
	point: AccessPoint,
	options: IClientOptions,
	wire: Wire = "mqtt",
): Promise<Device> {
	const client = mqtt.connect(urlOf(point, wire), {
		reconnectPeriod: 0,
		connectTimeout: waitMs,
		ca: point.authority.pem,
		resubscribe: false,
		...options,
	});
	const device = new Device(client);
	t.teardown(() => client.endAsync(true));
	await new Promise<void>((resolve, reject) => {
		client.once("connect", () => resolve());
		client.once("error", reject);
		client.once("close", () => reject(new Error("closed before CONNACK")));
	});
	return device;
}

/** A device that does only what it is told: it acknowledges nothing by itself. */
export class RawDevice {
	readonly packets: Packet[] = [];
	isClosed = false;
	#socket: Socket;
	#waiters: (() => void)[] = [];

	private constructor(socket: Socket) {
		this.#socket = socket;
		const reader = parser();
		reader.on("packet", packet => {
			this.packets.push(packet);
			this.#look();
		});
		socket.on("data", bytes => reader.parse(bytes));
		socket.on("error", () => {});
		socket.on("close", () => {
			this.isClosed = true;
			this.#look();
		});
	}
	static async connect(
		t: ExecutionContext,
		point: AccessPoint,
		{ clientId, username, password }: IClientOptions,
		clean = true,
	): Promise<RawDevice> {
		const socket = connect(point.ports.mqtt, "127.0.0.1");
		t.teardown(() => socket.destroy());
		await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
		const device = new RawDevice(socket);
		const names = { protocolId: "MQTT", protocolVersion: 4, keepalive: 60 } as const;
		const who = { clientId: clientId!, username: username!, password: Buffer.from(String(password)) };
		device.send({ cmd: "connect", ...names, ...who, clean });
		await device.until(({ packets }) => packets.length > 0);
		return device;
	}
	/** All in one write, so that it arrives at once. */
	send(...packets: Packet[]): void {
		this.#socket.write(Buffer.concat(packets.map(packet => generate(packet))));
	}
	until(holds: (device: RawDevice) => boolean): Promise<void> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error("what was awaited does not come")), waitMs);
			const look = () => {
				if (!holds(this)) return void this.#waiters.push(look);
				clearTimeout(timer);
				resolve();
			};
			look();
		});
	}
	get publishes(): IPublishPacket[] {
		return this.packets.filter(packet => packet.cmd === "publish");
	}
	arrived(count: number): Promise<void> {
		return this.until(({ publishes }) => publishes.length >= count);
	}
	/** As when the power goes. */
	async cut(): Promise<void> {
		this.#socket.destroy();
		await this.until(({ isClosed }) => isClosed);
	}
	#look(): void {
		for (const look of this.#waiters.splice(0)) look();
	}
}
