// node only
// One faulty TLS server by name, for clients that are not in this process:
//
//     npx tsx test/support/tls-fault-server.ts NAME PORT CA-FILE [AT]
//
// It writes the certificate to be trusted in DER to the file, prints a line when it listens, and one each
// time that something was made out of what a client sent. It ends when its input does.

import { writeFileSync } from "node:fs";
import { FaultServer, faults, type FaultName } from "./tls-faults.js";

const [name = "", port = "0", file = "", at] = process.argv.slice(2);
if (!Object.hasOwn(faults, name) || file === "") {
	console.error(`NAME PORT CA-FILE [AT], where NAME is one of ${Object.keys(faults).join(", ")}`);
	process.exit(2);
}
const server = await FaultServer.start(name as FaultName, {
	port: Number(port),
	...(at !== undefined && { at: Number(at) }),
	onData: bytes => console.log(`application bytes: ${bytes.toString("hex")}`),
});
writeFileSync(file, server.authority.chain[0]!);
console.log(`${name} listens on port ${server.port} of 127.0.0.1`);
process.stdin.resume().on("end", () => void server.stop().then(() => process.exit()));
