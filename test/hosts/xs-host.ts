/// <reference path="../../hosts/xs/engine.d.ts" />
// The same suites within the engine; its command line is the ports of the peers.

import { engineHost } from "../../hosts/xs/host.js";
import { framedNetwork } from "../support/framed-network.js";
import { clockSuite } from "./clock.suite.js";
import { cryptoSuite } from "./crypto.suite.js";
import { randomSuite } from "./random.suite.js";
import { textSuite } from "./text.suite.js";
import { transportSuite } from "./transport.suite.js";

const host = engineHost();
const { clock, random, text, crypto, network } = host;
const ports = engine.arguments.map(Number);

function peer(at: number) {
	return Promise.resolve({ echoPort: ports[at]!, closingPort: ports[at + 1]!, deadPort: ports[at + 2]! });
}

clockSuite("the engine's clock", clock);
cryptoSuite("the engine's crypto", crypto);
randomSuite("the engine's random", random);
textSuite("the engine's text", text);
transportSuite("the engine's TCP", network, clock, peer(0));
transportSuite("WebSocket on the engine", framedNetwork(host), clock, peer(3));
