// node only
// The stand-in keeps no packet that is over its bound, whichever wire it comes by.

import test from "ava";
import { connect } from "node:net";
import { PacketLengths } from "../../hosts/cloud/packet-limit.js";
import { wires } from "../../hosts/cloud/listeners.js";
import { connectDevice, signed, startCloud } from "../support/cloud-bench.js";
import { hex } from "../support/hex.js";
import { Random } from "../support/random.js";

const packetMax = 128 * 1024;

const rows: readonly [string, string, number][] = [
	["PINGREQ", "c0 00", 2],
	["two packets", "40 02 0001 c0 00", 4],
	["the header alone", "30 ff 7f", 3 + 16_383],
	["128 KB, as a whole", "30 fc ff 07", packetMax],
	["a header that has not ended", "30 80 80 80", 0],
	["the longest there is", "30 ff ff ff 7f", 5 + 268_435_455],
	["nothing", "", 0],
];

for (const [title, bytes, length] of rows)
	test(`packets: the longest is known: ${title}`, t => {
		t.is(new PacketLengths().take(hex(bytes)), length);
	});

test("packets: any cut of a stream gives the same lengths", t => {
	for (let seed = 1; seed <= 100; seed++) {
		const random = new Random(seed);
		const lengths = Array.from({ length: 5 }, () => random.below(random.once(3) ? 70_000 : 300));
		const stream = Buffer.concat(lengths.map(packetOf));
		const longest = Math.max(...lengths.map(length => packetOf(length).length));
		const packets = new PacketLengths();
		let found = 0;
		for (let at = 0; at < stream.length;) {
			const to = at + 1 + random.below(random.once(2) ? 3 : 9_000);
			found = Math.max(found, packets.take(stream.subarray(at, to)));
			at = to;
		}
		t.is(found, longest, `seed ${seed}`);
	}
});

for (const wire of wires)
	test(`packets: ${wire}: one over 128 KB ends the connection, and the trace says so`, async t => {
		const cloud = await startCloud(t);
		const { accessPoint: point } = cloud;
		const clientId = `${point.groupId}@@@long`;
		const device = await connectDevice(t, point, signed(point, clientId), wire);
		// Acknowledged, and dropped as a payload: the packet is one byte short of the bound.
		await device.client.publishAsync("godwit/a", Buffer.alloc(packetMax - 17), { qos: 1 });
		device.client.publish("godwit/a", Buffer.alloc(packetMax), { qos: 0 });
		await device.closed();
		const last = cloud.deviceTrace(clientId).at(-1);
		t.is(last?.note, "a packet of 131086 bytes is more than 131072");
		t.is(cloud.clientMessages(clientId).filter(({ action }) => action === "pub_mqtt").length, 1);
	});

test("packets: who is not let in yet cannot say a longer one either", async t => {
	const { accessPoint: point } = await startCloud(t);
	const socket = connect(point.ports.mqtt, "127.0.0.1");
	socket.on("error", () => {});
	const closed = new Promise(resolve => socket.once("close", resolve));
	socket.resume().write(hex("10 ff ff ff 7f"));
	await closed;
	t.pass();
});

function packetOf(length: number): Buffer {
	const header = [0x30];
	let rest = length;
	do {
		header.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
		rest >>= 7;
	} while (rest > 0);
	return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
}
