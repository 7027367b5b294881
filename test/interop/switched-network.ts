import type { Network, StreamKind, Target, Transport, TransportHandler } from "../../hosts/host.js";

const pingreq = 0xc0;

/** A network with a switch in it: it can fall silent, and it counts what goes by. */
export class SwitchedNetwork implements Network {
	/** Nothing goes through any more, either way, and nobody is told. */
	silent = false;
	/** Writes which are a PINGREQ. */
	pings = 0;
	sentBytes = 0;
	#network: Network;

	constructor(network: Network) {
		this.#network = network;
	}
	get streams(): readonly StreamKind[] {
		return this.#network.streams;
	}
	resolve(name: string, done: (address: string | undefined) => void): () => void {
		return this.#network.resolve(name, done);
	}
	open(target: Target, handler: TransportHandler): Transport {
		const inner = this.#network.open(target, {
			onWritable: count => {
				if (!this.silent) handler.onWritable(count);
			},
			onReadable: count => {
				if (!this.silent) handler.onReadable(count);
			},
			onLost: (detail, blame) => {
				if (!this.silent) handler.onLost(detail, blame);
			},
		});
		return {
			write: (bytes, from, to) => {
				if (to - from === 2 && bytes[from] === pingreq) this.pings++;
				this.sentBytes += to - from;
				return this.silent ? to - from : inner.write(bytes, from, to);
			},
			read: max => (this.silent ? undefined : inner.read(max)),
			close: () => inner.close(),
		};
	}
}
