import Timer from "timer";
import { guarded, type FaultHandler } from "../../ecma419/guarded.js";
import type { HashName, Primitives } from "../../ecma419/tls/signature.js";
import type { SessionOptions, TlsLibrary, TlsSession } from "../../ecma419/tls/tls-session.js";
import { TlsTransport } from "../../ecma419/tls/tls-transport.js";
import type { Clock, Target, Transport, TransportHandler } from "../../host.js";
import { sdkModule } from "../sdk-module.js";
import fillWithEntropy from "./entropy.js";
import { parseTlsSettings } from "./tls-settings.js";

/** Half of what the generator holds; more than any key here needs. */
const seedBytes = 64;

interface DigestConstructor {
	new (name: HashName): { write(bytes: Uint8Array): void; close(): ArrayBuffer };
}
interface PointClass {
	fromOctetString(bytes: Uint8Array): unknown;
}
interface Verifier {
	verify(digest: ArrayBuffer, signature: ArrayBuffer): boolean;
}

/** Begins to open a TLS stream over the one that open() begins to open. */
export type TlsOpener = (
	target: Target,
	open: (handler: TransportHandler) => Transport,
	handler: TransportHandler,
) => Transport;

/** What only images have that are built with manifest_tls.json. */
export interface TlsModule {
	/** The config's settings hold where a target has no options of its own. */
	makeOpener(config: Readonly<Record<string, unknown>>, clock: Clock, onFault: FaultHandler): TlsOpener;
}

const noDate = "the date is not known, and without it no certificate can be checked";

const makeOpener: TlsModule["makeOpener"] = (config, clock, onFault) => {
	const settings = parseTlsSettings(config);
	const library = makeLibrary(onFault);
	return ({ host, tls }, open, handler) => {
		const date = clock.wall();
		if (date === undefined) return new Refusal(noDate, library, handler);
		return new TlsTransport(open, host, { ...settings, ...tls }, date, library, handler);
	};
};

/** A stream that is not opened. */
class Refusal implements Transport {
	#isClosed = false;

	constructor(detail: string, library: TlsLibrary, handler: TransportHandler) {
		library.later(() => {
			if (!this.#isClosed) handler.onLost(detail, "tls");
		});
	}
	write(): number {
		throw new TypeError("the stream takes nothing");
	}
	read(): undefined {}
	close(): void {
		this.#isClosed = true;
	}
}

function makeLibrary(onFault: FaultHandler): TlsLibrary {
	const generator = need<{ init(seed: ArrayBuffer): void }>("rng");
	return {
		Session: need<new (options: SessionOptions) => TlsSession>("ssl/session"),
		alert: need("ssl/alert"),
		primitives: makePrimitives(),
		seed() {
			const seed = new ArrayBuffer(seedBytes);
			fillWithEntropy(seed);
			generator.init(seed);
		},
		later: callback => void Timer.set(guarded<unknown>(callback, onFault)),
	};
}

function makePrimitives(): Primitives {
	const { Digest } = need<{ Digest: DigestConstructor }>("crypt");
	const Curve = need<new (name: string) => unknown>("curve");
	const ECPoint = need<PointClass>("ecp");
	const ECDSA = need<new (key: unknown, curve: unknown) => Verifier>("ecdsa");
	return {
		digest(name, bytes) {
			const digest = new Digest(name);
			digest.write(bytes);
			return new Uint8Array(digest.close());
		},
		verifyECDSA(curve, point, digest, r, s) {
			const signature = new Uint8Array(r.length + s.length);
			signature.set(r);
			signature.set(s, r.length);
			const verifier = new ECDSA(ECPoint.fromOctetString(point), new Curve(curve));
			return verifier.verify(digest.slice().buffer as ArrayBuffer, signature.buffer);
		},
	};
}

function need<T>(name: string): T {
	const found = sdkModule<T>(name);
	if (found === undefined) throw new RangeError(`this image lacks the SDK's ${name}`);
	return found;
}

export default Object.freeze({ makeOpener }) satisfies TlsModule;
