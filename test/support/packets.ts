import { allowsReason } from "../../modules/wire/reason-code.js";
import type { Packet, Properties } from "../../modules/wire/packet.js";
import { commands, type PacketType, type QoS, type Version } from "../../modules/wire/packet-type.js";
import {
	Kind,
	carrierShift,
	kindMask,
	nonzero,
	propertyNames,
	propertyRules,
} from "../../modules/wire/properties.js";
import type { Random } from "./random.js";

// Packets of every type, as a decoder gives them, drawn from a seeded source. They keep to what mqtt-
// packet reads right as well, so that they serve against it: its faults are rows of a list in the test
// that needs them.

const words = ["a", "b/c", "é", "日本/x", "\u{1f600}", "$x", "plant 1/climate", "\ufeff", "x/".repeat(70)];
const filters = [...words, "#", "+", "a/#", "+/b/+", "/", "$SYS/#"];

export function randomPacket(random: Random, version: Version): Packet {
	const type = (1 + random.below(version === 5 ? 15 : 14)) as PacketType;
	return packetOf(random, type, version);
}

export function packetOf(random: Random, type: PacketType, version: Version): Packet {
	const cmd = commands[type]!;
	const messageId = 1 + random.below(0xffff);
	const qos = random.below(3) as QoS;
	const five = version === 5;
	const properties = five && !random.once(3) ? randomProperties(random, type) : undefined;
	const rest = (properties ? { properties } : {}) as object;
	switch (cmd) {
		case "connect":
			return { ...randomConnect(random, version), ...rest };
		case "connack":
			return { cmd, ...connackCode(random, version), ...rest };
		case "publish":
			return {
				cmd,
				qos,
				dup: qos > 0 && random.once(2),
				retain: random.once(2),
				topic: random.pick(words),
				payload: random.bytes(random.once(20) ? 20_000 : random.below(200)),
				...(qos > 0 && { messageId }),
				...rest,
			};
		case "suback":
			return { cmd, messageId, granted: randomList(random, () => grant(random, version)), ...rest };
		case "unsuback":
			return { cmd, messageId, granted: five ? randomList(random, () => reason(random, type)) : [], ...rest };
		case "subscribe":
			return {
				cmd,
				messageId,
				subscriptions: randomList(random, () => subscription(random, version)),
				...rest,
			};
		case "unsubscribe":
			return { cmd, messageId, unsubscriptions: randomList(random, () => random.pick(filters)), ...rest };
		case "pingreq":
		case "pingresp":
			return { cmd };
		case "auth": {
			const method = { authenticationMethod: "m", ...properties };
			return { cmd, reasonCode: reason(random, type), properties: method };
		}
		case "disconnect":
			return five ? { cmd, reasonCode: reason(random, type), ...rest } : { cmd };
		default:
			return { cmd, messageId, ...(five && { reasonCode: reason(random, type), ...rest }) } as Packet;
	}
}

function randomConnect(random: Random, version: Version): Packet & { cmd: "connect" } {
	const properties = version === 5 && random.once(2) ? randomProperties(random, 0) : undefined;
	const username = random.once(2);
	return {
		cmd: "connect",
		protocolId: version === 3 ? "MQIsdp" : "MQTT",
		protocolVersion: version,
		clean: random.once(2),
		keepalive: random.below(0x1_0000),
		clientId: version === 5 && random.once(4) ? "" : random.pick(words),
		...(random.once(2) && {
			will: {
				topic: random.pick(words),
				payload: random.bytes(random.below(40)),
				qos: random.below(3) as QoS,
				retain: random.once(2),
				...(properties && { properties }),
			},
		}),
		...(username && { username: random.pick(words) }),
		...(username && random.once(2) && { password: random.bytes(random.below(20)) }),
	};
}

function connackCode(random: Random, version: Version): { sessionPresent: boolean } {
	const code = version === 5 ? reason(random, 2) : random.below(6);
	const sessionPresent = code === 0 && version > 3 && random.once(2);
	return version === 5
		? ({ sessionPresent, reasonCode: code } as { sessionPresent: boolean })
		: ({ sessionPresent, returnCode: code } as { sessionPresent: boolean });
}

function subscription(random: Random, version: Version) {
	const one = { topic: random.pick(filters), qos: random.below(3) as QoS };
	return version < 5 ? one : { ...one, nl: random.once(2), rap: random.once(2), rh: random.below(3) };
}

function grant(random: Random, version: Version): number {
	return version === 5 ? reason(random, 9) : random.pick([0, 1, 2, 0x80]);
}

function reason(random: Random, type: PacketType): number {
	for (;;) {
		const code = random.once(3) ? 0 : random.below(0xa3);
		if (allowsReason(type, code)) return code;
	}
}

function randomList<T>(random: Random, draw: () => T): T[] {
	return Array.from({ length: 1 + random.below(4) }, draw);
}

function randomProperties(random: Random, type: number): Properties | undefined {
	const properties: Record<string, unknown> = {};
	propertyNames.forEach((name, id) => {
		const rule = propertyRules[id]!;
		if (rule & (1 << (type + carrierShift)) && random.once(3))
			properties[name] = randomValue(random, rule, type);
	});
	if (properties["authenticationData"]) properties["authenticationMethod"] = "m";
	return Object.keys(properties).length > 0 ? (properties as Properties) : undefined;
}

function randomValue(random: Random, rule: number, type: number): unknown {
	const min = rule & nonzero ? 1 : 0;
	switch (rule & kindMask) {
		case Kind.flag:
			return random.once(2);
		case Kind.bit:
			return random.below(2);
		case Kind.word:
			return Math.max(min, random.below(0x1_0000));
		case Kind.long:
			return Math.max(min, random.word());
		case Kind.varint: {
			const draw = () => 1 + (random.below(0xfff_ffff) >> random.pick([0, 8, 16, 24]));
			return type === 3 && random.once(2) ? [draw(), draw()] : draw();
		}
		case Kind.text:
			return random.pick(words);
		case Kind.binary:
			return random.bytes(random.below(30));
		default: {
			const pairs: Record<string, unknown> = Object.create(null);
			pairs[random.pick(words)] = random.pick(words);
			if (random.once(2)) pairs["several"] = [random.pick(words), "2", random.pick(words)];
			return pairs;
		}
	}
}
