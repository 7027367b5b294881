// node only
// Messages far larger than the client's memory, out to a real broker and in from it.

import test from "ava";
import { connect } from "../../hosts/node/connect.js";
import { Mosquitto, withMosquitto } from "../support/mosquitto.js";

const small = { outboxBytes: 4_096, frameBytes: 4_096, readerBytes: 4_096, scratchBytes: 1_024 };

for (const version of [4, 5] as const)
	withMosquitto(test)(`mosquitto: 1 MB out and in through 4 KB, at each QoS, version ${version}`, async t => {
		const broker = await Mosquitto.start();
		t.teardown(() => broker.stop());
		const client = connect(broker.url, { ...small, version, incomingBytesMax: 0x1000_0004 });
		t.teardown(() => client.close());
		const heard: string[] = [];
		let wanted = 0;
		let done = () => {};
		await client.subscribe("big", { qos: 2, stream: true }, async stream => {
			let at = 0;
			let wrong = 0;
			for (let piece = await stream.read(); piece !== undefined; piece = await stream.read())
				for (const byte of piece) if (byte !== byteAt(at++)) wrong++;
			heard.push(`QoS ${stream.qos}: ${at} bytes, ${wrong} wrong`);
			if (heard.length === wanted) done();
		});
		const bytes = 1_000_000;
		for (const qos of [0, 1, 2] as const) {
			wanted++;
			const all = new Promise<void>(resolve => (done = resolve));
			const source = {
				bytes,
				read: (offset: number, into: Uint8Array) => {
					for (let i = 0; i < into.length; i++) into[i] = byteAt(offset + i);
					return into.length;
				},
			};
			t.is((await client.publishStream("big", source, { qos })).outcome, "delivered");
			await all;
		}
		t.deepEqual(
			heard,
			[0, 1, 2].map(qos => `QoS ${qos}: ${bytes} bytes, 0 wrong`),
		);
	});

function byteAt(at: number): number {
	return (at * 31 + (at >> 8)) & 0xff;
}
