// node only
// MQTT.js and mosquitto's clients against the stand-in, as the service's documents tell their users.

import test from "ava";
import { signClientId } from "../../hosts/cloud/credentials.js";
import { wires } from "../../hosts/cloud/listeners.js";
import { connectDevice, signed, startCloud } from "../support/cloud-bench.js";

test("signature: the published vector", t => {
	t.is(signClientId("GID_Test@@@0001", "XXXXX"), "vI009IZJZVGRwBwZvnbwjfuXxVM=");
});

for (const wire of wires)
	test(`${wire}: MQTT.js signs, subscribes, and hears what the cloud sends`, async t => {
		const cloud = await startCloud(t);
		const { accessPoint: point } = cloud;
		const clientId = `${point.groupId}@@@js`;
		const device = await connectDevice(t, point, signed(point, clientId), wire);
		const [granted] = await device.client.subscribeAsync(`${point.parentTopic}/#`, { qos: 1 });
		t.is(granted?.qos, 1);
		const { messageId } = await cloud.send({ topic: `${point.parentTopic}/a`, payload: "down" });
		await device.client.publishAsync(`${point.parentTopic}/b`, "up", { qos: 1 });
		await device.arrived(2);
		t.deepEqual(device.payloads, ["down", "up"]);
		t.regex(messageId, /^[0-9A-F]{32}$/);
		await device.leave();
		t.deepEqual(
			cloud.trace(messageId).map(({ action }) => action),
			["pub_mq", "ServerSend", "sub"],
		);
	});
