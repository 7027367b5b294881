import type { Random } from "../host.js";
import { sdkModule } from "./sdk-module.js";

const domain = "godwit";
const key = "deviceId";

export interface DeviceId {
	id: string;
	/** Whether it will be the same at the next start. */
	isLasting: boolean;
}

interface PreferenceClass {
	get(domain: string, key: string): unknown;
	set(domain: string, key: string, value: string): void;
}

/**
 * From the MAC address where there is one; else drawn, and kept where that is safe. It asks for nothing that
 * is not needed: a class that programs flash may do so at its first look, and where that fails it stops the
 * board, beyond the reach of any catch. What is drawn may be drawn again by another device.
 */
export function findDeviceId(mac: string | undefined, random: Random, keep: boolean): DeviceId {
	if (mac !== undefined) return { id: mac.replaceAll(":", "").toLowerCase(), isLasting: true };
	const drawn = hex(random.word()) + hex(random.word()).slice(4);
	const Preference = keep ? sdkModule<PreferenceClass>("preference") : undefined;
	if (Preference === undefined) return { id: drawn, isLasting: false };
	try {
		const kept = Preference.get(domain, key);
		if (typeof kept === "string" && kept !== "") return { id: kept, isLasting: true };
		Preference.set(domain, key, drawn);
		return { id: drawn, isLasting: true };
	} catch {
		return { id: drawn, isLasting: false };
	}
}

function hex(word: number): string {
	return word.toString(16).padStart(8, "0");
}
