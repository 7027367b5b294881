// node only
// The ways of messages: P2P, kept ones in their batches, repeats, QoS, the properties on the storage side.
// The stand-in's time is told by hand; its sockets are real.

import test, { type ExecutionContext } from "ava";
import type { IPublishPacket } from "mqtt-packet";
import type { StandIn, StandInOptions } from "../../hosts/cloud/stand-in.js";
import {
	connectDevice,
	HandClock,
	newFolder,
	RawDevice,
	signed,
	startCloud,
} from "../support/cloud-bench.js";

const dayMs = 24 * 3_600_000;
const idOf = (deviceId: string) => `GID_godwit@@@${deviceId}`;

async function start(t: ExecutionContext, options: Partial<StandInOptions> = {}) {
	const clock = new HandClock();
	return { clock, cloud: await startCloud(t, { clock, ...options }) };
}

function join(t: ExecutionContext, { accessPoint: point }: StandIn, deviceId: string, clean = true) {
	return connectDevice(t, point, { ...signed(point, idOf(deviceId)), clean });
}

/** A persistent session which wants godwit/#, and is away. */
async function absent(t: ExecutionContext, cloud: StandIn, deviceId = "away"): Promise<void> {
	const device = await join(t, cloud, deviceId, false);
	await device.client.subscribeAsync("godwit/#", { qos: 1 });
	await device.leave();
	await device.closed();
}

async function sendMany(cloud: StandIn, count: number): Promise<void> {
	for (let i = 1; i <= count; i++) await cloud.send({ topic: "godwit/a", payload: `${i}` });
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);

const actions = (cloud: StandIn, id: string) => cloud.trace(id).map(({ action }) => action);

test("P2P: it arrives at its target only, without a subscription, from device and cloud", async t => {
	const { cloud } = await start(t);
	const [target, other] = [await join(t, cloud, "target"), await join(t, cloud, "other")];
	await other.client.subscribeAsync("godwit/#", { qos: 1 });
	const topic = `godwit/p2p/${idOf("target")}`;
	await other.client.publishAsync(topic, "from a device", { qos: 1 });
	await cloud.send({ topic, payload: "from the cloud" });
	await cloud.send({ topic, payload: "under a name", realTopic: "godwit/orders" });
	await cloud.send({ topic: "godwit/a", payload: "for all" });
	await target.arrived(3);
	await other.arrived(1);
	t.deepEqual(target.payloads, ["from a device", "from the cloud", "under a name"]);
	t.deepEqual(
		target.arrivals.map(({ topic }) => topic),
		[topic, topic, "godwit/orders"],
	);
	t.deepEqual(other.payloads, ["for all"]);
});

test("P2P: the sender's setting decides whether it is kept", async t => {
	const { cloud } = await start(t);
	const topic = `godwit/p2p/${idOf("target")}`;
	const [clean, persistent] = [await join(t, cloud, "clean"), await join(t, cloud, "persistent", false)];
	await clean.client.publishAsync(topic, "not kept", { qos: 1 });
	await persistent.client.publishAsync(topic, "not kept at QoS 0", { qos: 0 });
	await persistent.client.publishAsync(topic, "kept", { qos: 1 });
	const lost = await cloud.send({ topic, payload: "not kept either" });
	const { messageId } = await cloud.send({ topic, payload: "kept as well", cleanSession: false });
	const target = await join(t, cloud, "target");
	await target.arrived(2);
	t.deepEqual(target.payloads, ["kept", "kept as well"]);
	await target.leave();
	t.deepEqual(actions(cloud, lost.messageId), ["pub_mq", "dropped"]);
	t.deepEqual(actions(cloud, messageId), ["pub_mq", "kept", "ServerSend", "sub"]);
});

test("offline: a persistent session gets what it missed at QoS 1, in order; at QoS 0 nothing", async t => {
	const { cloud } = await start(t);
	await absent(t, cloud);
	const sender = await join(t, cloud, "sender");
	for (const [payload, qos] of [
		["1", 1],
		["lost", 0],
		["2", 2],
		["3", 1],
	] as const)
		await sender.client.publishAsync("godwit/a", payload, { qos });
	const device = await join(t, cloud, "away", false);
	await device.arrived(3);
	t.deepEqual(device.payloads, ["1", "2", "3"]);
	t.true(device.arrivals.every(({ qos }) => qos === 1));
});

