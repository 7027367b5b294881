/** The SDK's MQTT client: its source is in the SDK, and is bundled from there. */
declare module "embedded:network/mqtt/client" {
	const Client: unknown;
	export default Client;
}
