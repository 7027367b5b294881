import type { Core } from "./core.js";

/** The instance that is there from the start, and what a device needs to use it. */
export interface Seed {
	instanceId: string;
	groupId: string;
	/** A normal topic, and one of the ordered kind. */
	parentTopic: string;
	orderedTopic: string;
	accessKeyId: string;
	accessKeySecret: string;
}

const table = "seed";
const key = "default";
/** Names are the same in each folder, so that documents can tell of them; ids and secrets are not. */
const names = Object.freeze({
	region: "local",
	account: "owner",
	groupId: "GID_godwit",
	parentTopic: "godwit",
	orderedTopic: "godwit-ordered",
});

/** Makes the first instance in a new folder, as the quick start would; finds it again in an old one. */
export async function seed({ store, registry }: Core): Promise<Seed> {
	const old = await store.get<Seed>(table, key);
	if (old) return old;
	const { region, account, groupId, parentTopic, orderedTopic } = names;
	const storage = registry.createStorage(region);
	const { id: instanceId } = registry.createInstance(region);
	registry.bind(instanceId, storage.id);
	registry.createTopic(instanceId, parentTopic);
	registry.createTopic(instanceId, orderedTopic, "ordered");
	const accessKey = registry.createKey(account);
	registry.createGroup(instanceId, groupId, account);
	const made = { instanceId, groupId, parentTopic, orderedTopic };
	const whole = { ...made, accessKeyId: accessKey.id, accessKeySecret: accessKey.secret };
	store.put(table, key, whole);
	await store.saved();
	return whole;
}
