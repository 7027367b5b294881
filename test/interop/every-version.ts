import type { Delivery } from "../../modules/client/delivery.js";
import type { Rig, Seat } from "./rig.js";
import type { Scenario } from "./scenario.js";

// What MQTT 3.1, 3.1.1 and 5.0 have in common.

const levels = [0, 1, 2] as const;
const stormMessages = 200;

export const everyVersion: readonly Scenario[] = [
	{
		title: "connect and leave",
		async run(rig) {
			const { client, states } = await rig.join("a");
			client.close();
			const seen = states.map(({ state }) => state).join(" ");
			rig.same(seen, "waiting resolving opening greeting online stopped", "states");
		},
	},
	{ title: "QoS 0, 1, 2 out, to QoS 0, 1, 2 in", run: runMatrix },
	{
		title: "empty payload",
		async run(rig) {
			const topic = `${rig.id}/empty`;
			const a = await rig.join("a");
			await a.subscribe(topic);
			for (const qos of levels) await a.client.publish(topic, "", { qos });
			rig.same(
				await rig.heard(a, 3),
				[0, 1, 2].map(qos => `${topic}= qos ${qos}`),
				"heard",
			);
		},
	},
	{
		title: "200,000 bytes of payload",
		async run(rig) {
			const topic = `${rig.id}/big`;
			const a = await rig.join("a");
			await a.subscribe(topic);
			const payload = Uint8Array.from({ length: 200_000 }, (_, i) => i * 7 + (i >> 8));
			for (const qos of levels)
				rig.same((await a.client.publish(topic, payload, { qos })).outcome, "delivered", `QoS ${qos}`);
			await rig.heard(a, 3);
			for (const message of a.heard)
				rig.same(
					message.payload.every((byte, i) => byte === payload[i]),
					true,
					"payload",
				);
		},
	},
	{ title: "200,000 bytes out and in as streams, through 4 KB", run: runStreams },
	{
		title: "text beyond ASCII, in topic and payload",
		async run(rig) {
			const topic = `${rig.id}/日本/é/\u{1f600}`;
			const a = await rig.join("a");
			await a.subscribe(`${rig.id}/日本/+/\u{1f600}`);
			await a.client.publish(topic, "Grüße \u{1f600}", { qos: 1 });
			await rig.heard(a, 1);
			rig.same([a.heard[0]!.topic, a.heard[0]!.text()], [topic, "Grüße \u{1f600}"], "heard");
		},
	},
	{
		title: "wildcards, unsubscribe",
		async run(rig) {
			const a = await rig.join("a");
			await a.subscribe(`${rig.id}/+/x`, { qos: 0 });
			await a.subscribe(`${rig.id}/deep/#`, { qos: 0 });
			const publish = (rest: string) => a.client.publish(`${rig.id}/${rest}`, "", { qos: 1 });
			for (const rest of ["1/x", "1/y", "1/2/x", "deep", "deep/1/2"]) await publish(rest);
			const heard = await rig.heard(a, 3);
			rig.same(
				heard,
				["1/x", "deep", "deep/1/2"].map(rest => `${rig.id}/${rest}= qos 0`),
				"heard",
			);
			rig.same(await a.client.unsubscribe(`${rig.id}/+/x`), true, "unsubscribed");
			await publish("1/x");
			rig.same((await rig.heard(a, 3)).length, 3, "heard after it");
		},
	},
	{ title: "retained, and cleared", run: runRetained },
	{
		title: "will, when the stream ends",
		async run(rig) {
			const topic = `${rig.id}/will`;
			const b = await rig.join("b");
			await b.subscribe(topic);
			const a = await rig.join("a", { will: { topic, payload: "gone", qos: 1 } });
			a.client.link.hold("out of reach");
			rig.same(await rig.heard(b, 1), [`${topic}=gone qos 1`], "heard");
		},
	},
	{
		title: "no will after a farewell",
		async run(rig) {
			const topic = `${rig.id}/no-will`;
			const b = await rig.join("b");
			await b.subscribe(topic);
			const a = await rig.join("a", { will: { topic, payload: "gone", qos: 1 } });
			a.client.close();
			await rig.wait(500);
			rig.same(b.texts, [], "heard");
		},
	},
	{ title: "session resumed, with what was queued meanwhile", run: runResumed },
	{
		title: "clean start, without what was queued",
		async run(rig) {
			const topic = `${rig.id}/clean`;
			const b = await rig.join("b");
			const a = await rig.join("a");
			await a.subscribe(topic);
			a.client.link.hold("out of reach");
			await b.client.publish(topic, "missed", { qos: 1 });
			a.client.link.release();
			await rig.until(
				() => a.online,
				() => "it does not come back",
			);
			rig.same(a.states.at(-1)!.sessionPresent, false, "session present");
			await rig.until(
				() => a.client.link.session.requests.owed === 0,
				() => "no SUBACK",
			);
			await b.client.publish(topic, "heard", { qos: 1 });
			rig.same(await rig.heard(a, 1), [`${topic}=heard qos 1`], "heard");
		},
	},
	{ title: `${stormMessages} messages at QoS 1 and 2, through five cuts`, run: runStorm },
	{ title: "takeover by the same client id", run: runTakeover },
	{
		title: "keep-alive: pings keep an idle connection",
		async run(rig) {
			const a = await rig.join("a", { keepAliveMs: 1_000 });
			await rig.until(
				() => a.network.pings >= 3,
				() => `${a.network.pings} pings`,
			);
			rig.same(a.connections, 1, "connections");
		},
	},
	{
		title: "keep-alive: a silent peer is found, and left",
		async run(rig) {
			const a = await rig.join("a", { keepAliveMs: 1_000, replyMs: 500, clean: false });
			a.network.silent = true;
			await rig.until(
				() => a.ending !== undefined,
				() => "the silence is not found",
			);
			rig.same(a.ending!.cause, "silent", "cause");
			a.network.silent = false;
			await rig.until(
				() => a.online,
				() => "it does not come back",
			);
			rig.same(a.connections, 2, "connections");
		},
	},
];

