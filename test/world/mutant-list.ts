/** A place in the code, and how it is broken. */
export interface Mutant {
	name: string;
	file: string;
	from: string;
	to: string;
}

const session = "modules/session/session.ts";
const sender = "modules/session/sender.ts";
const pulse = "modules/session/pulse.ts";
const handshake = "modules/session/handshake.ts";
const receiver = "modules/session/receiver.ts";
const requests = "modules/session/requests.ts";
const outbox = "modules/outbox/outbox.ts";
const rows = "modules/outbox/rows.ts";
const link = "modules/link/link.ts";
const outlet = "modules/link/outlet.ts";
const cause = "modules/link/cause.ts";
const inlet = "modules/link/inlet.ts";
const streams = "modules/session/streams.ts";

/** Faults made by hand, and those that the world itself once found. */
export const mutants: readonly Mutant[] = [
	{
		name: "no resend",
		file: sender,
		from: "this.#again = outbox.head === outbox.next ? 0 : outbox.head;",
		to: "this.#again = 0;",
	},
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
	{
		name: "row not freed",
		file: outbox,
		from: "\t\tthis.#rows[record << rowShift] = this.#free;\n\t\tthis.#free = record;\n",
		to: "",
	},
	{ name: "ping never sent", file: pulse, from: "this.pingDue = true;\n\t\t} else", to: "\t\t} else" },
	{ name: "DUP not set", file: sender, from: "const dupFlag = 8;", to: "const dupFlag = 0;" },
	{
		name: "window off by one",
		file: outbox,
		from: "if (taken - free >= countMax) break;",
		to: "if (taken - free > countMax) break;",
	},
	{
		name: "window of resends off by one",
		file: sender,
		from: "this.resent() >= this.window",
		to: "this.resent() > this.window",
	},
	{
		name: "packet id wraps to 0",
		file: outbox,
		from: "id > packetIdMax ? record : id",
		to: "id & packetIdMax & (record === 1 ? ~1 : -1)",
	},
	{
		name: "same id for each message of a row",
		file: outbox,
		from: "const id = rows[row + idAt]! + this.idSize;",
		to: "const id = rows[row + idAt]! || record;",
	},
	{
		name: "ids of requests among those of messages",
		file: session,
		from: "outbox.recordsMax + 2,",
		to: "1,",
	},
	{ name: "lost rewind", file: sender, from: "else outbox.rewind();", to: "" },
	{
		name: "QoS 0 not sent again",
		file: sender,
		from: "qosMask) === 0) {\n\t\t\tthis.unwritten++;",
		to: "qosMask) === 0) {\n\t\t\tthis.#again = this.following(record);\n\t\t\treturn true;",
	},
	{
		name: "partial write lost",
		file: outlet,
		from: "const isWhole = to === frame.end;",
		to: "const isWhole = true;",
	},
	{
		name: "QoS 0 finished when framed",
		file: sender,
		from: "else if (outbox.end(record) > end) return;",
		to: "",
	},
	{
		name: "expiry of in-flight",
		file: outbox,
		from: "for (let record = this.next; record !== 0;) {\n\t\t\tconst left",
		to: "for (let record = this.head; record !== 0;) {\n\t\t\tconst left",
	},
	{
		name: "displacing of in-flight",
		file: outbox,
		from: "for (let record = this.next; record !== 0; record = next) {\n\t\t\tif (free >= bytes",
		to: "for (let record = this.head; record !== 0; record = next) {\n\t\t\tif (free >= bytes",
	},
	{ name: "holes closed wrongly", file: rows, from: "rows[row + placeAt] = top;", to: "" },
	{ name: "holes closed in the wrong order", file: outbox, from: "this.#isSorted = false;", to: "" },
	{
		name: "back-off not reset",
		file: "modules/link/route.ts",
		from: "if (wasHealthy) this.#failures = 0;",
		to: "",
	},
	{ name: "back-off without jitter", file: cause, from: "(bound * word) / 0x1_0000_0000", to: "bound" },
	{
		name: "no connect timeout",
		file: link,
		from: "this.#until = now + this.#options.connectMs;",
		to: "this.#until = Infinity;",
	},
	{ name: "QoS 2 ids forgotten", file: receiver, from: "let at = this.find(id);", to: "let at = -1;" },
	{
		name: "PUBREL not sent again",
		file: sender,
		from: "this.#acks.push(PacketType.pubrel, outbox.id(record), 0);",
		to: "",
	},
	{ name: "inbound acknowledged at once", file: receiver, from: "if (!(entry & doneFlag)) return;", to: "" },
	{
		name: "no resubscription",
		file: link,
		from: "if (!handshake.sessionPresent || handshake.unsure) this.subscriptions.renew();",
		to: "",
	},
	{
		name: "requests lost",
		file: requests,
		from: "this.#waiting = this.#asked.map(({ request }) => request).concat(this.#waiting);",
		to: "",
	},
	{
		name: "session present not believed",
		file: session,
		from: "this.restart(sessionPresent ||",
		to: "this.restart(false &&",
	},
	{
		name: "session always believed",
		file: session,
		from: "this.restart(sessionPresent ||",
		to: "this.restart(true ||",
	},
	{
		name: "released goes out again",
		file: sender,
		from: "if (!kept && state >= RecordState.completing) outbox",
		to: "if (state === RecordState.free) outbox",
	},
	{
		name: "maximum packet size unheeded",
		file: sender,
		from: "> this.#offer.packetBytesMax ?",
		to: "> Infinity ?",
	},
	{
		name: "own properties not counted",
		file: "modules/session/publish-head.ts",
		from: "const expiryBytes = 5;",
		to: "const expiryBytes = 4;",
	},
	{
		name: "stale credentials of an attempt",
		file: link,
		from: "if (attempt !== this.#attempt) return;",
		to: "",
	},
	{
		name: "DUP kept in a new session",
		file: sender,
		from: "(kept ? dupFlag : 0)",
		to: "(dupFlag & (outbox.memory[outbox.place(record)]! | (kept ? dupFlag : 0)))",
	},
	{
		name: "direct packet not sent again",
		file: sender,
		from: "this.window = this.direct = this.directLeft = this.#again",
		to: "this.window = this.#again",
	},
	{
		name: "direct packet interrupted",
		file: session,
		from: "if (this.sender.direct !== 0) return this.writeOn(frame, now);",
		to: "",
	},
	{
		name: "direct piece lost",
		file: sender,
		from: "this.directLeft -= count;",
		to: "this.directLeft -= count + 1;",
	},
	{ name: "direct QoS 0 not reported", file: sender, from: "this.flushed(Infinity);", to: "" },
	{
		name: "taken over a hole",
		file: outbox,
		from: "while (record !== 0 && rows[row + placeAt] === to);",
		to: "while (record !== 0);",
	},
	{
		name: "the time to live stays that of publish()",
		file: "modules/session/publish-head.ts",
		from: "memory[++at] = seconds >> shift;",
		to: "at++;",
	},
	{
		name: "an expired one is sent",
		file: link,
		from: "if (now >= this.outbox.expireAt) this.outbox.expire(now);",
		to: "",
	},
	{
		name: "urgent messages wait in line",
		file: outbox,
		from: "if (this.urgent === 0) return;",
		to: "return;",
	},
	// What the world found.
	{
		name: "found: QoS 0 twice",
		file: outlet,
		from: "if (sender.unwritten > 0) sender.flushed(to);",
		to: "if (sender.unwritten > 0 && isWhole) sender.flushed(to);",
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
		from: "this.#askMs = Math.min(replyMs, ackMs);",
		to: "this.#askMs = replyMs;",
	},
	{
		name: "found: frame in use",
		file: session,
		from: "isEmpty ? frame : new FrameWriter(frame.text, new Uint8Array(frame.limit - frame.start))",
		to: "isEmpty ? frame : new FrameWriter(frame.text, frame.bytes.slice(frame.end, frame.limit))",
	},
	{
		name: "found: left unread",
		file: link,
		from: "} while (this.unread > 0 && this.session.ready);",
		to: "} while (false);",
	},
	{ name: "found: lost CONNACK", file: handshake, from: "this.#doubts ||= this.#asked;", to: "" },
	{ name: "found: doubtful id", file: receiver, from: "this.#ids[i]! |= doubtFlag;", to: "{}" },
	{
		name: "found: full of stale ids",
		file: receiver,
		from: "if (!(this.#ids[at]! & seenFlag)) return at;",
		to: "{}",
	},
	{
		name: "found: released of a lost CONNACK",
		file: sender,
		from: "if (unsure) outbox.setState(record, RecordState.doubted);",
		to: "return;",
	},
	{ name: "stream: not from its start", file: streams, from: "\t\tthis.done = 0;\n", to: "" },
	{
		name: "stream: reads one byte too far on",
		file: streams,
		from: "const offset = this.done - this.#outbox.bytes(record);",
		to: "const offset = this.done - this.#outbox.bytes(record) + 1;",
	},
	{
		name: "stream: size without its payload",
		file: sender,
		from: "marks & streamedMark ? this.streams.packetBytes(record) : this.outbox.bytes(record)",
		to: "this.outbox.bytes(record)",
	},
	{
		name: "stream: half a packet, and the connection goes on",
		file: sender,
		from: "if (done > 0) throw new Error(",
		to: "if (done < 0) throw new Error(",
	},
	{
		name: "stream: QoS 0 delivered at its first piece",
		file: sender,
		from: "outbox.marks(record) & qosMask || record === this.direct",
		to: "outbox.marks(record) & qosMask",
	},
	{
		name: "stream: a failed source is counted as unwritten",
		file: sender,
		from: "if ((this.outbox.marks(record) & qosMask) === 0) this.unwritten--;",
		to: "",
	},
	{
		name: "long message: its id is lost",
		file: "modules/wire/frame-reader.ts",
		from: "if (hasId) this.skippedId",
		to: "if (!hasId) this.skippedId",
	},
	{
		name: "long message: a repeat is told again",
		file: session,
		from: "if (token < 0) return this.passOver();\n\t\t\t// [",
		to: "// [",
	},
	{
		name: "long message: heard without room for its id",
		file: session,
		from: "incoming.qos > 0 && !receiver.wants(incoming)",
		to: "false",
	},
	{
		name: "long message: others are read before its end",
		file: "modules/session/gate.ts",
		from: "this.pendingMax = -1;",
		to: "",
	},
	{
		name: "long message: nobody is told of its next piece",
		file: inlet,
		from: "this.#handler.onPiece?.();",
		to: "",
	},
	{ name: "long message: of the former connection", file: link, from: "this.#inlet?.lose();", to: "" },
	{
		name: "long message: told although its handler had enough",
		file: session,
		from: "this.#isHeard = isHeard;",
		to: "",
	},
	{
		name: "alias of a topic that has given way",
		file: "modules/session/incoming.ts",
		from: 'if (topic !== "") this.#topics[alias] = topic;',
		to: 'if (topic !== "") this.#topics[alias] ??= topic;',
	},
];
