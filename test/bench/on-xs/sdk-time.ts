/// <reference path="../../../hosts/xs/engine.d.ts" />

// Stands for the SDK's module of that name.

export default {
	get ticks(): number {
		return engine.ticks();
	},
};
