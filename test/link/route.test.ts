import test from "ava";
import { Cause } from "../../modules/link/cause.js";
import { parseEndpoint } from "../../modules/link/endpoint.js";
import { Route } from "../../modules/link/route.js";
import { dense } from "../support/bench.js";
import { utf8 } from "../support/text.js";
import { toHex } from "../support/hex.js";
import { LinkBench } from "../support/link-bench.js";

const half = 0x8000_0000;

function routeOf(...urls: string[]): Route {
	return new Route(urls.map(parseEndpoint), true);
}

/** Where three attempts go, after what was done so far; each fails. */
function next(route: Route): string {
	const urls: string[] = [];
	for (let i = 0; i < 3; i++) {
		urls.push(route.take().url);
		route.advance(Cause.closed, false, half);
	}
	return urls.join(" ");
}

test("redirect: use another server is for the next attempt alone, soon", t => {
	const route = routeOf("mqtt://a", "mqtt://b");
	route.take();
	t.is(route.redirect(0x9c, "x:7", false), "namely mqtt://x:7");
	t.is(route.advance(Cause.moved, false, half), 500);
	t.is(next(route), "mqtt://x:7 mqtt://b mqtt://a");
});

test("redirect: server moved takes the place of the endpoint", t => {
	const route = routeOf("mqtt://a", "mqtt://b");
	route.take();
	t.is(route.redirect(0x9d, "x", false), "namely mqtt://x");
	route.advance(Cause.moved, false, half);
	t.is(next(route), "mqtt://x mqtt://b mqtt://x");
});

test("redirect: any other reason sends nobody on", t => {
	const route = routeOf("mqtt://a");
	for (const reason of [0, 0x88, 0x9b, 0x9e]) t.is(route.redirect(reason, "x", false), undefined);
	t.is(next(route), "mqtt://a mqtt://a mqtt://a");
});

test("redirect: the first reference that is an address, over the same scheme", t => {
	const rows: [string, string, string | undefined][] = [
		["mqtt://a:1", "x.example", "mqtt://x.example"],
		["mqtt://a", "[fe80::1]:1883 y", "mqtt://[fe80::1]:1883"],
		["mqtts://a", "bad:port x:8884 y", "mqtts://x:8884"],
		["wss://a:444/path?q", "x:445", "wss://x:445/path?q"],
		["mqtts://a", "mqtt://x", undefined],
		["mqtts://a", "mqtts://x", undefined],
		["wss://a/p", "x/q", undefined],
		["mqtt://a", "", undefined],
		["mqtt://a", "user@x", undefined],
		["mqtt://a", "x:0", undefined],
		["mqtt://a", "[::1", undefined],
		["mqtt://a", "\u00e4.example", undefined],
		["serial:", "x", undefined],
	];
	for (const [from, reference, to] of rows) {
		const route = routeOf(from);
		const words = route.redirect(0x9c, reference, false);
		const { scheme } = parseEndpoint(from);
		t.is(words, to ? `namely ${to}` : `namely "${reference}", which is no ${scheme}:// address`);
		route.advance(Cause.moved, false, half);
		t.is(route.take().url, to ?? from);
	}
});

test("redirect: no more than three in a row, until a healthy connection or a failure of another kind", t => {
	const route = routeOf("mqtt://a");
	const hop = (wasHealthy = false) => {
		const words = route.redirect(0x9c, "x", wasHealthy);
		const ms = route.advance(Cause.moved, wasHealthy, half);
		route.take();
		return `${words} ${ms}`;
	};
	const followed = "namely mqtt://x 500";
	const stopped = 'namely "x", after 3 others in a row';
	for (let i = 0; i < 3; i++) t.is(hop(), followed);
	t.is(hop(), `${stopped} 5000`);
	for (let i = 0; i < 3; i++) t.is(hop(), followed);
	t.is(hop(), `${stopped} 10000`, "the back-off goes on");
	for (let i = 0; i < 5; i++) t.is(hop(true), followed);
	for (let i = 0; i < 2; i++) t.is(hop(), followed);
	t.is(hop(), `${stopped} 5000`);
});

/** A CONNACK or DISCONNECT with that reason and server reference. */
function elsewhere(head: string, reason: string, reference: string): string {
	const text = toHex(utf8(reference));
	const bytes = text.length / 2;
	const body = `${head === "20" ? "00" : ""} ${reason} 0${bytes + 3} 1c 000${bytes} ${text}`;
	return `${head} 0${(dense(body).length / 2).toString(16)} ${body}`;
}

test("link: where the broker sends us is told, and not gone to unless that is asked for", t => {
	for (const head of ["20", "e0"]) {
		const bench = new LinkBench({ session: { version: 5 } });
		bench.dial();
		bench.host.wire.up();
		bench.seen();
		bench.host.wire.feed(elsewhere(head, "9c", "x"));
		const what = head === "20" ? "refused" : "closed by the broker";
		const told = `waiting 5000 ms: moved, ${what}: use another server, namely "x", which is not followed`;
		t.is(bench.seen(), told);
		bench.host.asked();
		bench.host.pass(5_010);
		t.is(bench.host.asked(), "resolve one, open tcp one 192.0.2.1 1883");
	}
});

test("link: a broker that names no other is told as well", t => {
	const bench = new LinkBench({ session: { version: 5 }, followRedirects: true });
	bench.connect("20 03 00 00 00");
	bench.seen();
	bench.host.wire.feed("e0 01 9d");
	t.is(bench.seen(), "waiting 5000 ms: moved, closed by the broker: server moved, without saying which");
});

test("link: a redirect is followed at once, by a connection of its own", t => {
	const bench = new LinkBench({ session: { version: 5 }, followRedirects: true });
	bench.connect("20 03 00 00 00");
	bench.seen();
	bench.host.asked();
	bench.host.wire.feed(elsewhere("e0", "9d", "x:2"));
	t.is(bench.seen(), "waiting 500 ms: moved, closed by the broker: server moved, namely mqtt://x:2");
	t.is(bench.host.wire.closed, 1);
	bench.host.pass(510);
	t.is(bench.host.asked(), "resolve x, open tcp x 192.0.2.1 2");
	t.is(bench.link.endings[Cause.moved], 1);
	bench.host.wire.handler.onLost("gone");
	bench.host.pass(5_000);
	t.is(bench.host.asked(), "resolve x, open tcp x 192.0.2.1 2", "it has moved for good");
});
