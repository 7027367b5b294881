import test from "ava";
import { Client } from "../../modules/client/client.js";
import { Cause } from "../../modules/link/cause.js";
import { LinkState } from "../../modules/link/link.js";
import { dense } from "../support/bench.js";
import { hex } from "../support/hex.js";
import { LinkBench } from "../support/link-bench.js";
import { ScriptedHost } from "../support/scripted-host.js";
import { frame, framesOf, http, upgraded } from "../support/web-bench.js";

const connect = dense("10 0d 0004 4d515454 04 00 003c 0001 63");

test("wire: mqtts:// opens a TLS stream, with the options for it", t => {
	const tls = { authorities: [Uint8Array.of(0x30)] };
	const bench = new LinkBench({ urls: ["mqtts://one"], tls });
	bench.dial();
	t.is(bench.host.asked(), "resolve one, open tls one 192.0.2.1 8883");
	t.is(bench.host.wire.target.tls, tls);
});

test("wire: a URL that this host has no stream for is the caller's mistake, at once", t => {
	const host = new ScriptedHost();
	host.network.streams = ["tcp"];
	const error = t.throws(() => new Client(host, { url: ["mqtt://one", "mqtts://two"] }));
	t.true(error instanceof RangeError);
	t.is((error as Error).message, 'broker URL "mqtts://two": there is no TLS here; use mqtt://, ws://');
});

test("wire: what the stream is sure to be wrong with the far end is the cause", t => {
	for (const blame of ["tls", "protocol", "busy"] as const) {
		const bench = new LinkBench();
		bench.dial();
		bench.host.wire.handler.onLost("why", blame);
		t.is(bench.link.endings[Cause[blame]], 1);
		t.is(bench.link.detail, "why");
	}
});

test("wire: ws:// asks for the upgrade on a TCP stream, and MQTT begins in its frames", t => {
	const bench = new LinkBench({ urls: ["ws://one:8083/x"] });
	bench.host.word = 0x5a5a_5a5a;
	bench.dial();
	t.is(bench.host.asked(), "resolve one, open tcp one 192.0.2.1 8083");
	bench.host.wire.up();
	const request = String.fromCharCode(...hex(bench.host.wire.sent()));
	t.true(request.startsWith("GET /x HTTP/1.1\r\nHost: one:8083\r\n"));
	bench.host.wire.feed(http(upgraded));
	t.deepEqual(framesOf(hex(bench.host.wire.sent())), [`82 ${connect}`]);
	bench.host.wire.feed(frame(0x82, "20 02 00 00"));
	t.is(bench.link.state, LinkState.online);
	bench.link.stop();
	t.deepEqual(framesOf(hex(bench.host.wire.sent())), ["82 e000", "88 03e8"]);
});

test("wire: wss:// does so on a TLS stream", t => {
	const bench = new LinkBench({ urls: ["wss://one"] });
	bench.dial();
	t.is(bench.host.asked(), "resolve one, open tls one 192.0.2.1 443");
	bench.host.wire.up();
	t.true(String.fromCharCode(...hex(bench.host.wire.sent())).includes("\r\nHost: one\r\n"));
});

test("wire: a server that does not speak WebSocket is told as it is", t => {
	const bench = new LinkBench({ urls: ["ws://one"] });
	bench.dial();
	bench.host.wire.up();
	bench.host.wire.feed(http(["HTTP/1.1 404 Not Found"]));
	bench.host.pass(0);
	t.is(bench.link.endings[Cause.protocol], 1);
	t.is(bench.link.detail, "the server answers 404 Not Found to the upgrade at path /mqtt");
});
