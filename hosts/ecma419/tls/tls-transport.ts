import type { Blame, TlsOptions, Transport, TransportHandler } from "../../host.js";
import { ViewCache } from "../view-cache.js";
import { isRsaPrivateKey, parseCertificate } from "./certificate.js";
import { isAddress } from "./chain.js";
import { Handshake } from "./handshake.js";
import { HandshakeGuard } from "./handshake-guard.js";
import { Content, fragmentBytesMax, headerBytes, RecordReader, sealBytes } from "./record-reader.js";
import { Alert, alertText, TlsFault } from "./tls-fault.js";
import { SessionFeed, type SessionOptions, type TlsLibrary, type TlsSession } from "./tls-session.js";

const chunkBytes = 512;
const overhead = headerBytes + sealBytes;
const alertBytes = overhead + 2;
const closeNotify = 0;
const warning = 1;
const fatal = 2;
const recordLengths: readonly number[] = Object.freeze([512, 1_024, 2_048, 4_096]);
const hostName = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$/;
const nothing = new Uint8Array(0);

/**
 * A TLS 1.2 stream over another one, by the SDK's session, which hears nothing that a handshake must not
 * have: see HandshakeGuard. Its first onWritable() means that the far end has proved to be the host, by a
 * certificate of one of the authorities; until then nothing is taken. Whatever goes wrong ends the stream
 * by onLost(). It holds one record at a time, and asks for no more before that is read.
 */
export class TlsTransport implements Transport {
	#library: TlsLibrary;
	/** Undefined once it has failed, or is done with. */
	#session: TlsSession | undefined;
	#feed: SessionFeed;
	#guard: HandshakeGuard;
	#handshake: Handshake;
	#handler: TransportHandler | undefined;
	#inner: Transport;
	#innerWritable = 0;
	#isBegun = false;
	/** Whether the handler has heard what the inner stream said last of its room. */
	#isTold = false;
	#records: RecordReader;
	#fragmentBytes: number;
	/** What came from the far end, and is not taken yet. */
	#chunk: Uint8Array = nothing;
	#chunkAt = 0;
	/** What a record contained, and is not read yet. */
	#plain: Uint8Array = nothing;
	#plainAt = 0;
	/** Records that the inner stream could not take yet. */
	#held: Uint8Array | undefined;
	/** Why the stream has ended, while it has not been told. */
	#ending: { detail: string; blame?: Blame } | undefined;
	#reads = new ViewCache();
	#writes = new ViewCache();
	#parts = new ViewCache();

