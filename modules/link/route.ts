import { Cause, backOff } from "./cause.js";
import { parseEndpoint, type Endpoint } from "./endpoint.js";

/** How many brokers in a row may send us on. */
export const redirectsMax = 3;

/** Reason codes of CONNACK and DISCONNECT [MQTT5 4.11]. */
const useAnotherServer = 0x9c;
const serverMoved = 0x9d;

/**
 * Where the next attempt goes, and when: the endpoints in turn, with a back-off by cause, and where a broker
 * sends us, when that may be followed. Followed or not, only over the same scheme: nobody is led out of TLS.
 */
export class Route {
	/** Of the attempt at hand. */
	endpoint: Endpoint;
	#endpoints: Endpoint[];
	#followRedirects: boolean;
	#turn = 0;
	/** For the next attempt alone. */
	#detour: Endpoint | undefined;
	/** The next attempt follows a redirect. */
	#redirected = false;
	#redirects = 0;
	#failures = 0;

	constructor(endpoints: readonly Endpoint[], followRedirects: boolean) {
		this.#endpoints = endpoints.slice();
		this.#followRedirects = followRedirects;
		this.endpoint = this.#endpoints[0]!;
	}
	/** An attempt begins. */
	take(): Endpoint {
		this.endpoint = this.#detour ?? this.#endpoints[this.#turn]!;
		this.#detour = undefined;
		return this.endpoint;
	}
	/** An attempt, or a connection, healthy or not, has ended: how long to wait for the next, in ms. */
	advance(cause: Cause, wasHealthy: boolean, word: number): number {
		if (wasHealthy) this.#failures = 0;
		if (this.#redirected) {
			this.#redirected = false;
			// A broker that sends all its clients on sends them at once.
			return backOff(Cause.network, 1, word);
		}
		this.#redirects = 0;
		if (cause !== Cause.network) this.#failures++;
		this.#turn = (this.#turn + 1) % this.#endpoints.length;
		return backOff(cause, Math.max(1, this.#failures), word);
	}
	/**
	 * The broker has ended the connection with that reason, after a healthy time or not: where it sends us, in
	 * words for people, or undefined when it does not. Moved means for good, until the device starts anew.
	 */
	redirect(reason: number, reference: string | undefined, wasHealthy: boolean): string | undefined {
		if (reason !== useAnotherServer && reason !== serverMoved) return undefined;
		if (reference === undefined) return "without saying which";
		if (!this.#followRedirects) return `namely "${reference}", which is not followed`;
		const target = this.targetOf(reference);
		if (target === undefined) return `namely "${reference}", which is no ${this.endpoint.scheme}:// address`;
		if (wasHealthy) this.#redirects = 0;
		if (this.#redirects >= redirectsMax)
			return `namely "${reference}", after ${redirectsMax} others in a row`;
		this.#redirects++;
		this.#redirected = true;
		if (reason === serverMoved) this.#endpoints[this.#turn] = target;
		else this.#detour = target;
		return `namely ${target.url}`;
	}
	/** The first of the references, of host and perhaps port, that can be gone to. */
	private targetOf(references: string): Endpoint | undefined {
		const { scheme, path } = this.endpoint;
		for (const reference of references.split(" ")) {
			if (scheme === "serial" || reference.indexOf("/") >= 0) continue;
			try {
				return parseEndpoint(`${scheme}://${reference}${path}`);
			} catch {
				// What a broker says is no mistake of the caller: the next reference may be better.
			}
		}
		return undefined;
	}
}
