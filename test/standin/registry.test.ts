// node only
// What a user makes in the console, and the mistakes in it: each is one plain error, with nothing changed.

import test, { type ExecutionContext } from "ava";
import { Registry, type TopicKind } from "../../hosts/cloud/registry.js";
import { Store } from "../../hosts/cloud/store.js";
import { newFolder } from "../support/cloud-bench.js";

async function open(t: ExecutionContext): Promise<Registry> {
	const store = await Store.open(newFolder(t));
	t.teardown(() => store.close());
	return Registry.open(store);
}

function bound(registry: Registry): string {
	const { id } = registry.createInstance("r1");
	registry.bind(id, registry.createStorage("r1").id);
	return id;
}

test("binding: once, one to one, in one region, of one kind", async t => {
	const registry = await open(t);
	const { createStorage, createInstance } = {
		createStorage: (region: string, namespaced?: boolean) => registry.createStorage(region, namespaced).id,
		createInstance: (region: string, namespaced?: boolean) => registry.createInstance(region, namespaced).id,
	};
	const [first, second] = [createInstance("r1"), createInstance("r1")];
	const [here, there, plain] = [createStorage("r1"), createStorage("r2"), createStorage("r1", false)];
	t.throws(() => registry.bind(first, there), { message: /different regions: r1 and r2/ });
	t.throws(() => registry.bind(first, plain), { message: /one has a namespace/ });
	t.throws(() => registry.bind("mqtt-cn-x", here), { message: /there is no instance "mqtt-cn-x"/ });
	t.throws(() => registry.bind(first, "x"), { message: /there is no storage instance "x"/ });
	t.false(registry.isUsable(first));
	registry.bind(first, here);
	t.true(registry.isUsable(first));
	t.throws(() => registry.bind(first, createStorage("r1")), { message: /a binding never changes/ });
	t.throws(() => registry.bind(second, here), { message: /one to one/ });
	registry.deleteStorage(here);
	t.false(registry.isUsable(first));
	t.throws(() => registry.bind(first, createStorage("r1")), { message: /a binding never changes/ });
	t.throws(() => registry.createTopic(first, "topic"), { message: /unusable: its storage instance is gone/ });
	t.throws(() => registry.createTopic(second, "topic"), { message: /not bound to a storage yet/ });
});

test("topics: 25 for an instance, of two kinds, each once", async t => {
	const registry = await open(t);
	const instance = bound(registry);
	registry.createTopic(instance, "topic0", "ordered");
	t.throws(() => registry.createTopic(instance, "topic0"), { message: /"topic0" exists already/ });
	t.throws(() => registry.createTopic(instance, "a/b"), { message: /a parent topic has 3 to 64/ });
	t.throws(() => registry.createTopic(instance, "topic", "odd" as TopicKind), {
		message: /normal or ordered/,
	});
	for (let i = 1; i < 25; i++) registry.createTopic(instance, `topic${i}`);
	t.throws(() => registry.createTopic(instance, "topic25"), { message: /25 parent topics at most/ });
	registry.deleteTopic(instance, "topic7");
	registry.createTopic(instance, "topic25");
	t.is(registry.topicsOf(instance).length, 25);
	t.throws(() => registry.deleteTopic(instance, "topic7"), { message: /there is no parent topic "topic7"/ });
	t.is(registry.topicsOf(bound(registry)).length, 0);
});

test("groups: of the service's form, of an account that is there", async t => {
	const registry = await open(t);
	const instance = bound(registry);
	t.throws(() => registry.createGroup(instance, "GID_abc", "nobody"), { message: /no account "nobody"/ });
	registry.createKey("owner");
	t.throws(() => registry.createGroup(instance, "abc", "owner"), { message: /begins with GID_ or GID-/ });
	registry.createGroup(instance, "GID_abc", "owner");
	t.throws(() => registry.createGroup(instance, "GID_abc", "owner"), { message: /exists already/ });
	registry.deleteGroup(instance, "GID_abc");
	t.throws(() => registry.deleteGroup(instance, "GID_abc"), { message: /no group "GID_abc"/ });
});

test("keys: ids and secrets are drawn, not written in the code", async t => {
	const registry = await open(t);
	const [first, second] = [registry.createKey("owner"), registry.createKey("owner")];
	t.not(first.id, second.id);
	t.not(first.secret, second.secret);
	t.throws(() => registry.createKey("a b"), { message: /account has 1 to 64 letters/ });
	for (let i = 2; i < 100; i++) registry.createKey("owner");
	t.throws(() => registry.createKey("owner"), { message: /100 access keys at most/ });
});
