import type { Rig } from "./rig.js";
import type { Scenario } from "./scenario.js";

// What only MQTT 5.0 has.

const versions = [5] as const;
const bytes = (...values: number[]) => Uint8Array.from(values);

export const version5: readonly Scenario[] = [
	{
		title: "takeover is told by its reason",
		versions,
		async run(rig) {
			const a = await rig.join("a");
			await rig.join("a");
			await rig.until(
				() => a.ending !== undefined,
				() => "the first one stays",
			);
			a.client.close();
			rig.same(a.ending!.cause, "duplicate", "cause");
		},
	},
	{ title: "will delay and will properties", versions, run: runWillDelay },
	{
		title: "no will when back within its delay",
		versions,
		async run(rig) {
			const topic = `${rig.id}/late-will`;
			const b = await rig.join("b");
			await b.subscribe(topic);
			const properties = { willDelayInterval: 4 };
			const a = await rig.join("a", { clean: false, will: { topic, payload: "gone", qos: 1, properties } });
			a.client.link.hold("out of reach");
			a.client.link.release();
			await rig.until(
				() => a.online,
				() => "it does not come back",
			);
			await rig.wait(5_000);
			rig.same(b.texts, [], "heard");
		},
	},
	{ title: "message expiry: counted down, and over", versions, run: runExpiry },
	{
		title: "user properties, repeated and in order",
		versions,
		async run(rig) {
			const properties = { userProperties: { colour: ["red", "green", "red"], size: "", é: "日本" } };
			const [message] = await rig.echo(properties);
			rig.same(message!.properties?.userProperties, properties.userProperties, "user properties");
		},
	},
	{
		title: "response topic and correlation data",
		versions,
		async run(rig) {
			const responseTopic = `${rig.id}/answer`;
			const [message] = await rig.echo({ responseTopic, correlationData: bytes(0, 255, 1) });
			const { properties } = message!;
			rig.same(properties?.responseTopic, responseTopic, "response topic");
			rig.same([...properties!.correlationData!], [0, 255, 1], "correlation data");
		},
	},
	{
		title: "content type and payload format",
		versions,
		async run(rig) {
			const [message] = await rig.echo({ contentType: "text/plain", payloadFormatIndicator: true });
			const { contentType, payloadFormatIndicator } = message!.properties!;
			rig.same([contentType, payloadFormatIndicator], ["text/plain", true], "properties");
		},
	},
	{
		title: "no local",
		versions,
		async run(rig) {
			const topic = `${rig.id}/local`;
			const [a, b] = [await rig.join("a"), await rig.join("b")];
			await a.subscribe(topic, { qos: 1, nl: true });
			await a.client.publish(topic, "own", { qos: 1 });
			await b.client.publish(topic, "other", { qos: 1 });
			rig.same(await rig.heard(a, 1), [`${topic}=other qos 1`], "heard");
		},
	},
	{
		title: "retain as published",
		versions,
		async run(rig) {
			const topic = `${rig.id}/as-published`;
			const [a, b] = [await rig.join("a"), await rig.join("b")];
			// Nothing retained: a broker may look for it after SUBACK, and then it finds what has just come.
			await a.subscribe(topic, { qos: 1, rap: true, rh: 2 });
			await b.subscribe(topic, { qos: 1, rap: false, rh: 2 });
			await b.client.publish(topic, "x", { qos: 1, retain: true });
			rig.same(await rig.heard(a, 1), [`${topic}=x qos 1 retain`], "with it");
			rig.same(await rig.heard(b, 1), [`${topic}=x qos 1`], "without it");
			await b.client.publish(topic, "", { qos: 1, retain: true });
		},
	},
	{ title: "retain handling 0, 1, 2", versions, run: runRetainHandling },
	{ title: "shared subscription", versions, run: runShared },
	{
		title: "assigned client id, and the session under it",
		versions,
		async run(rig) {
			const a = await rig.join("a", { clientId: "", clean: false });
			const { handshake } = a.client.link.session;
			const assigned = handshake.clientId;
			if (assigned === "") throw new Error("no client id is assigned");
			await a.subscribe(`${rig.id}/assigned`);
			a.client.link.hold("out of reach");
			a.client.link.release();
			await rig.until(
				() => a.connections === 2,
				() => "it does not come back",
			);
			rig.same([handshake.clientId, handshake.sessionPresent], [assigned, true], "id and session");
		},
	},
	{
		title: "server keep alive",
		versions,
		async run(rig) {
			const a = await rig.join("a", { keepAliveMs: 600_000 });
			const seconds = a.client.link.session.handshake.properties?.serverKeepAlive;
			if (seconds === undefined || seconds === 600) throw new Error(`the broker asks for ${seconds} s`);
			// A broker ends a connection on which it hears nothing for one and a half times as long.
			await rig.wait(seconds * 1_600);
			rig.same(a.connections, 1, "connections");
			if (a.network.pings === 0) throw new Error("no pings");
		},
	},
	{ title: "receive maximum: ours of 1 is kept", versions, run: runReceiveMaximum },
	{
		title: "receive maximum: the broker's is kept",
		versions,
		async run(rig) {
			const a = await rig.join("a", { window: 500 });
			const { receiveMax } = a.client.link.session.handshake.offer;
			if (receiveMax === 0xffff) throw new Error("the broker has none");
			const publish = (i: number) => a.client.publish(`${rig.id}/many`, `${i}`, { qos: 2 });
			const deliveries = await Promise.all(Array.from({ length: 300 }, (_, i) => publish(i)));
			rig.same(new Set(deliveries.map(({ outcome }) => outcome)).size, 1, "outcomes");
			rig.same([deliveries[0]!.outcome, a.connections], ["delivered", 1], "outcome and connections");
		},
	},
	{
		title: "maximum packet size: what is over ours keeps nothing else out",
		versions,
		async run(rig) {
			const topic = `${rig.id}/long`;
			const a = await rig.join("a", { readerBytes: 1_000, clean: false });
			await a.subscribe(topic, { qos: 1 });
			const b = await rig.join("b");
			for (const text of ["short", "brief"]) {
				await b.client.publish(topic, "x".repeat(2_000), { qos: 1 });
				await b.client.publish(topic, text, { qos: 1 });
			}
			const wanted = ["short", "brief"].map(text => `${topic}=${text} qos 1`);
			rig.same(await rig.heard(a, 2), wanted, "heard");
			// A broker that sends it all the same is told once.
			if (a.connections > 2) throw new Error(`${a.connections} connections`);
		},
	},
	{
		title: "maximum packet size: the broker's is kept",
		versions,
		async run(rig) {
			const a = await rig.join("a");
			const { packetBytesMax } = a.client.link.session.handshake.offer;
			if (packetBytesMax === Infinity) throw new Error("the broker has none");
			if (packetBytesMax > 500_000) throw new Error(`the broker takes ${packetBytesMax}`);
			const delivery = await a.client.publish(`${rig.id}/long`, new Uint8Array(packetBytesMax), { qos: 1 });
			rig.same(delivery.outcome, "dropped", "outcome");
			rig.same((await a.client.publish(`${rig.id}/long`, "", { qos: 1 })).outcome, "delivered", "the next");
			rig.same(a.connections, 1, "connections");
		},
	},
	{
		title: "session expiry: kept within it, gone after it",
		versions,
		async run(rig) {
			const long = await rig.join("a", { clean: false, sessionExpirySeconds: 60 });
			const short = await rig.join("b", { clean: false, sessionExpirySeconds: 1 });
			for (const { client } of [long, short]) client.link.hold("out of reach");
			await rig.wait(4_000);
			for (const { client } of [long, short]) client.link.release();
			await rig.until(
				() => long.online && short.online,
				() => "they do not come back",
			);
			const present = [long, short].map(seat => seat.states.at(-1)!.sessionPresent);
			rig.same(present, [true, false], "session present");
		},
	},
	{
		title: "session expiry changed at DISCONNECT",
		versions,
		async run(rig) {
			const present: boolean[] = [];
			for (const options of [{}, { sessionExpirySeconds: 0 }, {}]) {
				const a = await rig.join("a", { clean: false, sessionExpirySeconds: 60 });
				present.push(a.states.at(-1)!.sessionPresent);
				a.client.close(options);
				await rig.wait(200);
			}
			rig.same(present, [false, true, false], "session present");
		},
	},
	{
		title: "subscription identifiers",
		versions,
		async run(rig) {
			const topic = `${rig.id}/identified`;
			const a = await rig.join("a");
			await a.subscribe(topic, { qos: 1, properties: { subscriptionIdentifier: 0xfff_ffff } });
			await a.client.publish(topic, "x", { qos: 1 });
			await rig.heard(a, 1);
			rig.same(a.heard[0]!.subscriptionIdentifiers, [0xfff_ffff], "identifiers");
		},
	},
	{
		title: "request and reply",
		versions,
		async run(rig) {
			const topic = `${rig.id}/asked`;
			const [a, b] = [await rig.join("a"), await rig.join("b")];
			await b.client.subscribe(topic, { qos: 1 }, message => {
				void b.client.reply(message, `${message.text()}!`);
			});
			for (const text of ["one", "two"]) {
				const answer = await a.client.request(topic, text);
				rig.same("message" in answer ? answer.message.text() : answer, `${text}!`, "reply");
			}
		},
	},
	{
		title: "topic aliases that the broker may use",
		versions,
		async run(rig) {
			const a = await rig.join("a", { topicAliasMax: 2 });
			await a.subscribe(`${rig.id}/+`, { qos: 1 });
			const b = await rig.join("b");
			const topics = Array.from({ length: 30 }, (_, i) => `${rig.id}/${i % 4}`);
			for (const topic of topics) await b.client.publish(topic, "", { qos: 1 });
			rig.same(
				await rig.heard(a, topics.length),
				topics.map(topic => `${topic}= qos 1`),
				"heard",
			);
		},
	},
	{
		title: "topic aliases that we use",
		versions,
		async run(rig) {
			const [a, b] = [await rig.join("a", { outgoingAliasMax: 3 }), await rig.join("b")];
			if (a.client.link.session.handshake.offer.topicAliasMax === 0) throw new Error("the broker takes none");
			const topicBytes = 200;
			const topics = Array.from({ length: 4 }, (_, i) => `${rig.id}/used/${i}`.padEnd(topicBytes, "/x"));
			await b.subscribe(`${rig.id}/used/#`, { qos: 1 });
			const before = a.network.sentBytes;
			const wanted: string[] = [];
			for (let i = 0; i < 60; i++) {
				const topic = topics[i % 4]!;
				await a.client.publish(topic, "", { qos: 1 });
				wanted.push(`${topic}= qos 1`);
			}
			rig.same(await rig.heard(b, wanted.length), wanted, "heard");
			const sent = a.network.sentBytes - before;
			if (sent > (wanted.length * topicBytes) / 2) throw new Error(`${sent} bytes are sent, as if without`);
		},
	},
	{
		title: "enhanced authentication: an unknown method is refused, and told",
		versions,
		async run(rig) {
			const start = () => undefined;
			const a = rig.seat("a", { authenticator: { method: "GODWIT", start, answer: start } });
			await rig.until(
				() => a.ending !== undefined,
				() => "it is not refused",
			);
			rig.same([a.ending!.cause, a.connections], ["refused", 0], "cause and connections");
			rig.same(a.ending!.detail, "refused: bad authentication method", "detail");
		},
	},
];

