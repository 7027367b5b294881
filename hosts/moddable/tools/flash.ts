import { embedFiles, manifestFor } from "./certificates.js";
import { mcconfig, runTool, sdkFolder } from "./sdk.js";

// `npm run flash`: builds for a board and puts it there, by mcconfig.

const usage = `npm run flash -- <platform> [-d] [name=value ...]
  <platform>          as with mcconfig: esp32, esp32/nodemcu, pico, pico/pico_w, zephyr/<board> …
  -d                  a debug build: what the firmware prints is shown by the debugger
  name=value          any setting of the firmware: ssid=… password=… broker=mqtt://… topic=… client=…;
                      ca=FILE is the authority to trust for mqtts:// and wss:// (also cert= and key=)`;

await runTool(usage, async ([platform, ...words]) => {
	if (platform === undefined || platform.startsWith("-") || platform.includes("="))
		throw new RangeError("flash: the platform comes first");
	const wrong = words.find(word => word !== "-d" && !/^[\w.]+=/.test(word));
	if (wrong !== undefined) throw new RangeError(`"${wrong}" is not understood`);
	sdkFolder();
	const settings = words.filter(word => word !== "-d").map(splitSetting);
	const values = settings.map(([name, value]) => `${name}=${embedFiles(name, value)}`);
	const debug = words.includes("-d") ? ["-d"] : [];
	await mcconfig(["-m", "-p", platform, ...debug, manifestFor(Object.fromEntries(settings)), ...values]);
});

function splitSetting(word: string): [string, string] {
	const equals = word.indexOf("=");
	return [word.slice(0, equals), word.slice(equals + 1)];
}
