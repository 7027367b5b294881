// Each row is run by the encoder, the decoder, the decoder byte by byte, and the mirror: decoded and
// encoded again.

import test from "ava";
import { encode } from "../../modules/wire/packet-codec.js";
import type { Packet } from "../../modules/wire/packet.js";
import type { Version } from "../../modules/wire/packet-type.js";
import { decode, plain } from "../support/decode.js";
import { hex, toHex } from "../support/hex.js";
import { publish } from "../support/publish.js";

interface Row {
	title: string;
	versions: Version[];
	bytes: string;
	packet: Packet;
}

const connect = { cmd: "connect", protocolId: "MQTT", clean: true, keepalive: 10, clientId: "c" } as const;

const rows: Row[] = [
	{
		title: "CONNECT of the MQTT 3.1.1 standard, figure 3.6, with a payload",
		versions: [3, 4, 5],
		bytes: "10 1a  0004 4d515454  04 ce 000a  0001 63  0001 74  0002 6d21  0001 75  0001 70",
		packet: {
			...connect,
			protocolVersion: 4,
			will: { topic: "t", payload: hex("6d 21"), qos: 1, retain: false },
			username: "u",
			password: hex("70"),
		},
	},
	{
		title: "CONNECT of MQTT 3.1 has another protocol name",
		versions: [3, 4],
		bytes: "10 0f  0006 4d5149736470  03 02 000a  0001 63",
		packet: { ...connect, protocolId: "MQIsdp", protocolVersion: 3 },
	},
	{
		title: "CONNECT of MQTT 5 keeps the will's properties apart, and a password needs no user name",
		versions: [4, 5],
		bytes:
			"10 28  0004 4d515454  05 74 0000  05 11 0000000a  0000" +
			"  0c 18 00000005 26 0001 6b 0001 76  0001 74  0001 6d  0001 70",
		packet: {
			...connect,
			protocolVersion: 5,
			clean: false,
			keepalive: 0,
			clientId: "",
			properties: { sessionExpiryInterval: 10 },
			will: {
				topic: "t",
				payload: hex("6d"),
				qos: 2,
				retain: true,
				properties: { willDelayInterval: 5, userProperties: { k: "v" } },
			},
			password: hex("70"),
		},
	},
	{
		title: "CONNACK accepts",
		versions: [3, 4],
		bytes: "20 02 00 00",
		packet: { cmd: "connack", sessionPresent: false, returnCode: 0 },
	},
	{
		title: "CONNACK says that the session is there",
		versions: [4],
		bytes: "20 02 01 00",
		packet: { cmd: "connack", sessionPresent: true, returnCode: 0 },
	},
	{
		title: "CONNACK refuses",
		versions: [3, 4],
		bytes: "20 02 00 05",
		packet: { cmd: "connack", sessionPresent: false, returnCode: 5 },
	},
	{
		title: "CONNACK of MQTT 5 tells the server's limits",
		versions: [5],
		bytes:
			"20 3d  01 00  3a  11 00000078  12 0001 61  13 003c  15 0001 6d  16 0001 ff  1a 0001 72  1c 0001 73" +
			"  1f 0001 74  21 000a  22 0005  24 01  25 00  27 ffffffff  28 01  29 00  2a 01  26 0000 0000",
		packet: {
			cmd: "connack",
			sessionPresent: true,
			reasonCode: 0,
			properties: {
				sessionExpiryInterval: 120,
				assignedClientIdentifier: "a",
				serverKeepAlive: 60,
				authenticationMethod: "m",
				authenticationData: hex("ff"),
				responseInformation: "r",
				serverReference: "s",
				reasonString: "t",
				receiveMaximum: 10,
				topicAliasMaximum: 5,
				maximumQoS: 1,
				retainAvailable: false,
				maximumPacketSize: 0xffff_ffff,
				wildcardSubscriptionAvailable: true,
				subscriptionIdentifiersAvailable: false,
				sharedSubscriptionAvailable: true,
				userProperties: { "": "" },
			},
		},
	},
	{
		title: "PUBLISH at QoS 0 has no packet id",
		versions: [3, 4],
		bytes: "30 05  0003 612f62",
		packet: publish,
	},
	{
		title: "PUBLISH of the MQTT 3.1.1 standard, figure 3.11",
		versions: [3, 4],
		bytes: "32 09  0003 612f62  000a  4869",
		packet: { ...publish, qos: 1, messageId: 10, payload: hex("48 69") },
	},
	{
		title: "PUBLISH with the first packet id, retained",
		versions: [3, 4],
		bytes: "33 07  0003 612f62  0001",
		packet: { ...publish, qos: 1, retain: true, messageId: 1 },
	},
	{
		title: "PUBLISH at QoS 2, repeated and retained",
		versions: [3, 4],
		bytes: "3d 08  0003 612f62  ffff  00",
		packet: { ...publish, qos: 2, dup: true, retain: true, messageId: 0xffff, payload: hex("00") },
	},
	{
		title: "PUBLISH of MQTT 5 without properties has their length",
		versions: [5],
		bytes: "32 09  0003 612f62  000a  00  48",
		packet: { ...publish, qos: 1, messageId: 10, payload: hex("48") },
	},
	{
		title: "PUBLISH with an alias has no topic",
		versions: [5],
		bytes: "30 06  0000  03 23 0007",
		packet: { ...publish, topic: "", properties: { topicAlias: 7 } },
	},
	{
		title: "PUBLISH with all it can have",
		versions: [5],
		bytes:
			"31 33  0003 612f62  2c  01 01  02 00000e10  03 0001 63  08 0001 72  09 0002 0001" +
			"  0b 01  0b ffffff7f  23 ffff  26 0001 6b 0001 31  26 0001 6b 0001 32  48",
		packet: {
			...publish,
			retain: true,
			payload: hex("48"),
			properties: {
				payloadFormatIndicator: true,
				messageExpiryInterval: 3600,
				contentType: "c",
				responseTopic: "r",
				correlationData: hex("00 01"),
				subscriptionIdentifier: [1, 0xfff_ffff],
				topicAlias: 0xffff,
				userProperties: { k: ["1", "2"] },
			},
		},
	},
	...(["puback", "pubrec", "pubrel", "pubcomp"] as const).flatMap((cmd, i): Row[] => {
		const head = ["40", "50", "62", "70"][i]!;
		const name = cmd.toUpperCase();
		const code = i < 2 ? 0x97 : 0x92;
		const messageId = 0x1234;
		return [
			{ title: `${name} is its id`, versions: [3, 4], bytes: `${head} 02 1234`, packet: { cmd, messageId } },
			{
				title: `${name} of MQTT 5 leaves success out`,
				versions: [5],
				bytes: `${head} 02 1234`,
				packet: { cmd, messageId, reasonCode: 0 },
			},
			{
				title: `${name} has a reason`,
				versions: [5],
				bytes: `${head} 04 1234 ${code.toString(16)} 00`,
				packet: { cmd, messageId, reasonCode: code },
			},
			{
				title: `${name} has properties`,
				versions: [5],
				bytes: `${head} 08 1234 00 04 1f 0001 72`,
				packet: { cmd, messageId, reasonCode: 0, properties: { reasonString: "r" } },
			},
		];
	}),
	{
		title: "PUBREL repeated in MQTT 3.1 has DUP",
		versions: [3],
		bytes: "6a 02 0001",
		packet: { cmd: "pubrel", messageId: 1, dup: true },
	},
	{
		title: "SUBSCRIBE of the MQTT 3.1.1 standard, figure 3.23",
		versions: [3, 4],
		bytes: "82 0e  000a  0003 612f62 01  0003 632f64 02",
		packet: {
			cmd: "subscribe",
			messageId: 10,
			subscriptions: [
				{ topic: "a/b", qos: 1 },
				{ topic: "c/d", qos: 2 },
			],
		},
	},
	{
		title: "SUBSCRIBE repeated in MQTT 3.1 has DUP",
		versions: [3],
		bytes: "8a 06  0001  0001 23 00",
		packet: { cmd: "subscribe", messageId: 1, dup: true, subscriptions: [{ topic: "#", qos: 0 }] },
	},
	{
		title: "SUBSCRIBE of MQTT 5 has options, and one identifier",
		versions: [5],
		bytes: "82 13  0001  03 0b 8001  000a 24736861 72652f67 2f2b 2a",
		packet: {
			cmd: "subscribe",
			messageId: 1,
			properties: { subscriptionIdentifier: 128 },
			subscriptions: [{ topic: "$share/g/+", qos: 2, nl: false, rap: true, rh: 2 }],
		},
	},
	{
		title: "SUBSCRIBE asks for no local",
		versions: [5],
		bytes: "82 07  0001  00  0001 61 15",
		packet: {
			cmd: "subscribe",
			messageId: 1,
			subscriptions: [{ topic: "a", qos: 1, nl: true, rap: false, rh: 1 }],
		},
	},
	{
		title: "SUBACK of the MQTT 3.1.1 standard, figure 3.26",
		versions: [3, 4],
		bytes: "90 05  000a  00 02 80",
		packet: { cmd: "suback", messageId: 10, granted: [0, 2, 0x80] },
	},
	{
		title: "SUBACK of MQTT 5 has reasons",
		versions: [5],
		bytes: "90 09  000a  04 1f 0001 6e  01 a2",
		packet: { cmd: "suback", messageId: 10, properties: { reasonString: "n" }, granted: [1, 0xa2] },
	},
	{
		title: "UNSUBSCRIBE of the MQTT 3.1.1 standard, figure 3.30",
		versions: [3, 4],
		bytes: "a2 0c  000a  0003 612f62  0003 632f64",
		packet: { cmd: "unsubscribe", messageId: 10, unsubscriptions: ["a/b", "c/d"] },
	},
	{
		title: "UNSUBSCRIBE repeated in MQTT 3.1 has DUP",
		versions: [3],
		bytes: "aa 05  000a  0001 61",
		packet: { cmd: "unsubscribe", messageId: 10, dup: true, unsubscriptions: ["a"] },
	},
	{
		title: "UNSUBSCRIBE of MQTT 5 has properties",
		versions: [5],
		bytes: "a2 0d  000a  07 26 0001 6b 0001 76  0001 61",
		packet: {
			cmd: "unsubscribe",
			messageId: 10,
			properties: { userProperties: { k: "v" } },
			unsubscriptions: ["a"],
		},
	},
	{
		title: "UNSUBACK is its id",
		versions: [3, 4],
		bytes: "b0 02 000a",
		packet: { cmd: "unsuback", messageId: 10, granted: [] },
	},
	{
		title: "UNSUBACK of MQTT 5 has reasons",
		versions: [5],
		bytes: "b0 05 000a 00 00 11",
		packet: { cmd: "unsuback", messageId: 10, granted: [0, 0x11] },
	},
	{ title: "PINGREQ is two bytes", versions: [3, 4, 5], bytes: "c0 00", packet: { cmd: "pingreq" } },
	{ title: "PINGRESP is two bytes", versions: [3, 4, 5], bytes: "d0 00", packet: { cmd: "pingresp" } },
	{ title: "DISCONNECT is two bytes", versions: [3, 4], bytes: "e0 00", packet: { cmd: "disconnect" } },
	{
		title: "DISCONNECT of MQTT 5 has a reason and properties",
		versions: [5],
		bytes: "e0 0b  9c  09  1c 0001 73  11 00000000",
		packet: {
			cmd: "disconnect",
			reasonCode: 0x9c,
			properties: { serverReference: "s", sessionExpiryInterval: 0 },
		},
	},
	{
		title: "AUTH has a method and data",
		versions: [5],
		bytes: "f0 0b  18  09  15 0001 6d  16 0002 0102",
		packet: {
			cmd: "auth",
			reasonCode: 0x18,
			properties: { authenticationMethod: "m", authenticationData: hex("01 02") },
		},
	},
	{ title: "AUTH may be bare", versions: [5], bytes: "f0 02 00 00", packet: { cmd: "auth", reasonCode: 0 } },
];

