import test from "ava";
import { checkTopicFilter, checkTopicName, matches, unshared } from "../../modules/wire/topic.js";

const big = "x".repeat(65_535);

const names: { topic: string; says?: RegExp; type?: boolean }[] = [
	{ topic: "a" },
	{ topic: "/" },
	{ topic: "a//b" },
	{ topic: " " },
	{ topic: "$SYS/x" },
	{ topic: "\ufeff\u{1f600}" },
	{ topic: big },
	{ topic: "", says: /topic is empty/ },
	{ topic: "+", says: /topic \+ holds a wildcard/ },
	{ topic: "a/b#", says: /wildcard/ },
	{ topic: `${big}x`, says: /65536 bytes/ },
	{ topic: "\u{1f600}".repeat(16_384), says: /65536 bytes/ },
	{ topic: "\u0080".repeat(32_768), says: /65536 bytes/ },
	{ topic: "\u07ff".repeat(32_767) },
	{ topic: "\u0800".repeat(21_845) },
	{ topic: "\uffff".repeat(21_845) },
	{ topic: "日".repeat(21_846), says: /65538 bytes/ },
	{ topic: "\u0800".repeat(21_846), says: /65538 bytes/ },
	{ topic: "\u{10000}".repeat(16_384), says: /65536 bytes/ },
	{ topic: "\ud7ff\ue000" },
	{ topic: "a\0", says: /topic: text holds U\+0000/, type: true },
	{ topic: "a\ud800b", says: /unpaired surrogate/, type: true },
	{ topic: "\udfff", says: /unpaired surrogate/, type: true },
	{ topic: 7 as unknown as string, says: /not a string/, type: true },
];

test("a topic name has at least a byte, at most 65,535, and no wildcard", t => {
	for (const { topic, says, type } of names) {
		const title = String(topic).slice(0, 20);
		if (!says) t.notThrows(() => checkTopicName(topic), title);
		else {
			const error = t.throws(
				() => checkTopicName(topic),
				{ instanceOf: type ? TypeError : RangeError },
				title,
			);
			t.regex(error!.message, says);
		}
	}
});

const filters: { filter: string; says?: RegExp; since5?: boolean }[] = [
	...["a", "#", "+", "/", "+/+", "a/#", "/#", "+/a/#", "a/+/b", "$SYS/#", big].map(filter => ({ filter })),
	...["$share", "$share/g/a", "$share/g/#", "$share/g//", "$share/g/a/+", "$shared/x"].map(filter => ({
		filter,
	})),
	...["", "a#", "a/#/b", "##", "#/", "a+", "+a", "a/++"].map(filter => ({ filter, says: /topic filter/ })),
	{ filter: `${big}x`, says: /65536 bytes/ },
	...["$share/", "$share//a", "$share/+/a"].map(filter => ({ filter, says: /no share name/, since5: true })),
	...["$share/g", "$share/g/"].map(filter => ({ filter, says: /shares nothing/, since5: true })),
	{ filter: "$share/g+/a", says: /\+ within a level/ },
	{ filter: "$share/#/a", says: /#/ },
	{ filter: "$share/#", says: /no share name/, since5: true },
];

test("a topic filter has its wildcards alone on a level, # last, and shares something", t => {
	for (const { filter, says, since5 } of filters) {
		for (const version of [3, 4, 5] as const) {
			const title = `${filter.slice(0, 20)} in ${version}`;
			if (!says || (since5 && version < 5)) t.notThrows(() => checkTopicFilter(filter, version), title);
			else {
				const error = t.throws(() => checkTopicFilter(filter, version), { instanceOf: RangeError }, title);
				t.regex(error!.message, says);
			}
		}
	}
	t.throws(() => checkTopicFilter("\0", 4), { instanceOf: TypeError, message: /topic filter: text/ });
	t.throws(() => checkTopicFilter(7 as unknown as string, 4), { message: /not a string/ });
});

// The examples of MQTT5 4.7.1 and 4.7.2 among them.
const matching = [
	["sport/tennis/player1/#", "sport/tennis/player1", true],
	["sport/tennis/player1/#", "sport/tennis/player1/ranking", true],
	["sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true],
	["sport/#", "sport", true],
	["#", "a/b", true],
	["#", "/", true],
	["sport/tennis/+", "sport/tennis/player1", true],
	["sport/tennis/+", "sport/tennis/player1/ranking", false],
	["sport/+", "sport", false],
	["sport/+", "sport/", true],
	["+/+", "/finance", true],
	["/+", "/finance", true],
	["+", "/finance", false],
	["#", "$SYS/x", false],
	["+/monitor/Clients", "$SYS/monitor/Clients", false],
	["+", "$SYS", false],
	["$SYS/#", "$SYS/x", true],
	["$SYS/monitor/+", "$SYS/monitor/Clients", true],
	["a/#", "a$/b", false],
	["a/+", "a/$b", true],
	["a", "a", true],
	["a", "A", false],
	["a", "a/", false],
	["a/b", "a", false],
	["a/b/#", "a", false],
	["+/#", "a", true],
	["a/+/#", "a", false],
	["a/b", "a/b/c", false],
	["ab", "a", false],
	["/", "/", true],
	["+/b/+", "a/b/c", true],
	["+/b/+", "a/c/c", false],
] as const;

test("a filter matches level by level", t => {
	for (const [filter, topic, expected] of matching)
		t.is(matches(filter, topic), expected, `${filter} and ${topic}`);
});

test("a shared filter is what stands behind its share name", t => {
	t.is(unshared("$share/g/a/#"), "a/#");
	t.is(unshared("$share/g//a"), "/a");
	t.is(unshared("a/$share/g"), "a/$share/g");
});
