// What packages of Node expect to find before they are loaded.
import { Buffer } from "buffer";

Object.assign(globalThis, {
	global: globalThis,
	Buffer,
	process: {
		version: "v20.0.0",
		env: {},
		nextTick: (callback: (...words: unknown[]) => void, ...words: unknown[]) =>
			void Promise.resolve().then(() => callback(...words)),
	},
	console: { log() {}, warn() {}, error() {} },
	setTimeout: (callback: () => void, ms: number) => engine.Timer.set(callback, ms),
	clearTimeout: (id: Parameters<typeof engine.Timer.clear>[0]) => engine.Timer.clear(id),
});
