import type { StreamKind } from "../../hosts/host.js";

/** Where a broker is, from its URL. */
export interface Endpoint {
	url: string;
	scheme: "mqtt" | "mqtts" | "ws" | "wss" | "serial";
	host: string;
	port: number;
	/** Of a WebSocket; empty for other streams. */
	path: string;
}

const ports = Object.freeze({ mqtt: 1883, mqtts: 8883, ws: 80, wss: 443, serial: 0 });
const streams = Object.freeze({
	mqtt: "tcp",
	mqtts: "tls",
	ws: "tcp",
	wss: "tls",
	serial: "serial",
} as const);
const streamNames = Object.freeze({ tcp: "TCP", tls: "TLS", serial: "serial line" });

/**
 * mqtt://host[:port], mqtts://, ws://, wss:// or serial:. Anything else is a RangeError that says what is
 * wrong.
 */
export function parseEndpoint(url: string): Endpoint {
	if (url === "serial:") return { url, scheme: "serial", host: "", port: 0, path: "" };
	const schemeEnd = url.indexOf("://");
	const scheme = url.slice(0, Math.max(schemeEnd, 0)) as Endpoint["scheme"];
	if (schemeEnd < 0 || scheme === "serial" || !Object.hasOwn(ports, scheme))
		throw wrong(url, "it begins with mqtt://, mqtts://, ws:// or wss://, or is serial:");
	const rest = url.slice(schemeEnd + 3);
	const slash = rest.indexOf("/");
	const authority = slash < 0 ? rest : rest.slice(0, slash);
	const path = slash < 0 ? "" : rest.slice(slash);
	if (authority.indexOf("@") >= 0)
		throw new RangeError("a broker URL with a user name or password in it: those are settings of their own");
	const isWeb = scheme === "ws" || scheme === "wss";
	if (!isWeb && path.length > 1) throw wrong(url, `${scheme}:// takes no path`);
	const bracket = authority.charAt(0) === "[" ? authority.indexOf("]") : 0;
	if (bracket < 0) throw wrong(url, "the bracket of its IPv6 address is not closed");
	const colon = authority.indexOf(":", bracket);
	const name = colon < 0 ? authority : authority.slice(0, colon);
	const host = bracket > 0 ? name.slice(1, -1) : name;
	if (host === "" || (bracket > 0 && name.length !== bracket + 1)) throw wrong(url, "the host is missing");
	// Both go into a request of HTTP as they are, and the host into the handshake of TLS.
	if (/[^!-~]|#/.test(host + path))
		throw wrong(url, "host and path are of visible ASCII characters, without #");
	return {
		url,
		scheme,
		host,
		port: colon < 0 ? ports[scheme] : parsePort(url, authority.slice(colon + 1)),
		path: isWeb ? path || "/mqtt" : "",
	};
}

/** What carries it: wss://, for one, is framed bytes in a TLS stream. */
export function streamOf({ scheme }: Endpoint): StreamKind {
	return streams[scheme];
}

/** An endpoint that none of these streams can reach is a RangeError which says what can be used instead. */
export function checkReach(endpoint: Endpoint, available: readonly StreamKind[]): void {
	const stream = streamOf(endpoint);
	if (available.indexOf(stream) >= 0) return;
	const usable = Object.keys(ports).filter(
		scheme => available.indexOf(streams[scheme as Endpoint["scheme"]]) >= 0,
	);
	const instead = usable.map(scheme => (scheme === "serial" ? "serial:" : `${scheme}://`)).join(", ");
	throw wrong(endpoint.url, `there is no ${streamNames[stream]} here; use ${instead || "another device"}`);
}

function parsePort(url: string, text: string): number {
	const port = Number(text);
	if (!/^[0-9]+$/.test(text) || port < 1 || port > 0xffff)
		throw wrong(url, `its port is 1 to 65535, not "${text}"`);
	return port;
}

function wrong(url: string, rule: string): RangeError {
	return new RangeError(`broker URL "${url}": ${rule}`);
}
