import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { mcconfig, outputFolder, runTool, sdkFolder } from "./sdk.js";

// `npm run size`: builds a release image, and tells how much flash and RAM it takes.

const usage = `npm run size -- <platform> [tls]
  <platform>          pico, pico/pico_w or esp32
  tls                 with what mqtts:// and wss:// need`;

/** By the first part of the platform: the linked image, and the tool that measures it. */
const images: Readonly<Record<string, { file: string; tool: string }>> = Object.freeze({
	pico: { file: "xs_pico.elf", tool: "arm-none-eabi-size" },
	esp32: { file: "xs_esp32.elf", tool: "xtensa-esp32-elf-size" },
});

await runTool(usage, async ([platform = "", ...rest]) => {
	const image = images[platform.split("/")[0]!];
	const hasTls = rest[0] === "tls";
	if (image === undefined || rest.length > (hasTls ? 1 : 0))
		throw new RangeError("size: one platform that it knows");
	sdkFolder();
	await mcconfig(["-m", "-p", platform, "-t", "build", hasTls ? "./manifest_tls.json" : "./manifest.json"]);
	const path = join(outputFolder(platform, "release"), image.file);
	if (!existsSync(path)) throw new RangeError(`mcconfig left no ${path}`);
	const [text, data, bss] = measure(image.tool, path);
	console.log(
		`${platform}: flash ${kilobytes(text + data)}, RAM before the engine starts ${kilobytes(data + bss)}`,
	);
	console.log(
		`(text ${text}, data ${data}, bss ${bss} bytes; with symbols ${kilobytes(statSync(path).size)})`,
	);
});

function measure(tool: string, path: string): [number, number, number] {
	const row = execFileSync(tool, [path], { encoding: "utf8" }).split("\n")[1]!.trim().split(/\s+/);
	return [Number(row[0]), Number(row[1]), Number(row[2])];
}

function kilobytes(bytes: number): string {
	return `${(bytes / 1024).toFixed(1)} KB`;
}
