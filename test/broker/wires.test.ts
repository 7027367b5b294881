// node only
// The main job over each wire: the command of `npm start` in a process of its own, on each engine that has
// the wire, against servers that others have made. Real sockets and real time.

import test, { type ExecutionContext } from "ava";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compilerAvailable } from "../../hosts/xs/build.js";
import {
	makeAuthority,
	makeClientCertificate,
	makeServerCertificate,
	type Authority,
	type Certified,
} from "../../hosts/cloud/certificates.js";
import { connect } from "../../hosts/node/connect.js";
import { runStart } from "../support/cli.js";
import { freePort } from "../support/broker-process.js";
import { Mosquitto, withMosquitto } from "../support/mosquitto.js";
import { startWebBroker } from "../support/web-broker.js";

const rounds = 3;
const engines = ["node", "xs"];
const withEngine = (engine: string) =>
	engine === "node" || compilerAvailable() || process.env["CI"] === "true" ? test : test.skip;

async function doRounds(t: ExecutionContext, words: readonly string[]): Promise<void> {
	const { code, out, err } = await runStart([...words, "--rounds", `${rounds}`, "wait=10"]);
	t.is(code, 0, out + err);
	t.regex(out, /3 of 3 QoS 1 messages acknowledged, 6 of 6 echoes/);
}

interface Files {
	authority: Authority;
	server: Certified;
	/** Where a file of this name lies. */
	path(name: string): string;
}

/** A folder with ca.pem, ca.der, server.pem and server.key, d1.pem, d1.key. */
async function makeFiles(t: ExecutionContext): Promise<Files> {
	const folder = mkdtempSync(join(tmpdir(), "godwit-wires-"));
	// Mosquitto that is started by root reads them as another user.
	chmodSync(folder, 0o755);
	t.teardown(() => rmSync(folder, { recursive: true }));
	const path = (name: string) => join(folder, name);
	const authority = await makeAuthority();
	const server = await makeServerCertificate({ names: ["localhost", "127.0.0.1"], authority });
	const client = await makeClientCertificate({ name: "d1", authority });
	writeFileSync(path("ca.pem"), authority.chainPem);
	writeFileSync(path("ca.der"), authority.chain[0]!);
	writeFileSync(path("server.pem"), server.chainPem);
	writeFileSync(path("server.key"), server.privateKeyPem);
	writeFileSync(path("d1.pem"), client.chainPem);
	writeFileSync(path("d1.key"), client.privateKeyPem);
	writeFileSync(path("d1.key.der"), client.privateKey);
	return { authority, server, path };
}

for (const engine of engines) {
	withEngine(engine)(`wires: ${engine}: the rounds over ws, against aedes behind ws`, async t => {
		const broker = await startWebBroker();
		t.teardown(() => broker.stop());
		await doRounds(t, ["--engine", engine, "--broker", `ws://127.0.0.1:${broker.port}`]);
	});

	for (const version of ["3.1.1", "5"])
		withMosquitto(withEngine(engine) as typeof test)(
			`wires: ${engine}: the rounds over ws in MQTT ${version}, against mosquitto`,
			async t => {
				const port = await freePort();
				const lines = [`listener ${port} 127.0.0.1`, "protocol websockets", "allow_anonymous true"];
				const broker = await Mosquitto.start(lines);
				t.teardown(() => broker.stop());
				const url = `ws://127.0.0.1:${port}/mqtt`;
				await doRounds(t, ["--engine", engine, "--broker", url, "--mqtt", version]);
			},
		);
}

test("wires: the rounds over wss, against aedes behind ws", async t => {
	const { server, path } = await makeFiles(t);
	const broker = await startWebBroker(server);
	t.teardown(() => broker.stop());
	await doRounds(t, ["--broker", `wss://localhost:${broker.port}`, "--ca", path("ca.pem")]);
});

/** Mosquitto with TLS, at the port that is returned. */
async function startSecure(t: ExecutionContext, { path }: Files, ...lines: string[]): Promise<number> {
	const port = await freePort();
	const broker = await Mosquitto.start([
		"allow_anonymous true",
		`listener ${port} 127.0.0.1`,
		`certfile ${path("server.pem")}`,
		`keyfile ${path("server.key")}`,
		...lines,
	]);
	t.teardown(() => broker.stop());
	return port;
}

for (const [version, tls] of [
	["3.1.1", "tlsv1.2"],
	["5", "tlsv1.3"],
] as const)
	withMosquitto(test)(
		`wires: the rounds over mqtts in MQTT ${version}, against mosquitto in ${tls}`,
		async t => {
			const files = await makeFiles(t);
			const port = await startSecure(t, files, `tls_version ${tls}`);
			const words = ["--broker", `mqtts://localhost:${port}`, `ca=${files.path("ca.der")}`];
			await doRounds(t, [...words, "--mqtt", version]);
		},
	);

withMosquitto(test)("wires: the rounds over mqtts, against mosquitto that wants a certificate", async t => {
	const files = await makeFiles(t);
	const { path } = files;
	const port = await startSecure(t, files, `cafile ${path("ca.pem")}`, "require_certificate true");
	const words = ["--broker", `mqtts://127.0.0.1:${port}`, "--ca", path("ca.pem"), "--cert", path("d1.pem")];
	await doRounds(t, [...words, "--key", path("d1.key")]);
	await doRounds(t, [...words, "--key", path("d1.key.der")]);
});

withMosquitto(test)("wires: the rounds over wss, against mosquitto", async t => {
	const files = await makeFiles(t);
	const port = await startSecure(t, files, "protocol websockets");
	await doRounds(t, ["--broker", `wss://localhost:${port}/mqtt`, "--ca", files.path("ca.pem")]);
});

test("wires: a program gives the authority as bytes", async t => {
	const { authority, server } = await makeFiles(t);
	const broker = await startWebBroker(server);
	t.teardown(() => broker.stop());
	const client = connect(`wss://localhost:${broker.port}/mqtt`, { tls: { authorities: authority.chain } });
	t.like(await client.publish("a", "b", { qos: 1 }), { outcome: "delivered" });
	client.close();
});

test("wires: files that are not there or hold nothing of use end it with one plain line", async t => {
	const { path } = await makeFiles(t);
	writeFileSync(path("empty"), "");
	const cases: [string[], RegExp][] = [
		[["--ca", path("none")], /^ca: there is no file .*none\n/],
		[["--ca", path("empty")], /^ca: .*empty holds no certificate in PEM or DER\n/],
		[["--ca", path("d1.key")], /^ca: .*d1.key holds no certificate in PEM or DER\n/],
		[["--ca", "/"], /^ca: \/: EISDIR\n/],
		[["--cert", path("d1.pem")], /^cert: it needs key as well\n/],
		[["--key", path("d1.key")], /^key: it needs cert as well\n/],
		[
			["--cert", path("d1.pem"), "--key", path("ca.pem")],
			/^key: .*ca.pem holds no private key in PEM or DER, or one with a password\n/,
		],
		[
			["--cert", path("d1.pem"), "--key", path("server.key")],
			/^the certificates or the key for TLS are not good: key values mismatch\n/,
		],
	];
	for (const [words, says] of cases) {
		const { code, err } = await runStart(words);
		t.is(code, 2, words.join(" "));
		t.regex(err, says);
	}
});
