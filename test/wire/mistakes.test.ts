import test from "ava";
import { FrameFullError, FrameWriter } from "../../modules/wire/frame-writer.js";
import type { PacketLike } from "../../modules/wire/packet.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { portableText } from "../../modules/wire/text.js";
import { writePacket } from "../../modules/wire/write-packet.js";
import { hex } from "../support/hex.js";
import { publish } from "../support/publish.js";

const connect = { cmd: "connect", clientId: "c" };
const subscribe = { cmd: "subscribe", messageId: 1 };
const will = { topic: "t", payload: "" };

/** A value out of its bounds, in those versions. */
function refuses(title: string, packet: object, says: RegExp, versions?: Version[]): void {
	mistake(title, packet, says, versions, RangeError);
}

/** A value of another type. */
function rejects(title: string, packet: object, says: RegExp, versions?: Version[]): void {
	mistake(title, packet, says, versions, TypeError);
}

function mistake(
	title: string,
	packet: object,
	says: RegExp,
	versions: Version[] = [3, 4, 5],
	instanceOf: ErrorConstructor,
): void {
	test(`encode refuses ${title}, and leaves the frame as it was`, t => {
		for (const version of versions) {
			const frame = new FrameWriter(portableText, new Uint8Array(70_000));
			frame.byte(0xc0);
			const error = t.throws(() => writePacket(frame, packet as PacketLike, version), { instanceOf });
			t.regex(error!.message, says);
			t.false(error instanceof FrameFullError);
			t.is(frame.end, 1);
		}
	});
}

for (const cmd of ["publish", "puback", "pubrel", "subscribe", "unsubscribe", "suback", "unsuback"])
	for (const messageId of [0, 65_536, 1.5, -1, NaN])
		refuses(`packet id ${messageId} in ${cmd}`, { ...publish, cmd, qos: 1, messageId }, /messageId/);

