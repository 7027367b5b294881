import { unanswered, type Request, type SubscriptionOptions } from "../session/requests.js";
import type { Session } from "../session/session.js";

interface Subscription {
	filter: string;
	options: SubscriptionOptions;
	/** A request for it is to be made, as soon as there is room for one; or is on its way. */
	due: boolean;
	asked: boolean;
	/** A broker has granted it. */
	granted: boolean;
	/** Called at each answer: the granted QoS, or a reason code of 0x80 or more, after which it is gone. */
	onAnswer: Request["onAnswer"];
}

/** What we want to hear, kept for as long as we want it: a broker that lost the session is asked again. */
export class Subscriptions {
	readonly max: number;
	#session: Session;
	#wanted: Subscription[] = [];

	constructor(max: number, session: Session) {
		this.max = max;
		this.#session = session;
	}
	get count(): number {
		return this.#wanted.length;
	}
	/** How many there are without that filter. */
	countBeside(filter: string): number {
		return this.count - (this.#wanted.some(subscription => subscription.filter === filter) ? 1 : 0);
	}
	/** Adds the filter, or changes its options. More than max is a RangeError. */
	add(filter: string, options: SubscriptionOptions, onAnswer: Request["onAnswer"]): void {
		const former = this.#wanted.findIndex(subscription => subscription.filter === filter);
		if (former < 0 && this.#wanted.length === this.max)
			throw new RangeError(`subscription "${filter}": more than ${this.max} at a time`);
		const subscription = { filter, options, due: false, asked: false, granted: false, onAnswer };
		if (!this.ask(subscription)) throw this.tooMany(filter);
		if (former < 0) this.#wanted.push(subscription);
		else this.#wanted[former] = subscription;
	}
	/**
	 * Leaves the filter; false when it was not wanted. The answer is 0, 17 (no such subscription) or a refusal.
	 */
	remove(filter: string, onAnswer: Request["onAnswer"]): boolean {
		const at = this.#wanted.findIndex(subscription => subscription.filter === filter);
		if (at < 0) return false;
		const answered: Request["onAnswer"] = (code, properties) => {
			onAnswer(code, properties);
			this.askDue();
		};
		if (!this.#session.request({ filter, options: undefined, onAnswer: answered }))
			throw this.tooMany(filter);
		this.#wanted.splice(at, 1);
		return true;
	}
	/** The broker has no session of ours: ask for all of it again. */
	renew(): void {
		for (const subscription of this.#wanted) subscription.due = !subscription.asked;
		this.askDue();
	}
	/** Asks for what is due, while there is room for requests; each answer makes some. */
	private askDue(): void {
		for (const subscription of this.#wanted) if (subscription.due && !this.ask(subscription)) return;
	}
	/** False when too many requests are unanswered. */
	private ask(subscription: Subscription): boolean {
		const { filter, options } = subscription;
		const onAnswer: Request["onAnswer"] = (code, properties) => {
			subscription.asked = false;
			// What was granted once is asked for again when the client is started again.
			if (code === unanswered && subscription.granted) subscription.due = true;
			else {
				if (code < 0x80) subscription.granted = true;
				else this.#wanted = this.#wanted.filter(wanted => wanted !== subscription);
				subscription.onAnswer(code, properties);
			}
			this.askDue();
		};
		if (!this.#session.request({ filter, options, onAnswer })) return false;
		subscription.due = false;
		subscription.asked = true;
		return true;
	}
	private tooMany(filter: string): RangeError {
		return new RangeError(`"${filter}": more than ${this.#session.requests.max} requests unanswered`);
	}
}
