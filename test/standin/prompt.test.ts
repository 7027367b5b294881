// node only
// What a person types at the prompt, and reads.

import test, { type ExecutionContext } from "ava";
import { runLine } from "../../hosts/cloud/prompt.js";
import { connectDevice, signed, startCloud } from "../support/cloud-bench.js";

async function start(t: ExecutionContext) {
	const cloud = await startCloud(t);
	return { cloud, type: (line: string) => runLine(cloud, line) };
}

test("prompt: a message is sent, arrives, and its Message ID finds its trace", async t => {
	const { cloud, type } = await start(t);
	const { accessPoint: point } = cloud;
	const clientId = "GID_godwit@@@d1";
	const device = await connectDevice(t, point, signed(point, clientId));
	await device.client.subscribeAsync("godwit/#", { qos: 1 });
	const [, messageId] = /^Sent\. Message ID ([0-9A-F]{32})$/.exec(
		await type('send godwit/a "hello  there" you'),
	)!;
	await device.arrived(1);
	t.deepEqual(device.payloads, ["hello  there you"]);
	t.regex(
		await type("clients"),
		/^GID_godwit@@@d1 online 127\.0\.0\.1:\d+, clean session: godwit\/# \(QoS 1\)$/,
	);
	await device.leave();
	const trace = await type(`trace ${messageId}`);
	t.regex(trace, /pub_mq godwit\n.* ServerSend GID_godwit@@@d1 godwit\/a qos 1\n.* sub GID_godwit@@@d1$/);
	t.regex(
		await type(`trace ${clientId}`),
		/connect accepted channel [0-9A-F]{32}\n.* disconnect closed by client/,
	);
	t.regex(await type("messages"), new RegExp(`${messageId} godwit/a qos 1 "hello  there you"`));
	t.regex(await type("presence GID_godwit"), / connect .*\n.* disconnect GID_godwit@@@d1 127/);
	t.regex(await type("trace nothing"), /nothing is known of it/);
});

test("prompt: the quick start: storage, instance, binding, topic, group, key, credential, token", async t => {
	const { type } = await start(t);
	const last = (text: string) => text.split("\n").at(-1)!.split(" ")[0]!;
	const storage = last(await type("storages add r1"));
	const instance = last(await type("instances add r1"));
	t.regex(await type("instances"), new RegExp(`${instance} in r1, not bound, unusable`));
	t.regex(await type(`instances bind ${instance} ${storage}`), new RegExp(`bound to ${storage}$`));
	t.is(await type(`topics add alarms ordered --instance ${instance}`), "alarms ordered");
	t.regex(await type("keys add someone"), /^AccessKey ID LTAI\w+\nAccessKey secret \w+$/);
	t.is(await type(`groups add GID_alarms someone --instance ${instance}`), "GID_alarms of someone");
	t.regex(await type(`device GID_alarms@@@d1 --instance ${instance}`), /^DeviceAccessKeyId DC\.\w+\n/);
	const token = await type("token R,W godwit/# --life 60");
	t.regex(token, /\nRW\|LzMT\+/);
	t.is(await type(`revoke ${token.split("|")[1]}`), "revoked");
	t.is(await type(`topics remove alarms --instance ${instance}`), "no topic yet");
	t.regex(await type(`storages remove ${storage}`), /^MQ_INST_/);
	t.regex(await type("instances"), new RegExp(`${instance} .*, unusable`));
});

const mistakes: readonly [string, RegExp][] = [
	["nothing", /^There is no command "nothing"\. help lists them\.$/],
	["toString", /^There is no command/],
	["send godwit/a", /^It is: send TOPIC TEXT/],
	["send nothing/a x", /^Not done: there is no parent topic "nothing"/],
	["send godwit/a x --qos 3", /^Not done: --qos is 0, 1 or 2/],
	["send godwit/a x --qos", /^Not done: --qos needs a value/],
	["send godwit/a x --size 3", /^Not done: --size is not an option of it/],
	["send godwit/a x --clean maybe", /^Not done: --clean is true or false/],
	["topics remove nothing", /^Not done: there is no parent topic/],
	["topics change abc", /^Not done: it is: topics/],
	["token R", /^It is: token/],
	["token R godwit/# --life soon", /^Not done: --life is in seconds/],
	["clients --instance x", /^Not done: there is no instance "x"$/],
];

for (const [line, says] of mistakes)
	test(`prompt: "${line}" is answered plainly`, async t => {
		const { type } = await start(t);
		t.regex(await type(line), says);
	});

test("prompt: help names every command, and an empty line is no mistake", async t => {
	const { type } = await start(t);
	const help = await type("help");
	for (const name of ["access", "send", "trace", "clients", "topics", "groups", "token", "exit"])
		t.regex(help, new RegExp(`^${name}`, "m"));
	t.is(await type("  "), "");
	t.regex(await type("access"), /mqtts:\/\/localhost:\d+/);
});
