import Modules from "modules";

/**
 * The default export of a module of the SDK, or undefined where this image has none of that name. What a
 * platform lacks its image leaves out, so that one source serves all of them.
 */
export function sdkModule<T>(name: string): T | undefined {
	return Modules.has(name) ? (Modules.importNow(name) as T) : undefined;
}
