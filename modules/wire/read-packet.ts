import type { FrameReader } from "./frame-reader.js";
import type { Packet } from "./packet.js";
import { readClientPacket } from "./read-client-packet.js";
import { readServerPacket } from "./read-server-packet.js";

/**
 * The packet at which reader.next() has stopped, whoever sends it, as an object with copies of what it holds.
 * A CONNECT sets the version of the reader. A PUBLISH that was passed over has no fields to read.
 */
export function readPacket(reader: FrameReader): Packet {
	if (reader.skipped !== 0) throw new TypeError("a packet that was passed over cannot be read");
	// The reader lets through no type but those of the two lists.
	return readServerPacket(reader) ?? readClientPacket(reader)!;
}
