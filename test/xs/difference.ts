/** Deep equality for the ava shim: says where two values differ first, so that a failure can be read. */

/** Which objects are being compared with which: a ring ends where it began. */
type Pairs = Map<object, object>;

const textMax = 200;
const bytesMax = textMax / 3;
const depthMax = 3;

/** The place and the two values of the first difference, or undefined when there is none. */
export function difference(actual: unknown, expected: unknown): string | undefined {
	return compare(actual, expected, "", new Map());
}

/** The first place where actual is not like the selector, which may leave properties out. */
export function unlike(actual: unknown, selector: unknown, path = ""): string | undefined {
	if (!isObject(selector) || !isObject(actual)) return compare(actual, selector, path, new Map());
	for (const key of Object.keys(selector)) {
		const found = unlike(at(actual, key), at(selector, key), `${path}.${key}`);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** The value as a person would write it, cut where it is long. */
export function show(value: unknown, depth = 0): string {
	const text = write(value, depth);
	return text.length > textMax ? `${text.slice(0, textMax)}…` : text;
}

function write(value: unknown, depth: number): string {
	if (typeof value === "string") return JSON.stringify(value.slice(0, textMax));
	if (typeof value === "bigint") return `${value}n`;
	if (typeof value === "function") return `function ${value.name}`;
	if (Object.is(value, -0)) return "-0";
	if (!isObject(value)) return String(value);
	if (value instanceof Error) return `${value.name}: ${value.message}`;
	if (value instanceof RegExp || value instanceof Date) return String(value);
	const name = value.constructor?.name ?? "null";
	if (depth >= depthMax) return name;
	const each = (item: unknown) => show(item, depth + 1);
	if (Array.isArray(value)) return `[${value.slice(0, textMax).map(each).join(", ")}]`;
	if (isBytes(value))
		return `${name} [${Array.from(bytesOf(value).subarray(0, bytesMax)).map(hex).join(" ")}]`;
	if (value instanceof Map)
		return `Map {${[...value].map(([k, v]) => `${each(k)} => ${each(v)}`).join(", ")}}`;
	if (value instanceof Set) return `Set {${[...value].map(each).join(", ")}}`;
	const body = Object.keys(value).map(key => `${key}: ${each(at(value, key))}`);
	return `${name === "Object" ? "" : `${name} `}{${body.join(", ")}}`;
}

function compare(actual: unknown, expected: unknown, path: string, seen: Pairs): string | undefined {
	if (Object.is(actual, expected)) return undefined;
	const differ = () => `at ${path || "the top"}: is ${show(actual)}, should be ${show(expected)}`;
	if (!isObject(actual) || !isObject(expected)) return differ();
	if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return differ();
	if (typeof actual === "function") return differ();
	if (seen.get(actual) === expected) return undefined;
	seen.set(actual, expected);
	if (isBytes(actual)) return compareBytes(bytesOf(actual), bytesOf(expected as typeof actual), path, differ);
	if (actual instanceof Map) return compareMaps(actual, expected as typeof actual, path, differ, seen);
	if (actual instanceof Set) return compareSets(actual, expected as typeof actual, differ);
	if (actual instanceof Date || actual instanceof RegExp) {
		return String(actual) === String(expected) ? undefined : differ();
	}
	if (actual instanceof Error) {
		const other = expected as Error;
		if (actual.name !== other.name || actual.message !== other.message) return differ();
	}
	return compareProperties(actual, expected, path, differ, seen);
}

function compareProperties(
	actual: object,
	expected: object,
	path: string,
	differ: () => string,
	seen: Pairs,
) {
	if (Array.isArray(actual) && actual.length !== (expected as unknown[]).length) return differ();
	const keys = Reflect.ownKeys(actual).filter(key => isEnumerable(actual, key));
	const others = Reflect.ownKeys(expected).filter(key => isEnumerable(expected, key));
	if (keys.length !== others.length) return differ();
	for (const key of keys) {
		if (!isEnumerable(expected, key)) return differ();
		const found = compare(at(actual, key), at(expected, key), `${path}.${String(key)}`, seen);
		if (found !== undefined) return found;
	}
	return undefined;
}

function compareBytes(actual: Uint8Array, expected: Uint8Array, path: string, differ: () => string) {
	if (actual.length !== expected.length) return `${differ()} (${actual.length} and ${expected.length} bytes)`;
	const index = actual.findIndex((byte, i) => byte !== expected[i]);
	if (index < 0) return undefined;
	const first = `is ${hex(actual[index]!)}, should be ${hex(expected[index]!)}`;
	return `at ${path}[byte ${index}]: ${first}\n    ${differ()}`;
}

function compareMaps(
	actual: Map<unknown, unknown>,
	expected: Map<unknown, unknown>,
	path: string,
	differ: () => string,
	seen: Pairs,
) {
	if (actual.size !== expected.size) return differ();
	for (const [key, value] of actual) {
		if (!expected.has(key)) return differ();
		const found = compare(value, expected.get(key), `${path}.get(${show(key)})`, seen);
		if (found !== undefined) return found;
	}
	return undefined;
}

function compareSets(actual: Set<unknown>, expected: Set<unknown>, differ: () => string) {
	if (actual.size !== expected.size) return differ();
	const others = [...expected];
	for (const item of actual) {
		const index = others.findIndex(other => difference(item, other) === undefined);
		if (index < 0) return differ();
		others.splice(index, 1);
	}
	return undefined;
}

function isObject(value: unknown): value is object {
	return (typeof value === "object" && value !== null) || typeof value === "function";
}

function isEnumerable(value: object, key: PropertyKey): boolean {
	return Object.prototype.propertyIsEnumerable.call(value, key);
}

function at(value: object, key: PropertyKey): unknown {
	return (value as Record<PropertyKey, unknown>)[key];
}

function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView {
	return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
	if (value instanceof ArrayBuffer) return new Uint8Array(value);
	return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function hex(byte: number): string {
	return byte.toString(16).padStart(2, "0");
}
