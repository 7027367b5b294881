import type { Explained } from "./explained.js";

const session = "modules/session/session.ts";
const sender = "modules/session/sender.ts";
const receiver = "modules/session/receiver.ts";
const handshake = "modules/session/handshake.ts";
const gate = "modules/session/gate.ts";
const aliases = "modules/session/aliases.ts";

const anyBelowZero = "any number below 0 says the same";
const onlyTime = "it only costs time: what is called finds nothing to do";
const sameValue = "both give the same when the two are equal";
const unusedPlace = "what it does beyond the last one is undone when that place is used";
const powerOfTwo = "the ring may be longer than it must, as long as its size is a power of two";

export const explainedInSession: readonly Explained[] = [
	{ path: aliases, line: "#recentAt = 0;", change: "0 to 1", reason: "a ring may begin anywhere" },
	{
		path: aliases,
		line: "hash = hash * 31 + memory[i] | 0;",
		change: "31 to 32",
		reason: "it spreads hashes nearly as well, and which topics share one is not promised",
	},
	{
		path: aliases,
		line: "const isKnown = alias > 0;",
		change: "> to >=",
		reason: "the alias is never 0 here",
	},
	{
		path: gate,
		line: "#jamAt = 0;",
		change: "0 to 1",
		reason: "it is set before #jamToken, without which it is not read",
	},
	{ path: gate, line: "#jamToken = -1;", change: "1 to 2", reason: anyBelowZero },
	{ path: gate, line: "this.#jamToken = -1;", change: "1 to 2", reason: anyBelowZero },
	{
		path: gate,
		line: "else if (!owing || !deaf || pending !== this.pendingMax) this.#jamToken = -1;",
		change: "1 to 2",
		reason: anyBelowZero,
	},
	{
		path: gate,
		line: "if (this.pendingMax > 0) this.pendingMax = this.#usualMax;",
		change: ["0 to 1", "> to >="],
		reason: "it is -1 or Infinity while a jam is broken",
	},
	{
		path: handshake,
		line:
			"const Phase = Object.freeze({ offline: 0, greeting: 1, waiting: 2, online: 3, " +
			"leaving: 4, left: 5 });",
		change: ["3 to 4", "5 to 6"],
		reason:
			"6 is as good as 5, and nothing that tells online from leaving is asked for in both: the session asks " +
			"for it while it is online, or while it is not",
	},
	{ path: gate, line: "this.pendingMax = -1;", change: "1 to 2", reason: anyBelowZero },
	{
		path: handshake,
		line:
			'const oldRefusal = Object.freeze({ cmd: "connack", sessionPresent: false, ' + "reasonCode: 132 });",
		change: "false to true",
		reason: "of a refusal it is not asked",
	},
	{ path: handshake, line: "#leaveReason = 0;", change: "0 to 1", reason: "it is set before it is read" },
	{
		path: "modules/session/incoming.ts",
		line: "this.#topics.length = 0;",
		change: "0 to 1",
		reason: "no alias is 0",
	},
	{
		path: "modules/session/pulse.ts",
		line: "if (now + this.#askMs < this.deadline) this.deadline = now + this.#askMs;",
		change: "< to <=",
		reason: sameValue,
	},
	{
		path: receiver,
		line: "const qosShift = 17;",
		change: "17 to 18",
		reason: "the bits from 16 to 19 are its own",
	},
	{ path: receiver, line: "let size = 1;", change: "1 to 2", reason: powerOfTwo },
	{
		path: receiver,
		line: "while (size < max) size <<= 1;",
		change: ["< to <=", "1 to 2"],
		reason: powerOfTwo,
	},
	{
		path: receiver,
		line: "if (this.#idCount > 0 && version === 5 && this.unfinished() >= this.max) throw tooMany(this.max);",
		change: "> to >=",
		reason: "it only costs time: without ids what is unfinished is what is pending, and there is room for it",
	},
	{ path: receiver, line: "at = -1;", change: "1 to 2", reason: anyBelowZero },
	{ path: receiver, line: "return -1;", change: "1 to 2", reason: anyBelowZero },
	{
		path: receiver,
		line: "if (qos === 1 && token === this.#firstToken) {",
		change: "left out",
		reason: "it only costs time: the long way does the same",
	},
	{ path: receiver, line: "if (this.pending > 0) this.drain();", change: "> to >=", reason: onlyTime },
	{
		path: receiver,
		line: "if (token >= this.#firstToken) this.#inbox[token & mask] |= doneFlag;",
		change: ">= to >",
		reason: "the first one at QoS 1 does not come here, and at QoS 2 it is found by its id as well",
	},
	{
		path: receiver,
		line: "for (let again = this.#firstToken; again < this.#nextToken; again++)",
		change: "< to <=",
		reason: unusedPlace,
	},
	{
		path: receiver,
		line: "for (let i = 0; i < this.#idCount; i++) this.#ids[i] &= ~seenFlag;",
		change: "< to <=",
		reason: unusedPlace,
	},
	{
		path: receiver,
		line: "for (let i = 0; i < this.#idCount; i++) this.#ids[i] |= doubtFlag;",
		change: "< to <=",
		reason: unusedPlace,
	},
	{
		path: "modules/session/requests.ts",
		line: "if (this.controls > 0) this.#waiting = this.#waiting.filter((request) => !isControl(request));",
		change: "> to >=",
		reason: "it only costs time and memory: there is no control to leave out",
	},
	{
		path: session,
		line:
			'const packet = "onAnswer" in subject ? packetOf(subject, 1) : ' +
			"this.handshake.connectPacket(subject);",
		change: "1 to 2",
		reason: "a request is as long with any id",
	},
	{
		path: session,
		line: "if (this.requests.unsent > 0 && this.writeRequest(frame, now)) return true;",
		change: "> to >=",
		reason: onlyTime,
	},
	{
		path: session,
		line:
			"this.#rareDue = requests.unsent + requests.controls > 0 || handshake.authDue || " +
			"sender.resending;",
		change: "> to >=",
		reason: "it only costs time: the long way does the same",
	},
	{
		path: session,
		line: "if (type === puback && this.requests.controls > 0) this.requests.answer(id, [reason], puback);",
		change: "> to >=",
		reason: onlyTime,
	},
	{
		path: sender,
		line: "this.#aliases = aliasMax > 0 ? new Aliases(aliasMax) : void 0;",
		change: "> to >=",
		reason: "it only costs memory and time: of none there is never one to be used",
	},
	{
		path: sender,
		line: "if (outbox.place(outbox.next) !== outbox.from) return -1;",
		change: "1 to 2",
		reason: anyBelowZero,
	},
	{
		path: sender,
		line: "if (!outbox.take(bytesMax, bytesMax, this.window - owed, now, 0)) return -1;",
		change: ["1 to 2", "0 to 1"],
		reason: `${anyBelowZero}, and where each ends in a frame is not asked of those which go from the log`,
	},
	{
		path: sender,
		line: "let propertyBytes = 0;",
		change: "0 to 1",
		reason: "it is used in 5.0 only, where it is set",
	},
	{
		path: sender,
		line: "if (length > 127) headBytes = 1 + checkedVarintBytes(length);",
		change: "> to >=",
		reason: "it only costs time: 127 takes one byte that way, too",
	},
	{
		path: sender,
		line: "if (length > 127) putVarint(memory, at + 1, length);",
		change: "> to >=",
		reason: "it only costs time: 127 takes one byte that way, too",
	},
	{
		path: sender,
		line: "if (outbox.next === 0) return false;",
		change: "left out",
		reason: "it only costs time: nothing is taken of an empty log",
	},
	{
		path: sender,
		line: "if (outbox.urgent + outbox.mortal > 0 || this.#offer.limited) return this.transmitOne(frame, now);",
		change: "> to >=",
		reason: "it only costs time: messages go into the frame one by one",
	},
	{
		path: sender,
		line: "if (frame.room === 0 || !outbox.take(bytes, bytes, quota, now, 0)) return false;",
		change: "0 to 1",
		reason: "where a stream ends in the frame is set with its last byte",
	},
	{
		path: sender,
		line: "if (frame.room < bytes + aliasBytes + 2 || !outbox.take(bytes, bytes, quota, now, 0)) return false;",
		change: "0 to 1",
		reason: "where it ends in the frame is set when it is there",
	},
	{
		path: sender,
		line: "return this.take(frame, bytes < room ? bytes : room, now);",
		change: "< to <=",
		reason: sameValue,
	},
	{
		path: "modules/session/streams.ts",
		line: "if (head > 0) {",
		change: "> to >=",
		reason: "it only costs time: no byte is copied",
	},
	{
		path: "modules/session/streams.ts",
		line: "if (count === 0) return -1;",
		change: "1 to 2",
		reason: anyBelowZero,
	},
];
