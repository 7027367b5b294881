import type { Request, Requests, SubscriptionOptions } from "../session/requests.js";

interface Subscription {
	filter: string;
	options: SubscriptionOptions;
	/** A request for it is on its way. */
	asked: boolean;
	/** Called at each answer: the granted QoS, or a reason code of 0x80 or more, after which it is gone. */
	onAnswer: (code: number) => void;
}

/** What we want to hear, kept for as long as we want it: a broker that lost the session is asked again. */
export class Subscriptions {
	readonly max: number;
	#requests: Requests;
	#wanted: Subscription[] = [];

	constructor(max: number, requests: Requests) {
		this.max = max;
		this.#requests = requests;
	}
	get count(): number {
		return this.#wanted.length;
	}
	/** Adds the filter, or changes its options. More than max is a RangeError. */
	add(filter: string, options: SubscriptionOptions, onAnswer: (code: number) => void): void {
		const former = this.#wanted.findIndex(subscription => subscription.filter === filter);
		if (former < 0 && this.#wanted.length === this.max)
			throw new RangeError(`subscription "${filter}": more than ${this.max} at a time`);
		const subscription = { filter, options, asked: false, onAnswer };
		this.#ask(subscription);
		if (former < 0) this.#wanted.push(subscription);
		else this.#wanted[former] = subscription;
	}
	/** Leaves the filter; false when it was not wanted. The answer is 0, 17 (no such subscription) or a refusal. */
	remove(filter: string, onAnswer: (code: number) => void): boolean {
		const at = this.#wanted.findIndex(subscription => subscription.filter === filter);
		if (at < 0) return false;
		this.#send({ filter, options: undefined, onAnswer });
		this.#wanted.splice(at, 1);
		return true;
	}
	/** The broker has no session of ours: ask for all of it again. */
	renew(): void {
		for (const subscription of this.#wanted.slice()) if (!subscription.asked) this.#ask(subscription);
	}
	#ask(subscription: Subscription): void {
		const { filter, options } = subscription;
		const onAnswer = (code: number) => {
			subscription.asked = false;
			if (code >= 0x80) this.#wanted = this.#wanted.filter(wanted => wanted !== subscription);
			subscription.onAnswer(code);
		};
		this.#send({ filter, options, onAnswer });
		subscription.asked = true;
	}
	#send(request: Request): void {
		if (!this.#requests.add(request))
			throw new RangeError(`"${request.filter}": more than ${this.#requests.max} requests unanswered`);
	}
}
