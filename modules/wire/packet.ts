import type { QoS, Version } from "./packet-type.js";

// Packets as objects, in the words and shapes of npm mqtt-packet, with Uint8Array where it has Buffer. With
// Buffer for Bytes each of them is assignable to its counterpart there.

export type UserProperties = { [name: string]: string | string[] };
/** Names and values in their order, which UserProperties keep only within a name. */
export type UserPropertyPairs = readonly (readonly [string, string])[];

/** Every property of MQTT 5 [MQTT5 2.2.2.2]. */
export interface Properties<Bytes = Uint8Array> {
	payloadFormatIndicator?: boolean;
	messageExpiryInterval?: number;
	contentType?: string;
	responseTopic?: string;
	correlationData?: Bytes;
	subscriptionIdentifier?: number | number[];
	sessionExpiryInterval?: number;
	assignedClientIdentifier?: string;
	serverKeepAlive?: number;
	authenticationMethod?: string;
	authenticationData?: Bytes;
	requestProblemInformation?: boolean;
	willDelayInterval?: number;
	requestResponseInformation?: boolean;
	responseInformation?: string;
	serverReference?: string;
	reasonString?: string;
	receiveMaximum?: number;
	topicAliasMaximum?: number;
	topicAlias?: number;
	maximumQoS?: number;
	retainAvailable?: boolean;
	userProperties?: UserProperties;
	maximumPacketSize?: number;
	wildcardSubscriptionAvailable?: boolean;
	subscriptionIdentifiersAvailable?: boolean;
	sharedSubscriptionAvailable?: boolean;
}

type MessageProperty =
	| "payloadFormatIndicator"
	| "messageExpiryInterval"
	| "contentType"
	| "responseTopic"
	| "correlationData"
	| "userProperties";
type AuthProperty = "authenticationMethod" | "authenticationData";
type BothEndsProperty =
	"sessionExpiryInterval" | "receiveMaximum" | "maximumPacketSize" | "topicAliasMaximum" | "userProperties";
type ConnectProperty =
	AuthProperty | BothEndsProperty | "requestResponseInformation" | "requestProblemInformation";
type ConnackProperty =
	| AuthProperty
	| BothEndsProperty
	| "maximumQoS"
	| "retainAvailable"
	| "assignedClientIdentifier"
	| "reasonString"
	| "wildcardSubscriptionAvailable"
	| "subscriptionIdentifiersAvailable"
	| "sharedSubscriptionAvailable"
	| "serverKeepAlive"
	| "responseInformation"
	| "serverReference";

export type PublishProperties<Bytes = Uint8Array> = Pick<
	Properties<Bytes>,
	MessageProperty | "topicAlias" | "subscriptionIdentifier"
>;
export type WillProperties<Bytes = Uint8Array> = Pick<
	Properties<Bytes>,
	MessageProperty | "willDelayInterval"
>;
export type ConnectProperties<Bytes = Uint8Array> = Pick<Properties<Bytes>, ConnectProperty>;
export type ConnackProperties<Bytes = Uint8Array> = Pick<Properties<Bytes>, ConnackProperty>;
export type AckProperties = Pick<Properties, "reasonString" | "userProperties">;

export interface Will<Bytes = Uint8Array> {
	topic: string;
	payload: string | Bytes;
	qos?: QoS;
	retain?: boolean;
	properties?: WillProperties<Bytes>;
}

export interface ConnectPacket<Bytes = Uint8Array> {
	cmd: "connect";
	clientId: string;
	protocolVersion?: Version;
	protocolId?: "MQTT" | "MQIsdp";
	clean?: boolean;
	/** Seconds. */
	keepalive?: number;
	username?: string;
	password?: Bytes;
	will?: Will<Bytes>;
	properties?: ConnectProperties<Bytes>;
}

export interface ConnackPacket<Bytes = Uint8Array> {
	cmd: "connack";
	sessionPresent: boolean;
	/** MQTT 3.1 and 3.1.1. */
	returnCode?: number;
	/** MQTT 5. */
	reasonCode?: number;
	properties?: ConnackProperties<Bytes>;
}

export interface PublishPacket<Bytes = Uint8Array> {
	cmd: "publish";
	messageId?: number;
	qos: QoS;
	dup: boolean;
	retain: boolean;
	topic: string;
	payload: string | Bytes;
	properties?: PublishProperties<Bytes>;
}

export interface AckPacket<Cmd extends string> {
	cmd: Cmd;
	messageId?: number;
	reasonCode?: number;
	/** PUBREL in MQTT 3.1. */
	dup?: boolean;
	properties?: AckProperties;
}

export interface Subscription {
	topic: string;
	qos: QoS;
	/** No local. */
	nl?: boolean;
	/** Retain as published. */
	rap?: boolean;
	/** Retain handling: 0, 1 or 2. */
	rh?: number;
}

export interface SubscribePacket {
	cmd: "subscribe";
	messageId?: number;
	subscriptions: Subscription[];
	/** MQTT 3.1. */
	dup?: boolean;
	properties?: { subscriptionIdentifier?: number; userProperties?: UserProperties };
}

export interface UnsubscribePacket {
	cmd: "unsubscribe";
	messageId?: number;
	unsubscriptions: string[];
	/** MQTT 3.1. */
	dup?: boolean;
	properties?: { userProperties?: UserProperties };
}

/** UNSUBACK grants nothing before MQTT 5: its list is then empty. */
export interface GrantPacket<Cmd extends string> {
	cmd: Cmd;
	messageId?: number;
	granted: number[];
	properties?: AckProperties;
}

export interface PingPacket<Cmd extends string> {
	cmd: Cmd;
}

export interface DisconnectPacket {
	cmd: "disconnect";
	reasonCode?: number;
	properties?: AckProperties & Pick<Properties, "sessionExpiryInterval" | "serverReference">;
}

export interface AuthPacket<Bytes = Uint8Array> {
	cmd: "auth";
	reasonCode: number;
	properties?: AckProperties & Pick<Properties<Bytes>, AuthProperty>;
}

export type Packet<Bytes = Uint8Array> =
	| ConnectPacket<Bytes>
	| ConnackPacket<Bytes>
	| PublishPacket<Bytes>
	| AckPacket<"puback">
	| AckPacket<"pubrec">
	| AckPacket<"pubrel">
	| AckPacket<"pubcomp">
	| SubscribePacket
	| GrantPacket<"suback">
	| UnsubscribePacket
	| GrantPacket<"unsuback">
	| PingPacket<"pingreq">
	| PingPacket<"pingresp">
	| DisconnectPacket
	| AuthPacket<Bytes>;

/**
 * What can be written: mqtt-packet's types let a SUBACK hold objects too, which is a TypeError at run
 * time.
 */
export type PacketLike = Packet | (Omit<GrantPacket<"suback">, "granted"> & { granted: number[] | object[] });