test("offline: a clean session forgets what was kept for the persistent one before", async t => {
	const { cloud } = await start(t);
	await absent(t, cloud);
	await sendMany(cloud, 1);
	await (await join(t, cloud, "away", true)).leave();
	const device = await join(t, cloud, "away", false);
	await device.client.subscribeAsync("godwit/#", { qos: 1 });
	await cloud.send({ topic: "godwit/a", payload: "new" });
	await device.arrived(1);
	t.deepEqual(device.payloads, ["new"]);
});

test("offline: more than 30 come 30 at a time, every five seconds, and new ones behind them", async t => {
	const { cloud, clock } = await start(t);
	await absent(t, cloud);
	await sendMany(cloud, 65);
	const device = await join(t, cloud, "away", false);
	await device.arrived(30);
	await cloud.send({ topic: "godwit/a", payload: "new" });
	clock.advance(4_999);
	// What was asked for later has been answered: nothing else was on its way.
	await device.client.subscribeAsync("godwit/c", { qos: 1 });
	t.deepEqual(device.payloads, numbers(1, 30));
	clock.advance(1);
	await device.arrived(60);
	t.deepEqual(device.payloads, numbers(1, 60));
	clock.advance(5_000);
	await device.arrived(66);
	t.deepEqual(device.payloads.slice(60), [...numbers(61, 65), "new"]);
});

test("offline: $SYS/getOfflineMsg brings so many at once, oldest or newest first", async t => {
	const { cloud } = await start(t);
	await absent(t, cloud);
	await sendMany(cloud, 40);
	const device = await join(t, cloud, "away", false);
	await device.arrived(30);
	const pull = (json: object) =>
		device.client.publishAsync("$SYS/getOfflineMsg", JSON.stringify(json), { qos: 1 });
	await pull({ maxPushNum: 2, pushOrder: "DESC" });
	await pull({ maxPushNum: 2, pushOrder: "ASC" });
	for (const wrong of [{ maxPushNum: 0 }, { maxPushNum: 31 }, { maxPushNum: "2" }, { pushOrder: "ASC" }, {}])
		await pull(wrong);
	await pull({ maxPushNum: 2, pushOrder: "RANDOM" });
	await device.arrived(34);
	await device.client.subscribeAsync("godwit/c", { qos: 1 });
	t.deepEqual(device.payloads.slice(30), ["40", "39", "31", "32"]);
	for (let i = 0; i < 5; i++) await pull({ maxPushNum: 1 });
	await device.client.subscribeAsync("godwit/c", { qos: 1 });
	t.deepEqual(device.payloads.slice(34), ["33", "34", "35"], "five requests a second at most");
});

test("offline: kept for three days", async t => {
	const { cloud, clock } = await start(t);
	await absent(t, cloud);
	const first = await cloud.send({ topic: "godwit/a", payload: "old" });
	clock.advance(2 * dayMs);
	await cloud.send({ topic: "godwit/a", payload: "younger" });
	clock.advance(dayMs);
	const device = await join(t, cloud, "away", false);
	await device.arrived(1);
	t.deepEqual(device.payloads, ["younger"]);
	t.is(cloud.trace(first.messageId).at(-1)?.note, "kept for three days in vain");
});

test("offline: over the limit the oldest ones go", async t => {
	const { cloud } = await start(t, { offlineMessages: 5 });
	await absent(t, cloud);
	await sendMany(cloud, 8);
	const device = await join(t, cloud, "away", false);
	await device.arrived(5);
	t.deepEqual(device.payloads, numbers(4, 8));
});

test("push: not acknowledged, it is repeated every eight seconds, with DUP and its id", async t => {
	const { cloud, clock } = await start(t);
	const device = await RawDevice.connect(t, cloud.accessPoint, signed(cloud.accessPoint, idOf("mute")));
	device.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "godwit/#", qos: 1 }] });
	await device.until(({ packets }) => packets.some(({ cmd }) => cmd === "suback"));
	const { messageId } = await cloud.send({ topic: "godwit/a", payload: "x" });
	await device.arrived(1);
	clock.advance(8_000);
	await device.arrived(2);
	const [first, second] = device.publishes as [IPublishPacket, IPublishPacket];
	t.like(first, { dup: false, qos: 1 });
	t.like(second, { dup: true, qos: 1, messageId: first.messageId! });
	device.send({ cmd: "puback", messageId: first.messageId! });
	device.send({ cmd: "pingreq" });
	await device.until(({ packets }) => packets.some(({ cmd }) => cmd === "pingresp"));
	clock.advance(60_000);
	t.is(device.publishes.length, 2);
	t.deepEqual(actions(cloud, messageId), ["pub_mq", "ServerSend", "ServerSend", "sub"]);
});

