import { LinkState, Link, type LinkHandler, type LinkOptions } from "../../modules/link/link.js";
import { parseEndpoint } from "../../modules/link/endpoint.js";
import { Outbox } from "../../modules/outbox/outbox.js";
import { Mark } from "../../modules/outbox/record.js";
import { FrameWriter } from "../../modules/wire/frame-writer.js";
import type { Random } from "../support/random.js";
import type { Broker } from "./broker.js";
import { VirtualHost, lateMaxMs } from "./host.js";
import { Hearing } from "./hearing.js";
import { Ledger } from "./ledger.js";
import { Patience } from "./patience.js";
import { BrokenLaw } from "./timeline.js";
import { Witness } from "./witness.js";

export interface DeviceOptions extends Omit<LinkOptions, "endpoints" | "credentials"> {
	outboxBytes: number;
	recordsMax: number;
	frameBytes: number;
	/** From which the first packet ids follow. */
	idSeed: number;
	endpoints: number;
}

/** Sizes and times as no sane person would combine them. */
export function randomOptions(random: Random, version: 4 | 5): DeviceOptions {
	return {
		outboxBytes: random.pick([200, 600, 3_000]),
		recordsMax: random.pick([3, 10, 40]),
		frameBytes: random.pick([90, 150, 600, 1_460]),
		readerBytes: random.pick([64, 200, 1_000]),
		incomingBytesMax: random.pick([1_000, 100_000]),
		idSeed: random.pick([0, 0xffff, 0xff80, random.below(0x1_0000)]),
		endpoints: random.pick([1, 1, 2]),
		subscriptionsMax: 4,
		followRedirects: false,
		connectMs: random.pick([4_000, 30_000]),
		healthyMs: random.pick([500, 5_000, 30_000]),
		session: {
			version,
			clientId: "device",
			clean: random.once(8),
			keepAliveMs: random.pick([0, 3_000, 10_000, 60_000]),
			replyMs: random.pick([1_000, 3_000, 10_000]),
			ackMs: random.pick([3_000, 10_000, 30_000]),
			window: 1 + random.below(random.pick([2, 20])),
			incomingMax: 1 + random.below(random.pick([2, 10])),
			topicAliasMax: random.pick([0, 1, 3]),
			outgoingAliasMax: random.pick([0, 1, 10]),
			requestsMax: 8,
			sessionExpirySeconds: random.pick([5, 3_600]),
		},
	};
}

/** One client, from its link down, with all that watches over it. */
export class Device implements LinkHandler {
	readonly link: Link;
	readonly outbox: Outbox;
	readonly witness: Witness;
	readonly ledger: Ledger;
	readonly hearing: Hearing;
	readonly patience: Patience;
	readonly host: VirtualHost;
	readonly options: DeviceOptions;
	/** Called when a message has ended, still within the outbox. */
	onEnd: () => void = () => {};
	onState: () => void = () => {};
	#broker: Broker;
	#deafAt = -Infinity;
	#blockedAt = -Infinity;
	#wasDeaf = false;
	/** The connection was opened under a clear sky. */
	#sunny = false;
	#wasBlocked = false;
	#stuckAt = Infinity;

