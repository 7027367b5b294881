/// <reference path="./engine.d.ts" />
import { startFirmware } from "../../modules/rounds/firmware.js";
import { parseSettings } from "../../modules/settings/settings.js";
import { simulateWiFi } from "../simulated-radio.js";
import { engineHost } from "./host.js";

// The firmware in the engine host: the words of its command line are settings, name=value.

const host = engineHost();
const entries: Record<string, string> = {};
for (const word of engine.arguments) {
	const equals = word.indexOf("=");
	entries[word.slice(0, equals)] = word.slice(equals + 1);
}
const settings = parseSettings(entries, { deviceId: host.deviceId });
startFirmware(...simulateWiFi(host, settings), ({ rounds, acknowledged }) => {
	engine.exit(acknowledged === rounds ? 0 : 1);
});
