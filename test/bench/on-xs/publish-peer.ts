import Client from "embedded:network/mqtt/client";
import type { TCP, TCPOptions } from "../../../hosts/xs/engine.js";
import { ecma419Publisher, type ClientConstructor } from "../ecma419-client.js";
import { pace } from "../xs-rates.js";

// Runs on the engine with a port and windows as its words: what publish.ts does, by the client of the SDK.

type Callbacks = Required<Pick<TCPOptions, "onReadable" | "onWritable">>;

/** The engine's socket with the two formats of ECMA-419, between which the client changes. */
class FormatTCP {
	format = "number";
	#socket: TCP;
	#bytes = new Uint8Array(0);
	#at = 0;

	constructor({ onReadable, onWritable, ...options }: TCPOptions & Callbacks) {
		this.#socket = new engine.TCP({
			...options,
			onReadable: () => {
				this.#bytes = new Uint8Array(this.#socket.read()!);
				this.#at = 0;
				onReadable.call(this.#socket, this.#bytes.length);
			},
			onWritable: count => onWritable.call(this.#socket, count),
		});
	}
	read(): number {
		return this.#bytes[this.#at++]!;
	}
	write(bytes: Uint8Array): number {
		return this.#socket.write(bytes);
	}
	close(): void {
		this.#socket.close();
	}
}

const [port, ...windows] = engine.arguments;

void run();

async function run(): Promise<void> {
	const results: number[] = [];
	for (const window of windows.map(Number)) {
		const peer = await ecma419Publisher(Client as ClientConstructor, FormatTCP, Number(port));
		results.push(await pace(peer.publish, window, () => engine.ticks()));
		peer.close();
	}
	trace(`${JSON.stringify(results)}\n`);
	engine.exit(0);
}