	constructor(broker: Broker, options: DeviceOptions) {
		const { time, weather, counts, random } = broker;
		this.options = options;
		this.#broker = broker;
		this.ledger = new Ledger(time, counts, broker);
		const onPublish: Ledger["check"] = (uid, packet) => {
			this.ledger.check(uid, packet);
			this.ledger.checkTurn(uid, Math.max(this.#blockedAt, this.witness.onlineAt));
		};
		this.witness = new Witness(time, counts, { ...options.session, onPublish });
		this.patience = new Patience(time, counts, options.healthyMs, options.connectMs);
		this.host = new VirtualHost(time, random, weather, broker, this.witness, options.session.clientId);
		this.host.onOpen = () => this.witness.begin();
		broker.onRenewed = () => this.witness.inbound.renewed();
		const memory = new Uint8Array(options.outboxBytes + options.frameBytes);
		this.outbox = new Outbox(
			memory,
			0,
			options.outboxBytes,
			options.recordsMax,
			options.session.requestsMax,
			options.idSeed,
		);
		this.outbox.onEnd = (record, outcome, reason) => {
			if (this.outbox.marks(record) & Mark.streamed) this.link.session.sender.streams.release(record);
			this.ledger.end(record, outcome, reason, this.witness);
			this.onEnd();
		};
		const frame = new FrameWriter(this.host.text, memory, options.outboxBytes);
		const urls = ["mqtt://one.example", "mqtt://two.example:1884"].slice(0, options.endpoints);
		this.link = new Link(this.host, this.outbox, frame, this, {
			...options,
			endpoints: urls.map(parseEndpoint),
			credentials: done => {
				const credentials = weather.strikes("noCredentials", 10) ? undefined : { username: "me" };
				if (random.once(2)) done(credentials);
				else time.after(random.below(random.pick([50, 12_000])), () => done(credentials));
			},
		});
		this.hearing = new Hearing(broker, this);
	}
	onLinkState(): void {
		const { state, detail } = this.link;
		if (state === LinkState.opening) this.#sunny = this.#broker.weather.clear;
		if (this.#sunny && this.witness.online && state === LinkState.waiting)
			throw new BrokenLaw(`a connection made under a clear sky ends: ${detail}`);
		this.patience.enter(this.link);
		if (this.link.state <= LinkState.waiting) {
			this.witness.end();
			this.hearing.cut();
			this.hearing.lost();
		}
		this.onState();
	}
	onMessage(): boolean {
		return this.hearing.message();
	}
	onLong(): boolean {
		return this.hearing.long();
	}
	onPiece(): void {
		this.hearing.piece();
	}
	onSkipped(bytes: number): void {
		this.hearing.skipped(bytes);
	}
	/** What must hold behind each step. */
	check(): void {
		const { outbox, ledger, link, host } = this;
		if (outbox.count !== ledger.open)
			throw new BrokenLaw(`law 1: the log holds ${outbox.count} messages, ${ledger.open} are not finished`);
		if (outbox.waiting < 0 || outbox.waiting > outbox.count) throw new BrokenLaw("the log counts wrongly");
		this.patience.check();
		const { stream } = host;
		const { now } = this.#broker.time;
		if (link.state !== LinkState.online || stream === undefined) {
			this.#stuckAt = Infinity;
			return;
		}
		// Between two steps all stays as it was: what ends with a step has lasted until then.
		const deaf = !link.session.ready;
		if (deaf || this.#wasDeaf) this.#deafAt = now;
		this.#wasDeaf = deaf;
		const blocked = stream.allowed === 0;
		if (blocked || this.#wasBlocked) this.#blockedAt = now;
		this.#wasBlocked = blocked;
		if ((deaf && !this.hearing.waits) || stream.unread === 0 || stream.over) this.#stuckAt = Infinity;
		else this.#stuckAt = Math.min(this.#stuckAt, now);
		if (now > this.#stuckAt + lateMaxMs)
			throw new BrokenLaw("bytes are left unread, and nothing stands in the way");
		this.#checkPulse();
	}
	/** Law 6. */
	#checkPulse(): void {
		const { witness, options } = this;
		const { now } = this.#broker.time;
		const { keepAliveMs } = witness;
		const { replyMs, ackMs } = options.session;
		const slack = lateMaxMs + 1;
		if (keepAliveMs > 0 && now > Math.max(witness.writtenAt, this.#blockedAt) + keepAliveMs + slack)
			throw new BrokenLaw(`law 6: nothing sent for ${now - witness.writtenAt} ms`);
		const excusedAt = Math.max(this.#deafAt, witness.tornAt);
		const heardAt = Math.max(witness.readAt, excusedAt);
		if (keepAliveMs > 0 && now > heardAt + keepAliveMs + replyMs + slack)
			throw new BrokenLaw(`law 6: nothing heard for ${now - heardAt} ms, and the connection is held`);
		if (now > Math.max(witness.pingedAt, this.#deafAt) + 4 * replyMs + slack && witness.pingedAt < Infinity)
			throw new BrokenLaw(`law 6: no PINGRESP for ${now - witness.pingedAt} ms`);
		if (witness.owed > 0 && now > Math.max(witness.progressAt, excusedAt) + ackMs + slack)
			throw new BrokenLaw(`law 6: no acknowledgement for ${now - witness.progressAt} ms`);
	}
}
