// node only
// The interface for programs: what a console page will stand on, and what must not reach it.

import test, { type ExecutionContext } from "ava";
import { request as httpRequest } from "node:http";
import { HttpInterface } from "../../hosts/cloud/http.js";
import { connectDevice, signed, startCloud } from "../support/cloud-bench.js";

async function start(t: ExecutionContext) {
	const cloud = await startCloud(t);
	const http = await HttpInterface.start(cloud);
	t.teardown(() => http.close());
	return { cloud, http, instance: `/api/instances/${cloud.accessPoint.instanceId}` };
}

/** What came back; each test says what it expects in it. */
interface Reply {
	status: number;
	json: any;
}

function ask(
	http: HttpInterface,
	method: string,
	path: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<Reply> {
	const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
	const length = text === undefined ? {} : { "Content-Length": String(Buffer.byteLength(text)) };
	const all = { ...length, ...(method !== "GET" && { "Content-Type": "application/json" }), ...headers };
	return new Promise((resolve, reject) => {
		const { port } = http;
		const request = httpRequest({ host: "127.0.0.1", port, method, path, headers: all }, response => {
			let out = "";
			response.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
			response.on("end", () => resolve({ status: response.statusCode!, json: parse(out) }));
		});
		request.on("error", reject);
		request.end(text);
	});
}

function parse(text: string): any {
	return text === "" ? {} : JSON.parse(text);
}

test("http: the quick start, from an instance to a message and its trace", async t => {
	const { http, cloud } = await start(t);
	const storage = await ask(http, "POST", "/api/storages", { region: "r1" });
	t.is(storage.status, 201);
	const made = await ask(http, "POST", "/api/instances", { region: "r1" });
	const instance = `/api/instances/${made.json.id}`;
	t.is((await ask(http, "PUT", `${instance}/storage`, { storageId: storage.json.id })).status, 200);
	t.is((await ask(http, "POST", `${instance}/topics`, { name: "alarms", kind: "ordered" })).status, 201);
	t.is((await ask(http, "POST", `${instance}/groups`, { name: "GID_alarms" })).status, 201);
	const clientId = "GID_alarms@@@d1";
	const credential = (await ask(http, "POST", `${instance}/devices`, { clientId })).json;
	t.regex(credential.id, /^DC\./);
	const point = { ...cloud.accessPoint, instanceId: made.json.id };
	const device = await connectDevice(t, point, signed(point, clientId));
	await device.client.subscribeAsync("alarms/#", { qos: 1 });
	const sent = await ask(http, "POST", `${instance}/messages`, {
		topic: "alarms/fire",
		payload: "now",
		qos: 1,
	});
	t.is(sent.status, 201);
	t.regex(sent.json.messageId, /^[0-9A-F]{32}$/);
	await device.arrived(1);
	t.deepEqual(device.payloads, ["now"]);
	const clients = (await ask(http, "GET", `${instance}/clients?group=GID_alarms`)).json;
	t.like(clients[0], { clientId, isOnline: true, subscriptions: [{ filter: "alarms/#", qos: 1 }] });
	t.deepEqual((await ask(http, "GET", `${instance}/clients?group=GID_other`)).json, []);
	t.deepEqual((await ask(http, "GET", `${instance}/clients?topic=alarms/x`)).json, []);
	await device.leave();
	const trace = (await ask(http, "GET", `/api/messages/${sent.json.messageId}/trace`)).json;
	t.deepEqual(
		trace.map(({ action }: { action: string }) => action),
		["pub_mq", "ServerSend", "sub"],
	);
	const presence = (await ask(http, "GET", "/api/groups/GID_alarms/presence")).json;
	t.is(presence.length, 2);
	const stored = (await ask(http, "GET", `${instance}/messages?topic=alarms`)).json;
	t.like(stored[0], {
		id: sent.json.messageId,
		mqttTopic: "alarms/fire",
		payload: "now",
		payloadBase64: "bm93",
	});
	t.like((await ask(http, "GET", `/api/clients/${encodeURIComponent(clientId)}`)).json, { isOnline: false });
	t.is((await ask(http, "GET", `/api/clients/${encodeURIComponent(clientId)}/trace`)).json.length, 2);
});

test("http: tokens are made, listed without their text, and revoked", async t => {
	const { http, instance } = await start(t);
	const made = (await ask(http, "POST", `${instance}/tokens`, { actions: "R,W", resources: ["godwit/#"] }))
		.json;
	t.is(made.type, "RW");
	const listed = (await ask(http, "GET", `${instance}/tokens`)).json;
	t.false(JSON.stringify(listed).includes(made.token));
	t.is((await ask(http, "POST", "/api/tokens/revoke", { token: made.token })).status, 201);
	t.true((await ask(http, "GET", `${instance}/tokens`)).json[0].isRevoked);
});

test("http: no secret is listed", async t => {
	const { http, cloud, instance } = await start(t);
	const { accessKeySecret, instanceId } = cloud.accessPoint;
	const { secret } = cloud.registry.registerDevice(instanceId, "GID_godwit@@@d1");
	for (const path of ["/api/access-point", "/api/keys", `${instance}/devices`]) {
		const text = JSON.stringify((await ask(http, "GET", path)).json);
		t.false(text.includes(accessKeySecret) || text.includes(secret), path);
	}
});

const mistakes: readonly [string, string, string, unknown, number, RegExp][] = [
	["a field that is missing", "POST", "/api/storages", {}, 400, /"region" is missing/],
	["a field of another type", "POST", "/api/storages", { region: 5 }, 400, /"region" is a text/],
	[
		"an unknown field",
		"POST",
		"/api/storages",
		{ region: "r", nam: 1 },
		400,
		/"nam" is unknown here; known: region/,
	],
	["a list for an object", "POST", "/api/storages", [], 400, /a JSON object/],
	["no JSON", "POST", "/api/storages", "{", 400, /not JSON/],
	["a body too long", "POST", "/api/storages", "x".repeat(300_000), 413, /262144 bytes at most/],
	["an unknown path", "GET", "/api/nothing", undefined, 404, /the resources: GET \/api\/access-point/],
	["a wrong method", "DELETE", "/api/storages", {}, 405, /knows GET, POST/],
	["an unknown id", "DELETE", "/api/storages/x", {}, 400, /no storage instance "x"/],
	["a path badly written", "GET", "/api/messages/%zz/trace", undefined, 400, /not well written/],
	["an unknown client", "GET", "/api/clients/x", undefined, 400, /no client "x"/],
];

for (const [title, method, path, body, status, says] of mistakes)
	test(`http: ${title} is answered with ${status} and why`, async t => {
		const { http } = await start(t);
		const reply = await ask(http, method, path, body);
		t.is(reply.status, status);
		t.regex(reply.json.error, says);
	});

const sends: readonly [object, RegExp][] = [
	[{ topic: "godwit/a" }, /give "payload"/],
	[{ topic: "godwit/a", payload: "x", payloadBase64: "eA==" }, /give "payload"/],
	[{ topic: "godwit/a", payloadBase64: "e A=" }, /is not Base64/],
	[{ topic: "godwit/a", payload: "x", realTopic: "godwit/+" }, /cannot be shown as the topic/],
	[{ payload: "x" }, /"topic" is missing/],
	[{ topic: "nothing/a", payload: "x" }, /no parent topic "nothing"/],
	[{ topic: "godwit/+", payload: "x" }, /its level 2/],
	[{ topic: "godwit/a", payload: "x", qos: 3 }, /whole number from 0 to 2/],
	[{ topic: "godwit/a", payload: "x", cleanSession: "no" }, /true or false/],
	[{ topic: "godwit/a", payload: "x", colour: 1 }, /"colour" is unknown here/],
	[{ topic: "godwit/a", payload: "é".repeat(40_000) }, /65536 bytes at most, not 80000/],
	[{ topic: "godwit/a", payload: "x".repeat(100_000) }, /characters at most/],
];

for (const [body, says] of sends)
	test(`http: ${JSON.stringify(body).slice(0, 60)} is not sent`, async t => {
		const { http, cloud, instance } = await start(t);
		const reply = await ask(http, "POST", `${instance}/messages`, body);
		t.is(reply.status, 400);
		t.regex(reply.json.error, says);
		t.deepEqual(await cloud.messages(), []);
	});

const foreign: readonly [string, Record<string, string>, number][] = [
	["by another name for this computer", { Host: "evil.example" }, 403],
	["by another port", { Host: "127.0.0.1:1" }, 403],
	["from a page of another site", { Origin: "http://evil.example" }, 403],
	["from a page without an origin", { Origin: "null" }, 403],
	["as a form", { "Content-Type": "application/x-www-form-urlencoded" }, 415],
	["as plain text", { "Content-Type": "text/plain" }, 415],
];

for (const [title, headers, status] of foreign)
	test(`http: a request ${title} changes nothing`, async t => {
		const { http, cloud } = await start(t);
		const before = cloud.registry.storages.all().length;
		t.is((await ask(http, "POST", "/api/storages", { region: "r1" }, headers)).status, status);
		t.is(cloud.registry.storages.all().length, before);
	});

test("http: a page of its own may ask; no other page's preflight is answered", async t => {
	const { http } = await start(t);
	const own = { Origin: http.url };
	t.is((await ask(http, "POST", "/api/storages", { region: "r1" }, own)).status, 201);
	t.is((await ask(http, "OPTIONS", "/api/storages", {})).status, 405);
});