test("push: not acknowledged, it comes again on the next connection, with DUP and its id", async t => {
	const { cloud } = await start(t);
	await absent(t, cloud);
	await sendMany(cloud, 1);
	const options = signed(cloud.accessPoint, idOf("away"));
	const device = await RawDevice.connect(t, cloud.accessPoint, options, false);
	await device.arrived(1);
	await device.cut();
	const again = await RawDevice.connect(t, cloud.accessPoint, options, false);
	t.like(again.packets[0], { cmd: "connack", sessionPresent: true, returnCode: 0 });
	await again.arrived(1);
	t.like(again.publishes[0], { dup: true, messageId: device.publishes[0]!.messageId! });
});

test("QoS 2: exactly once, up and down, in clean sessions", async t => {
	const { cloud } = await start(t);
	const device = await join(t, cloud, "d1");
	await device.client.subscribeAsync("godwit/#", { qos: 2 });
	await device.client.publishAsync("godwit/a", "twice two", { qos: 2 });
	await device.arrived(1);
	t.is(device.arrivals[0]?.qos, 2);
	await device.leave();
	const [message] = await cloud.messages();
	t.deepEqual(actions(cloud, message!.id), ["pub_mqtt", "pub_mq", "ServerSend", "sub"]);
});

test("QoS 2: a PUBLISH that is repeated is stored once", async t => {
	const { cloud } = await start(t);
	const device = await RawDevice.connect(t, cloud.accessPoint, signed(cloud.accessPoint, idOf("d1")));
	const publish = {
		cmd: "publish",
		topic: "godwit/a",
		payload: "x",
		qos: 2,
		messageId: 5,
		retain: false,
	} as const;
	device.send({ ...publish, dup: false });
	await device.until(({ packets }) => packets.some(({ cmd }) => cmd === "pubrec"));
	device.send({ ...publish, dup: true });
	await device.until(({ packets }) => packets.filter(({ cmd }) => cmd === "pubrec").length === 2);
	device.send({ cmd: "pubrel", messageId: 5 });
	await device.until(({ packets }) => packets.some(({ cmd }) => cmd === "pubcomp"));
	t.is((await cloud.messages()).length, 1);
});

test("QoS: a subscription's is the most that arrives, and overlapping ones bring one message", async t => {
	const { cloud } = await start(t);
	const device = await join(t, cloud, "d1");
	await device.client.subscribeAsync("godwit/low/#", { qos: 0 });
	await device.client.subscribeAsync("godwit/+/x", { qos: 1 });
	await device.client.subscribeAsync("godwit/#", { qos: 0 });
	await cloud.send({ topic: "godwit/low/y", payload: "at 0" });
	await cloud.send({ topic: "godwit/low/x", payload: "at 1", qos: 2 });
	await device.arrived(2);
	await device.client.unsubscribeAsync("godwit/#");
	t.deepEqual(
		device.arrivals.map(({ payload, qos }) => [payload, qos]),
		[
			["at 0", 0],
			["at 1", 1],
		],
	);
});

test("storage: topics and settings of MQTT are properties there", async t => {
	const { cloud } = await start(t);
	const device = await join(t, cloud, "d1", false);
	await device.client.publishAsync("godwit/sub/topic", "up", { qos: 1 });
	await cloud.send({ topic: "godwit", payload: "down" });
	await cloud.send({ topic: `godwit/p2p/${idOf("d1")}`, payload: "p2p", qos: 0, realTopic: "godwit/real" });
	const messages = await cloud.messages();
	t.deepEqual(
		messages.map(({ topic, properties }) => ({ topic, ...properties })),
		[
			{
				topic: "godwit",
				mqttSecondTopic: "/sub/topic",
				qoslevel: "1",
				cleansessionflag: "false",
				clientId: idOf("d1"),
			},
			{ topic: "godwit", qoslevel: "1", cleansessionflag: "true" },
			{
				topic: "godwit",
				mqttSecondTopic: `/p2p/${idOf("d1")}`,
				qoslevel: "0",
				cleansessionflag: "true",
				mqttRealTopic: "godwit/real",
			},
		],
	);
	t.deepEqual(await cloud.messages(undefined, "godwit-ordered"), []);
});