async function runWillDelay(rig: Rig): Promise<void> {
	const topic = `${rig.id}/will-delay`;
	const b = await rig.join("b");
	await b.subscribe(topic);
	const properties = {
		willDelayInterval: 2,
		contentType: "t",
		responseTopic: "r",
		correlationData: bytes(7),
		userProperties: { a: ["1", "2"] },
	};
	const will = { topic, payload: "gone", qos: 2, properties } as const;
	const a = await rig.join("a", { clean: false, will });
	a.client.link.hold("out of reach");
	const from = rig.now();
	rig.same(await rig.heard(b, 1), [`${topic}=gone qos 2`], "heard");
	if (rig.now() - from < 1_000) throw new Error("the will does not wait");
	const { contentType, responseTopic, correlationData, userProperties } = b.heard[0]!.properties!;
	rig.same([contentType, responseTopic, correlationData?.[0]], ["t", "r", 7], "will properties");
	rig.same(userProperties, { a: ["1", "2"] }, "user properties");
}

async function runExpiry(rig: Rig): Promise<void> {
	const topic = `${rig.id}/expiry`;
	const a = await rig.join("a", { clean: false });
	await a.subscribe(topic);
	const b = await rig.join("b");
	a.client.link.hold("out of reach");
	await rig.wait(100);
	await b.client.publish(topic, "short", { qos: 1, ttlMs: 1_000 });
	await b.client.publish(topic, "long", { qos: 1, ttlMs: 100_000 });
	await rig.wait(3_000);
	a.client.link.release();
	rig.same(await rig.heard(a, 1), [`${topic}=long qos 1`], "heard");
	const left = a.heard[0]!.properties?.messageExpiryInterval;
	if (left === undefined || left > 98 || left < 80) throw new Error(`${left} s are left of 100`);
}

