import type { Certificate } from "./certificate.js";
import { chainMax, verifyChain } from "./chain.js";
import { isPoint } from "./curve.js";
import { asciiOf } from "./der.js";
import { readSignature, type Primitives } from "./signature.js";
import { Alert, TlsFault } from "./tls-fault.js";

/** What must come next from the far end. */
const Phase = Object.freeze({
	hello: 0,
	certificate: 1,
	keyExchange: 2,
	helloDone: 3,
	changeCipher: 4,
	finished: 5,
	done: 6,
});
type Phase = (typeof Phase)[keyof typeof Phase];

const messages = Object.freeze({
	serverHello: 2,
	certificate: 11,
	keyExchange: 12,
	certificateRequest: 13,
	helloDone: 14,
});

/** ECDHE with AES-128 in Galois/Counter Mode, by the kind of the far end's key: the only ciphers taken. */
const suites: Readonly<Record<number, "rsa" | "ec">> = Object.freeze({ 0xc02f: "rsa", 0xc02b: "ec" });
const tls12 = 0x0303;
const namedCurve = 3;
const secp256r1 = 23;
const sha256 = 4;
const signers = Object.freeze({ rsa: 1, ec: 3 });

const serverName = 0;
const fragmentLength = 1;
const pointFormats = 11;
const applicationProtocol = 16;

export interface GuardOptions {
	/** Who the far end must prove to be. */
	readonly host: string;
	readonly authorities: readonly Certificate[];
	readonly protocols: readonly string[];
	readonly recordBytesMax: number | undefined;
	/** The date: milliseconds since 1970. */
	readonly now: number;
	readonly primitives: Primitives;
}

/**
 * Sees each message of the far end's handshake before the SDK's session does, and throws a TlsFault at what
 * a full handshake of TLS 1.2 does not have at that place [RFC 5246 7.3].
 *
 * The session cannot be left alone with it. It takes messages in any order, and key exchange without a
 * signature. It passes over a certificate that the next one in the chain did not sign, or that has expired,
 * if a later one holds; and looks for the name in any of them.
 */
export class HandshakeGuard {
	/** The application protocol that the far end has chosen. */
	protocol: string | undefined;
	#options: GuardOptions;
	#phase: Phase = Phase.hello;
	#suite: "rsa" | "ec" = "rsa";
	#leaf: Certificate | undefined;
	#isAsked = false;

