// What the caller hands over, held against its bounds: a wrong type is a TypeError, a wrong value a
// RangeError.

export function checkInteger(name: string, value: unknown, min: number, max: number): number {
	if (typeof value !== "number") throw new TypeError(`${name} is not a number`);
	if (!(value >= min && value <= max) || value % 1 !== 0)
		throw new RangeError(`${name} ${value} is not a whole number from ${min} to ${max}`);
	return value;
}

// [MQTT-3.1.3-4] [MQTT-3.1.3-12] [MQTT-3.1.3-4, 3.1.1] [MQTT-3.1.3-11, 3.1.1]
export function checkText(name: string, value: unknown): string {
	if (typeof value !== "string") throw new TypeError(`${name} is not a string`);
	return value;
}

export function checkBytes(name: string, value: unknown): Uint8Array {
	if (!(value instanceof Uint8Array)) throw new TypeError(`${name} is not bytes`);
	return value;
}