test("order: what one device sends is stored in its order; $SYS/enableOrderMsg is noted", async t => {
	const { cloud } = await start(t);
	const device = await join(t, cloud, "d1");
	await device.client.publishAsync("$SYS/enableOrderMsg", '{"order":"true"}', { qos: 1 });
	t.true(cloud.client(idOf("d1"))?.isOrdered);
	await Promise.all(
		numbers(1, 50).map(text => device.client.publishAsync("godwit-ordered/a", text, { qos: 1 })),
	);
	const stored = await cloud.messages(undefined, "godwit-ordered");
	t.deepEqual(
		stored.map(({ payload }) => Buffer.from(payload, "base64").toString()),
		numbers(1, 50),
	);
});

test("instances: messages do not cross from one to another", async t => {
	const { cloud } = await start(t);
	const { registry, accessPoint: point } = cloud;
	const other = registry.createInstance("local").id;
	registry.bind(other, registry.createStorage("local").id);
	registry.createTopic(other, "godwit");
	registry.createGroup(other, "GID_other", "owner");
	const here = await join(t, cloud, "d1");
	const there = await connectDevice(t, point, signed({ ...point, instanceId: other }, "GID_other@@@d1"));
	for (const { client } of [here, there]) await client.subscribeAsync("godwit/#", { qos: 1 });
	await cloud.send({ topic: "godwit/a", payload: "here" });
	await cloud.send({ topic: "godwit/a", payload: "there" }, other);
	await cloud.send({ topic: "godwit/p2p/GID_other@@@d1", payload: "astray" });
	await cloud.send({ topic: "godwit/b", payload: "here 2" });
	await cloud.send({ topic: "godwit/b", payload: "there 2" }, other);
	await here.arrived(2);
	await there.arrived(2);
	t.deepEqual(here.payloads, ["here", "here 2"]);
	t.deepEqual(there.payloads, ["there", "there 2"]);
});

test("restart: topics, groups, sessions, kept messages and traces are there again", async t => {
	const folder = newFolder(t);
	const { cloud: first, clock } = await start(t, { folder });
	const point = first.accessPoint;
	first.registry.createTopic(point.instanceId, "new-topic", "ordered");
	first.registry.createGroup(point.instanceId, "GID_new", "owner");
	const { token } = first.applyToken({ actions: "R", resources: ["godwit/#"] });
	await absent(t, first);
	const { messageId } = await first.send({ topic: "godwit/a", payload: "kept" });
	await first.close();
	clock.advance(1);
	const cloud = await startCloud(t, { folder, clock });
	const { accessPoint: same } = cloud;
	t.deepEqual([same.instanceId, same.accessKeySecret], [point.instanceId, point.accessKeySecret]);
	t.true(
		cloud.registry
			.topicsOf(same.instanceId)
			.some(({ name, kind }) => name === "new-topic" && kind === "ordered"),
	);
	t.truthy(cloud.registry.group(same.instanceId, "GID_new"));
	t.is(cloud.tokens()[0]?.token, token);
	t.deepEqual(actions(cloud, messageId), ["pub_mq", "kept"]);
	t.is(cloud.presence("GID_godwit").length, 2);
	const device = await join(t, cloud, "away", false);
	await device.arrived(1);
	t.deepEqual(device.payloads, ["kept"]);
	await device.leave();
	t.deepEqual(actions(cloud, messageId), ["pub_mq", "kept", "ServerSend", "sub"]);
	t.is(cloud.client(idOf("away"))?.waiting, 0);
});

test("restart: a folder in use, or a port in use, is one plain error, and leaves nothing behind", async t => {
	const folder = newFolder(t);
	const { cloud } = await start(t, { folder });
	await t.throwsAsync(start(t, { folder }), {
		instanceOf: RangeError,
		message: /in use by another stand-in/,
	});
	const ports = { ws: cloud.accessPoint.ports.ws };
	const second = newFolder(t);
	await t.throwsAsync(start(t, { folder: second, ports }), {
		instanceOf: RangeError,
		message: /port \d+ is in use/,
	});
	await startCloud(t, { folder: second });
});