	constructor(options: GuardOptions) {
		this.#options = options;
	}
	/** Whether all that is in the clear has come. */
	get isSecret(): boolean {
		return this.#phase >= Phase.finished;
	}
	get isDone(): boolean {
		return this.#phase === Phase.done;
	}
	/** One whole message of the handshake, with its header of four bytes. */
	message(bytes: Uint8Array): void {
		const fields = new Fields(bytes.subarray(4));
		const type = bytes[0];
		if (type === messages.serverHello && this.#phase === Phase.hello) this.#readHello(fields);
		else if (type === messages.certificate && this.#phase === Phase.certificate)
			this.#readCertificates(fields);
		else if (type === messages.keyExchange && this.#phase === Phase.keyExchange)
			this.#readKeyExchange(fields);
		else if (type === messages.certificateRequest && this.#phase === Phase.helloDone && !this.#isAsked) {
			this.#isAsked = true;
			return;
		} else if (type !== messages.helloDone || this.#phase !== Phase.helloDone)
			throw new TlsFault("the broker's TLS handshake is out of order", Alert.unexpectedMessage);
		fields.end();
		this.#phase = (this.#phase + 1) as Phase;
	}
	/** The record after which all is encrypted; it says 1. */
	changeCipher(bytes: Uint8Array): void {
		if (this.#phase !== Phase.changeCipher || bytes.length !== 1 || bytes[0] !== 1)
			throw new TlsFault("the broker's TLS handshake is out of order", Alert.unexpectedMessage);
		this.#phase = Phase.finished;
	}
	/** The session has found the far end's last message right. */
	finish(): void {
		if (this.#phase !== Phase.finished || this.#leaf === undefined)
			throw new TlsFault("the broker's TLS handshake ended early", Alert.unexpectedMessage);
		this.#phase = Phase.done;
	}
	#readHello(fields: Fields): void {
		if (fields.number(2) !== tls12)
			throw new TlsFault("the broker does not speak TLS 1.2", Alert.protocolVersion);
		fields.take(32);
		fields.take(fields.number(1)); // a session that it would resume: there are none
		const suite = suites[fields.number(2)];
		if (suite === undefined || fields.number(1) !== 0)
			throw new TlsFault("the broker chose a cipher that it was not offered", Alert.illegalParameter);
		this.#suite = suite;
		if (!fields.more) return;
		const extensions = new Fields(fields.take(fields.number(2)));
		while (extensions.more) {
			const type = extensions.number(2);
			this.#readExtension(type, new Fields(extensions.take(extensions.number(2))));
		}
	}
	#readExtension(type: number, fields: Fields): void {
		const { protocols, recordBytesMax } = this.#options;
		if (type === serverName || type === pointFormats) return;
		if (type === applicationProtocol && protocols.length > 0) {
			const list = new Fields(fields.take(fields.number(2)));
			const protocol = asciiOf(list.take(list.number(1))) ?? "";
			list.end();
			if (protocols.indexOf(protocol) < 0)
				throw new TlsFault("the broker chose a protocol that it was not offered", Alert.illegalParameter);
			this.protocol = protocol;
		} else if (type === fragmentLength && recordBytesMax !== undefined) {
			if (256 << fields.number(1) !== recordBytesMax)
				throw new TlsFault("the broker chose records of another length", Alert.illegalParameter);
		} else
			throw new TlsFault(
				`the broker answers with an extension that it was not offered (${type})`,
				Alert.unsupportedExtension,
			);
		fields.end();
	}
	#readCertificates(fields: Fields): void {
		const list = new Fields(fields.take(fields.number(3)));
		const chain: Uint8Array[] = [];
		while (list.more && chain.length <= chainMax) chain.push(list.take(list.number(3)));
		const { authorities, host, now, primitives } = this.#options;
		this.#leaf = verifyChain(chain, authorities, host, now, primitives);
		if (this.#leaf.key.kind !== this.#suite)
			throw new TlsFault(
				"the broker's certificate does not fit the cipher that it chose",
				Alert.illegalParameter,
			);
	}
	/** The session verifies the signature, but only one that says that it is there. */
	#readKeyExchange(fields: Fields): void {
		const isKnown = fields.number(1) === namedCurve && fields.number(2) === secp256r1;
		const point = isKnown ? fields.take(fields.number(1)) : undefined;
		if (point === undefined)
			throw new TlsFault("the broker chose a curve that it was not offered", Alert.illegalParameter);
		if (!isPoint("secp256r1", point))
			throw new TlsFault("the broker's key is no point of its curve", Alert.illegalParameter);
		const hash = fields.number(1);
		const signer = fields.number(1);
		const isSigned = hash === sha256 && signer === signers[this.#suite];
		const signature = fields.take(fields.number(2));
		const key = this.#leaf!.key;
		const isWhole =
			key.kind === "rsa"
				? signature.length === key.modulus.length
				: key.kind === "ec" && readSignature(signature, key.curve) !== undefined;
		if (!isSigned || !isWhole)
			throw new TlsFault("the broker's key exchange is not signed as it must be", Alert.illegalParameter);
	}
}

/** Reads numbers and stretches of bytes; what is too short is a TlsFault. */
class Fields {
	#bytes: Uint8Array;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}
	get more(): boolean {
		return this.#at < this.#bytes.length;
	}
	number(bytes: number): number {
		const field = this.take(bytes);
		let value = 0;
		for (let i = 0; i < bytes; i++) value = (value << 8) | field[i]!;
		return value;
	}
	take(bytes: number): Uint8Array {
		const from = this.#at;
		this.#at += bytes;
		if (this.#at > this.#bytes.length) throw malformed();
		return this.#bytes.subarray(from, this.#at);
	}
	end(): void {
		if (this.more) throw malformed();
	}
}

function malformed(): TlsFault {
	return new TlsFault("the broker's TLS handshake is malformed", Alert.decodeError);
}
