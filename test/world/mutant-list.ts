/** A place in the code, and how it is broken. */
export interface Mutant {
	name: string;
	file: string;
	from: string;
	to: string;
}

const session = "modules/session/session.ts";
const sender = "modules/session/sender.ts";
const flight = "modules/session/flight.ts";
const pulse = "modules/session/pulse.ts";
const receiver = "modules/session/receiver.ts";
const requests = "modules/session/requests.ts";
const outbox = "modules/outbox/outbox.ts";
const link = "modules/link/link.ts";
const cause = "modules/link/cause.ts";

/** Faults made by hand, and those that the world itself once found. */
export const mutants: readonly Mutant[] = [
	{ name: "no resend", file: sender, from: "this.resending = this.flight.count > 0;", to: "" },
	{
		name: "no reply timeout",
		file: pulse,
		from: "if (now >= replyBy) return `no PINGRESP for ${this.replyMs / 1000} s`;",
		to: "",
	},
	{
		name: "no acknowledgement timeout",
		file: pulse,
		from: "if (now >= deadline) return `no acknowledgement for ${this.ackMs / 1000} s`;",
		to: "",
	},
	{ name: "slot not freed", file: sender, from: "\t\tthis.flight.free(id);\n\t}", to: "\t}" },
	{ name: "ping never sent", file: pulse, from: "this.pingDue = true;\n\t\t} else", to: "\t\t} else" },
	{ name: "DUP not set", file: sender, from: "const dupFlag = 8;", to: "const dupFlag = 0;" },
	{
		name: "window off by one",
		file: sender,
		from: "outbox.waiting >= this.window",
		to: "outbox.waiting > this.window",
	},
	{
		name: "window of resends off by one",
		file: sender,
		from: "this.#resentInFlight() >= this.window",
		to: "this.#resentInFlight() > this.window",
	},
	{
		name: "packet id wraps to 0",
		file: flight,
		from: "id === packetIdMax ? 1 : id + 1",
		to: "(id + 1) & packetIdMax",
	},
	{
		name: "id given out while in use",
		file: flight,
		from: "while (slots[row] !== 0)",
		to: "while (slots[row] === id)",
	},
	{
		name: "lost rewind",
		file: sender,
		from: "else if (owed !== Owed.answer) outbox.rewind(flight.record(id));",
		to: "",
	},
	{
		name: "lost rewind at QoS 0",
		file: sender,
		from: "this.outbox.rewind(this.#framed[(this.#framedTo -= 2)]!)",
		to: "this.#framedTo -= 2",
	},
	{ name: "partial write lost", file: link, from: "if (end === frame.end) {", to: "{" },
	{
		name: "QoS 0 finished when framed",
		file: sender,
		from: "this.#framed[this.#framedFrom + 1]! <= end",
		to: "true",
	},
	{
		name: "expiry of in-flight",
		file: outbox,
		from: " || this.state(record) !== RecordState.waiting) continue;",
		to: ") continue;",
	},
	{
		name: "displacing of in-flight",
		file: outbox,
		from: "(marks & stateMask) === RecordState.waiting << stateShift && (marks & mark) !== 0",
		to: "(marks & mark) !== 0",
	},
	{ name: "holes closed wrongly", file: outbox, from: "rows[row + field.at] = top;", to: "" },
	{
		name: "back-off not reset",
		file: link,
		from: "this.#failures = 0;\n\t\tif (cause",
		to: "{}\n\t\tif (cause",
	},
	{ name: "back-off without jitter", file: cause, from: "(bound * word) / 0x1_0000_0000", to: "bound" },
	{
		name: "no connect timeout",
		file: link,
		from: "this.#until = now + this.#options.connectMs;",
		to: "this.#until = Infinity;",
	},
	{ name: "QoS 2 ids forgotten", file: receiver, from: "const known = at >= 0;", to: "const known = false;" },
	{
		name: "PUBREL not sent again",
		file: sender,
		from: "if (owed !== Owed.ack) {",
		to: "if (owed !== Owed.ack) {\n\t\t\t\tcontinue;",
	},
	{ name: "inbound acknowledged at once", file: receiver, from: "if (!(entry & doneFlag)) return;", to: "" },
	{
		name: "no resubscription",
		file: link,
		from: "if (!session.sessionPresent || session.unsure) this.subscriptions.renew();",
		to: "",
	},
	{
		name: "requests lost",
		file: requests,
		from: "this.#waiting = this.#asked.concat(this.#waiting);",
		to: "",
	},
	{
		name: "session present not believed",
		file: session,
		from: "this.#restart(connack.sessionPresent ||",
		to: "this.#restart(false &&",
	},
	{
		name: "session always believed",
		file: session,
		from: "this.#restart(connack.sessionPresent ||",
		to: "this.#restart(true ||",
	},
	{
		name: "released goes out again",
		file: sender,
		from: "if (owed === Owed.pubcomp) outbox.finish(flight.record(id), Outcome.unknown, 0);\n\t\t\telse ",
		to: "",
	},
	{
		name: "maximum packet size unheeded",
		file: sender,
		from: "> this.#offer.packetBytesMax ?",
		to: "> Infinity ?",
	},
	{ name: "own properties not counted", file: sender, from: "ownBytes = 5;", to: "ownBytes = 4;" },
	{
		name: "stale credentials of an attempt",
		file: link,
		from: "if (attempt !== this.#attempt || ",
		to: "if (",
	},
	// What the world found.
	{
		name: "found: QoS 0 twice",
		file: link,
		from: "session.sender.flushed(end);",
		to: "if (end === frame.end || this.#sent === frame.start) session.sender.flushed(end);",
	},
	{
		name: "found: late ping",
		file: pulse,
		from: "this.pingDue ? now + this.#pingAfterMs : idleAt",
		to: "this.pingDue ? Infinity : idleAt",
	},
	{
		name: "found: late ack timeout",
		file: pulse,
		from: "now + this.replyMs, now + this.ackMs)",
		to: "now + this.replyMs)",
	},
	{
		name: "found: frame in use",
		file: session,
		from: "const target = isEmpty ? frame :",
		to: "const target = isEmpty || frame.room < 30 ? new FrameWriter(frame.text, frame.bytes, frame.end, frame.limit) :",
	},
	{
		name: "found: left unread",
		file: link,
		from: "while (this.#unread && this.session.ready) {",
		to: "while (false) {",
	},
	{ name: "found: lost CONNACK", file: session, from: "this.#doubts ||= this.#asked;", to: "" },
	{ name: "found: doubtful id", file: receiver, from: "this.#ids[i]! |= doubtFlag;", to: "" },
	{
		name: "found: full of stale ids",
		file: receiver,
		from: "while (at < this.#idCount && this.#ids[at]! & seenFlag) at++;",
		to: "at = this.#idCount;",
	},
];
