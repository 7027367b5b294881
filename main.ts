import config from "mc/config";
import { moddableHost } from "./hosts/moddable/host.js";
import { Client } from "./modules/client/client.js";
import { Rounds } from "./modules/rounds/rounds.js";
import { statusLine, timeStamp } from "./modules/rounds/words.js";

export default function () {
	const host = moddableHost(config);
	const print = (line: string) =>
		host.monitor.print(`${timeStamp(host.clock.wall(), host.clock.now())} ${line}`);
	const client = new Client(host, {
		url: config["broker"] ?? "mqtt://127.0.0.1:18871",
		...(config["client"] === undefined ? {} : { clientId: config["client"] as string }),
		version: Number(config["mqtt"] ?? 4) as 4 | 5,
	});
	client.onState = status => {
		const line = statusLine(status);
		if (line !== undefined) print(line);
	};
	const rounds = new Rounds(
		client,
		host.clock,
		{ topic: config["topic"] ?? "godwit/sim", rounds: Number(config["rounds"] ?? 0), waitMs: 1000 },
		print,
	);
	client.start();
	void rounds.run().then(tally => print(`Done: ${JSON.stringify(tally)}`));
}
