/** Told of an exception that a callback let out. It must not throw. */
export type FaultHandler = (error: unknown) => void;

/** A callback to give to an engine host, where an exception that escapes a callback ends the device. */
export function guarded<Argument>(
	callback: (argument: Argument) => void,
	onFault: FaultHandler,
): (argument: Argument) => void {
	return argument => {
		try {
			callback(argument);
		} catch (error) {
			onFault(error);
		}
	};
}
