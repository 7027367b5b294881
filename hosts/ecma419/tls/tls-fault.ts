/** The alerts that we send, by what they tell [RFC 5246 7.2]. */
export const Alert = Object.freeze({
	unexpectedMessage: 10,
	recordOverflow: 22,
	handshakeFailure: 40,
	badCertificate: 42,
	unsupportedCertificate: 43,
	certificateExpired: 45,
	illegalParameter: 47,
	unknownAuthority: 48,
	decodeError: 50,
	protocolVersion: 70,
	internalError: 80,
	noRenegotiation: 100,
	unsupportedExtension: 110,
});

/** What the far end did wrong in TLS: a sentence for people, and the alert that tells the far end. */
export class TlsFault extends Error {
	readonly alert: number;

	constructor(message: string, alert: number) {
		super(message);
		this.alert = alert;
	}
	override get name(): string {
		return "TlsFault";
	}
}

/** By the number of the alert. */
const alerts: Readonly<Record<number, string>> = Object.freeze({
	0: "it closed the connection",
	10: "it did not expect our message",
	20: "what came to it was damaged",
	22: "our record was too long for it",
	40: "it has no cipher in common with us, or wants a client certificate",
	42: "it does not accept our certificate",
	43: "it does not take certificates like ours",
	44: "our certificate is revoked",
	45: "our certificate has expired",
	46: "it does not accept our certificate",
	47: "a field of ours is wrong for it",
	48: "it does not know the authority of our certificate",
	49: "it denies us access",
	50: "it could not decode our message",
	51: "it could not check our message",
	70: "it does not speak TLS 1.2, which is all that there is here",
	71: "our ciphers are too weak for it",
	80: "it has an internal error",
	112: "it does not know the name that we asked for",
	116: "it wants a client certificate",
	120: "it speaks none of the application protocols that we offered",
});

/** What an alert of the far end means. */
export function alertText(alert: number): string {
	const text = alerts[alert];
	return text === undefined ? `TLS alert ${alert}` : `${text} (TLS alert ${alert})`;
}
