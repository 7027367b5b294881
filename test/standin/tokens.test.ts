// node only
// Tokens and device credentials: what lets a device in, how long, for which topics, and how it is told.

import test, { type ExecutionContext } from "ava";
import type { IClientOptions } from "mqtt";
import { signClientId } from "../../hosts/cloud/credentials.js";
import type { StandIn } from "../../hosts/cloud/stand-in.js";
import { connectDevice, HandClock, RawDevice, startCloud } from "../support/cloud-bench.js";

const minuteMs = 60_000;
const clientId = "GID_godwit@@@d1";

function withTokens({ accessPoint: { accessKeyId, instanceId } }: StandIn, password: string): IClientOptions {
	return { clientId, username: `Token|${accessKeyId}|${instanceId}`, password };
}

async function start(t: ExecutionContext) {
	const clock = new HandClock();
	return { clock, cloud: await startCloud(t, { clock }) };
}

test("token: a pair for reading and one for writing, in any order", async t => {
	const { cloud } = await start(t);
	const read = cloud.applyToken({ actions: "R", resources: ["godwit/#"] }).token;
	const write = cloud.applyToken({ actions: "W", resources: ["godwit/up"] }).token;
	for (const password of [`R|${read}|W|${write}`, `W|${write}|R|${read}`]) {
		const device = await connectDevice(t, cloud.accessPoint, withTokens(cloud, password));
		await device.client.subscribeAsync("godwit/up", { qos: 1 });
		await device.client.publishAsync("godwit/up", "x", { qos: 1 });
		await device.arrived(1);
		await device.leave();
	}
	t.pass();
});

const refused: readonly {
	title: string;
	password: (cloud: StandIn, clock: HandClock) => string;
	says: RegExp;
}[] = [
	{ title: "forged", password: () => "RW|nothing", says: /code 1/ },
	{ title: "half a pair", password: () => "RW", says: /pairs/ },
	{
		title: "of another type",
		password: cloud => `W|${cloud.applyToken({ actions: "R", resources: ["godwit/#"] }).token}`,
		says: /code 1/,
	},
	{
		title: "expired",
		password: (cloud, clock) => {
			const { token } = cloud.applyToken({ actions: "R,W", resources: ["godwit/#"], lifeMs: minuteMs });
			clock.advance(minuteMs);
			return `RW|${token}`;
		},
		says: /code 2/,
	},
	{
		title: "revoked",
		password: cloud => {
			const { token } = cloud.applyToken({ actions: "R,W", resources: ["godwit/#"] });
			cloud.revokeToken(token);
			return `RW|${token}`;
		},
		says: /code 3/,
	},
	{
		title: "twice of one type",
		password: cloud => {
			const { token } = cloud.applyToken({ actions: "R", resources: ["godwit/#"] });
			return `R|${token}|R|${token}`;
		},
		says: /two R tokens/,
	},
];

for (const { title, password, says } of refused)
	test(`token: ${title}: CONNECT is refused with code 4`, async t => {
		const { cloud, clock } = await start(t);
		const options = withTokens(cloud, password(cloud, clock));
		const error = await t.throwsAsync(connectDevice(t, cloud.accessPoint, options));
		t.is((error as { code?: number } | undefined)?.code, 4);
		t.regex(cloud.deviceTrace(clientId)[0]!.note, says);
	});

const beyond: readonly [string, string, string, number][] = [
	["a topic that no token names", "R,W", "godwit/other", 4],
	["writing with a token for reading", "R", "godwit/a", 5],
];

for (const [title, actions, topic, code] of beyond)
	test(`token: ${title} gives notice ${code}, then the end`, async t => {
		const { cloud } = await start(t);
		const { token, type } = cloud.applyToken({ actions, resources: ["godwit/a"] });
		const device = await connectDevice(t, cloud.accessPoint, withTokens(cloud, `${type}|${token}`));
		device.client.publish(topic, "x", { qos: 1 });
		await device.closed();
		t.is(device.arrivals[0]?.topic, "$SYS/tokenInvalidNotice");
		t.deepEqual(JSON.parse(device.payloads[0]!), { code, type });
		t.deepEqual(await cloud.messages(), []);
	});

test("token: five minutes ahead its end is told, once; then it is invalid, code 2", async t => {
	const { cloud, clock } = await start(t);
	const { token, expireTime } = cloud.applyToken({
		actions: "R,W",
		resources: ["godwit/#"],
		lifeMs: 60 * minuteMs,
	});
	const device = await connectDevice(t, cloud.accessPoint, withTokens(cloud, `RW|${token}`));
	clock.advance(55 * minuteMs - 1);
	await device.client.subscribeAsync("godwit/#");
	t.deepEqual(device.arrivals, []);
	clock.advance(1);
	await device.arrived(1);
	t.is(device.arrivals[0]?.topic, "$SYS/tokenExpireNotice");
	t.deepEqual(JSON.parse(device.payloads[0]!), { expireTime, type: "RW" });
	clock.advance(5 * minuteMs);
	await device.closed();
	t.is(device.arrivals[1]?.topic, "$SYS/tokenInvalidNotice");
	t.deepEqual(JSON.parse(device.payloads[1]!), { code: 2, type: "RW" });
	t.is(device.arrivals.length, 2);
});

