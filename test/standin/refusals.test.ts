// node only
// What the service refuses, and how that looks to a device: with a CONNACK, with the end of the connection,
// or not at all, where messages just never arrive.

import test, { type ExecutionContext } from "ava";
import { signClientId } from "../../hosts/cloud/credentials.js";
import type { StandIn } from "../../hosts/cloud/stand-in.js";
import { connectDevice, signed, startCloud } from "../support/cloud-bench.js";

const payloadMax = 64 * 1024;

function idOf(cloud: StandIn, deviceId = "d1"): string {
	return `${cloud.accessPoint.groupId}@@@${deviceId}`;
}

function deviceWords(cloud: StandIn, clientId: string): string {
	return cloud
		.deviceTrace(clientId)
		.map(({ action, note }) => `${action} ${note}`)
		.join("\n");
}

async function join(t: ExecutionContext, cloud: StandIn, deviceId = "d1", clean = true) {
	return connectDevice(t, cloud.accessPoint, { ...signed(cloud.accessPoint, idOf(cloud, deviceId)), clean });
}

const refusals: readonly {
	title: string;
	code: number;
	clientId?: string;
	username?: (cloud: StandIn) => string;
	password?: string;
	says: RegExp;
}[] = [
	{ title: "a wrong signature", code: 4, password: "AAAA", says: /the signature is wrong/ },
	{ title: "no password", code: 4, password: "", says: /the signature is wrong/ },
	{
		title: "an unknown group",
		code: 5,
		clientId: "GID_nobody@@@d1",
		says: /the group GID_nobody is unknown/,
	},
	{ title: "a client id without a group", code: 2, clientId: "d1", says: /has not the service's form/ },
	{ title: "a group of a wrong form", code: 2, clientId: "gid_x@@@d1", says: /has not the service's form/ },
	{
		title: "a client id with a dot",
		code: 2,
		clientId: "GID_godwit@@@d.1",
		says: /has not the service's form/,
	},
	{ title: "a client id with a space", code: 2, clientId: "GID_godwit@@@d 1", says: /service's form/ },
	{
		title: "a client id of 65 characters",
		code: 2,
		clientId: `GID_godwit@@@${"d".repeat(52)}`,
		says: /service's form/,
	},
	{ title: "a user name of two parts", code: 4, username: () => "Signature|x", says: /three parts/ },
	{
		title: "an unknown mode",
		code: 4,
		username: ({ accessPoint: { accessKeyId, instanceId } }) => `Sign|${accessKeyId}|${instanceId}`,
		says: /the mode is not/,
	},
	{
		title: "an unknown key",
		code: 4,
		username: ({ accessPoint: { instanceId } }) => `Signature|LTAIx|${instanceId}`,
		says: /the access key is unknown/,
	},
	{
		title: "an unknown instance",
		code: 5,
		username: ({ accessPoint: { accessKeyId } }) => `Signature|${accessKeyId}|mqtt-cn-x`,
		says: /no such instance/,
	},
];

for (const { title, code, clientId, username, password, says } of refusals)
	test(`CONNECT: ${title} is refused with code ${code}`, async t => {
		const cloud = await startCloud(t);
		const id = clientId ?? idOf(cloud);
		const right = signed(cloud.accessPoint, id);
		const name = username?.(cloud) ?? right.username!;
		const options = { ...right, username: name, ...(password !== undefined && { password }) };
		const error = await t.throwsAsync(connectDevice(t, cloud.accessPoint, options));
		t.is((error as { code?: number } | undefined)?.code, code);
		t.regex(deviceWords(cloud, id), /^connect not authorized/);
		t.regex(deviceWords(cloud, id), says);
	});

test("CONNECT: a client id of 64 characters is let in", async t => {
	const cloud = await startCloud(t);
	const device = await join(t, cloud, "d".repeat(51));
	t.true(device.client.connected);
});

test("CONNECT: a group is its creator's only", async t => {
	const cloud = await startCloud(t);
	const { accessPoint: point, registry } = cloud;
	const { id, secret } = registry.createKey("someone-else");
	const clientId = idOf(cloud);
	const other = {
		clientId,
		username: `Signature|${id}|${point.instanceId}`,
		password: signClientId(clientId, secret),
	};
	t.is(((await t.throwsAsync(connectDevice(t, point, other))) as { code?: number } | undefined)?.code, 5);
	registry.createGroup(point.instanceId, "GID_theirs", "someone-else");
	const own = { ...other, clientId: "GID_theirs@@@d1", password: signClientId("GID_theirs@@@d1", secret) };
	t.true((await connectDevice(t, point, own)).client.connected);
	t.is(
		((await t.throwsAsync(connectDevice(t, point, signed(point, "GID_theirs@@@d1")))) as { code?: number })
			?.code,
		5,
	);
});

test("storage: when it goes, clients are disconnected and refused with code 3", async t => {
	const cloud = await startCloud(t);
	const { registry, accessPoint: point } = cloud;
	const device = await join(t, cloud);
	cloud.deleteStorage(registry.storageOf(point.instanceId).id);
	await device.closed();
	t.is(((await t.throwsAsync(join(t, cloud))) as { code?: number } | undefined)?.code, 3);
	t.regex(deviceWords(cloud, idOf(cloud)), /close the storage instance is gone/);
	await t.throwsAsync(cloud.send({ topic: "godwit", payload: "x" }), { message: /unusable/ });
});

const topics: readonly [string, string][] = [
	["an uncreated parent topic", "nothing/a"],
	["a topic of 65 characters", `godwit/${"a".repeat(58)}`],
	["a topic with a dot", "godwit/a.b"],
	["a topic of the broker", "$SYS/broker"],
];

for (const [title, topic] of topics) {
	test(`PUBLISH: ${title} ends the connection`, async t => {
		const cloud = await startCloud(t);
		const device = await join(t, cloud);
		device.client.publish(topic, "x", { qos: 1 });
		await device.closed();
		t.regex(deviceWords(cloud, idOf(cloud)), /close topic auth failed/);
	});
	test(`SUBSCRIBE: ${title} ends the connection`, async t => {
		const cloud = await startCloud(t);
		const device = await join(t, cloud);
		device.client.subscribe(topic, () => {});
		await device.closed();
		t.regex(deviceWords(cloud, idOf(cloud)), /close topic auth failed/);
	});
}

test("SUBSCRIBE: a wildcard in place of the parent topic ends the connection", async t => {
	const cloud = await startCloud(t);
	for (const filter of ["#", "+/a"]) {
		const device = await join(t, cloud);
		device.client.subscribe(filter, () => {});
		await device.closed();
	}
	t.pass();
});

test("topic: 64 characters are allowed", async t => {
	const cloud = await startCloud(t);
	const device = await join(t, cloud);
	const topic = `godwit/${"a".repeat(57)}`;
	await device.client.subscribeAsync(topic, { qos: 1 });
	await device.client.publishAsync(topic, "x", { qos: 1 });
	await device.arrived(1);
	t.is(device.arrivals[0]?.topic, topic);
});

test("payload: over 64 KB is acknowledged, never arrives, and is traced", async t => {
	const cloud = await startCloud(t);
	const device = await join(t, cloud);
	await device.client.subscribeAsync("godwit/#", { qos: 1 });
	await device.client.publishAsync("godwit/a", "x".repeat(payloadMax + 1), { qos: 1 });
	await device.client.publishAsync("godwit/a", "y".repeat(payloadMax), { qos: 1 });
	await device.arrived(1);
	t.is(device.arrivals[0]?.payload[0], "y");
	t.is((await cloud.messages()).length, 1);
	const [sent, dropped] = cloud.clientMessages(idOf(cloud));
	t.is(sent?.action, "pub_mqtt");
	t.like(dropped, { action: "dropped", messageId: sent?.messageId, note: "65537 bytes are more than 65536" });
	const large = { topic: "godwit/a", payload: "x".repeat(payloadMax + 1) };
	await t.throwsAsync(cloud.send(large), { instanceOf: RangeError, message: /65536 bytes at most/ });
});

test("subscriptions: the 31st is granted, and takes no effect", async t => {
	const cloud = await startCloud(t);
	const device = await join(t, cloud);
	for (let i = 1; i <= 31; i++) {
		const [granted] = await device.client.subscribeAsync(`godwit/t${i}`, { qos: 1 });
		t.is(granted?.qos, 1);
	}
	await cloud.send({ topic: "godwit/t31", payload: "never" });
	await cloud.send({ topic: "godwit/t30", payload: "thirtieth" });
	await device.arrived(1);
	t.deepEqual(device.payloads, ["thirtieth"]);
	t.regex(deviceWords(cloud, idOf(cloud)), /godwit\/t31 takes no effect: a client has 30/);
	await device.client.unsubscribeAsync("godwit/t1");
	await device.client.subscribeAsync("godwit/t31", { qos: 1 });
	await cloud.send({ topic: "godwit/t31", payload: "room again" });
	await device.arrived(2);
	t.deepEqual(device.payloads, ["thirtieth", "room again"]);
});

test("subscriptions: QoS 2 of a persistent session takes no effect", async t => {
	const cloud = await startCloud(t);
	const device = await join(t, cloud, "d1", false);
	await device.client.subscribeAsync("godwit/two", { qos: 2 });
	await device.client.subscribeAsync("godwit/one", { qos: 1 });
	await cloud.send({ topic: "godwit/two", payload: "2" });
	await cloud.send({ topic: "godwit/one", payload: "1" });
	await device.arrived(1);
	t.deepEqual(device.payloads, ["1"]);
});

test("client id: who was there first is thrown off by the second", async t => {
	const cloud = await startCloud(t);
	const first = await join(t, cloud);
	const second = await join(t, cloud);
	await first.closed();
	t.true(second.client.connected);
	t.regex(deviceWords(cloud, idOf(cloud)), /close clientId conflict/);
	const { groupId } = cloud.accessPoint;
	t.deepEqual(
		cloud.presence(groupId).map(({ eventType }) => eventType),
		["connect", "tcpclean", "connect"],
	);
	await second.client.subscribeAsync("godwit/#");
	await cloud.send({ topic: "godwit/a", payload: "to the second" });
	await second.arrived(1);
	t.deepEqual(first.payloads, []);
});

test("will and retain: both are passed over", async t => {
	const cloud = await startCloud(t);
	const witness = await join(t, cloud, "witness");
	await witness.client.subscribeAsync("godwit/#", { qos: 1 });
	const will = { topic: "godwit/will", payload: Buffer.from("gone"), qos: 1 as const, retain: true };
	const point = cloud.accessPoint;
	const device = await connectDevice(t, point, { ...signed(point, idOf(cloud)), will });
	await device.client.publishAsync("godwit/kept", "once", { qos: 1, retain: true });
	device.client.stream.destroy();
	await device.closed();
	await cloud.send({ topic: "godwit/last", payload: "last" });
	await witness.arrived(2);
	t.deepEqual(witness.payloads, ["once", "last"]);
	const late = await join(t, cloud, "late");
	await late.client.subscribeAsync("godwit/#", { qos: 1 });
	await cloud.send({ topic: "godwit/last", payload: "for all" });
	await late.arrived(1);
	t.deepEqual(late.payloads, ["for all"]);
});
