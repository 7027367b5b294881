// node only
// The firmware against the stand-in over real sockets: what goes wrong at LMQ, and what its user is told.

import test from "ava";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StandIn } from "../../hosts/cloud/stand-in.js";
import { systemClock, type CloudClock } from "../../hosts/cloud/clock.js";
import { nodeHost } from "../../hosts/node/host.js";
import { Client } from "../../modules/client/client.js";
import { Lmq } from "../../modules/cloud/lmq.js";
import type { TokenSource } from "../../modules/cloud/lmq-credentials.js";
import { startFirmware } from "../../modules/rounds/firmware.js";
import { parseSettings } from "../../modules/settings/settings.js";

/** How long a line may take, on a computer that is busy. */
const lineMs = 30_000;
const hour = 3_600_000;
const attempt = /Connecting to/;

let ahead = 0;
const clock: CloudClock = { ...systemClock, now: () => Date.now() + ahead };
const folder = mkdtempSync(join(tmpdir(), "godwit-device-"));
const starting = StandIn.start({ folder, clock });
const running: Client[] = [];

test.after.always(async () => {
	for (const client of running) client.close();
	await (await starting).close();
	rmSync(folder, { recursive: true });
});

/** A device that does not back off. */
class Device {
	readonly lines: string[] = [];
	readonly client: Client;
	#heard: () => void = () => {};

