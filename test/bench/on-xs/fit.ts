import { startFirmware } from "../../../modules/rounds/firmware.js";
import { parseSettings } from "../../../modules/settings/settings.js";
import { simulateWiFi } from "../../../hosts/simulated-radio.js";
import { engineHost } from "../../../hosts/xs/host.js";

// Runs on the engine: the firmware as in hosts/xs/main.ts, which tells at its end what it took of the heap
// beyond the loaded modules. On a board these are in flash, as the built-ins are.

const counters = new Float64Array(8);
engine.gc();
engine.memory(counters);
const loaded = { slots: counters[0]!, chunkBytes: counters[2]!, stack: counters[4]! };

const host = engineHost();
const entries: Record<string, string> = {};
for (const word of engine.arguments) {
	const equals = word.indexOf("=");
	entries[word.slice(0, equals)] = word.slice(equals + 1);
}
const settings = parseSettings(entries, { deviceId: host.deviceId });
startFirmware(...simulateWiFi(host, settings), ({ rounds, acknowledged, echoes }) => {
	engine.memory(counters);
	const [, slotsPeak, , chunkBytesPeak, stackPeak, collections] = counters;
	engine.gc();
	engine.memory(counters);
	const result = {
		loaded,
		rounds,
		acknowledged,
		echoes,
		peak: {
			slots: slotsPeak! - loaded.slots,
			chunkBytes: chunkBytesPeak! - loaded.chunkBytes,
			stack: stackPeak!,
		},
		live: { slots: counters[0]! - loaded.slots, chunkBytes: counters[2]! - loaded.chunkBytes },
		collections: collections!,
	};
	trace(`${JSON.stringify(result)}\n`);
	engine.exit(0);
});
