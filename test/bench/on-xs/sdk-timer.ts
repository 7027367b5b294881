/// <reference path="../../../hosts/xs/engine.d.ts" />

// Stands for the SDK's module of that name.

type Id = ReturnType<typeof engine.Timer.set>;

export default {
	set: (callback: () => void, ms = 0) => engine.Timer.set(callback, ms),
	/** The client has 0 where it has set no timer. */
	clear: (id: Id | 0 | undefined) => engine.Timer.clear(id === 0 ? undefined : id),
};
