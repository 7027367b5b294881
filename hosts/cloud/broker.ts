import { createServer, type AddressInfo, type Server } from "node:net";
import { Aedes } from "aedes";

/** An MQTT 3.1.1 broker in this process, on 127.0.0.1 only: for `npm start` and for tests. */
export class EmbeddedBroker {
	readonly port: number;
	#server: Server;
	#aedes: Aedes;

	private constructor(server: Server, aedes: Aedes) {
		this.#server = server;
		this.#aedes = aedes;
		this.port = (server.address() as AddressInfo).port;
	}
	/** Port 0 takes any free one. */
	static async start(port = 0): Promise<EmbeddedBroker> {
		const aedes = await Aedes.createBroker();
		const server = createServer({ noDelay: true }, socket => aedes.handle(socket));
		await new Promise<void>((resolve, reject) => {
			// What has been started keeps the process, and so must end as well.
			server.once("error", error => aedes.close(() => reject(error)));
			server.listen(port, "127.0.0.1", resolve);
		});
		return new EmbeddedBroker(server, aedes);
	}
	get url(): string {
		return `mqtt://127.0.0.1:${this.port}`;
	}
	async stop(): Promise<void> {
		const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
		await new Promise<void>(resolve => this.#aedes.close(() => resolve()));
		await closed;
	}
}