async function runStreams(rig: Rig): Promise<void> {
	const topic = `${rig.id}/streamed`;
	const small = { outboxBytes: 4_096, frameBytes: 4_096, readerBytes: 4_096, incomingBytesMax: 250_000 };
	const a = await rig.join("a", small);
	const bytes = 200_000;
	const byteAt = (at: number) => (at * 7 + (at >> 8)) & 0xff;
	const heard: string[] = [];
	await a.client.subscribe(topic, { qos: 2, stream: true }, async stream => {
		let at = 0;
		let wrong = 0;
		for (let piece = await stream.read(); piece !== undefined; piece = await stream.read())
			for (const byte of piece) if (byte !== byteAt(at++)) wrong++;
		heard.push(`QoS ${stream.qos}: ${at} of ${stream.bytes} bytes, ${wrong} wrong`);
	});
	const read = (offset: number, into: Uint8Array) => {
		for (let i = 0; i < into.length; i++) into[i] = byteAt(offset + i);
		return into.length;
	};
	for (const qos of levels) {
		const { outcome } = await a.client.publishStream(topic, { bytes, read }, { qos });
		rig.same(outcome, "delivered", `QoS ${qos}`);
		await rig.until(
			() => heard.length > qos,
			() => `nothing of QoS ${qos} is heard`,
		);
		rig.same(heard[qos], `QoS ${qos}: ${bytes} of ${bytes} bytes, 0 wrong`, "heard");
	}
}

async function runMatrix(rig: Rig): Promise<void> {
	const topic = `${rig.id}/matrix`;
	const publisher = await rig.join("p");
	const seats: Seat[] = [];
	for (const qos of levels) seats.push(await rig.join(`${qos}`));
	for (const qos of levels)
		rig.same(await seats[qos]!.subscribe(topic, { qos }), qos, `granted for QoS ${qos}`);
	for (const qos of levels) {
		const { outcome } = await publisher.client.publish(topic, `${qos}`, { qos });
		rig.same(outcome, "delivered", `QoS ${qos}`);
	}
	for (const granted of levels) {
		const wanted = levels.map(qos => `${topic}=${qos} qos ${Math.min(qos, granted)}`);
		// A broker may let what it stores wait for what it need not: the order between levels is its own.
		rig.same((await rig.heard(seats[granted]!, 3)).sort(), wanted, `at QoS ${granted}`);
	}
}

