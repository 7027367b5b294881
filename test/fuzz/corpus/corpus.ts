/** Where the bytes go, the bytes, and why they are kept. */
export type Seed = readonly [target: string, bytes: string, why: string];

// For a link the first byte is no packet: its remainder by 6 chooses the phase (0 greeting, 1 idle, 2 in
// flight, 3 narrow, 4 busy, 5 resumed), what is above 8 the length of the pieces. For the WebSocket 0
// stands for the answer to the upgrade, and 1 to 3 for frames.
export const corpus: readonly Seed[] = Object.freeze([
	["decoder 3", "6a 02 0001 8a 06 0001 0001 61 00", "DUP of PUBREL and SUBSCRIBE, in 3.1 alone"],
	["decoder 4", "40 02 0001 40 02 0000", "an id of 0 behind a good acknowledgement"],
	["decoder 4", "30 ff ff ff 7f", "the longest length there is, of which nothing comes"],
	["decoder 5", "e0 12 00 10 26 0009 5f5f70726f746f5f5f 0001 78 1f 00", "a user property named __proto__"],
	["decoder 5", "20 06 00 00 03 8b 00 01", "a property id of two bytes"],
	[
		"decoder 5",
		"30 09 0001 61 05 0b ff ff ff 7f",
		"the largest subscription identifier, at the end of a packet",
	],
	["decoder 5", "e0 00 f0 00", "endings without any field, one behind the other"],
	[
		"reader 4",
		"32 40 0030 " + "61".repeat(48) + "0007" + "62".repeat(12),
		"an id that lies behind a topic as long as the buffer",
	],
	["reader 3", "30 80 01 007e " + "61".repeat(126), "passed over: a topic, and no payload"],
	["reader 4", "32 50 004f 61", "longer than the buffer, and its topic is longer than itself"],
	[
		"link 3",
		"05 50 02 ffff 62 02 ffff 70 02 ffff",
		"acknowledgements of what was never sent, in a session resumed",
	],
	[
		"link 4",
		"f8 40 02 0001 40 02 0001 40 02 0000 d0 00",
		"acknowledgements taken in a run, with an id of 0 among them",
	],
	[
		"link 4",
		"f7 32 ff 7f 0001 61 0007" + "00".repeat(40),
		"a message too long to be held, of which the stream ends",
	],
	[
		"link 4",
		"fa 32 05 0001 61 0001 32 05 0001 61 0001 32 05 0001 61 0001 32 05 0001 61 0001",
		"more at once than handlers are done with",
	],
	[
		"link 5",
		"f6 20 9f 01 00 00 9b 01 12 0098" + "7a".repeat(152),
		"a client id for which no CONNECT has room: it kept the device offline for ever",
	],
	["link 5", "f7 30 06 0000 03 23 0001", "an alias that nothing was said of"],
	["link 5", "f7 30 07 0001 61 03 23 0003", "an alias over our maximum"],
	["link 5", "f8 50 03 0001 97 50 03 0002 92", "a refusal, and a reason that PUBREC does not have"],
	["link 5 with AUTH", "f6 f0 0d 18 0b 15 0001 6d 16 0004 01020304", "a challenge in place of CONNACK"],
	["link 5 with AUTH", "f6 f0 06 00 04 15 0001 6d", "success where only CONNACK tells of it"],
	["WebSocket", "fd 02 01 20 89 00 80 03 00 00 00", "a ping between the pieces of a message"],
	["WebSocket", "fd 88 02 03 ed", "a close with a code which may not be said"],
	["WebSocket", "fd 89 7e 00 7e " + "00".repeat(126), "a control frame that is too long"],
	["WebSocket", "fd 82 ff ff ff ff ff ff ff ff ff", "a length of 64 bits, masked"],
	["WebSocket", "fc 48 54 54 50 2f 31 2e 31 20 31 30 31 0d 0a 0d 0a", "an upgrade granted, by no header"],
]);
