import type { Delivery } from "./delivery.js";

/** The names in braces of a template such as "plant/{site}/climate". */
export type TopicParams<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
	? { [K in Name | keyof TopicParams<Rest>]: string | number }
	: unknown;

export interface TopicOptions {
	qos?: 0 | 1 | 2;
	retain?: boolean;
	/** "latest": an unsent message of the same topic is replaced. "newest": the oldest unsent such message makes
	 *  room when the outbox is full. Without it publish() is refused then. */
	keep?: "all" | "newest" | "latest";
	/** How long it may wait to be sent, in ms. */
	ttlMs?: number;
	/** 0 to 3; the highest is sent first. */
	priority?: 0 | 1 | 2 | 3;
}

/** A kind of message: a topic template, how it is sent, and the type of its values, which go out as JSON. */
export class Topic<Value, Template extends string> {
	readonly template: Template;
	readonly options: TopicOptions;
	#publish: (topic: string, payload: string, options: TopicOptions) => Promise<Delivery>;

	constructor(
		template: Template,
		options: TopicOptions,
		publish: (topic: string, payload: string, options: TopicOptions) => Promise<Delivery>,
	) {
		this.template = template;
		this.options = options;
		this.#publish = publish;
	}
	/** The same with values of that type: so the names of the template are known, which is not written twice. */
	of<Type>(): Topic<Type, Template> {
		return this as Topic<unknown, Template> as Topic<Type, Template>;
	}
	/** Publishes a value as JSON; the outcome is told as by Client.publish(). */
	publish(params: TopicParams<Template>, value: Value): Promise<Delivery> {
		return this.#publish(
			fill(this.template, params as Record<string, unknown>),
			JSON.stringify(value),
			this.options,
		);
	}
	/** The topic filter that hears all messages of the template: each name in braces is one level. */
	get filter(): string {
		return fill(this.template, undefined);
	}
}

/** Puts the parameters in; without any, a + for each. A level that would hold /, + or # is a RangeError. */
function fill(template: string, params: Record<string, unknown> | undefined): string {
	let topic = "";
	let at = 0;
	for (;;) {
		const open = template.indexOf("{", at);
		if (open < 0) return topic + template.slice(at);
		const close = template.indexOf("}", open);
		if (close < 0) throw new RangeError(`topic template "${template}": a { is not closed`);
		const name = template.slice(open + 1, close);
		const value = params === undefined ? "+" : String(params[name] ?? "");
		if (params !== undefined && (value === "" || /[/+#]/.test(value)))
			throw new RangeError(`topic template "${template}": {${name}} is "${value}", and must be one level`);
		topic += template.slice(at, open) + value;
		at = close + 1;
	}
}
