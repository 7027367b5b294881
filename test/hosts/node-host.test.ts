// node only

import { nodeHost } from "../../hosts/node/host.js";
import type { Network } from "../../hosts/host.js";
import { framedNetwork } from "../support/framed-network.js";
import { startPeer, startTlsPeer, startWebPeer } from "../support/peer.js";
import { clockSuite } from "./clock.suite.js";
import { cryptoSuite } from "./crypto.suite.js";
import { randomSuite } from "./random.suite.js";
import { textSuite } from "./text.suite.js";
import { transportSuite } from "./transport.suite.js";

const host = nodeHost();
const { clock, random, text, crypto, network } = host;

clockSuite("Node's clock", clock);
cryptoSuite("Node's crypto", crypto);
randomSuite("Node's random", random);
textSuite("Node's text", text);
transportSuite("Node's TCP", network, clock, startPeer());

const tlsPeer = startTlsPeer();
const authorities: Uint8Array[] = [];
void tlsPeer.then(({ authority }) => authorities.push(authority));
const tlsNetwork: Network = {
	...network,
	open: (target, handler) =>
		network.open({ ...target, stream: "tls", host: "localhost", tls: { authorities } }, handler),
};
transportSuite("Node's TLS", tlsNetwork, clock, tlsPeer);
transportSuite("WebSocket on Node", framedNetwork(host), clock, startWebPeer());
