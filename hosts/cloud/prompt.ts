import { Limits } from "./limits.js";
import { topicOf } from "./message.js";
import type { TopicKind } from "./registry.js";
import type { StandIn } from "./stand-in.js";

interface Words {
	/** What comes behind the command, without its options. */
	given: string[];
	options: Map<string, string>;
}

interface Command {
	usage: string;
	does: string;
	/** How many words it needs, and takes. */
	words: readonly [number, number];
	options?: readonly string[];
	run: (cloud: StandIn, words: Words) => string | Promise<string>;
}

const sendUsage = "send TOPIC TEXT… [--qos 0|1|2] [--clean true|false] [--show TOPIC]";

/** What a person can do at the prompt of `npm run cloud`. Each also takes --instance. */
const commands: Readonly<Record<string, Command>> = {
	access: { usage: "access", does: "where and how devices connect", words: [0, 0], run: describeAccess },
	send: {
		usage: sendUsage,
		does: "sends a message from the cloud's side; says its Message ID",
		words: [2, Infinity],
		options: ["qos", "clean", "show"],
		run: send,
	},
	trace: {
		usage: "trace MESSAGE-ID | CLIENT-ID",
		does: "what happened to a message, or to a device",
		words: [1, 1],
		run: trace,
	},
	messages: {
		usage: "messages [TOPIC]",
		does: "the latest messages in the storage, of a parent topic or of all",
		words: [0, 1],
		run: listMessages,
	},
	clients: {
		usage: "clients",
		does: "who is online or has a session, and what it subscribes to",
		words: [0, 0],
		run: listClients,
	},
	presence: {
		usage: "presence GROUP",
		does: "who of a group came and went",
		words: [1, 1],
		run: (cloud, { given: [group] }) =>
			lines(
				cloud.presence(group!, 100),
				({ time, eventType, clientId, clientIp, channelId }) =>
					`${iso(time)} ${eventType} ${clientId} ${clientIp} channel ${channelId}`,
				"nobody yet",
			),
	},
	topics: {
		usage: "topics [add NAME [normal|ordered] | remove NAME]",
		does: "the parent topics",
		words: [0, 3],
		run: topics,
	},
	groups: {
		usage: "groups [add NAME [ACCOUNT] | remove NAME]",
		does: "the Group IDs",
		words: [0, 3],
		run: groups,
	},
	storages: {
		usage: "storages [add REGION | remove ID]",
		does: "the storage instances; what is bound to a removed one is unusable",
		words: [0, 2],
		run: storages,
	},
	instances: {
		usage: "instances [add REGION | bind ID STORAGE-ID]",
		does: "the instances; a binding is one to one, and for ever",
		words: [0, 3],
		run: instances,
	},
	keys: {
		usage: "keys [add ACCOUNT]",
		does: "the access keys; a new account is there with its first key",
		words: [0, 2],
		run: keys,
	},
	device: {
		usage: "device CLIENT-ID",
		does: "makes a credential for one device only",
		words: [1, 1],
		run: (cloud, words) => {
			const { id, secret } = cloud.registry.registerDevice(instanceOf(cloud, words), words.given[0]!);
			return `DeviceAccessKeyId ${id}\nDeviceAccessKeySecret ${secret}`;
		},
	},
	token: {
		usage: "token R|W|R,W TOPIC… [--life SECONDS] [--key ACCESS-KEY-ID]",
		does: "makes a token for these topics, wildcards allowed",
		words: [2, 1 + Limits.tokenTopics],
		options: ["life", "key"],
		run: applyToken,
	},
	revoke: {
		usage: "revoke TOKEN",
		does: "revokes a token; whoever uses it is told, and disconnected",
		words: [1, 1],
		run: (cloud, { given: [token] }) => {
			cloud.revokeToken(token!);
			return "revoked";
		},
	},
};

export const endWords: readonly string[] = Object.freeze(["exit", "quit"]);

/** Does what a line says; what it returns is for people. Never rejects for what the line says. */
export async function runLine(cloud: StandIn, line: string): Promise<string> {
	try {
		const [name, ...rest] = split(line);
		if (name === undefined) return "";
		if (name === "help") return help();
		const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
		if (!command) return `There is no command "${name}". help lists them.`;
		const words = readWords(rest, ["instance", ...(command.options ?? [])]);
		const [min, max] = command.words;
		if (words.given.length < min || words.given.length > max) return `It is: ${command.usage}`;
		const text = await command.run(cloud, words);
		await cloud.saved();
		return text;
	} catch (error) {
		if (error instanceof RangeError || error instanceof TypeError) return `Not done: ${error.message}`;
		throw error;
	}
}

