import { buildImage, runImage } from "./on-sdk/build.js";
import type { Row } from "./table.js";

const chipSeconds = 120;
const peerName = "ECMA-419 client 8.2.3, codec alone";
const publishMost = 1500;

/** Our link on a Pico's Cortex-M0+, emulated by that command: microseconds by the chip's own clock. */
export async function chipRows(command: string): Promise<Row[]> {
	const image = buildImage("chip", "pico", []);
	const out = await runImage(command, image, chipSeconds, "EXIT:0");
	const figure = (name: string) => {
		const found = new RegExp(`^${name} ([\\d.]+)`, "m").exec(out);
		if (found === null) throw new Error(`the emulated chip printed no ${name}: ${out}`);
		return Number(found[1]);
	};
	const row = (name: string, ours: string): Row => ({
		name: `Cortex-M0+ at 125 MHz ${name}`,
		unit: "µs",
		ours: figure(ours),
	});
	const peer = { peer: figure("peerPublish"), peerName };
	return [
		{ ...row("publish to acknowledged, 32 B, window 1", "publish1"), ...peer, goal: { most: publishMost } },
		{ ...row("publish to acknowledged, 32 B, window 10", "publish10"), ...peer },
		row("receive and acknowledge, 32 B", "receive"),
	];
}
