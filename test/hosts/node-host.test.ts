// node only

import { nodeHost } from "../../hosts/node/host.js";
import { startPeer } from "../support/peer.js";
import { clockSuite } from "./clock.suite.js";
import { cryptoSuite } from "./crypto.suite.js";
import { randomSuite } from "./random.suite.js";
import { textSuite } from "./text.suite.js";
import { transportSuite } from "./transport.suite.js";

const { clock, random, text, crypto, network } = nodeHost();

clockSuite("Node's clock", clock);
cryptoSuite("Node's crypto", crypto);
randomSuite("Node's random", random);
textSuite("Node's text", text);
transportSuite("Node's TCP", network, clock, startPeer());
