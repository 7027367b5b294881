import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BundleOptions } from "../../../hosts/xs/bundle.js";

/** For a bundle with mqtt-packet: its packages stand for the modules of Node that it asks for. */
export function nodePolyfills(): BundleOptions {
	const mqttPacket = createRequire(createRequire(import.meta.url).resolve("mqtt-packet"));
	const bufferList = createRequire(mqttPacket.resolve("bl"));
	const streams = bufferList.resolve("readable-stream");
	return {
		alias: {
			buffer: bufferList.resolve("buffer/"),
			events: createRequire(streams).resolve("events/"),
			"readable-stream": join(dirname(streams), "browser.js"),
			debug: fileURLToPath(new URL("./no-debug.cjs", import.meta.url)),
		},
	};
}
