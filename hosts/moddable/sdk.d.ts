/**
 * What we use of the Moddable SDK's modules, for a computer without the SDK: only the top-level tsconfig
 * reads it. In a build by mcconfig the SDK's own typings stand in its place, and the two must agree where
 * we use them.
 */

/** Prints in the debugger or the simulator; a release build for a board leaves it out. */
declare function trace(...items: unknown[]): void;

interface String {
	/** In every engine of the SDK; the library of the top-level tsconfig is older. */
	isWellFormed(): boolean;
}

declare module "timer" {
	export default class Timer {
		private constructor();
		static set: (callback: (timer: Timer) => void, interval?: number, repeat?: number) => Timer;
		static repeat: (callback: (timer: Timer) => void, interval: number) => Timer;
		/** Sets the timer anew; without an interval it rests. */
		static schedule: (timer: Timer, interval?: number, repeat?: number) => void;
		static clear: (timer: Timer | undefined | null) => void;
		private brand: boolean;
	}
}

declare module "time" {
	var Time: { set: (seconds: number) => void; ticks: number };
	export { Time as default };
}

declare module "modules" {
	export default class Modules {
		static has(name: string): boolean;
		static importNow(name: string, namespace?: boolean): unknown;
	}
}

declare module "mc/config" {
	const config: Record<string, unknown>;
	export default config;
}

declare module "crypt" {
	export class Digest {
		constructor(type: "SHA1" | "SHA256");
		write(message: string | ArrayBuffer): void;
		close(): ArrayBuffer;
	}
}

declare module "text/encoder" {
	export default class TextEncoder {
		encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
	}
}

declare module "text/decoder" {
	export default class TextDecoder {
		constructor(label?: "utf-8", options?: { fatal?: boolean; ignoreBOM?: boolean });
		decode(input?: Uint8Array): string;
	}
}
