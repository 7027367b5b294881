import config from "mc/config";
import { moddableHost } from "./hosts/moddable/host.js";
import { simulateWiFi } from "./hosts/simulated-radio.js";
import { startFirmware } from "./modules/rounds/firmware.js";
import { parseSettings } from "./modules/settings/settings.js";

/** The firmware on a board or in the simulator, with the settings of mcconfig's config. */
export default function (): void {
	const host = moddableHost(config);
	try {
		const settings = parseSettings(config, {
			get deviceId() {
				return host.deviceId;
			},
			ignoreUnknown: true,
		});
		const isSimulated = config["wifi"] !== undefined && host.radio === undefined;
		startFirmware(...(isSimulated ? simulateWiFi(host, settings) : ([host, settings] as const)), () => {});
	} catch (error) {
		host.monitor.print(`Not started: ${(error as Error).message}`);
	}
}
