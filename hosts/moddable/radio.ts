import Timer from "timer";
import { guarded, type FaultHandler } from "../ecma419/guarded.js";
import type { Radio, RadioHandler } from "../host.js";
import { sdkModule } from "./sdk-module.js";

/** What is heard of a network just left, within this time, would be taken for the next one's. */
const settleMs = 500;
/** Values of connection: none at all, and up to an IP address [ECMA-419]. */
const idle = 200;
const ready = 500;

/** What we use of the ECMA-419 Wi-Fi class. */
interface WiFi {
	readonly connection: number;
	readonly address: string | undefined;
	readonly MAC: string | undefined;
	readonly RSSI: number | undefined;
	connect(options: { SSID: string; password?: string }): void;
	disconnect(): void;
}
type WiFiConstructor = new (options: { onChanged(property: string): void }) => WiFi;

/** On Zephyr the interfaces of the board come with the device, each with its class and the options for it. */
interface Interface {
	io: new (options: object) => WiFi;
	kind: string;
}
interface Device {
	network?: { interface?: { [label: string]: Interface } };
}

/**
 * The station of the board, if it has one. Ethernet has no networks to choose from: it is just brought up.
 */
export function findRadio(onFault: FaultHandler): WiFiRadio | undefined {
	const { device } = globalThis as { device?: Device };
	const found = Object.values(device?.network?.interface ?? {});
	for (const { io, ...options } of found)
		if (options.kind === "ethernet") new io({ ...options, io, onChanged: () => {} }).connect({} as never);
	const wifi = found.find(({ kind }) => kind === "wifi");
	if (wifi !== undefined) return new WiFiRadio(onChanged => new wifi.io({ ...wifi, onChanged }), onFault);
	if (found.length > 0) return undefined;
	const WiFi = sdkModule<WiFiConstructor>("embedded:network/interface/wifi");
	return WiFi === undefined ? undefined : new WiFiRadio(onChanged => new WiFi({ onChanged }), onFault);
}

/**
 * The ECMA-419 Wi-Fi class as a Radio. The class neither joins again nor tells why it could not: that is
 * the station's matter, above. One object serves for good. A join soon after leaving waits until the
 * events of what was left have passed by, since an event does not say which network it is about.
 */
export class WiFiRadio implements Radio {
	/** As "01:23:45:67:89:ab". */
	readonly mac: string | undefined;
	#wifi: WiFi;
	#handler: RadioHandler | undefined;
	#network = { ssid: "", password: "" };
	#timer: Timer;
	#connecting = false;

	constructor(create: (onChanged: () => void) => WiFi, onFault: FaultHandler) {
		this.#wifi = create(guarded<void>(() => this.#onChanged(), onFault));
		this.mac = this.#wifi.MAC;
		this.#timer = Timer.repeat(
			guarded<unknown>(() => this.#connect(), onFault),
			settleMs,
		);
		Timer.schedule(this.#timer);
	}
	join(network: { ssid: string; password: string }, handler: RadioHandler): void {
		this.leave();
		this.#network = network;
		this.#handler = handler;
		Timer.schedule(this.#timer, settleMs, settleMs);
	}
	leave(): void {
		Timer.schedule(this.#timer);
		this.#handler = undefined;
		this.#connecting = false;
		if (this.#wifi.connection > idle) this.#wifi.disconnect();
	}
	signal(): number | undefined {
		return this.#wifi.connection >= ready ? this.#wifi.RSSI : undefined;
	}
	#connect(): void {
		Timer.schedule(this.#timer);
		const { ssid, password } = this.#network;
		this.#connecting = true;
		try {
			this.#wifi.connect(password === "" ? { SSID: ssid } : { SSID: ssid, password });
		} catch (error) {
			this.#down(String(error));
		}
	}
	#onChanged(): void {
		if (!this.#connecting) return;
		const { connection, address } = this.#wifi;
		if (connection >= ready) this.#handler?.onUp(address ?? "");
		else if (connection <= idle) this.#down("the access point did not take us, or is gone");
	}
	#down(detail: string): void {
		const handler = this.#handler;
		this.#handler = undefined;
		this.#connecting = false;
		handler?.onDown(detail);
	}
}
