/** Control packet types, by their numbers on the wire [MQTT5 2.1.2]. */
export const PacketType = Object.freeze({
	connect: 1,
	connack: 2,
	publish: 3,
	puback: 4,
	pubrec: 5,
	pubrel: 6,
	pubcomp: 7,
	subscribe: 8,
	suback: 9,
	unsubscribe: 10,
	unsuback: 11,
	pingreq: 12,
	pingresp: 13,
	disconnect: 14,
	auth: 15,
});
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

/** The packet types by number; at 0 stands the will of a CONNECT, which has properties of its own. */
export const commands = Object.freeze(["will"].concat(Object.keys(PacketType))) as readonly Command[];
type Command = "will" | keyof typeof PacketType;

/** Protocol levels as CONNECT carries them: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0 [MQTT5 3.1.2.2]. */
export type Version = 3 | 4 | 5;

export type QoS = 0 | 1 | 2;

/** One bit for each packet type of that list, which has its number as a hex digit. */
export function typeSet(digits: string): number {
	let set = 0;
	for (let i = 0; i < digits.length; i++) set |= 1 << parseInt(digits.charAt(i), 16);
	return set;
}
