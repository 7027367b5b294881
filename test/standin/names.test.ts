// node only
// The service's rules for names, in tables.

import test from "ava";
import { covers, isGroupId, isParentTopic, parseClientId, topicProblem } from "../../hosts/cloud/names.js";
import { isMessageId, MessageIds } from "../../hosts/cloud/message-id.js";

const clientIds: readonly [string, boolean][] = [
	["GID_Test@@@0001", true],
	["GID-Test@@@a-b_C", true],
	[`GID_Test@@@${"d".repeat(53)}`, true],
	[`GID_Test@@@${"d".repeat(54)}`, false],
	["GID_Test@@@", false],
	["@@@0001", false],
	[`GID_Test${"@".repeat(2)}0001`, false],
	["GID_Test@@@0001@@@2", false],
	[`GID_Test${"@".repeat(4)}0001`, false],
	["GID_T@@@0001", false],
	["Test@@@0001", false],
	["GID_Test@@@00 01", false],
	["GID_Test@@@00\u00001", false],
	["GID_Test@@@设备", false],
	["GID_Test@@@a/b", false],
	["", false],
];

for (const [text, isAllowed] of clientIds)
	test(`client id: ${JSON.stringify(text)} is ${isAllowed ? "one" : "none"}`, t => {
		t.is(parseClientId(text) !== undefined, isAllowed);
	});

test("client id: group and device are its parts", t => {
	t.deepEqual(parseClientId("GID_Test@@@0001"), { groupId: "GID_Test", deviceId: "0001" });
});

test("Group ID: 7 to 64 characters, GID_ or GID- in front", t => {
	for (const good of ["GID_abc", "GID-abc", `GID_${"x".repeat(60)}`]) t.true(isGroupId(good), good);
	for (const bad of ["GID_ab", `GID_${"x".repeat(61)}`, "gid_abc", "GIDabcd", "GID_a.b", "GID_a/b", ""])
		t.false(isGroupId(bad), bad);
});

test("parent topic: 3 to 64 characters, one level", t => {
	for (const good of ["abc", "a-b_C9", "x".repeat(64)]) t.true(isParentTopic(good), good);
	for (const bad of ["ab", "x".repeat(65), "a/b", "a b", "a+b", "#", ""]) t.false(isParentTopic(bad), bad);
});

const words = { topic: "a topic", filter: "a filter only", none: "neither" };

const topics: readonly [string, "topic" | "filter" | "none"][] = [
	["a", "topic"],
	["a/b/c/d", "topic"],
	["a/", "topic"],
	["a//b", "topic"],
	[`a/${"b".repeat(62)}`, "topic"],
	[`a/${"b".repeat(63)}`, "none"],
	["a/+/c", "filter"],
	["a/#", "filter"],
	["a/b/+", "filter"],
	["a/#/b", "none"],
	["a/b+", "none"],
	["+/a", "none"],
	["#", "none"],
	["/a", "none"],
	["", "none"],
	["a/b c", "none"],
	["a/ü", "none"],
	["a/b:c", "none"],
	["a/b@c", "none"],
	["a/p2p/GID_Test@@@0001", "topic"],
	[`a/p2p/GID_Test@@@${"d".repeat(53)}`, "topic"],
	["a/p2p/0001", "none"],
	["a/p2p/+", "filter"],
];

for (const [text, kind] of topics)
	test(`topic: "${text}" is ${words[kind]}`, t => {
		t.is(topicProblem(text) === undefined, kind === "topic");
		t.is(topicProblem(text, true) === undefined, kind !== "none");
	});

const matches: readonly [string, string, boolean][] = [
	["a/b", "a/b", true],
	["a/b", "a/b/c", false],
	["a/b", "a", false],
	["a/#", "a", true],
	["a/#", "a/b/c", true],
	["a/#", "ab", false],
	["a/+", "a/b", true],
	["a/+", "a", false],
	["a/+", "a/", true],
	["a/+/c", "a/b/c", true],
	["a/+/c", "a/b/d", false],
	// Filters in filters, for the topics of a token.
	["a/#", "a/+", true],
	["a/#", "a/#", true],
	["a/+", "a/#", false],
	["a/+", "a/+", true],
	["a/b", "a/+", false],
	["a/+/c", "a/b/#", false],
];

for (const [filter, topic, isCovered] of matches)
	test(`filter: ${filter} ${isCovered ? "takes in" : "does not take in"} ${topic}`, t => {
		t.is(covers(filter, topic), isCovered);
	});

test("Message ID: 32 hex digits in upper case, each another one", t => {
	const ids = new MessageIds();
	const now = Date.UTC(2026, 10, 22, 1, 2, 3);
	const made = Array.from({ length: 1_000 }, () => ids.next(now));
	t.true(made.every(isMessageId));
	t.is(new Set(made).size, 1_000);
	const sinceMonth = now - Date.UTC(2026, 10);
	t.is(Number.parseInt(made[0]!.slice(20, 28), 16), sinceMonth);
});
