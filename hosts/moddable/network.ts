import Modules from "modules";
import Timer from "timer";
import { guarded, type FaultHandler } from "../ecma419/guarded.js";
import type { SerialLine } from "../ecma419/serial-line.js";
import { TCPTransport, type TCPConstructor } from "../ecma419/tcp-transport.js";
import type { Clock, Network, StreamKind, Target, Transport, TransportHandler } from "../host.js";
import { sdkModule } from "./sdk-module.js";
import type { TlsModule, TlsOpener } from "./tls/tls.js";

/** The platform's own name service, with the servers that DHCP told it; it throws when its queue is full. */
interface NetClass {
	resolve(name: string, callback: (name: string, address?: string) => void): void;
}

/** The ECMA-419 one, for Zephyr, which has to be told the servers. */
interface Resolver {
	resolve(options: {
		host: string;
		onResolved(host: string, address: string): void;
		onError(host: string): void;
	}): void;
	close(): void;
}
type ResolverConstructor = new (options: { servers: readonly string[]; socket: { io: unknown } }) => Resolver;

/** In images that are built with manifest_tls.json. */
const tlsModule = "hosts/moddable/tls/tls";

type Done = (address: string | undefined) => void;

/** Names, TCP streams and the serial line, as far as the image has them. */
export class ModdableNetwork implements Network {
	readonly streams: readonly StreamKind[];
	#servers: readonly string[];
	#openLine: () => SerialLine;
	#onFault: FaultHandler;
	#clock: Clock;
	#config: Readonly<Record<string, unknown>>;
	#openTLS: TlsOpener | undefined;

	/**
	 * Servers: of the name service, where the platform does not know them itself. The config is asked for the
	 * settings of TLS.
	 */
	constructor(
		servers: readonly string[],
		openLine: () => SerialLine,
		clock: Clock,
		config: Readonly<Record<string, unknown>>,
		onFault: FaultHandler,
	) {
		const kinds: StreamKind[] = [];
		if (sdkModule("embedded:io/socket/tcp") !== undefined) kinds.push("tcp");
		if (kinds.length > 0 && Modules.has(tlsModule)) kinds.push("tls");
		if (sdkModule("embedded:io/serial") !== undefined) kinds.push("serial");
		this.streams = kinds;
		this.#servers = servers;
		this.#openLine = openLine;
		this.#clock = clock;
		this.#config = config;
		this.#onFault = onFault;
	}
	resolve(name: string, done: Done): () => void {
		let asked = true;
		const answer = guarded<string | undefined>(address => {
			if (!asked) return;
			asked = false;
			done(address);
		}, this.#onFault);
		const close = isAddress(name) ? answerLater(name, answer) : this.#ask(name, answer);
		return () => {
			if (asked) close?.();
			asked = false;
		};
	}
	open(target: Target, handler: TransportHandler): Transport {
		const { stream, address, port } = target;
		if (stream === "serial") return this.#openLine().open(handler);
		if (stream === "tcp") return this.#openTCP(address, port, handler);
		const open = (inner: TransportHandler) => this.#openTCP(address, port, inner);
		return this.#loadTLS()(target, open, handler);
	}
	#openTCP(address: string, port: number, handler: TransportHandler): Transport {
		const TCP = sdkModule<TCPConstructor>("embedded:io/socket/tcp");
		if (TCP === undefined) throw new RangeError("this image has no TCP");
		return new TCPTransport(TCP, address, port, handler, this.#onFault);
	}
	#loadTLS(): TlsOpener {
		if (this.#openTLS !== undefined) return this.#openTLS;
		const found = sdkModule<TlsModule>(tlsModule);
		if (found === undefined) throw new RangeError("this image has no TLS: build it with manifest_tls.json");
		return (this.#openTLS = found.makeOpener(this.#config, this.#clock, this.#onFault));
	}
	#ask(name: string, answer: Done): (() => void) | undefined {
		if (name === "localhost") return answerLater("127.0.0.1", answer);
		const Net = sdkModule<NetClass>("net");
		const Resolver = sdkModule<ResolverConstructor>("embedded:network/dns/resolver/udp");
		try {
			if (Net !== undefined) Net.resolve(name, (_, address) => answer(address));
			else if (Resolver !== undefined) return this.#query(Resolver, name, answer);
			else return answerLater(undefined, answer);
		} catch (error) {
			this.#onFault(error);
			return answerLater(undefined, answer);
		}
		return undefined;
	}
	#query(Resolver: ResolverConstructor, host: string, answer: Done): () => void {
		const io = sdkModule("embedded:io/socket/udp");
		const resolver = new Resolver({ servers: this.#servers, socket: { io } });
		const end = (address: string | undefined) => {
			answer(address);
			// Not from within its own callback, after which it looks at its socket again.
			Timer.set(guarded<unknown>(() => resolver.close(), this.#onFault));
		};
		resolver.resolve({ host, onResolved: (_, address) => end(address), onError: () => end(undefined) });
		return () => resolver.close();
	}
}

/** A dotted quad, which is no name. */
function isAddress(name: string): boolean {
	return /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

function answerLater(address: string | undefined, answer: Done): () => void {
	const timer = Timer.set(() => answer(address));
	return () => Timer.clear(timer);
}
