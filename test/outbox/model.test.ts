import test from "ava";
import { Mark, Outcome, RecordState } from "../../modules/outbox/record.js";
import { Log } from "../support/log.js";
import { Random } from "../support/random.js";

// Goal: whatever is done to the log, it is the list it stands for. Method: thousands of drawn steps on the
// log and on a plain list of objects that follows the rules word by word; after each step the two must say
// the same.

const arenaBytes = 64;
const recordsMax = 7;
const { waiting, sent, released, completing } = RecordState;

interface Entry {
	record: number;
	id: number;
	topic: string;
	payload: string;
	marks: number;
	endAt: number;
	state: RecordState;
}

class Model {
	/** In the order of the log. */
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
			if (entry.state === waiting && entry.endAt <= this.now) this.end(entry, Outcome.expired);
	}
	get waiting(): Entry[] {
		return this.entries.filter(entry => entry.state === waiting);
	}
	promote(): void {
		const [next] = this.waiting;
		if (next === undefined) return;
		let best = next;
		for (const entry of this.waiting) if (priorityOf(entry) > priorityOf(best)) best = entry;
		if (best === next) return;
		this.entries.splice(this.entries.indexOf(best), 1);
		this.entries.splice(this.entries.indexOf(next), 0, best);
	}
	rewind(): void {
		for (const entry of this.entries) entry.state = waiting;
	}
	#yields(old: Entry, entry: Entry): boolean {
		if (old.state !== waiting) return false;
		const both = old.marks & entry.marks;
		if (both & Mark.latest && old.topic === entry.topic) return true;
		return (both & Mark.displaceable) !== 0 && priorityOf(old) <= priorityOf(entry);
	}
	#fits(entries: Entry[]): boolean {
		const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
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
	const kind = random.below(12);
	if (kind < 5 || entry === undefined) append(random, log, model);
	else if (kind === 5) {
		model.now += random.below(30);
		outbox.expire(model.now);
		model.expire();
	} else if (kind === 6) {
		if (!random.once(3)) return;
		outbox.rewind();
		model.rewind();
	} else if (kind === 7) {
		outbox.promote();
		model.promote();
	} else if (kind === 8 || kind === 9) take(random, log, model);
	else if (kind === 10) {
		if (acknowledges(entry) === outbox.acknowledge(entry.id)) {
			if (acknowledges(entry)) model.end(entry, Outcome.delivered);
		} else model.ended.push(`acknowledge: not ${acknowledges(entry)}`);
	} else if (entry.state !== waiting && random.once(2)) {
		entry.state = random.pick([released, completing]);
		outbox.setState(entry.record, entry.state);
	} else {
		outbox.finish(entry.record, Outcome.delivered, 0);
		model.end(entry, Outcome.delivered);
	}
}

function append(random: Random, log: Log, model: Model): void {
	const topic = random.pick(["a", "b", "cd"]);
	const payload = String.fromCharCode(0x41 + random.below(26)).repeat(random.below(14));
	const marks =
		random.pick([0, Mark.latest, Mark.displaceable, Mark.latest | Mark.displaceable]) |
		(random.below(3) << Mark.qosShift) |
		(random.once(3) ? random.below(4) << Mark.priorityShift : 0);
	const ttlMs = random.once(2) ? Infinity : 1 + random.below(100);
	const { now } = model;
	const entry = { record: 0, id: 0, topic, payload, marks, endAt: now + ttlMs, state: waiting };
	const accepted = model.append(entry);
	entry.record = log.append({ topic, payload, marks, ttlMs, now });
	entry.id = log.outbox.id(entry.record);
	if (accepted !== entry.record > 0) model.ended.push(`append: model says ${accepted}`);
}

/** Where bodies lie is the log's own matter: the model asks it which lie one behind the other. */
function take(random: Random, log: Log, model: Model): void {
	const { outbox } = log;
	const [bytesMax, bodyBytesMax, countMax] = [random.below(50), random.below(16), random.below(4)] as const;
	let bytes = 0;
	let count = 0;
	const taken: Entry[] = [];
	for (const entry of model.waiting) {
		const before = taken[taken.length - 1];
		if (before && outbox.place(entry.record) !== outbox.place(before.record) + bytesOf(before)) break;
		bytes += bytesOf(entry);
		if (entry.marks & Mark.qos) count++;
		if (bytes > bytesMax || bytesOf(entry) > bodyBytesMax || count > countMax) break;
		taken.push(entry);
	}
	const expected = taken.reduce((sum, entry) => sum + bytesOf(entry), 0);
	const took = outbox.take(bytesMax, bodyBytesMax, countMax, model.now, 0);
	if (took !== taken.length > 0) model.ended.push(`take: model says ${taken.length}`);
	for (const entry of taken) entry.state = sent;
	if (took && outbox.takenTo - outbox.at !== expected) model.ended.push(`take: not ${expected} bytes`);
	const free = taken.filter(entry => !(entry.marks & Mark.qos)).length;
	if (outbox.takenFree !== free && taken.length > 0) model.ended.push(`take: not ${free} at QoS 0`);
}

function difference(log: Log, model: Model): string {
	const { outbox } = log;
	const { entries } = model;
	const mortal = entries.filter(entry => entry.endAt !== Infinity).length;
	const facts: [string, unknown, unknown][] = [
		["ends", log.ended.join(), model.ended.join()],
		["count", outbox.count, entries.length],
		["payloads", log.payloads(), entries.map(entry => entry.payload).join(" ")],
		["states", statesOf(log), entries.map(entry => entry.state).join()],
		["next", outbox.next, model.waiting[0]?.record ?? 0],
		["waiting", outbox.waiting, model.waiting.length],
		["urgent", outbox.urgent, model.waiting.filter(entry => priorityOf(entry) > 0).length],
		["mortal", outbox.mortal, mortal],
		["bytes", outbox.usedBytes, entries.reduce((sum, entry) => sum + bytesOf(entry), 0)],
		["ids", new Set(entries.map(entry => entry.id)).size, entries.length],
	];
	for (const { id, record, state } of entries)
		facts.push([`id ${id}`, outbox.find(id), state === waiting ? 0 : record]);
	for (const [name, is, shouldBe] of facts)
		if (is !== shouldBe) return `${name} is ${String(is)}, and not ${String(shouldBe)}`;
	const soonest = Math.min(...model.waiting.map(entry => entry.endAt));
	if (mortal === 0 && outbox.expireAt !== Infinity) return `expireAt ${outbox.expireAt} is for nobody`;
	return outbox.expireAt > soonest ? `expireAt ${outbox.expireAt} is after ${soonest}` : "";
}

function statesOf({ outbox }: Log): string {
	const states: number[] = [];
	for (let record = outbox.head; record !== 0; record = outbox.after(record))
		states.push(outbox.state(record));
	return states.join();
}

function acknowledges({ marks, state }: Entry): boolean {
	return state === sent && (marks & Mark.qos) === 1 << Mark.qosShift;
}

function priorityOf(entry: Entry): number {
	return entry.marks & Mark.priority;
}

function bytesOf({ topic, payload }: Entry): number {
	return 2 + topic.length + payload.length;
}
