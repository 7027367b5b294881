import { randomBytes } from "node:crypto";
import { Bounds, Limits } from "./limits.js";
import { isGroupId, isParentTopic, parseClientId } from "./names.js";
import type { Store } from "./store.js";
import { Table } from "./table.js";

export interface Storage {
	id: string;
	region: string;
	namespaced: boolean;
}

export interface Instance extends Storage {
	/** The storage instance, once bound; it stays even when that one is gone. */
	storageId?: string;
}

export const topicKinds = Object.freeze(["normal", "ordered"] as const);
export type TopicKind = (typeof topicKinds)[number];

/** A parent topic: it is really one of the storage instance. */
export interface ParentTopic {
	storageId: string;
	name: string;
	kind: TopicKind;
}

export interface Group {
	instanceId: string;
	name: string;
	/** The account which made it, and alone may use it. */
	account: string;
}

export interface AccessKey {
	id: string;
	secret: string;
	account: string;
}

export interface DeviceCredential {
	id: string;
	secret: string;
	instanceId: string;
	clientId: string;
	account: string;
}

const secretBytes = 15;

interface Tables {
	storages: Table<Storage>;
	instances: Table<Instance>;
	topics: Table<ParentTopic>;
	groups: Table<Group>;
	keys: Table<AccessKey>;
	devices: Table<DeviceCredential>;
}

/**
 * What a user makes in the service's console: storage instances, instances, their one binding, parent topics,
 * groups, keys. Each mistake is a RangeError that names the rule, with nothing changed.
 */
export class Registry {
	readonly storages: Table<Storage>;
	readonly instances: Table<Instance>;
	readonly topics: Table<ParentTopic>;
	readonly groups: Table<Group>;
	readonly keys: Table<AccessKey>;
	readonly devices: Table<DeviceCredential>;

