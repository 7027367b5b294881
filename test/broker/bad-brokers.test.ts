// node only Brokers and ways to them that do not work, over real sockets: each must give a clear line and
// another attempt, and lose nothing. Waits are set short; what is asserted is the order of things, never a
// time.

import test, { type ExecutionContext } from "ava";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { connect } from "../../hosts/node/connect.js";
import type { Client, Status } from "../../modules/client/client.js";
import { EmbeddedBroker } from "../../hosts/cloud/broker.js";
import { deadPort } from "../support/dead-port.js";
import { Mosquitto, withMosquitto } from "../support/mosquitto.js";

/** Only where nothing is to answer: a loaded machine takes its time. */
const impatient = { connectMs: 300 };

/** The status with which the first so many attempts ended. */
function endings(client: Client, count: number): Promise<Status[]> {
	const seen: Status[] = [];
	return new Promise(resolve => {
		client.onState = status => {
			if (status.state === "waiting" && status.detail !== "") seen.push(status);
			if (seen.length === count) resolve(seen);
		};
	});
}

async function serve(t: ExecutionContext, onSocket: (socket: Socket) => void): Promise<string> {
	const sockets = new Set<Socket>();
	const server: Server = createServer(socket => {
		sockets.add(socket);
		socket.on("error", () => {});
		onSocket(socket);
	});
	await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
	t.teardown(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("an unknown host is named, and tried again", async t => {
	const client = connect("mqtt://broker.invalid");
	t.teardown(() => client.close());
	const [first, second] = await endings(client, 2);
	t.is(first!.cause, "name");
	t.is(first!.detail, "the name broker.invalid does not resolve");
	t.is(second!.cause, "name");
});

test("a port on which nobody listens is named, and tried again", async t => {
	const port = await deadPort();
	const client = connect(`mqtt://127.0.0.1:${port}`);
	t.teardown(() => client.close());
	const [first, second] = await endings(client, 2);
	t.is(first!.cause, "unreachable");
	t.is(first!.detail, `nobody listens on port ${port} of 127.0.0.1`);
	t.is(second!.cause, "unreachable");
});

test("a broker that accepts and says nothing is given up, and tried again", async t => {
	const client = connect(await serve(t, () => {}), impatient);
	t.teardown(() => client.close());
	const [first, second] = await endings(client, 2);
	t.is(first!.cause, "silent");
	t.is(first!.detail, "no answer in 0.3 s");
	t.is(second!.cause, "silent");
});

test("a server of another protocol is not taken for a broker", async t => {
	const client = connect(await serve(t, socket => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")));
	t.teardown(() => client.close());
	const [first] = await endings(client, 1);
	t.is(first!.cause, "protocol");
});

test("a connection closed before CONNACK says so", async t => {
	const client = connect(await serve(t, socket => socket.end()));
	t.teardown(() => client.close());
	const [first] = await endings(client, 1);
	t.is(first!.cause, "closed");
	t.regex(first!.detail, /before CONNACK$/);
});

withMosquitto(test)("refused credentials are told, and a message waits for better ones", async t => {
	const broker = await Mosquitto.start(["allow_anonymous false"]);
	t.teardown(() => broker.stop());
	const client = connect(broker.url, { username: "someone", password: "wrong" });
	const delivery = client.publish("a", "kept", { qos: 1 });
	const [first] = await endings(client, 1);
	t.is(first!.cause, "refused");
	t.is(first!.detail, "refused: not authorized");
	t.is(client.health().queued, 1);
	client.close();
	t.deepEqual(await delivery, { outcome: "dropped", reason: 0, why: "the client was closed" });
});

withMosquitto(test)(
	"a message over the broker's Maximum Packet Size is reported, and the next one goes out",
	async t => {
		const broker = await Mosquitto.start(["allow_anonymous true", "max_packet_size 200"]);
		t.teardown(() => broker.stop());
		const client = connect(broker.url, { version: 5 });
		t.teardown(() => client.close());
		const large = await client.publish("a", new Uint8Array(300), { qos: 1 });
		t.is(large.outcome, "dropped");
		t.is("why" in large ? large.why : "", "this broker does not take it: packet too large");
		t.is((await client.publish("a", "small", { qos: 1 })).outcome, "delivered");
	},
);

test("a message may be larger than frame and socket buffer, and arrives whole", async t => {
	const broker = await EmbeddedBroker.start();
	t.teardown(() => broker.stop());
	const client = connect(broker.url, { frameBytes: 256 });
	t.teardown(() => client.close());
	const payload = Uint8Array.from({ length: 200_000 }, (_, i) => i);
	const heard = new Promise<Uint8Array>(resolve => {
		void client.subscribe("big", { qos: 1 }, message => resolve(message.payload));
	});
	t.is((await client.publish("big", payload, { qos: 1 })).outcome, "delivered");
	t.deepEqual(await heard, payload);
});