/** Where and how devices connect, the password included. */
export function describeAccess(cloud: StandIn): string {
	const { host, ports, instanceId, groupId, parentTopic, orderedTopic, authority } = cloud.accessPoint;
	const { accessKeyId, accessKeySecret } = cloud.accessPoint;
	const clientId = `${groupId}@@@device1`;
	const names = `instance=${instanceId} group=${groupId}`;
	const settings = `${names} accesskey=${accessKeyId} secret=${accessKeySecret}`;
	return [
		`MQTT                     mqtt://${host}:${ports.mqtt}`,
		`MQTT over TLS            mqtts://${host}:${ports.mqtts}`,
		`MQTT over WebSocket      ws://${host}:${ports.ws}/mqtt`,
		`MQTT over WebSocket, TLS wss://${host}:${ports.wss}/mqtt`,
		`CA file                  ${authority.path}`,
		`Instance                 ${instanceId}`,
		`Group ID                 ${groupId}`,
		`Parent topics            ${parentTopic}, ${orderedTopic} (ordered)`,
		`AccessKey ID             ${accessKeyId}`,
		`AccessKey secret         ${accessKeySecret}`,
		`A client id              ${clientId}`,
		`Its user name            Signature|${accessKeyId}|${instanceId}`,
		"Its password             Base64 of HMAC-SHA1 of the client id, with the secret as key:",
		`  printf %s '${clientId}' | openssl dgst -sha1 -hmac '${accessKeySecret}' -binary | base64`,
		"This firmware as a device of it:",
		`  npm start -- --profile lmq --broker mqtt://${host}:${ports.mqtt} ${settings}`,
	].join("\n");
}

async function send(cloud: StandIn, words: Words): Promise<string> {
	const { options } = words;
	const [topic, ...text] = words.given;
	const qos = options.get("qos") ?? "1";
	if (!/^[012]$/.test(qos)) throw new RangeError(`--qos is 0, 1 or 2, not "${qos}"`);
	const clean = options.get("clean") ?? "true";
	if (clean !== "true" && clean !== "false") throw new RangeError(`--clean is true or false, not "${clean}"`);
	const show = options.get("show");
	const { messageId } = await cloud.send(
		{
			topic: topic!,
			payload: text.join(" "),
			qos: Number(qos) as 0 | 1 | 2,
			cleanSession: clean === "true",
			...(show !== undefined && { realTopic: show }),
		},
		instanceOf(cloud, words),
	);
	return `Sent. Message ID ${messageId}`;
}

function trace(cloud: StandIn, { given: [id] }: Words): string {
	const steps = cloud.trace(id!);
	if (steps.length > 0)
		return lines(steps, ({ at, action, clientId = "", topic = "", qos, note = "" }) =>
			[iso(at), action, clientId, topic, qos === undefined ? "" : `qos ${qos}`, note]
				.filter(Boolean)
				.join(" "),
		);
	const none = "nothing is known of it: it is a Message ID of 32 digits, or a client id";
	return lines(
		cloud.deviceTrace(id!),
		({ at, action, note, channelId }) =>
			`${iso(at)} ${action} ${note}${channelId && ` channel ${channelId}`}`,
		none,
	);
}

async function listMessages(cloud: StandIn, words: Words): Promise<string> {
	const found = await cloud.messages(instanceOf(cloud, words), words.given[0], 20);
	return lines(
		found,
		message => {
			const { id, at, payload, properties } = message;
			const text = JSON.stringify(Buffer.from(payload, "base64").toString().slice(0, 60));
			return `${iso(at)} ${id} ${topicOf(message)} qos ${properties.qoslevel} ${text}`;
		},
		"no message yet",
	);
}

function listClients(cloud: StandIn, words: Words): string {
	return lines(
		cloud.clients(instanceOf(cloud, words)),
		({ clientId, isOnline, address, isClean, subscriptions, waiting }) => {
			const session = isClean ? "clean" : "persistent";
			const filters = subscriptions.map(({ filter, qos }) => `${filter} (QoS ${qos})`).join(", ");
			const where = isOnline ? `online ${address}` : `offline, ${waiting} messages kept`;
			return `${clientId} ${where}, ${session} session: ${filters || "no subscription"}`;
		},
		"no client yet",
	);
}

function topics(cloud: StandIn, words: Words): string {
	const [verb, name, kind] = words.given;
	const { registry } = cloud;
	const instanceId = instanceOf(cloud, words);
	if (verb === "add" && name !== undefined)
		registry.createTopic(instanceId, name, kind as TopicKind | undefined);
	else if (verb === "remove" && name !== undefined) registry.deleteTopic(instanceId, name);
	else if (verb !== undefined) throw new RangeError(`it is: ${commands["topics"]!.usage}`);
	return lines(registry.topicsOf(instanceId), ({ name, kind }) => `${name} ${kind}`, "no topic yet");
}