	private constructor(tables: Tables) {
		this.storages = tables.storages;
		this.instances = tables.instances;
		this.topics = tables.topics;
		this.groups = tables.groups;
		this.keys = tables.keys;
		this.devices = tables.devices;
	}
	static async open(store: Store): Promise<Registry> {
		const { resources, groups, deviceCredentials } = Bounds;
		return new Registry({
			storages: await Table.open<Storage>(store, "storage", resources, "storage instances"),
			instances: await Table.open<Instance>(store, "instance", resources, "instances"),
			topics: await Table.open<ParentTopic>(store, "topic", resources * Limits.parentTopics, "parent topics"),
			groups: await Table.open<Group>(store, "group", groups, "groups"),
			keys: await Table.open<AccessKey>(store, "key", resources, "access keys"),
			devices: await Table.open<DeviceCredential>(store, "device", deviceCredentials, "device credentials"),
		});
	}
	createStorage(region: string, namespaced = true): Storage {
		checkWord("region", region);
		const storage = { id: `MQ_INST_${random(8)}`, region, namespaced };
		return this.storages.add(storage.id, storage);
	}
	/** Whatever is bound to it is unusable from then on. */
	deleteStorage(id: string): void {
		this.storages.need(id, "storage instance");
		for (const topic of this.topics.all())
			if (topic.storageId === id) this.topics.delete(topicKey(id, topic.name));
		this.storages.delete(id);
	}
	createInstance(region: string, namespaced = true): Instance {
		checkWord("region", region);
		const instance = { id: `mqtt-cn-${random(6)}`, region, namespaced };
		return this.instances.add(instance.id, instance);
	}
	/** Once and for ever, one to one. */
	bind(instanceId: string, storageId: string): Instance {
		const instance = this.instances.need(instanceId, "instance");
		const storage = this.storages.need(storageId, "storage instance");
		if (instance.storageId !== undefined)
			throw new RangeError(`instance ${instanceId} is bound already, and a binding never changes`);
		const other = this.instances.all().find(other => other.storageId === storageId);
		if (other)
			throw new RangeError(`storage instance ${storageId} is bound to ${other.id}: it is one to one`);
		if (instance.region !== storage.region)
			throw new RangeError(`they are in different regions: ${instance.region} and ${storage.region}`);
		if (instance.namespaced !== storage.namespaced)
			throw new RangeError("one has a namespace and the other has none: both must be of one kind");
		return this.instances.set(instanceId, { ...instance, storageId });
	}
	/** The storage instance of an instance that can be used; RangeError if it cannot. */
	storageOf(instanceId: string): Storage {
		const { storageId } = this.instances.need(instanceId, "instance");
		if (storageId === undefined) throw new RangeError(`instance ${instanceId} is not bound to a storage yet`);
		const storage = this.storages.get(storageId);
		if (!storage) throw new RangeError(`instance ${instanceId} is unusable: its storage instance is gone`);
		return storage;
	}
	isUsable(instanceId: string): boolean {
		const { storageId } = this.instances.get(instanceId) ?? {};
		return storageId !== undefined && this.storages.get(storageId) !== undefined;
	}
	createTopic(instanceId: string, name: string, kind: TopicKind = "normal"): ParentTopic {
		const { id: storageId } = this.storageOf(instanceId);
		const { parentTopicLengthMin: min, topicLength: max } = Limits;
		if (!isParentTopic(name))
			throw new RangeError(
				`a parent topic has ${min} to ${max} letters, digits, - and _, and no /: "${name}"`,
			);
		if (!topicKinds.includes(kind))
			throw new RangeError(`a topic is ${topicKinds.join(" or ")}, not "${kind}"`);
		if (this.topicsOf(instanceId).length >= Limits.parentTopics)
			throw new RangeError(`an instance has ${Limits.parentTopics} parent topics at most`);
		return this.topics.add(topicKey(storageId, name), { storageId, name, kind });
	}
	deleteTopic(instanceId: string, name: string): void {
		const key = topicKey(this.storageOf(instanceId).id, name);
		this.topics.need(key, "parent topic", name);
		this.topics.delete(key);
	}
	topicsOf(instanceId: string): ParentTopic[] {
		const { storageId } = this.instances.need(instanceId, "instance");
		return this.topics.all().filter(topic => topic.storageId === storageId);
	}
	topic(instanceId: string, name: string): ParentTopic | undefined {
		const { storageId } = this.instances.get(instanceId) ?? {};
		return storageId === undefined ? undefined : this.topics.get(topicKey(storageId, name));
	}
	createGroup(instanceId: string, name: string, account: string): Group {
		this.storageOf(instanceId);
		const { groupIdLengthMin: min, groupIdLength: max } = Limits;
		if (!isGroupId(name))
			throw new RangeError(
				`a Group ID begins with GID_ or GID- and has ${min} to ${max} letters, digits, - and _: "${name}"`,
			);
		if (!this.keys.all().some(key => key.account === account))
			throw new RangeError(`there is no account "${account}"`);
		return this.groups.add(`${instanceId}!${name}`, { instanceId, name, account });
	}
	deleteGroup(instanceId: string, name: string): void {
		this.groups.need(`${instanceId}!${name}`, "group", name);
		this.groups.delete(`${instanceId}!${name}`);
	}
	group(instanceId: string, name: string): Group | undefined {
		return this.groups.get(`${instanceId}!${name}`);
	}
	groupsOf(instanceId: string): Group[] {
		this.instances.need(instanceId, "instance");
		return this.groups.all().filter(group => group.instanceId === instanceId);
	}
	/** One more key of an account, main or sub; an account is there with its first key. */
	createKey(account: string, secret = random(secretBytes)): AccessKey {
		checkWord("account", account);
		if (secret === "") throw new RangeError("a secret is not empty");
		const key = { id: `LTAI${random(10)}`, secret, account };
		return this.keys.add(key.id, key);
	}
	/** A key for one client only, which is what a device should carry. A client has one at most. */
	registerDevice(instanceId: string, clientId: string): DeviceCredential {
		this.storageOf(instanceId);
		const form = parseClientId(clientId);
		const group = form && this.group(instanceId, form.groupId);
		if (!group) throw new RangeError(`"${clientId}" is no client id of a group of ${instanceId}`);
		if (this.devices.all().some(device => device.instanceId === instanceId && device.clientId === clientId))
			throw new RangeError(`${clientId} has a credential already`);
		const secret = random(secretBytes);
		const device = { id: `DC.${random(10)}`, secret, instanceId, clientId, account: group.account };
		return this.devices.add(device.id, device);
	}
	unregisterDevice(id: string): void {
		this.devices.need(id, "device credential");
		this.devices.delete(id);
	}
}

function topicKey(storageId: string, name: string): string {
	return `${storageId}!${name}`;
}

function random(bytes: number): string {
	return randomBytes(bytes).toString("hex");
}

function checkWord(what: string, text: string): void {
	if (!/^[\w.-]+$/.test(text) || text.length > Bounds.name)
		throw new RangeError(`${what} has 1 to ${Bounds.name} letters, digits, ., - and _: "${text}"`);
}
