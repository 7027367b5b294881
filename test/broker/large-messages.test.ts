// node only
// Messages far larger than the client's memory, out to a real broker and in from it.

import test from "ava";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "../../hosts/node/connect.js";
import { endWithUs } from "../support/broker-process.js";
import { Mosquitto, withMosquitto } from "../support/mosquitto.js";
import { byteAt, small } from "./stream-bytes.js";

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

/** Less than half of the message, for all that Node does with sockets besides. */
const grownMax = 24_000_000;

for (const version of [4, 5] as const)
	withMosquitto(test)(
		`mosquitto: 64 MB out and in by a process that cannot hold it, version ${version}`,
		async t => {
			t.timeout(300_000);
			const broker = await Mosquitto.start();
			t.teardown(() => broker.stop());
			const words = ["--import=tsx", "--max-old-space-size=40", "--max-semi-space-size=1"];
			const script = "test/broker/stream-process.ts";
			const child = spawn(process.execPath, [...words, script, broker.url, String(version)]);
			endWithUs(child);
			let said = "";
			for (const stream of [child.stdout, child.stderr])
				stream.setEncoding("utf8").on("data", (text: string) => (said += text));
			const [code] = (await once(child, "close")) as [number | null];
			t.is(code, 0, said);
			const { count, wrong, grownBytes } = JSON.parse(said) as Record<string, number>;
			t.deepEqual({ count, wrong }, { count: 0x400_0000, wrong: 0 });
			t.log(`grown by ${grownBytes} bytes`);
			t.true(grownBytes! < grownMax, `grown by ${grownBytes} bytes`);
		},
	);
