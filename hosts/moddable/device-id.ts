import type { Random } from "../host.js";
import { sdkModule } from "./sdk-module.js";

const domain = "godwit";
const key = "deviceId";

interface PreferenceClass {
	get(domain: string, key: string): unknown;
	set(domain: string, key: string, value: string): void;
}

/** From the MAC address where there is one; else drawn once and kept, where the platform can keep it. */
export function findDeviceId(mac: string | undefined, random: Random): string {
	if (mac !== undefined) return mac.replaceAll(":", "").toLowerCase();
	const Preference = sdkModule<PreferenceClass>("preference");
	const drawn = hex(random.word()) + hex(random.word()).slice(4);
	try {
		const kept = Preference?.get(domain, key);
		if (typeof kept === "string" && kept !== "") return kept;
		Preference?.set(domain, key, drawn);
	} catch {
		// Not kept: it serves until the next start.
	}
	return drawn;
}

function hex(word: number): string {
	return word.toString(16).padStart(8, "0");
}
