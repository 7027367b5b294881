import { mcconfig, runTool, sdkFolder } from "./sdk.js";

// `npm run flash`: builds for a board and puts it there, by mcconfig.

const usage = `npm run flash -- <platform> [-d] [name=value ...]
  <platform>          as with mcconfig: esp32, esp32/nodemcu, pico, pico/pico_w, zephyr/<board> …
  -d                  a debug build: what the firmware prints is shown by the debugger
  name=value          any setting of the firmware: ssid=… password=… broker=mqtt://… topic=… client=…`;

await runTool(usage, async ([platform, ...words]) => {
	if (platform === undefined || platform.startsWith("-") || platform.includes("="))
		throw new RangeError("flash: the platform comes first");
	const wrong = words.find(word => word !== "-d" && !/^[\w.]+=/.test(word));
	if (wrong !== undefined) throw new RangeError(`"${wrong}" is not understood`);
	sdkFolder();
	await mcconfig(["-m", "-p", platform, ...words]);
});
