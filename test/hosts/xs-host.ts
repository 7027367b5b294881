/// <reference path="../../hosts/xs/engine.d.ts" />
// The same suites within the engine; its command line is the ports of the peer.

import { engineHost } from "../../hosts/xs/host.js";
import { clockSuite } from "./clock.suite.js";
import { cryptoSuite } from "./crypto.suite.js";
import { randomSuite } from "./random.suite.js";
import { textSuite } from "./text.suite.js";
import { transportSuite } from "./transport.suite.js";

const { clock, random, text, crypto, network } = engineHost();
const [echoPort, closingPort, deadPort] = engine.arguments.map(Number) as [number, number, number];

clockSuite("the engine's clock", clock);
cryptoSuite("the engine's crypto", crypto);
randomSuite("the engine's random", random);
textSuite("the engine's text", text);
transportSuite("the engine's TCP", network, clock, Promise.resolve({ echoPort, closingPort, deadPort }));