	/**
	 * Begins to open it, over the stream that open() begins to open. Options that cannot be met are a
	 * RangeError. The date, in milliseconds since 1970, is what certificates are held against.
	 */
	constructor(
		open: (handler: TransportHandler) => Transport,
		host: string,
		options: TlsOptions,
		date: number,
		library: TlsLibrary,
		handler: TransportHandler,
	) {
		const { authorities = [], protocols = [], recordBytesMax } = options;
		if (authorities.length === 0) throw new RangeError("TLS needs the certificate of an authority");
		const session = new library.Session(sessionOptions(host, options));
		this.#guard = new HandshakeGuard({
			host,
			authorities: authorities.map(parseCertificate),
			protocols,
			recordBytesMax,
			now: date,
			primitives: library.primitives,
		});
		this.#library = library;
		this.#session = session;
		this.#handler = handler;
		this.#fragmentBytes = recordBytesMax ?? fragmentBytesMax;
		this.#feed = new SessionFeed(bytes => this.#send(bytes), this.#fragmentBytes);
		this.#handshake = new Handshake(session, this.#feed, this.#guard, () => library.seed());
		this.#records = new RecordReader(this.#fragmentBytes);
		this.#inner = open({
			onWritable: count => this.#onWritable(count),
			onReadable: () => {
				if (this.#handler !== undefined) this.#tell(this.#pull());
			},
			onLost: (detail, blame) => this.#onLost(detail, blame),
		});
	}
	/** The application protocol agreed on, once the stream is open. */
	get protocol(): string | undefined {
		return this.#guard.protocol;
	}
	write(bytes: Uint8Array, from: number, to: number): number {
		if (!this.#isOpen || this.#handler === undefined) throw new TypeError("the stream takes nothing");
		const ok = this.#attempt(session => {
			for (let at = from; at < to; at += this.#fragmentBytes)
				session.write(this.#feed, this.#writes.of(bytes, at, Math.min(at + this.#fragmentBytes, to)));
		});
		if (!ok) this.#reportLater();
		return this.#room;
	}
	read(max: number): Uint8Array | undefined {
		if (max === 0 || !this.#isOpen || this.#handler === undefined) return undefined;
		if (!this.#pull()) {
			if (this.#ending !== undefined) this.#reportLater();
			return undefined;
		}
		const from = this.#plainAt;
		this.#plainAt = Math.min(from + max, this.#plain.length);
		return this.#reads.of(this.#plain, from, this.#plainAt);
	}
	close(): void {
		if (this.#handler !== undefined && this.#isOpen) this.#sendAlert(warning, closeNotify);
		this.#release();
	}
	/** The handshake is done, and all of it has gone out. */
	get #isOpen(): boolean {
		return this.#guard.isDone && this.#held === undefined;
	}
	/** How much the application may write, so that all the records of it fit. */
	get #room(): number {
		if (!this.#isOpen || this.#session === undefined) return 0;
		const recordBytes = this.#fragmentBytes + overhead;
		const records = Math.floor(this.#innerWritable / recordBytes);
		const rest = this.#innerWritable - records * recordBytes;
		return records * this.#fragmentBytes + Math.max(0, rest - overhead);
	}
	#onWritable(count: number): void {
		if (this.#handler === undefined) return;
		this.#innerWritable = count;
		if (!this.#isBegun) {
			this.#isBegun = true;
			this.#attempt(() => this.#handshake.begin());
		}
		this.#isTold = false;
		this.#tell(false);
	}
	/** The inner stream has ended; what it had brought can still be read. */
	#onLost(detail: string, blame?: Blame): void {
		if (this.#handler === undefined) return;
		const hasBytes = this.#pull();
		const isEarly = this.#isBegun && !this.#guard.isDone;
		this.#ending ??= {
			detail: isEarly ? `${detail}, in the TLS handshake` : detail,
			...(blame !== undefined && { blame }),
		};
		this.#tell(hasBytes);
	}
	/** Tells the handler what has become of a turn of the host's. */
	#tell(hasBytes: boolean): void {
		if (this.#held !== undefined) this.#flush(this.#held);
		if (this.#ending !== undefined && !hasBytes) return this.#report();
		const room = this.#isTold ? 0 : this.#room;
		if (room > 0) {
			this.#isTold = true;
			this.#handler?.onWritable(room);
		}
		if (hasBytes && this.#isOpen) this.#handler?.onReadable(Infinity);
	}
	#report(): void {
		const handler = this.#handler;
		const { detail, blame } = this.#ending!;
		this.#release();
		handler?.onLost(detail, blame);
	}
	/** From within a call of the handler's nothing is reported. */
	#reportLater(): void {
		this.#library.later(() => {
			if (this.#handler !== undefined) this.#report();
		});
	}
	#release(): void {
		this.#handler = this.#session = this.#held = undefined;
		this.#plain = this.#chunk = nothing;
		this.#plainAt = this.#chunkAt = 0;
		this.#inner.close();
	}
	/** Takes what the far end sent until a record with contents is open; false when there is no more. */
	#pull(): boolean {
		this.#attempt(session => {
			while (this.#plainAt === this.#plain.length) {
				if (this.#chunkAt === this.#chunk.length) {
					this.#chunk = this.#inner.read(chunkBytes) ?? nothing;
					this.#chunkAt = 0;
					if (this.#chunk.length === 0) return;
				}
				this.#take(session);
			}
		});
		return this.#plainAt < this.#plain.length;
	}
	/** Takes from the chunk what belongs to one header, or to the contents of one record. */
	#take(session: TlsSession): void {
		const records = this.#records;
		const from = this.#chunkAt;
		if (!records.isBegun) {
			records.isSecret = this.#guard.isSecret;
			this.#chunkAt = records.begin(this.#chunk, from);
			if (records.isBegun) this.#expect(session);
			return;
		}
		const to = Math.min(from + records.left, this.#chunk.length);
		const bytes = this.#parts.of(this.#chunk, from, to);
		this.#chunkAt = to;
		const isWhole = records.advance(to - from);
		if (this.#guard.isDone) this.#open(session, bytes);
		else this.#handshake.take(records.type, bytes, isWhole);
	}
	#expect(session: TlsSession): void {
		const { type, left, header } = this.#records;
		if (!this.#guard.isDone) return this.#handshake.expect(type, left);
		if (type !== Content.application && type !== Content.alert)
			throw new TlsFault(
				"the broker wants to negotiate TLS anew, which is not done here",
				Alert.noRenegotiation,
			);
		this.#open(session, header);
	}
	/** Part of an encrypted record: the session keeps it until the record is whole. */
	#open(session: TlsSession, bytes: Uint8Array): void {
		this.#feed.give(bytes);
		const plain = session.read(this.#feed);
		if (plain === null || session.alert !== undefined)
			throw new TlsFault("the broker closed the connection", -1);
		if (plain === undefined) return;
		this.#plain = plain;
		this.#plainAt = 0;
	}
	/** Does what the session, or what it was given, may fail at; false when that has ended the stream. */
	#attempt(part: (session: TlsSession) => void): boolean {
		const session = this.#session;
		if (session === undefined) return this.#ending === undefined;
		try {
			part(session);
			return true;
		} catch (error) {
			this.#fail(session, error);
			return false;
		}
	}
	#fail(session: TlsSession, error: unknown): void {
		const fault = error instanceof TlsFault ? error : undefined;
		const { isDone } = this.#guard;
		const isFarewell = session.alert !== undefined || (fault !== undefined && fault.alert < 0);
		if (!isFarewell) this.#sendAlert(fatal, fault?.alert ?? Alert.internalError);
		let detail = fault?.message;
		if (detail === undefined && session.alert !== undefined)
			detail = `the broker ended the connection: ${alertText(session.alert.description)}`;
		detail ??= `${isDone ? "a TLS record was damaged" : "the TLS handshake failed"} (${String(error)})`;
		this.#ending ??= { detail, ...((!isFarewell || !isDone) && { blame: "tls" as const }) };
		this.#session = undefined;
	}
	/** If it can be sent at once: the far end will see that the stream ends. */
	#sendAlert(level: number, description: number): void {
		if (this.#held !== undefined || this.#innerWritable < alertBytes) return;
		try {
			this.#session?.doProtocol(this.#feed, this.#library.alert, level, description);
		} catch {
			// It was no more than a courtesy.
		}
	}
	/**
	 * For the session: what cannot be sent at once is held. The parts of a handshake go out together, for a
	 * broker that refuses the first one closes, and its reason is lost where more is written then.
	 */
	#send(bytes: Uint8Array): void {
		if (this.#held === undefined && this.#guard.isDone) return this.#flush(bytes);
		const held = this.#held ?? nothing;
		const all = new Uint8Array(held.length + bytes.length);
		all.set(held);
		all.set(bytes, held.length);
		this.#held = all;
	}
	#flush(bytes: Uint8Array): void {
		let at = 0;
		while (at < bytes.length && this.#innerWritable > 0) {
			const to = Math.min(at + this.#innerWritable, bytes.length);
			this.#innerWritable = this.#inner.write(bytes, at, to);
			at = to;
		}
		this.#held = at === bytes.length ? undefined : bytes.slice(at);
	}
}

