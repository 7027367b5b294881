import type { Publish } from "./keep-full.js";
import { topicName } from "./loops.js";

/** What we use of the MQTT client that comes with the SDK, by ECMA-419. */
export interface ECMA419Client {
	/** Throws when the packet is longer than what is writable; returns how much is left of that. */
	write(data: Uint8Array, options: { topic: string; QoS: number; id: number }): number;
	close(): void;
}

interface ClientOptions {
	host: string;
	port: number;
	id: string;
	dns: { io: unknown };
	socket: { io: unknown; nodelay: boolean };
	onControl(this: ECMA419Client, packet: { operation: number; id: number }): void;
	onWritable(this: ECMA419Client, count: number): void;
	onError(): void;
}

export type ClientConstructor = new (options: ClientOptions) => ECMA419Client;

const connack = 2;
const puback = 4;
const payload = new Uint8Array(32);
/** What it writes for one of them at most. */
const packetBytes = 64;
const idMax = 0xffff;

/** Resolves any name to the loopback. */
class Loopback {
	resolve({ host, onResolved }: { host: string; onResolved(host: string, address: string): void }): void {
		onResolved(host, "127.0.0.1");
	}
}

/** A client over that class of sockets. */
export function openClient(
	Client: ClientConstructor,
	Socket: unknown,
	port: number,
	handlers: Pick<ClientOptions, "onControl" | "onWritable">,
): ECMA419Client {
	return new Client({
		host: "broker",
		port,
		id: "bench",
		dns: { io: Loopback },
		socket: { io: Socket, nodelay: true },
		onError() {
			throw new Error("the connection was lost within the measurement");
		},
		...handlers,
	});
}

/**
 * Connected, as a publisher. The client tracks nothing, so that is done here, by id; and what it has no room
 * for waits here.
 */
export async function ecma419Publisher(Client: ClientConstructor, Socket: unknown, port: number) {
	const waiting: (() => void)[] = [];
	const sent = new Map<number, () => void>();
	let writable = 0;
	let id = 0;
	const flush = (client: ECMA419Client) => {
		while (waiting.length > 0 && writable > packetBytes) {
			id = id === idMax ? 1 : id + 1;
			sent.set(id, waiting.shift()!);
			writable = client.write(payload, { topic: topicName, QoS: 1, id });
		}
	};
	const client = await new Promise<ECMA419Client>(resolve => {
		openClient(Client, Socket, port, {
			onControl(packet) {
				if (packet.operation === connack) resolve(this);
				if (packet.operation !== puback) return;
				const onAcked = sent.get(packet.id)!;
				sent.delete(packet.id);
				onAcked();
			},
			onWritable(count) {
				writable = count;
				flush(this);
			},
		});
	});
	const publish: Publish = onAcked => {
		waiting.push(onAcked);
		flush(client);
	};
	return { publish, close: () => client.close() };
}
