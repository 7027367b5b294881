// node only
// TLS on Node against servers with one fault each. Whatever the fault: the stream is lost once, with a plain
// reason and TLS to blame, it was never open, and the server made out no byte of ours.

import test from "ava";
import { isIP } from "node:net";
import { nodeHost } from "../../hosts/node/host.js";
import type { TlsOptions } from "../../hosts/host.js";
import { connect } from "../../hosts/node/connect.js";
import { secureContextOf } from "../../hosts/node/tls.js";
import { makeAuthority, makeClientCertificate } from "../../hosts/cloud/certificates.js";
import { Random } from "../support/random.js";
import { FaultServer, type FaultName, type FaultOptions } from "../support/tls-faults.js";

const { network } = nodeHost();
const marker = Uint8Array.from("CONNECT-and-a-password", letter => letter.charCodeAt(0));

interface Outcome {
	opened: boolean;
	detail: string;
	blame: string | undefined;
	losses: number;
}

/** A length that was corrupted leaves both ends waiting for more, as long as the link allows. */
const stallMs = 1_000;
const longMs = 20_000;

/** Opens a stream, writes as soon as it may, and waits for its loss, bytes that come back, or that long. */
async function attempt(
	server: FaultServer,
	tls: TlsOptions,
	host = "localhost",
	ms = longMs,
): Promise<Outcome> {
	const outcome: Outcome = { opened: false, detail: "", blame: undefined, losses: 0 };
	await new Promise<void>(resolve => {
		const stall = setTimeout(() => {
			stream.close();
			resolve();
		}, ms);
		const address = isIP(host) > 0 ? host : "127.0.0.1";
		const stream = network.open(
			{ stream: "tls", host, address, port: server.port, tls },
			{
				onWritable() {
					if (outcome.opened) return;
					outcome.opened = true;
					stream.write(marker, 0, marker.length);
				},
				onReadable() {
					while (stream.read(100) !== undefined);
					stream.close();
					clearTimeout(stall);
					resolve();
				},
				onLost(detail, blame) {
					outcome.detail = detail;
					outcome.blame = blame;
					outcome.losses++;
					clearTimeout(stall);
					setTimeout(resolve, 20);
				},
			},
		);
	});
	return outcome;
}

async function serve(
	t: { teardown: (run: () => Promise<void>) => void },
	name: FaultName,
	options: FaultOptions = {},
): Promise<[FaultServer, TlsOptions]> {
	const server = await FaultServer.start(name, { onData: (_, socket) => socket.write("back"), ...options });
	t.teardown(() => server.stop());
	return [server, { authorities: [server.authority.chain[0]!] }];
}

for (const name of ["good", "tls-1.2-only", "tls-1.3-only", "leaf-alone"] as const)
	for (const host of ["localhost", "127.0.0.1"])
		test(`TLS: ${name}, as ${host}: it is open, and bytes go both ways`, async t => {
			const [server, tls] = await serve(t, name);
			t.deepEqual(await attempt(server, tls, host), {
				opened: true,
				detail: "",
				blame: undefined,
				losses: 0,
			});
			t.is(server.received, "CONNECT-and-a-password");
			t.false(server.wire.includes("CONNECT"));
		});

const foreign = "the broker's certificate is not from an authority that we trust";
const refusals: [FaultName, string][] = [
	["wrong-authority", foreign],
	["impostor", "the broker's certificate has a signature that is wrong"],
	["self-signed", "the broker's certificate is signed by itself, and not one that we trust"],
	["wrong-name", "the broker's certificate is not for the name localhost"],
	["expired", "the broker's certificate has expired, or the date here is wrong"],
	["not-yet-valid", "the broker's certificate is not valid yet, or the date here is wrong"],
	["tls-1.1-only", "the broker speaks neither TLS 1.2 nor 1.3"],
	["close-notify", "the connection was closed in the TLS handshake"],
	["no-tls", "what answers there does not speak TLS"],
];
for (const [name, detail] of refusals)
	test(`TLS: ${name}: ${detail}`, async t => {
		const [server, tls] = await serve(t, name);
		t.deepEqual(await attempt(server, tls), { opened: false, detail, blame: "tls", losses: 1 });
		t.is(server.received, "");
		t.false(server.wire.includes("CONNECT"));
	});

test("TLS: an authority that is in no list of this computer is not trusted", async t => {
	const [server] = await serve(t, "good");
	t.is((await attempt(server, {})).detail, foreign);
	t.is((await attempt(server, { authorities: [] })).detail, foreign);
	t.is(server.received, "");
});