function sessionOptions(host: string, options: TlsOptions): SessionOptions {
	const { certificates = [], privateKey, protocols = [], recordBytesMax } = options;
	if (!isAddress(host) && !hostName.test(host))
		throw new RangeError(`${host} is no name that TLS can ask for`);
	if (certificates.length > 0 !== (privateKey !== undefined))
		throw new RangeError("a client certificate and its key come together");
	if (privateKey !== undefined && !isRsaPrivateKey(privateKey))
		throw new RangeError("the key of a client certificate is RSA, in PKCS #8: the SDK signs with no other");
	if (recordBytesMax !== undefined && recordLengths.indexOf(recordBytesMax) < 0)
		throw new RangeError(`TLS records can be asked to have at most ${recordLengths.join(", ")} bytes`);
	return {
		protocolVersion: 0x0303,
		// Its own check takes what must not be taken, and refuses what may be: the guard's is always done.
		verify: false,
		cache: false,
		...(!isAddress(host) && { serverName: host }),
		...(certificates.length > 0 && { clientCertificates: certificates.map(bufferOf) }),
		...(privateKey !== undefined && { clientKey: bufferOf(privateKey) }),
		...(protocols.length > 0 && { applicationLayerProtocolNegotiation: [...protocols] }),
		...(recordBytesMax !== undefined && { tls_max_fragment_length: recordBytesMax }),
	};
}

function bufferOf(bytes: Uint8Array): ArrayBufferLike {
	return bytes.slice().buffer;
}
