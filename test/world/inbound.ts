import type { Packet } from "../../modules/wire/packet.js";
import { BrokenLaw } from "./timeline.js";

/**
 * What the broker sent and the client has to acknowledge: in order, once, when the handler is done: law 7.
 * At QoS 1 that holds within a connection, at QoS 2 for as long as the session lives.
 */
export class Inbound {
	#version: number;
	#pubacks: number[] = [];
	#pubrecs: number[] = [];
	#pubcomps: number[] = [];
	#done1 = new Set<number>();
	#done2 = new Set<number>();
	/** Ids of QoS 2 that were told, until the broker has a new session: which it may be alone to know. */
	#told2 = new Set<number>();
	/** Ids of messages on their way in, of which nobody wants more. */
	#passed = new Set<number>();
	#connection = 0;
	#life = 0;

	constructor(version: number) {
		this.#version = version;
	}
	begin(): void {
		this.#connection++;
		this.#pubacks = [];
		this.#pubrecs = [];
		this.#pubcomps = [];
		this.#done1.clear();
		this.#passed.clear();
	}
	forget(): void {
		this.#life++;
		this.#done2.clear();
	}
	renewed(): void {
		this.#told2.clear();
	}
	/** A handler got the message, or heard that it was passed over: to be called when it is done. */
	handling(id: number, qos: number): () => void {
		if (qos === 1 ? this.#done1.has(id) : qos === 2 && this.#told2.has(id))
			throw new BrokenLaw(`law 2: the message with id ${id} is told again`);
		if (qos === 2) this.#told2.add(id);
		const connection = this.#connection;
		const life = this.#life;
		return () => {
			if (qos === 1 && connection === this.#connection) this.#done1.add(id);
			if (qos === 2 && life === this.#life) this.#done2.add(id);
		};
	}
	/** The handler of a message that is on its way in wants no more of it: it is done when the rest has come. */
	passing(id: number, qos: number): void {
		const due = qos === 1 ? this.#pubacks : this.#pubrecs;
		if (due.includes(id)) this.handling(id, qos)();
		else this.#passed.add(id);
	}
	arrived(packet: Packet): void {
		if (packet.cmd === "pubrel") {
			this.#pubcomps.push(packet.messageId!);
			this.#done2.delete(packet.messageId!);
			this.#told2.delete(packet.messageId!);
		} else if (packet.cmd === "publish" && packet.qos === 1) {
			this.#pubacks.push(packet.messageId!);
			this.#done1.delete(packet.messageId!);
		} else if (packet.cmd === "publish" && packet.qos === 2) this.#pubrecs.push(packet.messageId!);
		if (packet.cmd === "publish" && this.#passed.delete(packet.messageId!))
			this.handling(packet.messageId!, packet.qos)();
	}
	acknowledged(cmd: "puback" | "pubrec" | "pubcomp", id: number, reason: number): void {
		if (reason >= 0x80 && !(cmd === "pubcomp" && reason === 0x92 && this.#version === 5))
			throw new BrokenLaw(`${cmd} with reason ${reason}`);
		const due = cmd === "puback" ? this.#pubacks : cmd === "pubrec" ? this.#pubrecs : this.#pubcomps;
		const expected = due.shift();
		if (expected !== id) throw new BrokenLaw(`law 7: ${cmd} ${id}, where ${expected ?? "none"} is due`);
		if (cmd === "pubcomp") return;
		const done = cmd === "puback" ? this.#done1 : this.#done2;
		if (!done.has(id)) throw new BrokenLaw(`law 7: ${cmd} ${id} before its handler is done`);
	}
}
