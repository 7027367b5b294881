import type { Fields } from "./fields.js";
import { Bounds, Limits } from "./limits.js";
import { type Message, topicOf } from "./message.js";
import type { TopicKind } from "./registry.js";
import type { StandIn } from "./stand-in.js";

/** What a request asks for: the parts of its path, its query, and what its body says. */
export interface Request {
	part(name: string): string;
	query(name: string): string | undefined;
	fields: Fields;
}

type Answer = (cloud: StandIn, request: Request) => unknown;

/** A payload in JSON is Base64 at most, and that of one message. */
const payloadTextMax = Math.ceil(Limits.payloadBytes / 3) * 4;

/** The resources of the interface. What changes something is answered when it is on disk. */
export const routes: Readonly<Record<string, Answer>> = {
	"GET /api/access-point": ({ accessPoint }) => {
		const { authority, accessKeySecret: _, ...shown } = accessPoint;
		return { ...shown, authorityPath: authority.path, authorityPem: authority.pem };
	},
	"GET /api/storages": ({ registry }) => registry.storages.all(),
	"POST /api/storages": ({ registry }, { fields }) =>
		registry.createStorage(
			fields.only("region", "namespaced").text("region"),
			fields.optionalFlag("namespaced"),
		),
	"DELETE /api/storages/:id": (cloud, { part }) => cloud.deleteStorage(part("id")),
	"GET /api/instances": ({ registry }) =>
		registry.instances.all().map(instance => ({ ...instance, isUsable: registry.isUsable(instance.id) })),
	"POST /api/instances": ({ registry }, { fields }) =>
		registry.createInstance(
			fields.only("region", "namespaced").text("region"),
			fields.optionalFlag("namespaced"),
		),
	"PUT /api/instances/:instance/storage": ({ registry }, { part, fields }) =>
		registry.bind(part("instance"), fields.only("storageId").text("storageId")),
	"GET /api/instances/:instance/topics": ({ registry }, { part }) => registry.topicsOf(part("instance")),
	"POST /api/instances/:instance/topics": ({ registry }, { part, fields }) =>
		registry.createTopic(
			part("instance"),
			fields.only("name", "kind").text("name"),
			fields.optionalText("kind") as TopicKind | undefined,
		),
	"DELETE /api/instances/:instance/topics/:name": ({ registry }, { part }) =>
		registry.deleteTopic(part("instance"), part("name")),
	"GET /api/instances/:instance/groups": ({ registry }, { part }) => registry.groupsOf(part("instance")),
	"POST /api/instances/:instance/groups": ({ registry, accessPoint }, { part, fields }) => {
		const name = fields.only("name", "account").text("name");
		const ours = registry.keys.need(accessPoint.accessKeyId, "access key").account;
		const account = fields.optionalText("account") ?? ours;
		return registry.createGroup(part("instance"), name, account);
	},
	"DELETE /api/instances/:instance/groups/:name": ({ registry }, { part }) =>
		registry.deleteGroup(part("instance"), part("name")),
	"GET /api/keys": ({ registry }) => registry.keys.all().map(({ id, account }) => ({ id, account })),
	"POST /api/keys": ({ registry }, { fields }) => registry.createKey(fields.only("account").text("account")),
	"GET /api/instances/:instance/devices": ({ registry }, { part }) => {
		const { id } = registry.instances.need(part("instance"), "instance");
		const own = registry.devices.all().filter(({ instanceId }) => instanceId === id);
		return own.map(({ secret: _, ...shown }) => shown);
	},
	"POST /api/instances/:instance/devices": ({ registry }, { part, fields }) =>
		registry.registerDevice(part("instance"), fields.only("clientId").text("clientId")),
	"DELETE /api/devices/:id": ({ registry }, { part }) => registry.unregisterDevice(part("id")),
	"GET /api/instances/:instance/tokens": (cloud, { part }) =>
		cloud
			.tokens(part("instance"))
			.map(({ token, ...shown }) => ({ ...shown, token: `${token.slice(0, 9)}…` })),
	"POST /api/instances/:instance/tokens": (cloud, { part, fields }) => {
		fields.only("actions", "resources", "lifeMs", "accessKeyId");
		const lifeMs = fields.optionalInteger("lifeMs", 0, Number.MAX_SAFE_INTEGER);
		const accessKeyId = fields.optionalText("accessKeyId");
		const request = {
			actions: fields.text("actions"),
			resources: fields.texts("resources", Limits.tokenTopics),
			...(lifeMs !== undefined && { lifeMs }),
		};
		const by = { instanceId: part("instance"), ...(accessKeyId !== undefined && { accessKeyId }) };
		return cloud.applyToken(request, by);
	},
	"POST /api/tokens/revoke": (cloud, { fields }) => cloud.revokeToken(fields.only("token").text("token")),
	"GET /api/instances/:instance/clients": (cloud, { part, query }) => {
		const { id } = cloud.registry.instances.need(part("instance"), "instance");
		const group = query("group");
		const topic = query("topic");
		return cloud
			.clients(id)
			.filter(({ clientId }) => group === undefined || clientId.startsWith(`${group}@@@`))
			.filter(
				({ subscriptions }) => topic === undefined || subscriptions.some(({ filter }) => filter === topic),
			)
			.slice(0, Bounds.listed);
	},
	"GET /api/clients/:client": (cloud, { part }) => {
		const state = cloud.client(part("client"));
		if (!state) throw new RangeError(`there is no client "${part("client")}"`);
		return state;
	},
	"GET /api/clients/:client/trace": (cloud, { part }) =>
		cloud.deviceTrace(part("client")).slice(-Bounds.listed),
	"GET /api/clients/:client/messages": (cloud, { part }) => cloud.clientMessages(part("client")),
	"GET /api/groups/:group/presence": (cloud, { part }) => cloud.presence(part("group")),
	"GET /api/instances/:instance/messages": async (cloud, { part, query }) => {
		const { id } = cloud.registry.instances.need(part("instance"), "instance");
		return (await cloud.messages(id, query("topic"))).map(shown);
	},
	"POST /api/instances/:instance/messages": (cloud, { part, fields }) => {
		fields.only("topic", "payload", "payloadBase64", "qos", "cleanSession", "realTopic");
		const text = fields.optionalText("payload", payloadTextMax);
		const base64 = fields.optionalText("payloadBase64", payloadTextMax);
		if ((text === undefined) === (base64 === undefined))
			throw new RangeError('give "payload", a text, or "payloadBase64"');
		if (base64 !== undefined && !/^[0-9A-Za-z+/]*={0,2}$/.test(base64))
			throw new RangeError('"payloadBase64" is not Base64');
		const qos = fields.optionalInteger("qos", 0, 2) as 0 | 1 | 2 | undefined;
		const cleanSession = fields.optionalFlag("cleanSession");
		const realTopic = fields.optionalText("realTopic");
		const send = {
			topic: fields.text("topic"),
			payload: text ?? Buffer.from(base64!, "base64"),
			...(qos !== undefined && { qos }),
			...(cleanSession !== undefined && { cleanSession }),
			...(realTopic !== undefined && { realTopic }),
		};
		return cloud.send(send, part("instance"));
	},
	"GET /api/messages/:id/trace": (cloud, { part }) => cloud.trace(part("id")),
};

function shown(message: Message): object {
	const { payload, ...rest } = message;
	const text = Buffer.from(payload, "base64").toString();
	const isText = Buffer.from(text).toString("base64") === payload;
	return { ...rest, mqttTopic: topicOf(message), payloadBase64: payload, ...(isText && { payload: text }) };
}
