// node only
// The README's commands and programs are run as they stand there: a reader who types them sees what it says.

import test from "ava";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { EmbeddedBroker } from "../../hosts/cloud/broker.js";
import { settingDefaults } from "../../modules/settings/settings.js";
import { defaults } from "../../modules/client/client-options.js";
import { runScript } from "../support/cli.js";

const readme = readFileSync("README.md", "utf8");
const scripts = (JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> })
	.scripts;

/** The blocks of a kind, in their order. */
function blocks(kind: string): string[] {
	return [...readme.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\``, "gm"))].map(match => match[1]!);
}

/** Runs a command line of the README in a shell; gives its exit code and what it printed. */
function shell(line: string): Promise<{ code: number; out: string }> {
	const child = spawn("sh", ["-c", line], { stdio: ["ignore", "pipe", "pipe"] });
	let out = "";
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding("utf8").on("data", text => (out += text));
	return new Promise(resolve => child.on("close", code => resolve({ code: code ?? -1, out })));
}

test("README: its programs run, and the client's has its message delivered", async t => {
	const broker = await EmbeddedBroker.start();
	t.teardown(() => broker.stop());
	const programs = blocks("ts");
	t.is(programs.length, 4);
	for (const [i, program] of programs.entries()) {
		// Hidden from the tests of the code, which may run at the same time.
		const file = `.readme-${process.pid}-${i}.ts`;
		writeFileSync(file, program);
		t.teardown(() => rmSync(file));
		const { code, out, err } = await runScript(file, [broker.url]);
		t.is(code, 0, err);
		const delivered = /outcome: 'delivered',\s+packetId: \d+/;
		const expected = [delivered, delivered, /cmd: 'publish'/, /^4 7$/m][i]!;
		t.regex(out, expected);
	}
});

test("README: each command of npm is a script", t => {
	const named = [...readme.matchAll(/npm (?:run )?([a-z]+)(?: --)?/g)].map(match => match[1]!);
	t.true(named.length > 5);
	for (const name of named) t.true(name === "ci" || scripts[name] !== undefined, `npm run ${name}`);
});

test("README: the first commands end well", async t => {
	const [first] = blocks("sh");
	const start = first!.split("\n").find(line => line.startsWith("npm start"))!;
	const { code, out } = await shell(`${start} wait=10`);
	t.is(code, 0, out);
	t.regex(out, /5 of 5 QoS 1 messages acknowledged, 10 of 10 echoes/);
});

test("README: the world it names passes", async t => {
	const { code, out } = await shell("npm run --silent world -- --seeds 100");
	t.is(code, 0, out);
});

test("README: the statements it tells of are all kept and tested", async t => {
	const { code, out } = await shell("npm run --silent statements");
	t.is(code, 0, out.slice(-500));
	t.regex(out, /^211 statements: 211 kept and tested/m);
	t.regex(readme, /the 75 statements of MQTT 3.1.1 and the 136 of 5.0/);
});

test("README: what needs the SDK says how to get it where there is none", async t => {
	for (const line of [
		"npm run --silent sim",
		"npm run --silent flash -- esp32",
		"npm run --silent size -- pico",
	]) {
		const { code, out } = await shell(`MODDABLE= ${line}`);
		t.is(code, 2, out);
		t.regex(out, /xs-dev/);
	}
});

test("README: a tired person's mistakes end with one plain line and exit code 2", async t => {
	const mistakes = [
		{ words: "--broker mqtt://127.0.0.1:99999", says: /port is 1 to 65535/ },
		{ words: "--round 5", says: /did you mean rounds\?/ },
		{ words: "--engine v8", says: /engine is node or xs/ },
		{ words: "--rounds", says: /--rounds needs a value/ },
		{
			words: "--engine xs --broker mqtts://127.0.0.1",
			says: /--engine xs has no TLS; use mqtt:\/\/ or ws:\/\//,
		},
		{ words: "--broker serial:", says: /there is no serial line here; use mqtt:\/\// },
		{ words: "--mqtt 4", says: /3\.1, 3\.1\.1 or 5/ },
		{ words: "--mqtt 5", says: /give --broker URL/ },
		{ words: "--profile aws", says: /plain, lmq or azure/ },
		{ words: "--profile azure", says: /it needs connection/ },
		{ words: "--profile lmq --wire tls", says: /mqtt, mqtts, ws, wss/ },
		{ words: "--profile lmq --mqtt 5", says: /speaks 3\.1\.1 only/ },
		{ words: "--profile lmq --instance mqtt-cn-1", says: /it needs group/ },
		{ words: "topic=a/#", says: /topic/ },
	];
	for (const { words, says } of mistakes) {
		const { code, out } = await shell(`npm start --silent -- ${words}`);
		t.is(code, 2, words);
		t.regex(out, says, words);
		t.notRegex(out, /\n\s+at /, words);
	}
});

test("README: its limits and settings are those of the code", t => {
	for (const [name, value] of Object.entries(defaults)) {
		if (["version", "clean", "keepAliveMs", "sessionExpirySeconds"].includes(name)) continue;
		t.true(readme.includes(`\`${name}\``), name);
		const shown = name.endsWith("Ms") ? `${(value as number) / 1000} s` : value.toLocaleString("en");
		t.true(readme.includes(shown), `${name}: ${shown}`);
	}
	for (const name of Object.keys(settingDefaults))
		if (name !== "profile") t.true(readme.includes(`\`${name}`), name);
	for (const [, path] of readme.matchAll(/`((?:modules|hosts|test)\/[\w/.-]+\.ts)`/g))
		t.true(existsSync(path!), path);
});