test("TLS: in 1.2 a certificate that is refused ends it before any record of the application", async t => {
	const [good] = await serve(t, "tls-1.2-only");
	const outcome = await attempt(good, {});
	t.is(outcome.detail, foreign);
	t.false(good.records.includes(23), good.records.join(" "));
});

test("TLS: a server that asks for a certificate gets ours, and tells when there is none", async t => {
	const [server, tls] = await serve(t, "client-certificate");
	const { authority } = server;
	const none = await attempt(server, tls);
	t.regex(none.detail, /^the broker refuses by the TLS alert "certificate required"$/);
	t.is(none.blame, "tls");
	t.is(server.received, "");
	const { chain, privateKey } = await makeClientCertificate({ name: "d1", authority });
	t.is((await attempt(server, { ...tls, certificates: chain, privateKey })).losses, 0);
	const stranger = await makeClientCertificate({ name: "d1", authority: await makeAuthority() });
	const other = { ...tls, certificates: stranger.chain, privateKey: stranger.privateKey };
	t.is((await attempt(server, other)).losses, 1);
	t.is(server.received, "CONNECT-and-a-password", "of the good one alone");
});

test("TLS: the protocols are offered", async t => {
	const [server, tls] = await serve(t, "good");
	t.true((await attempt(server, { ...tls, protocols: ["x-amzn-mqtt-ca", "mqtt"] })).opened);
	t.true(server.wire.includes("\x0ex-amzn-mqtt-ca\x04mqtt"));
	t.true(server.wire.includes("localhost"), "and the name");
});

for (const version of ["good", "tls-1.2-only"] as const)
	for (const kind of ["cut", "corrupted"] as const)
		test(`TLS: ${kind} anywhere, ${version}: lost once, and nothing was sent before it was open`, async t => {
			const [probe, trusted] = await serve(t, version);
			await attempt(probe, trusted);
			const random = new Random(1);
			const places = [0, 1, 4, 5, 6, 60, ...Array.from({ length: 25 }, () => random.below(probe.sentBytes))];
			const options = version === "good" ? {} : { server: { maxVersion: "TLSv1.2" } as const };
			let unopened = 0;
			for (const at of places) {
				const [server, tls] = await serve(t, kind, { at, ...options });
				const { opened, losses, blame, detail } = await attempt(server, tls, "localhost", stallMs);
				const isStalled = losses === 0;
				t.true(isStalled || detail.length > 0);
				t.false(server.wire.includes("CONNECT"), `at ${at}`);
				if (opened) continue;
				unopened++;
				t.is(server.received, "", `at ${at}`);
				if (kind === "cut") t.false(isStalled, `at ${at}`);
				if (!isStalled) t.deepEqual([losses, blame], [1, "tls"], `at ${at}`);
			}
			t.true(unopened > 5);
		});

test("TLS: a record that is corrupted when the stream is open ends it", async t => {
	const [server, tls] = await serve(t, "corrupted-reply");
	const outcome = await attempt(server, tls);
	t.true(outcome.opened);
	t.is(outcome.detail, "a TLS record came corrupted");
	t.is(outcome.blame, "tls");
});

test("TLS: the link tells of it, and tries again later", async t => {
	const [server] = await serve(t, "good");
	const client = connect(`mqtts://localhost:${server.port}`);
	const detail = await new Promise<string>(resolve => {
		client.onState = ({ state, cause, detail }) => {
			if (state === "waiting" && detail !== "") resolve(`${cause}: ${detail}`);
		};
	});
	client.close();
	t.is(detail, `tls: ${foreign}`);
	t.is(server.received, "");
});

test("TLS: certificates or a key that cannot be used are the caller's mistake, at once", async t => {
	const authority = await makeAuthority();
	const { chain, privateKey } = await makeClientCertificate({ name: "d1", authority });
	const bad: TlsOptions[] = [
		{ authorities: [Uint8Array.of(1, 2, 3)] },
		{ certificates: [Uint8Array.of(1)], privateKey },
		{ certificates: chain, privateKey: Uint8Array.of(1) },
		{ certificates: chain, privateKey: authority.privateKey },
	];
	for (const tls of bad) {
		t.throws(() => connect("mqtts://localhost", { tls }), { instanceOf: RangeError, message: /not good/ });
		t.throws(() => secureContextOf(tls), { instanceOf: RangeError });
	}
	t.notThrows(() => secureContextOf({ certificates: chain, privateKey }));
});
