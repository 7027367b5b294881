/** The longest text in a request that is no payload. */
const textMax = 512;

/** The fields of a request's JSON, with their types. Mistakes are RangeErrors that name the field. */
export class Fields {
	#json: Record<string, unknown>;

	/** RangeError if it is no object. */
	constructor(json: unknown) {
		if (typeof json !== "object" || json === null || Array.isArray(json))
			throw new RangeError("the body is a JSON object");
		this.#json = json as Record<string, unknown>;
	}
	/** RangeError for a field that is none of these: it is a slip of the pen. To be called first. */
	only(...known: string[]): this {
		const unknown = Object.keys(this.#json).find(name => !known.includes(name));
		if (unknown === undefined) return this;
		throw new RangeError(`"${unknown.slice(0, textMax)}" is unknown here; known: ${known.join(", ")}`);
	}
	text(name: string, max = textMax): string {
		const value = this.optionalText(name, max);
		if (value === undefined || value === "") throw new RangeError(`"${name}" is missing: it is a text`);
		return value;
	}
	optionalText(name: string, max = textMax): string | undefined {
		const value = this.#take(name);
		if (value === undefined) return undefined;
		if (typeof value !== "string") throw new RangeError(`"${name}" is a text`);
		if (value.length > max) throw new RangeError(`"${name}" has ${max} characters at most`);
		return value;
	}
	optionalFlag(name: string): boolean | undefined {
		const value = this.#take(name);
		if (value === undefined || typeof value === "boolean") return value;
		throw new RangeError(`"${name}" is true or false`);
	}
	optionalInteger(name: string, min: number, max: number): number | undefined {
		const value = this.#take(name);
		if (value === undefined) return undefined;
		if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value);
		throw new RangeError(`"${name}" is a whole number from ${min} to ${max}`);
	}
	texts(name: string, max: number): string[] {
		const value = this.#take(name);
		const isList = Array.isArray(value) && value.length <= max;
		if (!isList || !value.every(item => typeof item === "string" && item.length <= textMax))
			throw new RangeError(`"${name}" is a list of ${max} texts at most`);
		return value as string[];
	}
	#take(name: string): unknown {
		return Object.hasOwn(this.#json, name) ? this.#json[name] : undefined;
	}
}
