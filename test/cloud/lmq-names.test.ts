import test from "ava";
import {
	checkInstance,
	checkLmqFilter,
	checkLmqTopic,
	lmqClientId,
	lmqPeerTopic,
} from "../../modules/cloud/lmq-names.js";

test("LMQ: a client id is group and device", t => {
	t.is(lmqClientId("GID_Test", "0001"), "GID_Test@@@0001");
	t.is(lmqClientId("GID-a1_-", "Az-_9"), "GID-a1_-@@@Az-_9");
	t.is(lmqClientId("GID_Test", "d".repeat(53)).length, 64);
});

const badIds: [group: string, device: string, message: RegExp][] = [
	[
		"GID_Test",
		"d".repeat(54),
		/^client id ".*": with group and device it is 65 characters, and LMQ takes at most 64$/,
	],
	[
		"Test",
		"1",
		/^group "Test": LMQ's Group IDs begin with GID_ or GID-, and are 7 to 64 of 0-9 a-z A-Z - and _$/,
	],
	["gid_Test", "1", /^group "gid_Test"/],
	["GID_ab", "1", /7 to 64/],
	[`GID_${"a".repeat(61)}`, "1", /^group/],
	["GID_a.b.c", "1", /^group/],
	["GID_Test", "", /^device "": LMQ's device ids are one or more of 0-9 a-z A-Z - and _$/],
	["GID_Test", "a@b", /^device/],
	["GID_Test", "a/b", /^device/],
	["GID_Test", "é", /^device/],
	["GID_Test", "a\n", /^device "a\\n"/],
];

for (const [group, device, message] of badIds)
	test(`LMQ: no client id: ${group.slice(0, 12)} and ${JSON.stringify(device.slice(0, 8))}`, t => {
		t.throws(() => lmqClientId(group, device), { instanceOf: RangeError, message });
	});

test("LMQ: topics and filters that it takes", t => {
	for (const topic of ["a", "parent/x/y", "p".repeat(64), "Az-_9/p2p2/x", "parent/p2p/GID_Test@@@0001"])
		t.notThrows(() => checkLmqTopic(topic), topic);
	for (const filter of ["parent/#", "parent/+/x", "parent/+", "p".repeat(64)])
		t.notThrows(() => checkLmqFilter(filter), filter);
	t.is(lmqPeerTopic("parent", "GID_Test@@@0001"), "parent/p2p/GID_Test@@@0001");
});

const badTopics: [topic: string, rule: RegExp][] = [
	["p".repeat(65), /: 65 characters, and LMQ takes at most 64, subtopics included$/],
	[`parent/p2p/GID_Test@@@${"d".repeat(50)}`, /at most 64/],
	["", /levels are one or more of/],
	["a//b", /levels are one or more of/],
	["/a", /levels are one or more of/],
	["a/", /levels are one or more of/],
	["a.b", /levels are one or more of/],
	["$SYS/uploadToken", /levels are one or more of/],
	["a/é", /levels are one or more of/],
	["a/+", /levels are one or more of/],
	["a/p2p", /to one client alone it is <parent>\/p2p\/<Group ID>@@@<device>$/],
	["a/p2p/x", /to one client alone/],
	["a/p2p/GID_Test@@@0001/x", /to one client alone/],
	["a/p2p/GID_Test@@@a@@@b", /to one client alone/],
	["a.b/p2p/GID_Test@@@0001", /to one client alone/],
];

for (const [topic, message] of badTopics)
	test(`LMQ: no topic: ${topic.slice(0, 30)}`, t => {
		t.throws(() => checkLmqTopic(topic), { instanceOf: RangeError, message });
	});

test("LMQ: filters that it does not take", t => {
	for (const filter of ["p".repeat(65), "a.b/#", "a//+", "$SYS/#"])
		t.throws(() => checkLmqFilter(filter), { instanceOf: RangeError, message: /^topic filter / });
});

test("LMQ: the id of an instance", t => {
	for (const instance of ["mqtt-cn-0pp1abcd", "post-cn-4590mkr8b17"])
		t.notThrows(() => checkInstance(instance));
	for (const instance of ["", "a|b", "a b", "é"])
		t.throws(() => checkInstance(instance), {
			instanceOf: RangeError,
			message: /^instance ".*": it is the instance's id/,
		});
});
