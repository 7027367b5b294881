import { commands } from "../../modules/wire/packet-type.js";
import test from "ava";
import {
	Kind,
	carrierShift,
	kindMask,
	nonzero,
	propertyNames,
	propertyRules,
	rowShift,
} from "../../modules/wire/properties.js";

// Table 2-4 of MQTT5 2.2.2.2, in the words of mqtt-packet: id, name, kind (! for not 0), who may carry it.
const acks = "puback pubrec pubrel pubcomp";
const table: [id: number, name: string, kind: string, carriers: string][] = [
	[1, "payloadFormatIndicator", "flag", "will publish"],
	[2, "messageExpiryInterval", "long", "will publish"],
	[3, "contentType", "text", "will publish"],
	[8, "responseTopic", "text", "will publish"],
	[9, "correlationData", "binary", "will publish"],
	[11, "subscriptionIdentifier", "varint!", "publish subscribe"],
	[17, "sessionExpiryInterval", "long", "connect connack disconnect"],
	[18, "assignedClientIdentifier", "text", "connack"],
	[19, "serverKeepAlive", "word", "connack"],
	[21, "authenticationMethod", "text", "connect connack auth"],
	[22, "authenticationData", "binary", "connect connack auth"],
	[23, "requestProblemInformation", "flag", "connect"],
	[24, "willDelayInterval", "long", "will"],
	[25, "requestResponseInformation", "flag", "connect"],
	[26, "responseInformation", "text", "connack"],
	[28, "serverReference", "text", "connack disconnect"],
	[31, "reasonString", "text", `connack ${acks} suback unsuback disconnect auth`],
	[33, "receiveMaximum", "word!", "connect connack"],
	[34, "topicAliasMaximum", "word", "connect connack"],
	[35, "topicAlias", "word!", "publish"],
	[36, "maximumQoS", "bit", "connack"],
	[37, "retainAvailable", "flag", "connack"],
	[
		38,
		"userProperties",
		"pair",
		`will connect connack publish ${acks} subscribe suback unsubscribe unsuback disconnect auth`,
	],
	[39, "maximumPacketSize", "long!", "connect connack"],
	[40, "wildcardSubscriptionAvailable", "flag", "connack"],
	[41, "subscriptionIdentifiersAvailable", "flag", "connack"],
	[42, "sharedSubscriptionAvailable", "flag", "connack"],
];

test("the properties are those of the standard, each with its kind and its packets", t => {
	const kinds = Object.keys(Kind);
	table.forEach((expected, row) => {
		const id = expected[0];
		const rule = propertyRules[id]!;
		const carriers = commands.filter((_, type) => rule & (1 << (type + carrierShift)));
		const kind = kinds[rule & kindMask]! + (rule & nonzero ? "!" : "");
		t.deepEqual([id, propertyNames[id], kind, carriers.join(" ")], expected);
		t.is(rule >> rowShift, row);
	});
	t.is(Object.keys(propertyRules).length, table.length);
	t.is(Object.keys(propertyNames).length, table.length);
});