function groups(cloud: StandIn, words: Words): string {
	const [verb, name, account] = words.given;
	const { registry } = cloud;
	const instanceId = instanceOf(cloud, words);
	const owner = account ?? registry.keys.need(cloud.accessPoint.accessKeyId, "access key").account;
	if (verb === "add" && name !== undefined) registry.createGroup(instanceId, name, owner);
	else if (verb === "remove" && name !== undefined) registry.deleteGroup(instanceId, name);
	else if (verb !== undefined) throw new RangeError(`it is: ${commands["groups"]!.usage}`);
	return lines(registry.groupsOf(instanceId), ({ name, account }) => `${name} of ${account}`, "no group yet");
}

function storages(cloud: StandIn, { given: [verb, word] }: Words): string {
	if (verb === "add" && word !== undefined) cloud.registry.createStorage(word);
	else if (verb === "remove" && word !== undefined) cloud.deleteStorage(word);
	else if (verb !== undefined) throw new RangeError(`it is: ${commands["storages"]!.usage}`);
	return lines(cloud.registry.storages.all(), ({ id, region }) => `${id} in ${region}`, "none");
}

function instances({ registry }: StandIn, { given: [verb, word, storageId] }: Words): string {
	if (verb === "add" && word !== undefined) registry.createInstance(word);
	else if (verb === "bind" && word !== undefined && storageId !== undefined) registry.bind(word, storageId);
	else if (verb !== undefined) throw new RangeError(`it is: ${commands["instances"]!.usage}`);
	return lines(registry.instances.all(), ({ id, region, storageId: bound }) => {
		const state = registry.isUsable(id) ? "" : ", unusable";
		return `${id} in ${region}, ${bound === undefined ? "not bound" : `bound to ${bound}`}${state}`;
	});
}

function keys({ registry }: StandIn, { given: [verb, account] }: Words): string {
	if (verb === "add" && account !== undefined) {
		const { id, secret } = registry.createKey(account);
		return `AccessKey ID ${id}\nAccessKey secret ${secret}`;
	}
	if (verb !== undefined) throw new RangeError(`it is: ${commands["keys"]!.usage}`);
	return lines(registry.keys.all(), ({ id, account }) => `${id} of ${account}`);
}

function applyToken(cloud: StandIn, words: Words): string {
	const [actions, ...resources] = words.given;
	const life = words.options.get("life");
	const accessKeyId = words.options.get("key");
	if (life !== undefined && !/^\d+$/.test(life)) throw new RangeError(`--life is in seconds, not "${life}"`);
	const request = {
		actions: actions!,
		resources,
		...(life !== undefined && { lifeMs: Number(life) * 1_000 }),
	};
	const by = { instanceId: instanceOf(cloud, words), ...(accessKeyId !== undefined && { accessKeyId }) };
	const { type, token, expireTime } = cloud.applyToken(request, by);
	return `Until ${iso(expireTime)}; as a password:\n${type}|${token}`;
}

function instanceOf(cloud: StandIn, { options }: Words): string {
	const id = options.get("instance") ?? cloud.accessPoint.instanceId;
	return cloud.registry.instances.need(id, "instance").id;
}

/** Words, some of them in quotes. */
function split(line: string): string[] {
	const found = line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g);
	return [...found].map(([, double, single, plain]) => double ?? single ?? plain ?? "");
}

function readWords(words: string[], known: readonly string[]): Words {
	const given: string[] = [];
	const options = new Map<string, string>();
	for (let at = 0; at < words.length; at++) {
		const word = words[at]!;
		if (!word.startsWith("--")) {
			given.push(word);
			continue;
		}
		const value = words[++at];
		if (!known.includes(word.slice(2))) throw new RangeError(`${word} is not an option of it`);
		if (value === undefined) throw new RangeError(`${word} needs a value behind it`);
		options.set(word.slice(2), value);
	}
	return { given, options };
}

function help(): string {
	const rows = Object.values(commands).map(({ usage, does }) => `${usage}\n    ${does}`);
	return [...rows, "exit\n    ends the cloud; so does Ctrl+C"].join("\n");
}

function lines<T>(items: readonly T[], line: (item: T) => string, none = "none"): string {
	return items.length === 0 ? none : items.map(line).join("\n");
}

function iso(ms: number): string {
	return new Date(ms).toISOString();
}