async function runRetainHandling(rig: Rig): Promise<void> {
	const topic = `${rig.id}/handling`;
	const b = await rig.join("b");
	await b.client.publish(topic, "kept", { qos: 1, retain: true });
	const counts: number[] = [];
	const a = await rig.join("a");
	// Never, when it is new, again when it is not, always.
	for (const rh of [2, 1, 1, 0]) {
		if (counts.length === 1) await a.client.unsubscribe(topic);
		await a.subscribe(topic, { qos: 1, rh });
		await rig.wait(200);
		counts.push(a.heard.length);
	}
	await b.client.publish(topic, "", { qos: 1, retain: true });
	rig.same(counts, [0, 1, 1, 2], "retained messages heard");
}

async function runShared(rig: Rig): Promise<void> {
	const topic = `${rig.id}/shared`;
	const seats = [await rig.join("a"), await rig.join("b")];
	for (const seat of seats) await seat.subscribe(`$share/g${rig.id}/${topic}`, { qos: 1 });
	const c = await rig.join("c");
	for (let i = 0; i < 20; i++) await c.client.publish(topic, `${i}`, { qos: 1 });
	const all = () => seats.flatMap(seat => seat.texts);
	await rig.until(
		() => all().length >= 20,
		() => `${all().length} of 20 came`,
	);
	await rig.wait(200);
	rig.same(all().length, 20, "heard by both");
	if (seats.some(({ heard }) => heard.length === 0)) throw new Error("one of them hears nothing");
}

async function runReceiveMaximum(rig: Rig): Promise<void> {
	const topic = `${rig.id}/one`;
	const a = await rig.join("a", { incomingMax: 1 });
	let atOnce = 0;
	let most = 0;
	let count = 0;
	await a.client.subscribe(topic, { qos: 2 }, async () => {
		most = Math.max(most, ++atOnce);
		await rig.wait(5);
		atOnce--;
		count++;
	});
	const b = await rig.join("b");
	const publish = (i: number) => b.client.publish(topic, `${i}`, { qos: i % 2 === 0 ? 1 : 2 });
	await Promise.all(Array.from({ length: 30 }, (_, i) => publish(i)));
	await rig.until(
		() => count >= 30,
		() => `${count} of 30 came`,
	);
	rig.same([most, count, a.connections], [1, 30, 1], "at once, in all, connections");
}
