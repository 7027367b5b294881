// Sends 64 MB to the broker that is named, hears it again, and says how much memory that took: as JSON, once.
// For large-messages.test.ts, which gives it a small heap.

import { connect } from "../../hosts/node/connect.js";
import { byteAt, small } from "./stream-bytes.js";

const bytes = 0x400_0000;
const [url, version] = process.argv.slice(2);
const client = connect(url!, {
	...small,
	version: Number(version) as 4 | 5,
	incomingBytesMax: 0x1000_0004,
	// Nothing is acknowledged before the last byte is the broker's, and a busy computer takes its time.
	ackMs: 120_000,
});
let rss = 0;
let most = 0;
let count = 0;
let wrong = 0;
/** What the process has, once in a megabyte. */
function look(at: number): void {
	if ((at & 0xf_ffff) < small.readerBytes) most = Math.max(most, process.memoryUsage.rss());
}
await client.subscribe("big", { qos: 1, stream: true }, async stream => {
	for (let piece = await stream.read(); piece !== undefined; piece = await stream.read()) {
		for (const byte of piece) if (byte !== byteAt(count++)) wrong++;
		look(count);
	}
	if (stream.bytes < bytes) return begin();
	console.log(JSON.stringify({ count, wrong, grownBytes: Math.max(most, process.memoryUsage.rss()) - rss }));
	client.close();
});

function publish(bytes: number): void {
	const read = (offset: number, into: Uint8Array) => {
		for (let i = 0; i < into.length; i++) into[i] = byteAt(offset + i);
		look(offset);
		return into.length;
	};
	void client.publishStream("big", { bytes, read }, { qos: 1 });
}
/** All code has run: what comes on top is for the message. */
function begin(): void {
	count = 0;
	rss = process.memoryUsage.rss();
	publish(bytes);
}
publish(1_000_000);
