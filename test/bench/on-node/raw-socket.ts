import { connect } from "node:net";
import { once } from "node:events";
import { publishPacket } from "../loops.js";
import type { Publisher } from "./publish.js";

const connack = 4;
const puback = 4;

/**
 * What a socket of Node can do at best: packets that are laid out beforehand, acknowledgements that are only
 * counted, and one write for all that is due. It tracks nothing, and could not be used.
 */
export async function rawSocket(port: number, window: number): Promise<Publisher> {
	const socket = connect({ port, host: "127.0.0.1", noDelay: true });
	const packet = publishPacket(32);
	const frames = Buffer.alloc(packet.length * window);
	const waiting: (() => void)[] = [];
	let due = 0;
	let id = 0;
	let answered = -connack;
	const flush = () => {
		if (due > 0) socket.write(Buffer.from(frames.subarray(0, due)));
		due = 0;
	};
	await once(socket, "connect");
	socket.write(Buffer.from("100f00044d5154540402003c0003726177", "hex"));
	await new Promise<void>(resolve => {
		socket.on("data", (chunk: Buffer) => {
			if (answered < 0) resolve();
			answered += chunk.length;
			for (; answered >= puback; answered -= puback) waiting.shift()!();
			flush();
		});
	});
	return {
		publish(onAcked) {
			id = id === 0xffff ? 1 : id + 1;
			frames.set(packet, due);
			frames.writeUInt16BE(id, due + packet.length - 34);
			due += packet.length;
			if (waiting.push(onAcked) === 1) process.nextTick(flush);
		},
		close: () => socket.end(),
	};
}
