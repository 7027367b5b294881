import type { ConnectPacket } from "../wire/packet.js";
import type { Credentials, SessionOptions } from "./session-options.js";

/** The CONNECT of a session. What our reader holds is announced in 5.0 only; 0 for no limit. */
export function connectPacket(
	options: SessionOptions,
	clientId: string,
	{ username, password }: Credentials,
	packetBytesMax: number,
	authenticationData: Uint8Array | undefined,
): ConnectPacket {
	const { version, clean, keepAliveMs, will, userProperties, authenticator } = options;
	const packet: ConnectPacket = {
		cmd: "connect",
		protocolVersion: version,
		protocolId: version === 3 ? "MQIsdp" : "MQTT",
		clientId,
		clean,
		keepalive: Math.ceil(keepAliveMs / 1000),
	};
	if (username !== undefined) packet.username = username;
	if (password !== undefined) packet.password = password;
	if (will !== undefined) packet.will = will;
	if (version !== 5) return packet;
	packet.properties = { receiveMaximum: options.incomingMax };
	if (packetBytesMax !== 0) packet.properties.maximumPacketSize = packetBytesMax;
	if (options.topicAliasMax > 0) packet.properties.topicAliasMaximum = options.topicAliasMax;
	if (options.requestResponseInformation) packet.properties.requestResponseInformation = true;
	if (!clean) packet.properties.sessionExpiryInterval = options.sessionExpirySeconds;
	if (userProperties !== undefined) packet.properties.userProperties = userProperties;
	if (authenticator !== undefined) {
		packet.properties.authenticationMethod = authenticator.method;
		if (authenticationData !== undefined) packet.properties.authenticationData = authenticationData;
	}
	return packet;
}
