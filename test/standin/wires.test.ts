// node only
// MQTT.js and mosquitto's clients against the stand-in, as the service's documents tell their users.

import test from "ava";
import { connect } from "node:net";
import { WebSocket } from "ws";
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

test("TLS: a client which does not trust the authority, or asks for another name, is not served", async t => {
	const cloud = await startCloud(t);
	const { accessPoint: point } = cloud;
	const options = signed(point, `${point.groupId}@@@js`);
	await t.throwsAsync(connectDevice(t, point, { ...options, ca: [] }, "mqtts"), { message: /self-signed/ });
	await t.throwsAsync(connectDevice(t, point, { ...options, servername: "elsewhere" }, "mqtts"), {
		message: /does not match certificate/,
	});
	t.deepEqual(cloud.clients(), []);
});

const upgrades: readonly [string, string, string[], RegExp][] = [
	["another path", "/", ["mqtt"], /404/],
	["no subprotocol", "/mqtt", [], /400/],
	["another subprotocol", "/mqtt", ["mqttv3.1"], /400/],
];

for (const [title, path, protocols, says] of upgrades)
	test(`WebSocket: ${title} is refused`, async t => {
		const { accessPoint: point } = await startCloud(t);
		const socket = new WebSocket(`ws://127.0.0.1:${point.ports.ws}${path}`, protocols);
		const error = await new Promise<Error>(resolve => socket.once("error", resolve));
		t.regex(error.message, says);
	});

test("WebSocket: a text frame ends the connection, though it be a CONNECT", async t => {
	const { accessPoint: point } = await startCloud(t);
	const socket = new WebSocket(`ws://127.0.0.1:${point.ports.ws}/mqtt`, ["mqtt"]);
	await new Promise(resolve => socket.once("open", resolve));
	const closed = new Promise<number>(resolve => socket.once("close", resolve));
	socket.on("error", () => {});
	let isAnswered = false;
	socket.on("message", () => (isAnswered = true));
	socket.send("\u0010\u000d\u0000\u0004MQTT\u0004\u0002\u0000\u003c\u0000\u0001x");
	t.true([1003, 1006].includes(await closed));
	t.false(isAnswered);
});

test("TCP: bytes which are no MQTT end their connection only", async t => {
	const cloud = await startCloud(t);
	const { accessPoint: point } = cloud;
	const device = await connectDevice(t, point, signed(point, `${point.groupId}@@@js`));
	for (const bytes of [
		"GET / HTTP/1.1\r\n\r\n",
		"\u0010\u0000",
		"\u00ff\u00ff\u00ff\u00ff\u00ff",
		"\u00e0\u0000",
	])
		for (const wire of ["mqtt", "mqtts"] as const) {
			const socket = connect(point.ports[wire], "127.0.0.1");
			socket.on("error", () => {});
			const closed = new Promise(resolve => socket.once("close", resolve));
			socket.end(Buffer.from(bytes, "latin1"));
			await closed;
		}
	t.true(device.client.connected);
	await device.client.subscribeAsync("godwit/#");
});