rejects("an unknown cmd", { cmd: "will" }, /cmd will/, [4, 5]);
rejects("no packet id", { cmd: "puback" }, /messageId/);
refuses("QoS 3", { ...publish, qos: 3 }, /qos 3/);
rejects("a QoS in words", { ...publish, qos: "1" }, /qos/, [4, 5]);
refuses("DUP at QoS 0", { ...publish, dup: true }, /dup/);
refuses("DUP in PUBREL", { cmd: "pubrel", messageId: 1, dup: true }, /dup/, [4, 5]);
refuses("DUP in PUBACK", { cmd: "puback", messageId: 1, dup: true }, /dup/);
rejects("no topic", { ...publish, topic: undefined }, /topic/);
refuses("an empty topic", { ...publish, topic: "" }, /topic is empty/);
refuses(
	"an empty topic before MQTT 5",
	{ ...publish, topic: "", properties: { topicAlias: 1 } },
	/topic/,
	[3, 4],
);
refuses("+ in a topic", { ...publish, topic: "a/+" }, /wildcard/);
refuses("# in a topic", { ...publish, topic: "a#" }, /wildcard/);
rejects("U+0000 in a topic", { ...publish, topic: "a\0" }, /U\+0000/);
rejects("a surrogate in a topic", { ...publish, topic: "\ud800" }, /surrogate/);
rejects("a surrogate in a payload", { ...publish, payload: "\udc00" }, /surrogate/);
refuses("a topic of 65,536 bytes", { ...publish, topic: "é".repeat(32_768) }, /65536/);
rejects("a payload of another kind", { ...publish, payload: 7 }, /payload/);
refuses("properties before MQTT 5", { ...publish, properties: { topicAlias: 1 } }, /before MQTT 5/, [3, 4]);
refuses("version 6", { ...connect, protocolVersion: 6 }, /protocolVersion/, [4]);
refuses("a protocol name of another version", { ...connect, protocolId: "MQIsdp" }, /protocolId/, [4, 5]);
refuses("no client id in MQTT 3.1", { ...connect, clientId: "" }, /clientId/, [3]);
refuses("no client id for a session to keep", { ...connect, clientId: "", clean: false }, /clientId/, [3, 4]);
rejects("a client id of another kind", { ...connect, clientId: 7 }, /clientId/);
refuses("a keepalive of 65,536", { ...connect, keepalive: 65_536 }, /keepalive/);
refuses("a password without user name", { ...connect, password: hex("70") }, /password/, [3, 4]);
rejects("a password of another kind", { ...connect, username: "u", password: 7 }, /password/);
rejects("a user name of another kind", { ...connect, username: hex("70") }, /username/);
refuses("a will at QoS 3", { ...connect, will: { ...will, qos: 3 } }, /will qos/);
refuses("a will to a wildcard", { ...connect, will: { ...will, topic: "#" } }, /will: topic/);
refuses(
	"a will of 65,536 bytes",
	{ ...connect, will: { ...will, payload: "x".repeat(65_536) } },
	/will payload/,
);
refuses(
	"a will property elsewhere",
	{ ...connect, properties: { willDelayInterval: 1 } },
	/willDelayInterval/,
	[5],
);
refuses(
	"a CONNECT property in a will",
	{ ...connect, will: { ...will, properties: { receiveMaximum: 1 } } },
	/receiveMaximum/,
	[5],
);
refuses(
	"data without a method",
	{ ...connect, properties: { authenticationData: hex("00") } },
	/authenticationMethod/,
	[5],
);
rejects("no return code", { cmd: "connack", sessionPresent: false, reasonCode: 0 }, /returnCode/, [3, 4]);
refuses("return code 6", { cmd: "connack", sessionPresent: false, returnCode: 6 }, /returnCode/, [3, 4]);
rejects(
	"a CONNACK without reason",
	{ cmd: "connack", sessionPresent: false, returnCode: 0 },
	/reasonCode/,
	[5],
);
refuses(
	"a session in a refusal",
	{ cmd: "connack", sessionPresent: true, returnCode: 1, reasonCode: 0x80 },
	/sessionPresent/,
	[4, 5],
);
refuses(
	"a session in MQTT 3.1",
	{ cmd: "connack", sessionPresent: true, returnCode: 0 },
	/sessionPresent/,
	[3],
);
refuses(
	"a reason of another packet",
	{ cmd: "puback", messageId: 1, reasonCode: 0x92 },
	/reasonCode 146/,
	[5],
);
refuses("a reason over a byte", { cmd: "puback", messageId: 1, reasonCode: 256 }, /from 0 to 255/, [5]);
refuses("a reason before MQTT 5", { cmd: "puback", messageId: 1, reasonCode: 0x80 }, /before MQTT 5/, [3, 4]);
refuses(
	"an ack's properties before MQTT 5",
	{ cmd: "puback", messageId: 1, properties: { reasonString: "" } },
	/before MQTT 5/,
	[3, 4],
);
refuses(
	"a DISCONNECT with a reason before MQTT 5",
	{ cmd: "disconnect", reasonCode: 4 },
	/disconnect/,
	[3, 4],
);
refuses("AUTH before MQTT 5", { cmd: "auth", reasonCode: 0 }, /auth/, [3, 4]);
refuses("AUTH without a method", { cmd: "auth", reasonCode: 0x18 }, /authenticationMethod/, [5]);
refuses(
	"AUTH with properties but no method",
	{ cmd: "auth", reasonCode: 0, properties: { reasonString: "" } },
	/authenticationMethod/,
	[5],
);
refuses("SUBSCRIBE to nothing", { ...subscribe, subscriptions: [] }, /subscriptions/);
rejects("no subscriptions", subscribe, /subscriptions/);
refuses("an empty filter", { ...subscribe, subscriptions: [{ topic: "", qos: 0 }] }, /empty/);
refuses("a subscription at QoS 3", { ...subscribe, subscriptions: [{ topic: "a", qos: 3 }] }, /qos/);
rejects("a subscription without QoS", { ...subscribe, subscriptions: [{ topic: "a" }] }, /qos/);
refuses(
	"options before MQTT 5",
	{ ...subscribe, subscriptions: [{ topic: "a", qos: 0, rap: true }] },
	/before MQTT 5/,
	[3, 4],
);
refuses("retain handling 3", { ...subscribe, subscriptions: [{ topic: "a", qos: 0, rh: 3 }] }, /rh 3/, [5]);
refuses(
	"no local for a shared subscription",
	{ ...subscribe, subscriptions: [{ topic: "$share/g/a", qos: 0, nl: true }] },
	/nl/,
	[5],
);
rejects(
	"several subscription identifiers",
	{ ...subscribe, subscriptions: [{ topic: "a", qos: 0 }], properties: { subscriptionIdentifier: [1, 2] } },
	/subscriptionIdentifier/,
	[5],
);
refuses(
	"UNSUBSCRIBE from nothing",
	{ cmd: "unsubscribe", messageId: 1, unsubscriptions: [] },
	/unsubscriptions/,
);
refuses(
	"UNSUBSCRIBE from a bad filter",
	{ cmd: "unsubscribe", messageId: 1, unsubscriptions: ["a", "a#"] },
	/a#/,
);
refuses("a SUBACK of nothing", { cmd: "suback", messageId: 1, granted: [] }, /granted/);
refuses("a SUBACK of 3", { cmd: "suback", messageId: 1, granted: [3] }, /3/);
rejects("a SUBACK of objects", { cmd: "suback", messageId: 1, granted: [{}] }, /not a number/);
refuses(
	"an UNSUBACK with reasons before MQTT 5",
	{ cmd: "unsuback", messageId: 1, granted: [0] },
	/granted/,
	[3, 4],
);