for (const { title, versions, bytes, packet } of rows) {
	test(title, t => {
		for (const version of versions) {
			const expected = toHex(hex(bytes));
			t.is(toHex(encode(packet, version)), expected);
			t.deepEqual(decode(hex(bytes), version).map(plain), [plain(packet)]);
			t.deepEqual(decode(hex(bytes), version, () => 1).map(plain), [plain(packet)]);
			t.is(toHex(encode(decode(hex(bytes), version)[0]!, version)), expected);
		}
	});
}

const readOnly: { title: string; bytes: string; packet: Packet }[] = [
	{
		title: "an ack may have a reason and no property length",
		bytes: "40 03 0001 10",
		packet: { cmd: "puback", messageId: 1, reasonCode: 0x10 },
	},
	{
		title: "an ack may have a reason of success",
		bytes: "40 04 0001 00 00",
		packet: { cmd: "puback", messageId: 1, reasonCode: 0 },
	},
	{ title: "DISCONNECT may leave all out", bytes: "e0 00", packet: { cmd: "disconnect", reasonCode: 0 } },
	{
		title: "DISCONNECT may leave its properties out",
		bytes: "e0 01 8e",
		packet: { cmd: "disconnect", reasonCode: 0x8e },
	},
	{ title: "AUTH may leave all out", bytes: "f0 00", packet: { cmd: "auth", reasonCode: 0 } },
	{
		title: "a user property may have any name",
		bytes: "e0 14 00 12 26 0009 5f5f70726f746f5f5f 0004 65766c21",
		packet: {
			cmd: "disconnect",
			reasonCode: 0,
			properties: { userProperties: JSON.parse('{"__proto__":"evl!"}') },
		},
	},
];

for (const { title, bytes, packet } of readOnly) {
	test(`MQTT 5: ${title}`, t => {
		t.deepEqual(decode(hex(bytes), 5).map(plain), [plain(packet)]);
	});
}
