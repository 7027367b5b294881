import test from "ava";
import { commands, type PacketType } from "../../modules/wire/packet-type.js";
import { Violation } from "../../modules/wire/protocol-error.js";
import {
	allowsReason,
	explain,
	isClientReason,
	reasonOfReturnCode,
	reasonText,
} from "../../modules/wire/reason-code.js";

// The table of MQTT5 2.4, by packet: which of its codes each may carry.
const carried: Record<string, string> = {
	connack: "00 80 81 82 83 84 85 86 87 88 89 8a 8c 90 95 97 99 9a 9b 9c 9d 9f",
	puback: "00 10 80 83 87 90 91 97 99",
	pubrec: "00 10 80 83 87 90 91 97 99",
	pubrel: "00 92",
	pubcomp: "00 92",
	suback: "00 01 02 80 83 87 8f 91 97 9e a1 a2",
	unsuback: "00 11 80 83 87 8f 91",
	disconnect: "00 04 80 81 82 83 87 89 8b 8c 8d 8e 8f 90 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2",
	auth: "00 18 19",
};

test("each packet carries just the reasons of its table", t => {
	for (const [type, name] of commands.entries()) {
		const found: string[] = [];
		for (let code = 0; code < 256; code++)
			if (allowsReason(type as PacketType, code)) found.push(code.toString(16).padStart(2, "0"));
		t.is(found.join(" "), carried[name] ?? "", name);
	}
});

test("each reason has a name of its own, and the others their number", t => {
	const names = new Set<string>();
	for (const list of Object.values(carried))
		for (const code of list.split(" ")) names.add(reasonText(parseInt(code, 16)));
	t.is(names.size, 43);
	t.false([...names].some(name => name.startsWith("reason")));
	t.is(reasonText(0x87), "not authorized");
	t.is(reasonText(0x03), "reason 0x3");
	t.is(reasonText(0x200), "reason 0x200");
});

test("the return codes before MQTT 5 have reasons that say the same", t => {
	const names = [0, 1, 2, 3, 4, 5].map(code => reasonText(reasonOfReturnCode(code)!));
	t.deepEqual(names, [
		"success",
		"unsupported protocol version",
		"client identifier not valid",
		"server unavailable",
		"bad user name or password",
		"not authorized",
	]);
	t.is(reasonOfReturnCode(6), undefined);
});

test("only a client disconnects with its will, or asks for authentication again", t => {
	const found = [];
	for (let code = 0; code < 256; code++) if (isClientReason(code)) found.push(code);
	t.deepEqual(found, [0x04, 0x19]);
});

test("what a broker says of a reason stands behind its name", t => {
	t.is(explain(0x87, undefined), "not authorized");
	t.is(explain(0x87, {}), "not authorized");
	t.is(explain(0x87, { reasonString: "" }), "not authorized");
	t.is(explain(0x87, { reasonString: "ask Ann" }), 'not authorized ("ask Ann")');
});

test("a violation is the reason of our DISCONNECT", t => {
	const names = Object.entries(Violation).map(([name, code]) => `${name}: ${reasonText(code)}`);
	t.deepEqual(names, [
		"malformedPacket: malformed packet",
		"protocolError: protocol error",
		"receiveMaximumExceeded: receive maximum exceeded",
		"topicAliasInvalid: topic alias invalid",
		"packetTooLarge: packet too large",
	]);
});