async function runRetained(rig: Rig): Promise<void> {
	const topic = `${rig.id}/kept`;
	const a = await rig.join("a");
	await a.client.publish(topic, "old", { qos: 1, retain: true });
	await a.client.publish(topic, "last", { qos: 1, retain: true });
	const b = await rig.join("b");
	await b.subscribe(topic);
	rig.same(await rig.heard(b, 1), [`${topic}=last qos 1 retain`], "heard at first");
	await a.client.publish(topic, "live", { qos: 1 });
	rig.same((await rig.heard(b, 2))[1], `${topic}=live qos 1`, "heard live");
	await a.client.publish(topic, "", { qos: 1, retain: true });
	const c = await rig.join("c");
	await c.subscribe(topic);
	await rig.wait(300);
	rig.same(c.texts, [], "heard when cleared");
}

async function runResumed(rig: Rig): Promise<void> {
	const topic = `${rig.id}/resumed`;
	const a = await rig.join("a", { clean: false });
	await a.subscribe(topic);
	const b = await rig.join("b");
	a.client.link.hold("out of reach");
	await rig.wait(100);
	for (const qos of [1, 2] as const)
		for (let i = 0; i < 3; i++) await b.client.publish(topic, `${i}`, { qos });
	const own = a.client.publish(topic, "own", { qos: 2 });
	a.client.link.release();
	rig.same((await own).outcome, "delivered", "what was published meanwhile");
	const heard = await rig.heard(a, 7);
	// Order is promised by sender and QoS only [MQTT-4.6.0-6].
	for (const qos of [1, 2]) {
		const wanted = [0, 1, 2].map(i => `${topic}=${i} qos ${qos}`);
		rig.same(
			heard.filter(text => wanted.includes(text)),
			wanted,
			`heard at QoS ${qos}`,
		);
	}
	rig.same([heard.length, heard.includes(`${topic}=own qos 2`)], [7, true], "number heard, with its own");
	// MQTT 3.1 does not tell.
	if (rig.version > 3)
		rig.same(a.states.findLast(({ state }) => state === "online")!.sessionPresent, true, "kept");
}

async function runStorm(rig: Rig): Promise<void> {
	const topic = `${rig.id}/storm`;
	const b = await rig.join("b", { incomingMax: 250 });
	await b.subscribe(topic);
	const a = await rig.join("a", { clean: false, healthyMs: 0 });
	// Without a subscription there is no session for aedes to find present.
	await a.subscribe(`${rig.id}/unused`);
	const deliveries: Promise<Delivery>[] = [];
	for (let i = 0; i < stormMessages; i++) {
		deliveries.push(a.client.publish(topic, `${i}`, { qos: i % 2 === 0 ? 2 : 1 }));
		if (i % 40 !== 20) continue;
		await rig.until(
			() => a.online,
			() => "it does not come back",
		);
		await rig.wait(2);
		a.client.link.hold("out of reach");
		a.client.link.release();
	}
	const lost = (await Promise.all(deliveries)).findIndex(({ outcome }) => outcome !== "delivered");
	rig.same(lost < 0 ? "none" : [lost, await deliveries[lost]], "none", "not delivered");
	await rig.heard(b, stormMessages);
	const counts = new Array<number>(stormMessages).fill(0);
	for (const message of b.heard) counts[Number(message.text())]!++;
	const wrong = counts.findIndex((count, i) => (i % 2 === 0 ? count !== 1 : count < 1));
	if (wrong >= 0) throw new Error(`message ${wrong} came ${counts[wrong]} times`);
}

async function runTakeover(rig: Rig): Promise<void> {
	const a = await rig.join("a", { clean: false });
	const topic = `${rig.id}/takeover`;
	await a.subscribe(topic);
	const successor = await rig.join("a", { clean: false });
	await rig.until(
		() => a.ending !== undefined,
		() => "the first one stays",
	);
	a.client.close();
	if (!["closed", "duplicate"].includes(a.ending!.cause)) throw new Error(`cause is ${a.ending!.cause}`);
	// It has our subscription, with the session.
	await successor.client.publish(topic, "mine", { qos: 1 });
	rig.same(await rig.heard(successor, 1), [`${topic}=mine qos 1`], "heard");
}
