import Time from "time";
import { guarded, type FaultHandler } from "../ecma419/guarded.js";
import { sdkModule } from "./sdk-module.js";

/** The SDK's client: it asks five times at most, and ends by itself after time or error. */
interface SNTPConstructor {
	readonly time: number;
	readonly error: number;
	new (options: { host: string }, callback: (message: number, value?: unknown) => void): unknown;
}

/** Zephyr brings its own, in the device. */
interface Device {
	network?: { ntp?: { client?: { io: NTPConstructor } } };
}
type NTPConstructor = new (options: object) => {
	getTime(done: (error: unknown, ms: number) => void): void;
	close(): void;
};

/** Asks the network for the date, sets the clock by it, and calls back when that is done or given up. */
export function askTime(host: string, done: () => void, onFault: FaultHandler): void {
	const SNTP = sdkModule<SNTPConstructor>("sntp");
	const { device } = globalThis as { device?: Device };
	const client = device?.network?.ntp?.client;
	try {
		if (SNTP !== undefined) {
			const onMessage = guarded<[number, unknown]>(([message, value]) => {
				if (message === SNTP.time) Time.set(value as number);
				if (message === SNTP.time || message === SNTP.error) done();
			}, onFault);
			// The value returned would be the next host to ask.
			new SNTP({ host }, (message, value) => void onMessage([message, value]));
		} else if (client !== undefined) {
			const ntp = new client.io({ ...client });
			ntp.getTime((error, ms) => {
				guarded<void>(() => {
					ntp.close();
					if (!error) Time.set(ms / 1000);
					done();
				}, onFault)();
			});
		} else done();
	} catch (error) {
		onFault(error);
		done();
	}
}
