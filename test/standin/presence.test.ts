// node only
// Who came and went, for those who ask and for those who listen.

import test, { type ExecutionContext } from "ava";
import type { StandIn } from "../../hosts/cloud/stand-in.js";
import { connectDevice, HandClock, signed, startCloud } from "../support/cloud-bench.js";

const idOf = (deviceId: string) => `GID_godwit@@@${deviceId}`;

function start(t: ExecutionContext): Promise<StandIn> {
	return startCloud(t, { clock: new HandClock() });
}

function join(t: ExecutionContext, { accessPoint: point }: StandIn, deviceId: string) {
	return connectDevice(t, point, signed(point, idOf(deviceId)));
}

test("presence: connect, disconnect and tcpclean are told with one channel id each", async t => {
	const cloud = await start(t);
	const device = await join(t, cloud, "d1");
	await device.leave();
	const second = await join(t, cloud, "d1");
	second.client.stream.destroy();
	await second.closed();
	await t.throwsAsync(join(t, cloud, "d.1"));
	const third = await join(t, cloud, "d1");
	const events = cloud.presence("GID_godwit");
	t.deepEqual(
		events.map(({ eventType }) => eventType),
		["connect", "disconnect", "connect", "tcpclean", "connect"],
	);
	const channels = events.map(({ channelId }) => channelId);
	t.deepEqual([channels[0], channels[2]], [channels[1], channels[3]]);
	t.is(new Set(channels).size, 3);
	for (const event of events) {
		t.is(event.clientId, idOf("d1"));
		t.regex(event.channelId, /^[0-9A-F]{32}$/);
		t.regex(event.clientIp, /^127\.0\.0\.1:\d+$/);
	}
	t.like(cloud.client(idOf("d1")), { isOnline: true, isClean: true, address: events[4]!.clientIp });
	t.true(third.client.connected);
});

test("presence: where the group has its own topic, they go there", async t => {
	const cloud = await start(t);
	const { registry, accessPoint: point } = cloud;
	await (await join(t, cloud, "before")).leave();
	registry.createTopic(point.instanceId, "GID_godwit_MQTT");
	const witness = await join(t, cloud, "witness");
	await witness.client.subscribeAsync("GID_godwit_MQTT", { qos: 1 });
	const device = await join(t, cloud, "d1");
	await device.leave();
	await witness.arrived(2);
	const stored = await cloud.messages(point.instanceId, "GID_godwit_MQTT");
	t.deepEqual(
		stored.map(({ properties }) => properties.tags),
		["connect", "connect", "disconnect"],
	);
	t.deepEqual(
		witness.payloads.map(text => JSON.parse(text) as object),
		cloud.presence("GID_godwit").slice(-2),
	);
	cloud.deleteStorage(registry.storageOf(point.instanceId).id);
	await witness.closed();
	t.is(cloud.presence("GID_godwit").length, 6);
});