	constructor({ accessPoint }: StandIn, entries: Record<string, string>) {
		const host = nodeHost(line => {
			this.lines.push(line);
			this.#heard();
		});
		const { instanceId, groupId, accessKeyId, accessKeySecret, authority, ports } = accessPoint;
		const settings = parseSettings(
			{
				profile: "lmq",
				instance: instanceId,
				group: groupId,
				accesskey: accessKeyId,
				broker: `mqtt://localhost:${ports.mqtt}`,
				wait: "100",
				...(entries["token"] === undefined && { secret: accessKeySecret }),
				...entries,
			},
			{ deviceId: host.deviceId },
		);
		const eager = { ...host, random: { word: () => 0 } };
		this.client = startFirmware(eager, settings, () => {}, { authorities: [authority.der] });
		running.push(this.client);
	}
	/** The first line, from that one on, which is like that. */
	async line(pattern: RegExp, from = 0): Promise<string> {
		const until = Date.now() + lineMs;
		for (;;) {
			const found = this.lines.slice(from).find(line => pattern.test(line));
			if (found !== undefined) return found;
			if (Date.now() > until) throw new Error(`no line ${pattern} among:\n${this.lines.join("\n")}`);
			await new Promise<void>(resolve => {
				const timer = setTimeout(resolve, 1_000);
				this.#heard = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		}
	}
	/** That it has not given up: another attempt follows. */
	async triesAgain(): Promise<void> {
		await this.line(attempt, this.lines.length);
	}
}

for (const wire of ["mqtt", "mqtts", "ws", "wss"] as const)
	test.serial(
		`device: ${wire}: it does its rounds, and a message from the cloud's side reaches it`,
		async t => {
			const cloud = await starting;
			const { host, ports, groupId } = cloud.accessPoint;
			const topic = `godwit/${wire}`;
			const device = new Device(cloud, { device: wire, topic, broker: `${wire}://${host}:${ports[wire]}` });
			await device.line(/QoS 1 message acknowledged/);
			const { messageId } = await cloud.send({ topic, payload: "from the cloud" });
			await device.line(/Payload: from the cloud/);
			t.regex(messageId, /^[0-9A-F]{32}$/);
			t.true(cloud.trace(messageId).some(({ clientId }) => clientId === `${groupId}@@@${wire}`));
			await cloud.send({ topic: `godwit/p2p/${groupId}@@@${wire}`, payload: "for you alone" });
			await device.line(/Message arrived on .*; Payload: for you alone/);
			device.client.close();
		},
	);

test.serial("device: a wrong signature", async t => {
	const device = new Device(await starting, { device: "signature", secret: "hush" });
	const line = await device.line(/Not connected/);
	t.regex(
		line,
		/refused: .*\. Check that accesskey and secret fit, and that group GID_godwit of that account/,
	);
	await device.triesAgain();
	device.client.close();
	t.false(device.lines.join().includes("hush"));
});

test.serial("device: an unknown group", async t => {
	const device = new Device(await starting, { device: "group", group: "GID_nobody" });
	const line = await device.line(/Not connected/);
	t.regex(line, /refused: .* group GID_nobody of that account exists in instance mqtt-cn-/);
	await device.triesAgain();
	device.client.close();
});

test.serial("device: a token that has expired", async t => {
	const cloud = await starting;
	const { token } = cloud.applyToken({ actions: "R,W", resources: ["godwit/#"], lifeMs: hour });
	ahead = 2 * hour;
	const device = new Device(cloud, { device: "expired", token: `RW|${token}` });
	const line = await device.line(/Not connected/);
	ahead = 0;
	t.regex(line, /Check that the token is for this instance and has not expired/);
	await device.triesAgain();
	device.client.close();
	t.false(device.lines.join().includes(token));
});

test.serial("device: a token that is revoked", async t => {
	const cloud = await starting;
	const { token } = cloud.applyToken({ actions: "R,W", resources: ["godwit/#"], lifeMs: hour });
	const device = new Device(cloud, { device: "revoked", topic: "godwit/revoked", token: `RW|${token}` });
	await device.line(/QoS 1 message acknowledged/);
	cloud.revokeToken(token);
	await device.line(/The RW token was revoked: a new one is needed\./);
	await device.triesAgain();
	device.client.close();
	t.pass();
});

test.serial("device: a token is renewed in place, and the connection stays", async t => {
	const cloud = await starting;
	const {
		host: name,
		ports,
		instanceId: instance,
		groupId: group,
		accessKeyId: accessKey,
	} = cloud.accessPoint;
	const given: string[] = [];
	const tokens: TokenSource = done => {
		const { token } = cloud.applyToken({ actions: "R,W", resources: ["godwit/#"], lifeMs: hour });
		given.push(token);
		// The source's word counts: the first is to be renewed after a second.
		done([{ type: "RW", token, expiresAt: Date.now() + (given.length === 1 ? 2_000 : hour) }]);
	};
	const host = nodeHost();
	const lmq = new Lmq(host, {
		instance,
		group,
		device: "renewal",
		credential: { kind: "Token", accessKey, tokens },
	});
	const client = new Client(host, { url: `mqtt://${name}:${ports.mqtt}`, ...lmq.options });
	running.push(client);
	const states: string[] = [];
	client.onState = ({ state }) => states.push(state);
	client.start();
	t.is((await client.publish("godwit/x", "with the first", { qos: 1 })).outcome, "delivered");
	while (given.length < 2) await new Promise(resolve => setTimeout(resolve, 50));
	t.is((await client.publish("godwit/x", "with the second", { qos: 1 })).outcome, "delivered");
	cloud.revokeToken(given[0]!);
	t.is((await client.publish("godwit/x", "without the first", { qos: 1 })).outcome, "delivered");
	t.is(states.filter(state => state === "online").length, 1);
	client.close();
});

test.serial("device: a topic that does not exist", async t => {
	const device = new Device(await starting, { device: "foreign", topic: "nowhere/x" });
	const line = await device.line(/The service closes the connection right after SUBSCRIBE to "nowhere\/x"/);
	t.regex(line, /its parent topic may not exist, or this client may not use it/);
	await device.triesAgain();
	device.client.close();
});

for (const qos of [0, 1] as const)
	test.serial(`device: a PUBLISH at QoS ${qos} to a topic that does not exist`, async t => {
		const { accessPoint } = await starting;
		const { host: name, ports, instanceId: instance, groupId: group } = accessPoint;
		const { accessKeyId: accessKey, accessKeySecret: secret } = accessPoint;
		const host = { ...nodeHost(), random: { word: () => 0 } };
		const device = `publisher${qos}`;
		const lmq = new Lmq(host, {
			instance,
			group,
			device,
			credential: { kind: "Signature", accessKey, secret },
		});
		const client = new Client(host, { url: `mqtt://${name}:${ports.mqtt}`, ...lmq.options });
		running.push(client);
		const advised = new Promise<string>(resolve => {
			client.onState = ({ state, advice }) => {
				if (state === "online") void client.publish("nowhere/x", "x", { qos });
				if (advice !== "") resolve(advice);
			};
		});
		client.start();
		t.regex(
			await advised,
			/closes the connection right after PUBLISH to "nowhere\/x": its parent topic may not/,
		);
		await new Promise<void>(resolve => (client.onState = ({ state }) => state === "online" && resolve()));
		client.close();
	});

test.serial("device: a token for reading only", async t => {
	const cloud = await starting;
	const { token } = cloud.applyToken({ actions: "R", resources: ["godwit/#"], lifeMs: hour });
	const device = new Device(cloud, { device: "reader", topic: "godwit/reader", token: `R|${token}` });
	await device.line(/Subscribed to godwit\/reader/);
	await device.line(/The R token does not allow this: a new one is needed\./);
	await device.triesAgain();
	device.client.close();
	t.pass();
});

test.serial("device: 65 characters, 65 KB, and a 31st subscription never leave it", async t => {
	const cloud = await starting;
	t.throws(() => new Device(cloud, { device: "d".repeat(52) }), {
		message: /it is 65 characters, and LMQ takes/,
	});
	const device = new Device(cloud, { device: "limits", topic: "godwit/limits", outbox: "100000" });
	await device.line(/QoS 1 message acknowledged/);
	const { client } = device;
	t.throws(() => client.publish("godwit/x", new Uint8Array(65 * 1024)), {
		message: /LMQ drops what is over 65536/,
	});
	for (let i = 1; i < 30; i++) await client.subscribe(`godwit/${i}`, { qos: 1 }, () => {});
	t.throws(() => client.subscribe("godwit/30", { qos: 1 }, () => {}), {
		message: /LMQ allows 30 for one client/,
	});
	t.is((await client.publish("godwit/x", new Uint8Array(64 * 1024), { qos: 1 })).outcome, "delivered");
	client.close();
});

test.serial("device: a second one with the same client id", async t => {
	const cloud = await starting;
	const twins = [1, 2].map(() => new Device(cloud, { device: "twin", topic: "godwit/twin" }));
	const words =
		/Another device may use the client id GID_godwit@@@twin: give each device a device id of its own/;
	await Promise.race(twins.map(twin => twin.line(words)));
	for (const twin of twins) await twin.triesAgain();
	for (const { client } of twins) client.close();
	t.pass();
});
