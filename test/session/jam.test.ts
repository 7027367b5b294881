import test from "ava";
import { LinkBench } from "../support/link-bench.js";
import { dense } from "../support/bench.js";

// Before 5.0: every handler there is room for waits for an acknowledgement of its own, which lies in the
// socket behind messages for which there is no room. Two handlers, 30 s for an acknowledgement.

/** A message at QoS 1 to "t", its payload its id; they are 7, 8 and 9 here. */
function message(id: number, qos = 1): string {
	return `3${qos * 2} 06 0001 74 000${id} 3${id}`;
}

/** Two handlers at work, each with a message of its own in flight, with those ids. */
function jammed(behind: string): { bench: LinkBench; tokens: number[] } {
	const bench = new LinkBench();
	const tokens: number[] = [];
	bench.busy = true;
	bench.onEach = () => {
		const { incoming } = bench.link.session;
		if (incoming.qos === 0) return;
		tokens.push(incoming.token);
		bench.publish("p", 1);
	};
	bench.connect();
	bench.seen();
	bench.host.wire.feed(`${message(7)} ${message(8)} ${behind}`);
	bench.host.pass(0);
	bench.host.wire.sent();
	return { bench, tokens };
}

/** Lets time go by in steps, with a PINGRESP for each ping; what is sent besides. */
function pass(bench: LinkBench, ms: number): string {
	let sent = "";
	for (let left = ms; left > 0; left -= 1_000) {
		bench.host.pass(Math.min(left, 1_000));
		const now = bench.host.wire.sent();
		if (now === "c000") bench.host.wire.feed("d0 00");
		else sent += now;
	}
	return sent;
}

test("jam: acknowledgements behind a message without room are read in time, and it comes again", t => {
	const { bench, tokens } = jammed(`${message(9)} 40 02 0001  40 02 0002`);
	t.deepEqual(bench.messages, ["7", "8"]);
	pass(bench, 29_000);
	t.deepEqual(bench.ended, [], "first it is back-pressure");
	pass(bench, 12_000);
	t.deepEqual(bench.ended, ["delivered", "delivered"]);
	t.deepEqual(bench.messages, ["7", "8"], "9 is passed over");
	t.is(bench.seen(), "", "and nothing ends before the handlers");
	bench.link.acknowledge(tokens[0]!, 7, 1);
	bench.link.acknowledge(tokens[1]!, 8, 1);
	t.is(pass(bench, 1_000), dense("40 02 0007  40 02 0008"), "9 is not acknowledged");
	pass(bench, 1_000);
	t.regex(bench.seen(), /^waiting \d+ ms: silent, more than 2 messages unacknowledged: the others come/);
});

test("jam: it ends without a word when there was no message between", t => {
	const { bench, tokens } = jammed("40 02 0001  40 02 0002  30 03 0001 74");
	pass(bench, 41_000);
	t.deepEqual(bench.ended, ["delivered", "delivered"]);
	t.deepEqual(bench.messages, ["7", "8", ""], "at QoS 0 they are heard");
	bench.link.acknowledge(tokens[0]!, 7, 1);
	t.is(pass(bench, 2_000), dense("40 02 0007"));
	bench.host.wire.feed(`${message(9)} ${message(6)}`);
	t.deepEqual(bench.messages, ["7", "8", "", "9"], "then the others wait in the socket again");
	pass(bench, 20_000);
	t.is(bench.seen(), "");
});

test("jam: as long as handlers come to their end it is back-pressure", t => {
	const many = [1, 2, 3, 4, 5, 6].map(id => message(id)).join(" ");
	const { bench, tokens } = jammed(`${many} 40 02 0001  40 02 0002`);
	for (const id of [7, 8, 1, 2, 3]) {
		pass(bench, 25_000);
		bench.link.acknowledge(tokens.shift()!, id, 1);
		bench.host.pass(0);
	}
	t.deepEqual(bench.messages, ["7", "8", "1", "2", "3", "4", "5"]);
	t.is(bench.seen(), "");
});

test("jam: handlers that owe nothing to the broker may take their time", t => {
	const bench = new LinkBench();
	bench.busy = true;
	bench.connect();
	bench.seen();
	bench.host.wire.feed(`${message(7)} ${message(8)} ${message(9)}`);
	pass(bench, 600_000);
	t.deepEqual(bench.messages, ["7", "8"]);
	t.is(bench.seen(), "");
});

test("jam: a broker that answers pings alone is given up", t => {
	const { bench } = jammed("");
	pass(bench, 50_000);
	t.is(bench.seen(), "");
	pass(bench, 20_000);
	t.regex(bench.seen(), /silent, no acknowledgement for 30 s/);
});

test("jam: the next connection begins without it", t => {
	const { bench, tokens } = jammed(`${message(9)} 40 02 0001  40 02 0002`);
	pass(bench, 41_000);
	bench.host.wire.handler.onLost("gone");
	bench.host.pass(10_000);
	bench.host.wire.up();
	bench.host.wire.feed(`20 02 01 00 ${message(9)} ${message(7)} ${message(8)}`);
	t.deepEqual(bench.messages, ["7", "8", "9", "7"]);
	t.is(tokens.length, 4);
});

test("overrun: a long message at QoS 2 that there is no room for is not begun, and comes again", t => {
	const bench = new LinkBench({ readerBytes: 16, session: { incomingMax: 1 } });
	let begun = 0;
	const handler = bench as LinkBench & { onLong(): boolean };
	handler.onLong = () => {
		begun++;
		return false;
	};
	bench.connect();
	bench.host.wire.feed("34 05 0001 74 0007");
	bench.host.pass(0);
	t.is(bench.host.wire.sent(), dense("50 02 0007"));
	const long = (head: string) => `${head} 19 0001 74 0009 ${"78".repeat(20)}`;
	bench.host.wire.feed(long("34"));
	t.is(begun, 0, "its id could not be kept");
	t.deepEqual(bench.skipped, []);
	bench.host.wire.feed(long("32"));
	t.is(begun, 0, "nor is anything behind it");
	bench.host.wire.handler.onLost("gone");
	bench.host.pass(10_000);
	bench.host.wire.up();
	bench.host.wire.feed(`20 02 01 00  62 02 0007 ${long("3c")}`);
	t.is(begun, 1);
	t.deepEqual(bench.skipped, [25]);
	bench.host.wire.feed(long("32"));
	t.is(begun, 2);
});
