import { LinkState } from "../../modules/link/link.js";
import type { Packet } from "../../modules/wire/packet.js";
import { PacketStream, uidOf } from "./packets.js";
import type { World } from "./world.js";

const linesMax = 40;
const stateNames = Object.keys(LinkState);

/** The last events of a world, in words. It only listens: the world goes on as it would without it. */
export class Trace {
	#lines: string[] = [];
	#start: number;
	#world: World;

	constructor(world: World) {
		this.#world = world;
		this.#start = world.time.now;
		const { device } = world;
		const { witness, host } = device;
		let up = new PacketStream(world.broker.options.version);
		let down = up;
		const { begin, wrote, read } = witness;
		witness.begin = () => {
			up = new PacketStream(world.broker.options.version);
			down = new PacketStream(world.broker.options.version);
			this.#note("opens a stream");
			begin.call(witness);
		};
		witness.wrote = bytes => {
			up.feed(bytes, packet => this.#note(`--> ${words(packet)}`));
			wrote.call(witness, bytes);
		};
		witness.read = bytes => {
			down.feed(bytes, packet => this.#note(`<-- ${words(packet)}`));
			read.call(witness, bytes);
		};
		const { onTrouble } = host;
		host.onTrouble = trouble => {
			this.#note(`trouble: ${trouble}`);
			onTrouble(trouble);
		};
		device.onState = () => {
			const { state, detail, retryMs } = device.link;
			const why = state === LinkState.waiting ? `: ${detail}, ${retryMs} ms` : "";
			this.#note(`${stateNames[state]}${why}`);
		};
		const { accept, end } = device.ledger;
		device.ledger.accept = entry => {
			this.#note(
				`accepts ${entry.uid}, QoS ${entry.qos}, ${entry.size} bytes, ${entry.topic}, record ${entry.record}`,
			);
			accept.call(device.ledger, entry);
		};
		device.ledger.end = (record, outcome, reason, who) => {
			this.#note(`record ${record} ends: outcome ${outcome}, reason ${reason}`);
			end.call(device.ledger, record, outcome, reason, who);
		};
	}
	tail(): string[] {
		this.#note("the end");
		return this.#lines;
	}
	#note(text: string): void {
		const ms = String(this.#world.time.now - this.#start).padStart(9);
		this.#lines.push(`${ms} ms  ${text}`);
		if (this.#lines.length > linesMax) this.#lines.shift();
	}
}

function words(packet: Packet): string {
	const { cmd, messageId = "" } = packet as { cmd: string; messageId?: number };
	if (packet.cmd !== "publish") {
		const { cmd: _cmd, messageId: _id, ...rest } = packet as unknown as Record<string, unknown>;
		return `${cmd} ${messageId} ${JSON.stringify(rest)}`;
	}
	const flags = `QoS ${packet.qos}${packet.dup ? " DUP" : ""}`;
	return `publish ${messageId} ${flags}, message ${uidOf(packet)}, ${packet.payload.length} bytes`;
}