test("token: one uploaded in time takes the place of the old one", async t => {
	const { cloud, clock } = await start(t);
	const request = { actions: "R,W", resources: ["godwit/#"] };
	const old = cloud.applyToken({ ...request, lifeMs: 10 * minuteMs });
	const device = await connectDevice(t, cloud.accessPoint, withTokens(cloud, `RW|${old.token}`));
	const { token } = cloud.applyToken({ ...request, lifeMs: 60 * minuteMs });
	await device.client.publishAsync("$SYS/uploadToken", JSON.stringify({ token, type: "RW" }), { qos: 1 });
	clock.advance(20 * minuteMs);
	await device.client.subscribeAsync("godwit/#", { qos: 1 });
	await device.client.publishAsync("godwit/a", "x", { qos: 1 });
	await device.arrived(1);
	t.deepEqual(device.payloads, ["x"]);
});

for (const payload of ['{"token":"nothing","type":"RW"}', "not JSON", "null", '{"token":1}'])
	test(`token: ${payload} uploaded gives notice 1, then the end`, async t => {
		const { cloud } = await start(t);
		const { token } = cloud.applyToken({ actions: "R,W", resources: ["godwit/#"] });
		const device = await connectDevice(t, cloud.accessPoint, withTokens(cloud, `RW|${token}`));
		device.client.publish("$SYS/uploadToken", payload, { qos: 1 });
		await device.closed();
		t.is((JSON.parse(device.payloads[0]!) as { code: number }).code, 1);
	});

test("token: whoever uses it when it is revoked is told code 3, and disconnected", async t => {
	const { cloud } = await start(t);
	const { token } = cloud.applyToken({ actions: "R,W", resources: ["godwit/#"] });
	const device = await connectDevice(t, cloud.accessPoint, withTokens(cloud, `RW|${token}`));
	cloud.revokeToken(token);
	await device.closed();
	t.deepEqual(JSON.parse(device.payloads[0]!), { code: 3, type: "RW" });
});

test("token: without one, only an upload is allowed, and what is kept waits for it", async t => {
	const { cloud } = await start(t);
	const { token } = cloud.applyToken({ actions: "R,W", resources: ["godwit/#"] });
	await cloud.send({ topic: `godwit/p2p/${clientId}`, payload: "kept", cleanSession: false });
	const early = await connectDevice(t, cloud.accessPoint, withTokens(cloud, ""));
	early.client.publish("godwit/a", "x", { qos: 1 });
	await early.closed();
	const device = await connectDevice(t, cloud.accessPoint, withTokens(cloud, ""));
	await cloud.send({ topic: `godwit/p2p/${clientId}`, payload: "later", cleanSession: false });
	t.deepEqual(device.arrivals, []);
	await device.client.publishAsync("$SYS/uploadToken", JSON.stringify({ token, type: "RW" }), { qos: 1 });
	await device.arrived(2);
	t.deepEqual(device.payloads, ["kept", "later"]);
});

test("token: traffic behind an upload, before its PUBACK, ends the connection", async t => {
	const { cloud } = await start(t);
	const { token } = cloud.applyToken({ actions: "R,W", resources: ["godwit/#"] });
	const device = await RawDevice.connect(t, cloud.accessPoint, withTokens(cloud, `RW|${token}`));
	const publish = { cmd: "publish", qos: 1, dup: false, retain: false } as const;
	const payload = JSON.stringify({ token, type: "RW" });
	device.send(
		{ ...publish, topic: "$SYS/uploadToken", payload, messageId: 1 },
		{ ...publish, topic: "godwit/a", payload: "x", messageId: 2 },
	);
	await device.until(({ isClosed }) => isClosed);
	t.regex(cloud.deviceTrace(clientId).at(-1)!.note, /traffic before the PUBACK of the token/);
	t.deepEqual(await cloud.messages(), []);
});

test("token: what cannot be applied for is named", async t => {
	const { cloud, clock } = await start(t);
	const resources = ["godwit/#"];
	t.throws(() => cloud.applyToken({ actions: "RW", resources }), { message: /actions are R, W or R,W/ });
	t.throws(() => cloud.applyToken({ actions: "R", resources: [] }), { message: /1 to 100 topics/ });
	const many = Array.from({ length: 101 }, (_, i) => `godwit/t${i}`);
	t.throws(() => cloud.applyToken({ actions: "R", resources: many }), { message: /1 to 100 topics/ });
	t.throws(() => cloud.applyToken({ actions: "R", resources: ["#"] }), { message: /cannot be in a token/ });
	t.throws(() => cloud.applyToken({ actions: "R", resources, lifeMs: 59_999 }), { message: /60 s at least/ });
	const long = cloud.applyToken({ actions: "R", resources: ["godwit/b", "godwit/a"], lifeMs: 1e12 });
	t.is(long.expireTime, clock.now() + 30 * 24 * 60 * minuteMs);
	t.deepEqual(long.resources, ["godwit/a", "godwit/b"]);
	t.throws(() => cloud.revokeToken("nothing"), { message: /no token/ });
});

test("device credential: it lets in its own client only", async t => {
	const { cloud } = await start(t);
	const { instanceId } = cloud.accessPoint;
	const { id, secret } = cloud.registry.registerDevice(instanceId, clientId);
	t.regex(id, /^DC\./);
	const username = `DeviceCredential|${id}|${instanceId}`;
	const own = { clientId, username, password: signClientId(clientId, secret) };
	t.true((await connectDevice(t, cloud.accessPoint, own)).client.connected);
	const stranger = "GID_godwit@@@d2";
	const other = { clientId: stranger, username, password: signClientId(stranger, secret) };
	const error = await t.throwsAsync(connectDevice(t, cloud.accessPoint, other));
	t.is((error as { code?: number } | undefined)?.code, 4);
	t.throws(() => cloud.registry.registerDevice(instanceId, clientId), {
		message: /has a credential already/,
	});
	t.throws(() => cloud.registry.registerDevice(instanceId, "GID_nobody@@@d1"), { message: /no client id/ });
});
