// node only
// The law of the storage: nothing is acknowledged before it is kept. The disk here is as slow, or as broken,
// as told.

import test, { type ExecutionContext } from "ava";
import { createServer, type AddressInfo } from "node:net";
import { openCore } from "../../hosts/cloud/core.js";
import { Gateway } from "../../hosts/cloud/gateway.js";
import { Router } from "../../hosts/cloud/router.js";
import { seed } from "../../hosts/cloud/seed.js";
import type { Store } from "../../hosts/cloud/store.js";
import type { AccessPoint } from "../../hosts/cloud/stand-in.js";
import { HandClock, newFolder, RawDevice, signed } from "../support/cloud-bench.js";

async function start(t: ExecutionContext) {
	const core = await openCore({
		folder: newFolder(t),
		clock: new HandClock(),
		messages: 100,
		onFailure: () => {},
	});
	const seeded = await seed(core);
	let saved = Promise.resolve();
	const store = { saved: () => saved } as unknown as Store;
	const slow = { ...core, store };
	const gateway = await Gateway.open(slow, new Router(slow));
	const server = createServer(socket => gateway.handle(socket));
	await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
	t.teardown(async () => {
		server.close();
		await gateway.close();
		await core.store.close();
	});
	const { port } = server.address() as AddressInfo;
	const point = { ...seeded, ports: { mqtt: port } } as unknown as AccessPoint;
	const device = await RawDevice.connect(t, point, signed(point, "GID_godwit@@@d1"));
	/** From now on, this is how long it takes to keep something. */
	const disk = (promise: Promise<void>) => {
		promise.catch(() => {});
		saved = promise;
	};
	return { device, disk };
}

const publish = { cmd: "publish", topic: "godwit/a", payload: "x", dup: false, retain: false } as const;
const answers = [
	[1, "puback"],
	[2, "pubrec"],
] as const;

for (const [qos, answer] of answers) {
	test(`QoS ${qos}: ${answer} waits until the message is kept`, async t => {
		const { device, disk } = await start(t);
		let release = () => {};
		disk(new Promise(resolve => (release = resolve)));
		device.send({ ...publish, qos, messageId: 7 }, { cmd: "pingreq" });
		await device.until(({ packets }) => packets.some(({ cmd }) => cmd === "pingresp"));
		// An answer that was due with the first one is here before the second one.
		device.send({ cmd: "pingreq" });
		await device.until(({ packets }) => packets.filter(({ cmd }) => cmd === "pingresp").length === 2);
		t.false(device.packets.some(({ cmd }) => cmd === answer));
		release();
		await device.until(({ packets }) => packets.some(({ cmd }) => cmd === answer));
		t.pass();
	});

	test(`QoS ${qos}: a message that cannot be kept is not acknowledged, and the connection ends`, async t => {
		const { device, disk } = await start(t);
		disk(Promise.reject(new Error("no space left")));
		device.send({ ...publish, qos, messageId: 7 });
		await device.until(({ isClosed }) => isClosed);
		t.false(device.packets.some(({ cmd }) => cmd === answer));
	});
}
