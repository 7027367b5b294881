import type { Network, Target, Transport, TransportHandler } from "../../hosts/host.js";

const pingreq = 0xc0;

/** A network with a switch in it: it can fall silent, and it counts what goes by. */
export class SwitchedNetwork implements Network {
	/** Nothing goes through any more, either way, and nobody is told. */
	silent = false;
	/** Writes which are a PINGREQ. */
	pings = 0;
	#network: Network;
	#handler: TransportHandler | undefined;
	#transport: Transport | undefined;

	constructor(network: Network) {
		this.#network = network;
	}
	resolve(name: string, done: (address: string | undefined) => void): () => void {
		return this.#network.resolve(name, done);
	}
	open(target: Target, handler: TransportHandler): Transport {
		const inner = this.#network.open(target, {
			onWritable: count => {
				if (!this.silent) handler.onWritable(count);
			},
			onReadable: () => {
				if (!this.silent) handler.onReadable();
			},
			onLost: detail => {
				if (!this.silent) handler.onLost(detail);
			},
		});
		this.#handler = handler;
		this.#transport = inner;
		return {
			write: (bytes, from, to) => {
				if (to - from === 2 && bytes[from] === pingreq) this.pings++;
				return this.silent ? to - from : inner.write(bytes, from, to);
			},
			read: max => (this.silent ? undefined : inner.read(max)),
			close: () => inner.close(),
		};
	}
	/** The stream ends without a farewell. */
	cut(): void {
		this.#transport?.close();
		this.#handler?.onLost("cut");
		this.#transport = this.#handler = undefined;
	}
}
