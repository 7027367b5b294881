import test from "ava";
import { Mark, Outcome, RecordState } from "../../modules/outbox/outbox.js";
import { Log } from "../support/log.js";
import { Random } from "../support/random.js";

// Goal: whatever is done to the log, it is the list it stands for. Method: thousands of drawn steps on the
// log and on a plain list of objects that follows the rules word by word; after each step the two must say
// the same.

const arenaBytes = 64;
const recordsMax = 7;

interface Entry {
	record: number;
	topic: string;
	payload: string;
	marks: number;
	endAt: number;
	state: RecordState;
}

class Model {
	entries: Entry[] = [];
	ended: string[] = [];
	now = 0xffff_f000;

	append(entry: Entry): boolean {
		const { marks, topic } = entry;
		const may = this.entries.filter(old => this.#yields(old, entry));
		const left = this.entries.filter(old => !may.includes(old));
		if (!this.#fits([...left, entry])) return false;
		const replaced = may.filter(old => marks & Mark.latest && old.marks & Mark.latest && old.topic === topic);
		for (const old of replaced) this.end(old, Outcome.replaced);
		for (const old of may.filter(old => !replaced.includes(old)))
			if (!this.#fits([...this.entries, entry])) this.end(old, Outcome.displaced);
		this.entries.push(entry);
		return true;
	}
	end(entry: Entry, outcome: Outcome): void {
		this.entries.splice(this.entries.indexOf(entry), 1);
		this.ended.push(`${entry.record} ${Object.keys(Outcome)[outcome]}`);
	}
	expire(): void {
		for (const entry of this.entries.slice())
			if (entry.state === RecordState.waiting && entry.endAt <= this.now) this.end(entry, Outcome.expired);
	}
	next(): Entry | undefined {
		let best: Entry | undefined;
		for (const entry of this.entries)
			if (entry.state === RecordState.waiting && (!best || priorityOf(entry) > priorityOf(best)))
				best = entry;
		return best;
	}
	#yields(old: Entry, entry: Entry): boolean {
		if (old.state !== RecordState.waiting) return false;
		const both = old.marks & entry.marks;
		if (both & Mark.latest && old.topic === entry.topic) return true;
		return (both & Mark.displaceable) !== 0 && priorityOf(old) <= priorityOf(entry);
	}
	#fits(entries: Entry[]): boolean {
		const bytes = entries.reduce((sum, { topic, payload }) => sum + 2 + topic.length + payload.length, 0);
		return bytes <= arenaBytes && entries.length <= recordsMax;
	}
}

for (let seed = 1; seed <= 8; seed++)
	test(`model: 2,000 steps leave the log and a plain list the same, seed ${seed}`, t => {
		const random = new Random(seed);
		const log = new Log(arenaBytes, recordsMax);
		const model = new Model();
		const seen = new Set<string>();
		for (let i = 0; i < 2000; i++) {
			step(random, log, model);
			const fault = difference(log, model);
			if (fault !== "") return t.fail(`step ${i}: ${fault}`);
			for (const ended of log.take()) seen.add(ended.slice(ended.indexOf(" ")));
			model.ended = [];
		}
		t.is(seen.size, 4, "messages were delivered, expired, replaced and displaced");
	});

function step(random: Random, log: Log, model: Model): void {
	const { outbox } = log;
	const entry = model.entries.length > 0 ? random.pick(model.entries) : undefined;
	const kind = random.below(10);
	if (kind < 4 || entry === undefined) append(random, log, model);
	else if (kind === 4) {
		model.now += random.below(30);
		outbox.expire(model.now);
		model.expire();
	} else if (kind === 5) {
		outbox.rewind(entry.record);
		entry.state = RecordState.waiting;
	} else if (kind === 6 || kind === 7) {
		const next = model.next();
		const state = random.pick([RecordState.framed, RecordState.sent]);
		if (next === undefined) return;
		outbox.advance(next.record, state);
		next.state = state;
	} else if (kind === 8) {
		outbox.finish(entry.record, Outcome.delivered, 0);
		model.end(entry, Outcome.delivered);
	} else if (entry.state !== RecordState.waiting) {
		outbox.advance(entry.record, RecordState.released);
		entry.state = RecordState.released;
	}
}

function append(random: Random, log: Log, model: Model): void {
	const topic = random.pick(["a", "b", "cd"]);
	const payload = String.fromCharCode(0x41 + random.below(26)).repeat(random.below(14));
	const marks =
		random.pick([0, Mark.latest, Mark.displaceable, Mark.latest | Mark.displaceable]) |
		(random.once(3) ? random.below(4) << Mark.priorityShift : 0);
	const ttlMs = random.once(2) ? Infinity : 1 + random.below(100);
	const { now } = model;
	const entry = { record: 0, topic, payload, marks, endAt: now + ttlMs, state: RecordState.waiting };
	const accepted = model.append(entry);
	entry.record = log.append({ topic, payload, marks, ttlMs, now });
	if (accepted !== entry.record > 0) model.ended.push(`append: model says ${accepted}`);
}

function difference(log: Log, model: Model): string {
	const { outbox } = log;
	const { entries } = model;
	const facts: [string, unknown, unknown][] = [
		["ends", log.ended.join(), model.ended.join()],
		["count", outbox.count, entries.length],
		["payloads", log.payloads(), entries.map(entry => entry.payload).join(" ")],
		["states", statesOf(log), entries.map(entry => entry.state).join()],
		["next", outbox.peek(), model.next()?.record ?? 0],
		["waiting", outbox.waiting, entries.filter(entry => entry.state === RecordState.waiting).length],
	];
	for (const [name, is, shouldBe] of facts)
		if (is !== shouldBe) return `${name} is ${String(is)}, and not ${String(shouldBe)}`;
	const soonest = Math.min(
		...entries.filter(entry => entry.state === RecordState.waiting).map(entry => entry.endAt),
	);
	return outbox.expireAt > soonest ? `expireAt ${outbox.expireAt} is after ${soonest}` : "";
}

function statesOf({ outbox }: Log): string {
	const states: number[] = [];
	for (let record = outbox.head; record !== 0; record = outbox.after(record))
		states.push(outbox.state(record));
	return states.join();
}

function priorityOf(entry: Entry): number {
	return entry.marks & Mark.priority;
}
