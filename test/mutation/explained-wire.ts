import type { Explained } from "./explained.js";

const quicker = "The way beneath does the same, and takes longer.";
const noBitZero = "Bit 0 is not set here: a packet with it was refused before.";
const overwritten = "It only keeps the place of a length that is written over it.";

export const explainedInWire: readonly Explained[] = [
	{
		path: "modules/wire/packet-codec.ts",
		line: "const firstCapacity = 256;",
		change: "256 to 257",
		reason: "A first guess: a packet that needs more room gets it, and the buffer is not handed out.",
	},
	{
		path: "modules/wire/packet-codec.ts",
		line: "capacity *= 2;",
		change: "2 to 3",
		reason: "Any factor over 1 ends at enough.",
	},
	{
		path: "modules/wire/text.ts",
		line: "const bytes = new Uint8Array(text.length * 4);",
		change: "4 to 5",
		reason: "Four bytes are enough, and what is not used is not handed out.",
	},
	{
		path: "modules/wire/frame-reader.ts",
		line: "if (this.bytes === this.#own) return;",
		change: "left out",
		reason: "It would copy a buffer onto itself.",
	},
	{
		path: "modules/wire/packet-type.ts",
		line: "for (let i = 0; i < digits.length; i++) set |= 1 << parseInt(digits.charAt(i), 16);",
		change: "16 to 17",
		reason: "One digit up to f is the same number to the base of 17.",
	},
	{
		path: "modules/wire/properties.ts",
		line: "export const rowShift = 20;",
		change: "20 to 21",
		reason: "Any shift does that leaves the packet types free below.",
	},
	{
		path: "modules/wire/properties.ts",
		line: "const rule = propertyRules[id] ?? 0;",
		change: "0 to 1",
		reason: "Any number does that names no packet type; bit 0 is of the kind.",
	},
	{
		path: "modules/wire/topic.ts",
		line: "if (filter === topic) return true;",
		change: "left out",
		reason: quicker,
	},
	{
		path: "modules/wire/frame-reader.ts",
		line: "if (from === filled) {",
		change: "left out",
		reason: quicker,
	},
	{
		path: "modules/wire/frame-reader.ts",
		line: "if (length > 127) {",
		change: "> to >=",
		reason: "A length of 127 is the same by both ways of reading it, and this one is quicker.",
	},
	{
		path: "modules/wire/frame-reader.ts",
		line: "if (at >= this.#filled) return -1;",
		change: "1 to 2",
		reason: "Any length under 0 says that it is not whole.",
	},
	{
		path: "modules/wire/frame-reader.ts",
		line: "if (from === 0) return;",
		change: "left out",
		reason: quicker,
	},
	{ path: "modules/wire/frame-writer.ts", line: "if (length < 128) {", change: "left out", reason: quicker },
	{ path: "modules/wire/properties.ts", line: "frame.byte(0);", change: "0 to 1", reason: overwritten },
	{
		path: "modules/wire/write-client-packet.ts",
		line: "frame.word(0);",
		change: "0 to 1",
		reason: overwritten,
	},
	{
		path: "modules/wire/properties.ts",
		line: "let seen = 0;",
		change: "0 to 1",
		reason: "Only the bits of authenticationMethod and authenticationData are looked at.",
	},
	{
		path: "modules/wire/read-client-packet.ts",
		line: [
			"clean: (flags & 2) !== 0,",
			"if (flags & 4) packet.will = readWill(reader, flags);",
			'else if (flags & 56) throw malformed("will flags without a will");',
			"if (flags & 128) packet.username = reader.string();",
			'else if (flags & 64 && version < 5) throw breach("password without username");',
			"if (flags & 64) packet.password = reader.binary();",
			'const will = { topic: "", payload: "", qos, retain: (flags & 32) !== 0 };',
		],
		change: ["2 to 3", "4 to 5", "56 to 57", "128 to 129", "64 to 65", "32 to 33"],
		reason: noBitZero,
	},
];
