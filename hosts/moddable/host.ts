import { SerialLine, type SerialConstructor, type SerialOptions } from "../ecma419/serial-line.js";
import type { Text } from "../../modules/wire/text.js";
import type { Clock, Host, Monitor } from "../host.js";
import { ModdableClock } from "./clock.js";
import { moddableCrypto } from "./crypto.js";
import { findDeviceId } from "./device-id.js";
import { SerialMonitor, isDebugBuild, traceMonitor } from "./monitor.js";
import { ModdableNetwork } from "./network.js";
import { findRadio } from "./radio.js";
import { ModdableRandom } from "./random.js";
import { sdkModule } from "./sdk-module.js";
import { ModdableText } from "./text.js";

/** The keys of mc/config that are the host's; on the command line of mcconfig all values are strings. */
export interface ModdableConfig {
	readonly [key: string]: unknown;
}

/** A UART as the config sets it, or the board's description. */
type UART = Pick<SerialOptions, "transmit" | "receive" | "port"> & { baud?: number };

const defaultBaud = 115_200;
const drawnId =
	"This board has no id of its own: set client= and topic=, since another one may draw the same.";

/**
 * A board or the simulator as a Host: whatever the image has of radio, name service, sockets and UARTs.
 *
 * Of the config it reads `sntp` (the time server), `dns` (name servers, where the platform does not know
 * them), `storage` (`preference` where that class can keep a drawn device id without harm), and for the UART
 * of `serial:` and that of the monitor `serial.transmit`, `.receive`, `.port`, `.baud` and `monitor.transmit`
 * and so on. A value out of its range is a RangeError. The monitor of a debug build is the debugger, and that
 * of a release build a UART: the one set, or the board's default.
 */
export function moddableHost(config: ModdableConfig): Host {
	const text = new ModdableText();
	const monitor = openMonitor(config, text);
	const onFault = (error: unknown) => monitor.print(`Fault: ${String(error)}`);
	const radio = usesOnlySerial(config) ? undefined : findRadio(onFault);
	const random = new ModdableRandom(radio?.mac ?? "");
	const clock = new ModdableClock(textOf(config, "sntp"), onFault);
	const servers = (textOf(config, "dns") ?? "1.1.1.1,9.9.9.9").split(",");
	let line: SerialLine | undefined;
	const openLine = () => (line ??= newLine(config, clock, onFault));
	let deviceId: string | undefined;
	const newId = () => {
		const { id, isLasting } = findDeviceId(radio?.mac, random, config["storage"] === "preference");
		if (!isLasting) monitor.print(drawnId);
		return id;
	};
	return {
		clock,
		random,
		text,
		crypto: moddableCrypto,
		network: new ModdableNetwork(servers, openLine, clock, config, onFault),
		radio,
		monitor,
		get deviceId() {
			return (deviceId ??= newId());
		},
	};
}

/** Then Wi-Fi stays off, though the board may have it. */
function usesOnlySerial(config: ModdableConfig): boolean {
	return config["broker"] === "serial:";
}

function openMonitor(config: ModdableConfig, text: Text): Monitor {
	const Serial = sdkModule<SerialConstructor>("embedded:io/serial");
	if (Serial === undefined || isDebugBuild()) return traceMonitor;
	const { device } = globalThis as { device?: { Serial?: { default?: UART } } };
	try {
		const set = config["monitor.transmit"] === undefined ? device?.Serial?.default : uart(config, "monitor");
		if (set === undefined) return traceMonitor;
		return new SerialMonitor(Serial, { ...set, baud: set.baud ?? defaultBaud }, text);
	} catch (error) {
		traceMonitor.print(`No serial monitor: ${String(error)}`);
		return traceMonitor;
	}
}

function newLine(config: ModdableConfig, clock: Clock, onFault: (error: unknown) => void): SerialLine {
	const Serial = sdkModule<SerialConstructor>("embedded:io/serial");
	if (Serial === undefined || config["serial.transmit"] === undefined)
		throw new RangeError("serial: needs a UART, and the settings serial.transmit and serial.receive");
	return new SerialLine(Serial, uart(config, "serial"), clock, onFault);
}

function uart(config: ModdableConfig, name: string): UART & { baud: number } {
	const options: UART & { baud: number } = {
		transmit: whole(config, `${name}.transmit`, 0),
		receive: whole(config, `${name}.receive`, 0),
		baud: config[`${name}.baud`] === undefined ? defaultBaud : whole(config, `${name}.baud`, 1),
	};
	if (config[`${name}.port`] !== undefined) options.port = whole(config, `${name}.port`, 0);
	return options;
}

function textOf(config: ModdableConfig, key: string): string | undefined {
	const value = config[key];
	return typeof value === "string" && value !== "" ? value : undefined;
}

function whole(config: ModdableConfig, key: string, least: number): number {
	const value = Number(config[key] ?? NaN);
	if (!(Number.isInteger(value) && value >= least))
		throw new RangeError(`${key}: a whole number of ${least} or more, not "${String(config[key])}"`);
	return value;
}
