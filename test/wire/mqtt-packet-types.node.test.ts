// node only
import test from "ava";
import type * as theirs from "mqtt-packet";
import { generate } from "mqtt-packet";
import { encode } from "../../modules/wire/packet-codec.js";
import type { Packet } from "../../modules/wire/packet.js";

// The types hold when this file compiles: a packet of mqtt-packet can be encoded here, and one of ours,
// with Buffers, is theirs. A SUBACK of theirs claims that it may hold objects, so it is a Packet only
// without them.

type Ours = Packet<Buffer>;
type Theirs =
	| Exclude<theirs.Packet, theirs.ISubackPacket>
	| (Omit<theirs.ISubackPacket, "granted"> & { granted: number[] });

const toTheirs = (packet: Ours): theirs.Packet => packet;
const toOurs = (packet: Theirs): Packet => packet;
const encodeTheirs = (packet: theirs.Packet): Uint8Array => encode(packet);

test("a packet of mqtt-packet is one of ours, and the other way round", t => {
	const theirPing: theirs.Packet = { cmd: "pingreq" };
	const ourPuback: Ours = { cmd: "puback", messageId: 1 };
	t.deepEqual([...encodeTheirs(theirPing)], [...generate(theirPing)]);
	t.deepEqual([...generate(toTheirs(ourPuback))], [...encode(toOurs({ cmd: "puback", messageId: 1 }))]);
});
